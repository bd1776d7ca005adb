"""Which URLs an audit reads: the form of each source. A form returns what was chosen, or None."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

import streamlit as st

from core.model.identity import Actor
from core.model.url_audit import (
    AuditSource,
    CaseSource,
    CsvSource,
    DynamoSource,
    Holds,
    LibrarySource,
    LogSource,
    TableChoice,
)
from core.ui import csv_head, formats, parts, session
from core.ui.frame import show

_HOLDS = {
    Holds.AUTO: "Decide for each value",
    Holds.URL: "URLs",
    Holds.KEY: "Keys",
}


class Chosen(NamedTuple):
    source: AuditSource
    files: Mapping[str, bytes]  # uploaded ones, by the name that the source gives them


def choose(actor: Actor) -> Chosen | None:
    kind = st.segmented_control(
        "Source", list(_FORMS), default=next(iter(_FORMS)), key="source", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    return _FORMS[str(kind)](actor)


def _library(actor: Actor) -> Chosen | None:
    del actor
    show(parts.note("Every file of the library and its thumbnails, by the URLs that people get."))
    return Chosen(LibrarySource(), {})


def _table(actor: Actor) -> Chosen | None:
    tables = session.services().audits.tables(actor)
    if not tables:
        show(parts.note("This account has no DynamoDB table that can be listed.", parts.Tone.WARN))
        return None
    left, middle, right = st.columns(3)
    with left:
        table = st.selectbox("Table", tables, format_func=_table_words)
    if table is None or table.problem:
        show(parts.note(table.problem if table else "Choose a table.", parts.Tone.UNKNOWN))
        return None
    with middle:
        attribute = st.selectbox(
            "Attribute with the URL or key", _attributes(table), accept_new_options=True
        )
    with right:
        holds = _holds("table")
    host = _host("table")
    if not attribute:
        return None
    keys = table.key_attributes
    source = DynamoSource(
        table=table.name, key_attributes=keys, attribute=attribute, holds=holds, host=host
    )
    return Chosen(source, {})


def _table_words(table: TableChoice) -> str:
    rows = f" \u00b7 about {formats.counted(table.rows, 'row')}" if table.rows is not None else ""
    return f"{table.name} ({', '.join(table.key_attributes)}){rows}"


def _attributes(table: TableChoice) -> list[str]:
    """Those whose values look like URLs or keys come first."""
    return [*table.likely, *(name for name in table.attributes if name not in table.likely)]


def _holds(name: str) -> Holds:
    chosen = st.selectbox("It holds", list(_HOLDS), format_func=_HOLDS.__getitem__, key=f"h_{name}")
    return chosen or Holds.AUTO


def _host(name: str) -> str:
    return st.text_input(
        "Host for values that are keys", placeholder="media.example.com", key=f"host_{name}",
        help="A key has no host: this one is put before it. Empty: the library's own CDN.",
    ).strip()  # fmt: skip


def _csv(actor: Actor) -> Chosen | None:
    del actor
    file = st.file_uploader("CSV or Parquet with a column of URLs", type=["csv", "parquet"])
    if file is None:
        return None
    content = file.getvalue()
    columns = csv_head.columns(file.name, content)
    left, middle, right = st.columns(3)
    with left:
        url = st.selectbox("Column with the URL", columns, index=csv_head.likely(columns, "url"))
    with middle:
        id_ = st.selectbox("Column that names the row", ["", *columns],
                           index=csv_head.likely(["", *columns], "id"))  # fmt: skip
    with right:
        hits = st.selectbox("Column with hits", ["", *columns],
                            index=csv_head.likely(["", *columns], "hits"))  # fmt: skip
    source = CsvSource(
        file=file.name, url=url or "url", id=id_ or "", hits=hits or "",
        holds=_holds("csv"), host=_host("csv"),
    )  # fmt: skip
    return Chosen(source, {file.name: content})


def _logs(actor: Actor) -> Chosen | None:
    del actor
    file = st.file_uploader(
        "One log file, or name a bucket below", type=["gz", "log", "tsv", "txt", "json", "jsonl"]
    )
    left, right, span = st.columns(3)
    with left:
        bucket = st.text_input("Bucket of the logs", disabled=file is not None).strip()
    with right:
        prefix = st.text_input("Prefix", disabled=file is not None).strip()
    with span:
        days = st.number_input("Days back", min_value=1, max_value=400, value=7)
    if file is not None:
        return Chosen(LogSource(file=file.name), {file.name: file.getvalue()})
    if not bucket:
        return None
    today = datetime.combine(session.now().date(), time(), UTC)
    since = today - timedelta(days=int(days) - 1)
    return Chosen(LogSource(bucket=bucket, prefix=prefix, since=since), {})


def _case(actor: Actor) -> Chosen | None:
    del actor
    show(
        parts.note(
            "No AWS account is asked: everything comes from these three files. The listing "
            "has the columns bucket, key, size, last_modified, storage_class."
        )
    )
    names = (
        ("snapshot", "Configuration (a saved case, JSON)", ["json"]),
        ("inventory", "Listing of the buckets", ["csv", "parquet"]),
        ("urls", "URLs: id, url", ["csv", "parquet"]),
    )  # fmt: skip
    given = {}
    for column, (name, words, types) in zip(st.columns(3), names, strict=True):
        with column:
            file = st.file_uploader(words, type=types, key=f"case_{name}")
            if file is not None:
                given[name] = file
    if len(given) < len(names):
        return None
    source = CaseSource(**{name: file.name for name, file in given.items()})
    return Chosen(source, {file.name: file.getvalue() for file in given.values()})


_FORMS: dict[str, Callable[[Actor], Chosen | None]] = {
    "Library": _library,
    "DynamoDB table": _table,
    "CSV file": _csv,
    "Access logs": _logs,
    "Saved configuration": _case,
}
