"""A still picture coded anew as WebP with losses: what one saved loss-free could weigh."""

from __future__ import annotations

import io
from typing import BinaryIO

from core.errors import Conflict
from core.upload.images import opened
from core.upload.pixels import bare, for_web, upright

CONTENT_TYPE = "image/webp"
_QUALITY, _EFFORT = 84, 4
_LONGEST = 16_383  # the longest side that the format can say


def smaller(source: BinaryIO, *, max_pixels: int) -> bytes:
    """All its pixels, no metadata, its colours. `source` is a real file.

    Raises `UnreadableContent` for a damaged picture, `Conflict` for one that WebP can't hold so.
    """
    with opened(source, max_pixels=max_pixels) as it:
        if getattr(it.image, "is_animated", False):
            raise Conflict("The picture moves; coded anew it would stand still.",
                           hint="Make it smaller with a program for animations.")  # fmt: skip
        if max(it.image.size) > _LONGEST:
            raise Conflict(f"WebP takes at most {_LONGEST:,} pixels a side.",
                           hint="Make the picture smaller first.")  # fmt: skip
        it.image.load()
        icc = b"" if it.image.mode == "CMYK" else it.icc  # print colours become sRGB
        picture = upright(for_web(it.image, it.icc), it.turn)
        out = io.BytesIO()
        bare(picture).save(out, "WEBP", quality=_QUALITY, method=_EFFORT, icc_profile=icc)
        return out.getvalue()
