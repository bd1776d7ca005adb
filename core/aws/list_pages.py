"""Pages of S3 listings as columns, read several times faster than boto3's general parser does.

boto3 still signs, sends, retries and reads refusals; only a good answer's body is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET  # answers of S3, which boto3 reads with it too

from botocore import handlers

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PAGE = "ListedPage"
_OPERATIONS = ("ListObjectsV2", "ListObjectVersions")
_QUOTE = '(?:&quot;|")'
# An object as S3 writes it, with URL-encoded keys. Other spellings are left to the XML parser.
_OBJECT = re.compile(
    "<Contents><Key>([^<&]*)</Key><LastModified>([^<&]*)</LastModified>"
    f'<ETag>{_QUOTE}([^<&"]*){_QUOTE}</ETag>'
    "(?:<Checksum(?:Algorithm|Type)>[^<&]*</Checksum(?:Algorithm|Type)>)*"
    "<Size>([0-9]+)</Size><StorageClass>([^<&]+)</StorageClass></Contents>"
)
_START, _END = "<Contents>", "</Contents>"


@dataclass(slots=True)
class Columns:
    """Rows of a listing, by column. Times are ISO 8601 text; `etags` are without quotes."""

    keys: list[str] = field(default_factory=list)
    sizes: list[int | None] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    etags: list[str | None] = field(default_factory=list)
    classes: list[str | None] = field(default_factory=list)
    versions: list[str | None] = field(default_factory=list)
    latest: list[bool] = field(default_factory=list)
    markers: list[bool] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.keys)

    def extend(self, other: Columns, start: int = 0, end: int | None = None) -> None:
        """Take over the rows `start` ≤ row < `end` of another."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name)[start:end])

    def by_key(self) -> Columns:
        """The same rows in the order of their keys; rows of one key keep theirs."""
        order = sorted(range(len(self)), key=self.keys.__getitem__)
        return Columns(*([getattr(self, name)[row] for row in order] for name in self.__slots__))


@dataclass(slots=True)
class Page:
    rows: Columns = field(default_factory=Columns)
    truncated: bool = False
    next_key: str = ""
    next_version: str = ""
    encoded: bool = False  # keys were URL-encoded


def read_fast(client: S3Client) -> S3Client:
    """Let this client's listings carry a `Page`; see `page_of`. It should do nothing else: boto3
    looks for late errors in answers by parsing each one twice, which is done here instead.
    """
    client.meta.events.unregister("before-parse.s3.*", handlers._handle_200_error)  # type: ignore[attr-defined]  # noqa: SLF001
    for operation in _OPERATIONS:
        client.meta.events.register(f"before-parse.s3.{operation}", _replace)
    return client


def page_of(answer: Any) -> Page:
    """The page in an answer of a client that `read_fast` has prepared."""
    page: Page = answer[_PAGE]
    return page


def _replace(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    if response_dict["status_code"] != 200:
        return
    try:
        page = read_page(response_dict["body"])
    except (ET.ParseError, UnicodeDecodeError):
        return  # boto3 says what is wrong with it
    if page is None:
        response_dict["status_code"] = 500  # a late error: boto3 tries again
        return
    customized_response_dict[_PAGE] = page
    response_dict["body"] = b"<Read/>"


def read_page(body: bytes) -> Page | None:
    """The page in an answer's body; None where it is none, such as a late error."""
    text = body.decode()
    found = _OBJECT.findall(text)
    first, last = text.find(_START), text.rfind(_END)
    if found and len(found) == text.count(_START):
        outside = text[:first] + text[last + len(_END) :]
        page = _parsed(ET.fromstring(outside))  # noqa: S314  # as boto3 does
        keys, page.rows = [one[0] for one in found], _columns(found)
        page.rows.keys = [_decoded(key) for key in keys] if page.encoded else keys
        return page
    root = ET.fromstring(body)  # noqa: S314  # as boto3 does
    return _parsed(root) if root.tag.rpartition("}")[2].startswith("List") else None


def _columns(found: list[tuple[str, str, str, str, str]]) -> Columns:
    _, modified, etags, sizes, classes = zip(*found, strict=True)
    count = len(found)
    return Columns(
        sizes=[int(size) for size in sizes],
        modified=list(modified),
        etags=list(etags),
        classes=list(classes),
        versions=[None] * count,
        latest=[True] * count,
        markers=[False] * count,
    )


def _parsed(root: ET.Element) -> Page:
    page, space = Page(), len(root.tag) - len(root.tag.rpartition("}")[2])
    for child in root:
        name = child.tag[space:]
        if name in {"Contents", "Version", "DeleteMarker"}:
            _add(page.rows, {one.tag[space:]: one.text for one in child}, name)
        elif name == "IsTruncated":
            page.truncated = child.text == "true"
        elif name == "NextKeyMarker":
            page.next_key = child.text or ""
        elif name == "NextVersionIdMarker":
            page.next_version = child.text or ""
        elif name == "EncodingType":
            page.encoded = child.text == "url"
    if page.encoded:
        page.rows.keys = [_decoded(key) for key in page.rows.keys]
        page.next_key = _decoded(page.next_key)
    return page


def _decoded(key: str) -> str:
    return unquote_plus(key, errors="strict") if "%" in key or "+" in key else key


def _add(rows: Columns, one: dict[str, str | None], kind: str) -> None:
    size = one.get("Size")
    etag = one.get("ETag")
    rows.keys.append(one["Key"] or "")
    rows.sizes.append(int(size) if size else None)
    rows.modified.append(one["LastModified"] or "")
    rows.etags.append(etag.strip('"') if etag else None)
    rows.classes.append(None if kind == "DeleteMarker" else one.get("StorageClass") or "STANDARD")
    rows.versions.append(one.get("VersionId"))
    rows.latest.append(one.get("IsLatest", "true") == "true")
    rows.markers.append(kind == "DeleteMarker")
