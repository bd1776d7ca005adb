"""Whether an address tells of a person, and a key for the same file that does not. Pure."""

from __future__ import annotations

import mimetypes
import re
from pathlib import PurePosixPath
from urllib.parse import unquote

from core.model.media import MediaFile
from core.model.names import safe_segment

_UNKNOWN = "application/octet-stream"
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_SUFFIX = re.compile(
    r"\.(?:avif|bmp|csv|docx?|gif|heic|jpe?g|json|mov|mp[34]|pdf|png|svg|tiff?|txt|wav|web[mp]"
    r"|xlsx?|zip)$",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+\d[\d ().-]{7,}\d")
_KEPT_SUFFIXES = {"image/jpeg": ".jpg", "text/plain": ".txt", "video/quicktime": ".mov"}


def person_in_key(file: MediaFile) -> str:
    """What of a person stands in the file's key, in words; '' for nothing that is certain."""
    return personal(unquote(file.key)) or _slug_of_personal(file)


def personal(text: str) -> str:
    """What of a person is in this text, in words; '' for nothing that is certain."""
    if _emails(text):
        return "an e-mail address"
    return "a telephone number" if _PHONE.search(text) else ""


def _emails(text: str) -> list[str]:
    """`logo@2x.png` is none: what names the type of a file is no domain."""
    found = (_SUFFIX.sub("", one) for one in _EMAIL.findall(text))
    return [one for one in found if "." in one.partition("@")[2]]


def _slug_of_personal(file: MediaFile) -> str:
    """Uploads put the name into the key with every odd sign as a dash: `ada-example.com.jpg`."""
    for found in (*_emails(file.name), *_PHONE.findall(file.name)):
        worn = safe_segment(f"x{found}").removeprefix("x").strip("-.")
        if len(worn) > 5 and worn in PurePosixPath(file.key).name:
            return personal(found)
    return ""


def clean_key(file: MediaFile) -> str:
    """A key in the file's own folder whose last part says nothing of a person."""
    name = PurePosixPath(unquote(file.name)).name
    named = PurePosixPath(name).suffix
    for found in (*_emails(name), *_PHONE.findall(name)):
        name = name.replace(found, "")
    suffix = suffix_for(file.content_type) or PurePosixPath(file.key).suffix
    name = name.removesuffix(named).strip("-._ ")  # of `ada@x.example.jpg` nothing may be left
    stem = safe_segment(name).strip("-._") if name else ""
    folder = "private" if file.private else "media"
    return f"{folder}/{file.id}/{stem or 'file'}-r{file.revision}{suffix.lower()}"


def suffix_for(content_type: str) -> str:
    plain = content_type.partition(";")[0].strip().lower()
    if plain == _UNKNOWN:
        return ""
    return _KEPT_SUFFIXES.get(plain) or mimetypes.guess_extension(plain) or ""
