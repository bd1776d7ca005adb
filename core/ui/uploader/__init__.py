"""The upload component: bytes go from the browser straight to S3; we hear of the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from core.ui import session
from core.ui.browser_module import stub

ENDPOINT = "/api/uploads"


@dataclass(frozen=True)
class UploadBatch:
    """What became of the files that were under way; file ids, and how many have no file."""

    delivered: tuple[str, ...]
    undelivered: tuple[str, ...]
    failed: int


def tab_data(account_id: str, max_bytes: int | None = None) -> dict[str, object]:
    """What the list of a browser tab needs, whichever component begins it.

    `account_id` owns what the browser remembers for a reload.
    """
    limit = session.services().settings.max_upload_bytes if max_bytes is None else max_bytes
    return {"account": account_id, "endpoint": ENDPOINT, "maxBytes": limit}


def uploader(
    key: str, *, account_id: str, max_bytes: int, folder: str = "", private: bool = False
) -> UploadBatch | None:
    """Show the upload list of this browser tab; answers a batch once, in the run that it ended.

    `folder` is where new files go, `private` how those are served that are chosen from now on.
    """
    data = tab_data(account_id, max_bytes) | {"folder": folder, "isPrivate": private}
    result = _component()(key=key, data=data, on_batch_change=_rerun)
    return read_batch(result.get("batch"))


def read_batch(value: Mapping[str, Any] | None) -> UploadBatch | None:
    """The browser's report as our noun. It decides nothing: pages ask the services what is true."""
    if not value:
        return None
    return UploadBatch(
        delivered=tuple(map(str, value.get("delivered", ()))),
        undelivered=tuple(map(str, value.get("undelivered", ()))),
        failed=int(value.get("failed", 0)),
    )


def _rerun() -> None:
    """The change itself reruns the page."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_uploader", js=stub("uploader.js"))
