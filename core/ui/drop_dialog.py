"""The dialog that makes a drop box: a folder, limits and an end."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor
from core.model.media import FileKind
from core.model.sharing import (
    DropLimits,
    ShareKind,
    SharePolicy,
    ShareTarget,
    TargetKind,
)
from core.shares.records import ShareRequest
from core.ui import parts, session, share_fields
from core.ui.frame import guarded, show

_MIB = 1024 * 1024
_KINDS = {
    "Any files": (),
    "Pictures": (FileKind.IMAGE,),
    "Pictures and videos": (FileKind.IMAGE, FileKind.VIDEO),
    "Documents": (FileKind.DOCUMENT,),
}


def open_dialog(actor: Actor) -> None:
    del actor  # asked again inside
    st.dialog("New drop box", width=560, on_dismiss="rerun")(_content)()


@guarded
def _content(actor: Actor) -> None:
    policy, place = session.services().shares.policy(actor), st.empty()
    with place.container(), st.form("drop_box", border=False):
        request = _request(policy)
        if not st.form_submit_button("Make drop box", type="primary"):
            return
        own = share_fields.created(actor, request)
    if own is not None:
        with place.container():
            share_fields.made(own)
            show(parts.note("Files arrive in your library, tagged with the sender's name."))


def _request(policy: SharePolicy) -> ShareRequest:
    title = st.text_input("What it is for", max_chars=120, placeholder="Photos of the summer party")
    folder = st.text_input("Folder in which files arrive", placeholder="the top folder")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        files = st.number_input("Files at most", 1, 1000, 20)
        total = st.number_input("MiB in total", 1, max(1, policy.largest_drop_bytes // _MIB),
                                min(500, max(1, policy.largest_drop_bytes // _MIB)))  # fmt: skip
        each = st.number_input("MiB for one file", 1, 5 * 1024, 100)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = st.selectbox("Takes", list(_KINDS))
        life = share_fields.life(policy, "drop_life")
    password = share_fields.password(policy, "drop_password")
    return ShareRequest(
        kind=ShareKind.DROP,
        target=ShareTarget(kind=TargetKind.FOLDER, folder=folder or ""),
        expires_in=life,
        title=title or "",
        password=password,
        drop=DropLimits(
            max_files=int(files),
            max_total_bytes=int(total) * _MIB,
            max_file_bytes=min(int(each), int(total)) * _MIB,
            kinds=_KINDS[str(kinds)],
        ),
    )
