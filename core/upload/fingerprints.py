"""How a picture looks, in 64 bits: pictures that look alike differ in few of them. Pure.

Each bit says whether a place is clearly brighter than its right neighbour (dHash). It is read from
the stored thumbnail, so that an old picture gets the same one as when it is uploaded today.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image

WIDTH, HEIGHT = 9, 8
_CLEARLY = 2  # levels of 255: less is noise of the coding
_LARGEST = 1600 * 1600  # a thumbnail has 400 by 400


def fingerprint(thumbnail: bytes) -> str:
    """16 hex digits; '' for bytes that are no thumbnail."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(thumbnail), formats=("WEBP",)) as image:
                if image.width * image.height > _LARGEST:
                    return ""
                return _of(image)
    except Exception:  # noqa: BLE001  # decoders raise anything at damaged bytes
        return ""


def _of(image: Image.Image) -> str:
    grey = Image.new("L", image.size, 255)  # clear parts as most pages show them
    flat = image.convert("RGBA")
    grey.paste(flat.convert("L"), mask=flat.getchannel("A"))
    small = grey.resize((WIDTH, HEIGHT), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(HEIGHT):
        for column in range(WIDTH - 1):
            at = row * WIDTH + column
            bits = bits << 1 | (small[at] > small[at + 1] + _CLEARLY)
    return f"{bits:016x}"
