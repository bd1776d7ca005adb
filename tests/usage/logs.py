"""Small access logs for the tests: v1 lines in every header version, JSON, W3C and Parquet."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq

from core.model.traffic import LOG_FIELDS
from core.usage.access_logs import column_of

BASE = {
    "date": "2026-10-31", "time": "23:59:58", "x-edge-location": "FRA60-P3", "sc-bytes": "1000",
    "c-ip": "198.51.100.7", "cs-method": "GET", "cs(Host)": "d111111abcdef8.cloudfront.net",
    "cs-uri-stem": "/media/f1/IMG_1.jpg", "sc-status": "200", "cs(Referer)": "-",
    "cs(User-Agent)": "curl/8.9", "cs-uri-query": "-", "cs(Cookie)": "-", "x-edge-result-type": "Hit",
    "x-host-header": "cdn.example.com", "cs-protocol": "https", "cs-bytes": "210", "time-taken": "0.1",
}  # fmt: skip


def row(number=0, **values):
    """One request; `values` name fields by their column names."""
    named = {column_of(field): field for field in (*LOG_FIELDS, "c-country", "timestamp")}
    given = {named[name]: str(value) for name, value in values.items()}
    return {**BASE, "x-edge-request-id": f"id-{number:06d}==", **given}


def v1(rows, fields=LOG_FIELDS, delimiter="\t", header=True):
    top = f"#Version: 1.0\n#Fields: {' '.join(fields)}\n" if header else ""
    lines = (delimiter.join(one.get(field, "-") for field in fields) + "\n" for one in rows)
    return (top + "".join(lines)).encode()


def written(path, data):
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def as_json(rows):
    return "".join(json.dumps(one) + "\n" for one in rows).encode()


def as_parquet(path, rows):
    names = list(dict.fromkeys(name for one in rows for name in one))
    columns = {column_of(n): [one.get(n) for one in rows] for n in names}
    pq.write_table(pa.table(columns), path)
    return path
