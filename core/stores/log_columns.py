"""How the columns of a log file become the columns of `requests`, as SQL of constant parts.

The client's address, its agent and cookies are not kept: nothing here asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

REQUESTS = (
    ("moment", "TIMESTAMP"), ("day", "DATE"), ("hour", "UTINYINT"), ("distribution", "VARCHAR"),
    ("site", "VARCHAR"), ("path", "VARCHAR"), ("status", "SMALLINT"), ("result", "VARCHAR"),
    ("edge", "VARCHAR"), ("country", "VARCHAR"), ("referrer", "VARCHAR"),
    ("protocol", "VARCHAR"), ("request_id", "VARCHAR"), ("requests", "UTINYINT"),
    ("bytes", "BIGINT"),
)  # fmt: skip
NAMES = tuple(name for name, _ in REQUESTS)
# For a report that is made once and forgotten, and the relation that then answers the questions.
LEAN = tuple(name for name in NAMES if name not in {"moment", "hour", "distribution", "protocol"})
LEAN_RELATION = (
    "(SELECT *, CAST(NULL AS UTINYINT) AS hour, CAST(NULL AS VARCHAR) AS distribution, "
    "CAST(NULL AS VARCHAR) AS protocol FROM requests)"
)

# A line without a value of these types is told with its number by the reader of delimited files.
_CHECKED = frozenset({"date", "time", "timestamp", "timestamp_ms", "sc_status"})
_TYPES = {
    "date": "DATE", "time": "TIME", "timestamp": "BIGINT", "timestamp_ms": "BIGINT",
    "sc_bytes": "BIGINT", "sc_status": "SMALLINT",
}  # fmt: skip


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def read_as(column: str) -> str:
    """The type of a column of a delimited file; bytes may be absent and are converted later."""
    return _TYPES[column] if column in _CHECKED else "VARCHAR"


def selected(
    columns: Sequence[str], *, typed: bool, source: int = 0, names: Sequence[str] = NAMES
) -> str:
    """The select list over a file's columns; `typed`: they have the types above already."""
    held = set(columns)

    def value(name: str) -> str:
        if name not in held:
            return f"CAST(NULL AS {_TYPES.get(name, 'VARCHAR')})"
        if typed and name in _CHECKED:
            return quoted(name)
        text = f"nullif(CAST({quoted(name)} AS VARCHAR), '-')"
        return f"TRY_CAST({text} AS {_TYPES[name]})" if name in _TYPES else text

    moment = _moment(held, value)
    parts = {
        "moment": moment,
        "day": value("date") if typed and _by_date(held) else f"CAST({moment} AS DATE)",
        "hour": f"CAST(hour({moment}) AS UTINYINT)",
        "distribution": f"coalesce({value('cs_host')}, {value('distributionid')})",
        "site": f"coalesce({value('x_host_header')}, {value('cs_host')})",
        "path": value("cs_uri_stem"),
        "status": value("sc_status"),
        "result": value("x_edge_result_type"),
        "edge": value("x_edge_location"),
        "country": value("c_country"),
        "referrer": value("cs_referer"),
        "protocol": f"lower({value('cs_protocol')})",
        "request_id": value("x_edge_request_id"),
        "requests": "CAST(1 AS UTINYINT)",
        "bytes": value("sc_bytes"),
    }
    rows = ", ".join(f"{parts[name]} AS {name}" for name in names)
    return f"{rows}, CAST({source:d} AS INTEGER) AS source"


def _by_date(held: set[str]) -> bool:
    return {"date", "time"} <= held and not {"timestamp", "timestamp_ms"} & held


def _moment(held: set[str], value: Callable[[str], str]) -> str:
    if _by_date(held):
        return f"{value('date')} + {value('time')}"
    parts = [f"{value('date')} + {value('time')}"] if {"date", "time"} <= held else []
    if "timestamp_ms" in held:
        parts.append(f"make_timestamp({value('timestamp_ms')} * 1000)")
    if "timestamp" in held:
        parts.append(f"make_timestamp({value('timestamp')} * 1000000)")
    return f"coalesce({', '.join(parts)})"


_LOGGED = {
    "date": "date", "time": "time", "timestamp": "timestamp", "timestamp_ms": "timestamp(ms)",
    "cs_host": "cs(Host)", "distributionid": "DistributionId", "x_host_header": "x-host-header",
    "cs_uri_stem": "cs-uri-stem", "sc_status": "sc-status", "sc_bytes": "sc-bytes",
    "x_edge_result_type": "x-edge-result-type", "x_edge_location": "x-edge-location",
    "c_country": "c-country", "cs_referer": "cs(Referer)",
    "cs_protocol": "cs-protocol",
    "x_edge_request_id": "x-edge-request-id",
}  # fmt: skip


def json_columns(line: str) -> str:
    """The fields of a JSON line as text columns, under CloudFront's names or ours."""
    return ", ".join(
        f"coalesce({line} ->> {literal(_pointer(field))}, {line} ->> {literal(_pointer(name))}) "
        f"AS {name}"
        for name, field in _LOGGED.items()
    )


def json_names() -> tuple[str, ...]:
    return tuple(_LOGGED)


def _pointer(key: str) -> str:
    return '$."' + key + '"'
