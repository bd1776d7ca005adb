"""What people without an account see under a link: pages without script, but for the drop box.

Nothing of them may be kept, framed or indexed, and no address of a link is passed on.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

from starlette.responses import HTMLResponse

from core.errors import DashboardError
from core.library.service import LibraryService
from core.model.media import FileKind, FileState, MediaFile
from core.model.sharing import DropLimits
from core.settings import Cloud, Settings
from core.shares import words
from core.shares.drops import Room, told
from core.shares.records import FilesOfLink, Visit
from core.web.assets import asset_url
from core.web.headers import media_hosts
from core.web.pages import NOTHING, Html, alert, join, render

_ACCEPTED = {FileKind.IMAGE: "image/*", FileKind.VIDEO: "video/*", FileKind.AUDIO: "audio/*"}


class SharePages:
    """`path` is the link's own address on this site."""

    def __init__(self, settings: Settings, library: LibraryService, path: str) -> None:
        self._settings, self._library, self._path = settings, library, path

    def files(self, visit: Visit, found: FilesOfLink, now: datetime) -> HTMLResponse:
        pictures = [file for file in found.items if file.rendition("thumbnail")]
        others = [file for file in found.items if not file.rendition("thumbnail")]
        tiles = join(self._tile(file, found.page, visit) for file in pictures)
        rows = join(self._row(file, visit) for file in others)
        body = render(
            "share_files",
            title=visit.link.title,
            count=_counted(found.total),
            owner=visit.owner,
            ends=words.ends(visit.ends, now),
            left=_left(visit),
            archive=self._archive(visit, found.total),
            tiles=render("share_tiles", items=tiles) if tiles else NOTHING,
            rows=render("share_rows", items=rows) if rows else NOTHING,
            pager=self._pager(found) if found.total else render("share_empty"),
        )
        return self._page(visit.link.title, body)

    def picture(
        self, visit: Visit, file: MediaFile, shown: FilesOfLink, now: datetime
    ) -> HTMLResponse:
        ids = [item.id for item in shown.items if item.rendition("thumbnail")]
        at = ids.index(file.id) if file.id in ids else -1
        before = ids[at - 1] if at > 0 else ""
        after = ids[at + 1] if 0 <= at < len(ids) - 1 else ""
        body = render(
            "share_viewer",
            name=file.name,
            facts=_facts(file),
            ends=words.ends(visit.ends, now),
            left=_left(visit),
            download=self._button(file, visit),
            before=self._step(before, shown.page, "prev", "Previous"),
            after=self._step(after, shown.page, "next", "Next"),
            back=f"{self._path}?page={shown.page}",
            picture=self._image(file, visit),
        )
        return self._page(file.name, body)

    def password(self, error: DashboardError | None = None) -> HTMLResponse:
        """A form can't stand on a page with `no-referrer`: browsers send it with `Origin: null`."""
        body = render("share_password", action=self._path, alert=alert(error))
        answer = self._page("Shared files", body, error.status if error else 401)
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer

    def drop(self, visit: Visit, limits: DropLimits, room: Room, now: datetime) -> HTMLResponse:
        body = render(
            "share_drop",
            title=visit.link.title,
            owner=visit.owner,
            ends=words.ends(visit.ends, now),
            form=render("share_drop_full") if room.full else self._drop_form(limits, room),
        )
        script = NOTHING if room.full else render("share_script", source=asset_url("drop.js"))
        return self._page(visit.link.title, body, script=script)

    def _drop_form(self, limits: DropLimits, room: Room) -> Html:
        accepted = [_ACCEPTED[kind] for kind in limits.kinds if kind in _ACCEPTED]
        hinted = bool(accepted) and len(accepted) == len(limits.kinds)
        return render(
            "share_drop_form",
            to=f"{self._path}/files",
            accept=render("share_accept", types=",".join(accepted)) if hinted else NOTHING,
            limits=told(limits, room),
        )

    def problem(self, error: DashboardError) -> HTMLResponse:
        body = render(
            "share_problem",
            said=error.message.removesuffix("."),
            hint=error.hint,
            back=self._path,
        )
        return self._page("Shared files", body, error.status)

    def gone(self, error: DashboardError) -> HTMLResponse:
        body = render("share_gone", message=error.message, hint=error.hint)
        return self._page("Shared files", body, error.status)

    def _page(
        self, title: str, body: Html, status: int = 200, script: Html = NOTHING
    ) -> HTMLResponse:
        document = render(
            "share_layout",
            title=title,
            body=body,
            banner=render("banner") if self._settings.cloud is Cloud.EMULATOR else NOTHING,
            script=script,
            fonts=asset_url("fonts.css"),
            styles=asset_url("site.css"),
            icon=asset_url("favicon.svg"),
        )
        return HTMLResponse(document, status, _headers(self._settings, scripted=bool(script)))

    def _tile(self, file: MediaFile, page: int, visit: Visit) -> Html:
        return render(
            "share_tile",
            href=f"{self._path}/v/{file.id}?page={page}",
            source=self._library.thumbnail_url(file, until=visit.ends),
            name=file.name,
            # A page without script can't renew an address that ends before somebody scrolls there.
            loading="eager" if file.private else "lazy",
            download=self._download(file, visit),
        )

    def _row(self, file: MediaFile, visit: Visit) -> Html:
        return render(
            "share_row",
            type=PurePosixPath(file.name).suffix.lstrip(".").upper()[:5] or "FILE",
            name=file.name,
            facts=_facts(file),
            download=self._download(file, visit),
        )

    def _download(self, file: MediaFile, visit: Visit) -> Html:
        if visit.left == 0:
            return NOTHING
        if file.state is FileState.PROCESSING:
            return render("share_pending")
        return render("share_download", href=f"{self._path}/d/{file.id}", name=file.name)

    def _button(self, file: MediaFile, visit: Visit) -> Html:
        if visit.left == 0:
            return render("share_archive_off", note="No downloads are left.")
        if file.state is FileState.PROCESSING:
            return render("share_pending")
        href, note = f"{self._path}/d/{file.id}", words.size(file.size)
        return render("share_get_button", href=href, note=note)

    def _archive(self, visit: Visit, count: int) -> Html:
        if count < 2:
            return NOTHING
        if visit.left is not None and visit.left < count:
            few = "No downloads are left." if visit.left == 0 else (
                f"All {count} files at once would be {count} downloads."
            )  # fmt: skip
            return render("share_archive_off", note=few)
        note = f"one zip, {count} downloads" if visit.left is not None else "one zip"
        return render("share_archive", href=f"{self._path}/zip", note=note)

    def _pager(self, found: FilesOfLink) -> Html:
        if found.pages < 2:
            return NOTHING
        before = f"{self._path}?page={found.page - 1}" if found.page > 1 else ""
        after = f"{self._path}?page={found.page + 1}" if found.page < found.pages else ""
        return render(
            "share_pager",
            before=_link(before, "prev", "Previous"),
            after=_link(after, "next", "Next"),
            page=str(found.page),
            pages=str(found.pages),
        )

    def _step(self, file_id: str, page: int, rel: str, label: str) -> Html:
        return _link(f"{self._path}/v/{file_id}?page={page}" if file_id else "", rel, label)

    def _image(self, file: MediaFile, visit: Visit) -> Html:
        rendition = file.rendition("preview") or file.rendition("thumbnail")
        if rendition is None:
            return render("share_no_image")
        urls = (self._library.preview_url, self._library.thumbnail_url)
        source = next(filter(None, (url(file, until=visit.ends) for url in urls)), "")
        size = render("share_size", width=str(rendition.width), height=str(rendition.height))
        return render("share_image", source=source, name=file.name, size=size)


def _headers(settings: Settings, *, scripted: bool) -> dict[str, str]:
    media = " ".join(media_hosts(settings))
    allowed = {
        "default-src": "'none'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": f"'self' data: {media}",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    if scripted:
        allowed |= {"script-src": "'self'", "connect-src": f"'self' {media}"}
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "; ".join(
            f"{name} {sources}".strip() for name, sources in allowed.items()
        ),
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }


def _link(href: str, rel: str, label: str) -> Html:
    return render("share_step", href=href, rel=rel, label=label) if href else NOTHING


def _left(visit: Visit) -> Html:
    said = words.downloads(visit.link.max_downloads, visit.left)
    return render("share_left", words=said) if said else NOTHING


def _counted(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"


def _facts(file: MediaFile) -> str:
    known = [words.size(file.size)]
    if file.width and file.height:
        known.append(f"{file.width} \u00d7 {file.height}")
    return ", ".join([*known, file.content_type])
