"""What is taken here, in words, and what became of a person's last uploads."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor
from core.settings import Settings
from core.ui import delivery_view, formats, parts, session
from core.ui.frame import guarded, show

RECENT = 20


def limits(settings: Settings) -> str:
    """One sentence each about size, formats and what is changed before a picture is served."""
    megapixels = settings.max_image_pixels // 1_000_000
    return (
        f"Any file up to {formats.size(settings.max_upload_bytes)}. "
        f"JPEG, PNG, GIF, WebP, AVIF, HEIC and TIFF up to {megapixels} megapixels become pictures: "
        "turned upright, without place and camera data. SVG and HTML are stored as downloads."
    )


def private_wanted() -> bool:
    """Asked where the CDN can keep files from the public; in the URL, so that a reload keeps it."""
    if not session.services().library.serves_private:
        return False
    return st.checkbox(
        "Private", key="private", bind="query-params",
        help="Served to signed addresses that end after minutes, not to everybody who has a link. "
        "It holds for the files that you choose from then on.",
    )  # fmt: skip


@st.fragment
@guarded
def recent(actor: Actor) -> None:
    """Read from the store, so that it is the same after a reload and in another tab."""
    uploads = session.services().uploads.recent(actor, limit=RECENT)
    if not uploads:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        show(parts.title("Your last uploads", formats.counted(len(uploads), "upload")))
        st.button("Refresh", type="tertiary", icon=":material/refresh:")
    show(delivery_view.uploads_table(uploads, session.now()))
