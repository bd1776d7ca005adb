"""The audit's two lists: what is read, and what is said of rows that can't be."""

import io
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from worlds import HOST, case

from core.diagnostics.audit_files import INVENTORY, MAX_FIELD, URLS, Skipped, csv_rows
from core.diagnostics.listing import Listing
from core.diagnostics.listing_index import CompactIndex
from core.diagnostics.service import audit_tables, audit_urls
from core.diagnostics.service.audit_run import run_audit
from core.diagnostics.service.audit_sources import parquet_rows
from core.errors import InvalidInput
from core.model.delivery import Bucket


def read(text, columns=URLS):
    skipped = Skipped()
    return list(csv_rows(io.StringIO(text, newline=""), columns, "urls.csv", skipped)), skipped


def test_columns_are_found_by_name_in_any_order():
    found, _ = read("note,URL , id\nx,https://a/b,1\n")
    assert found == [["1", "https://a/b"]]


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is empty"), ("id,link\n1,x\n", "no column url"), ('"id', "no CSV"), ("\n", "no column")],
)
def test_a_list_without_its_columns_is_refused(text, says):
    with pytest.raises(InvalidInput, match=says) as refused:
        read(text)
    assert "id" in refused.value.hint


def test_rows_that_can_not_be_used_are_counted_with_their_lines():
    rows = [
        "id,url",
        "1,a",
        "2",
        "3,b,c",
        "",
        "4,\udcff",
        '5,"x"y',
        "6,d",
        f"7,{'z' * (MAX_FIELD + 9)}",
        "8,",
    ]
    found, skipped = read("\n".join(rows) + "\n")
    assert found == [["1", "a"], ["6", "d"], ["8", ""]]
    reasons = {r["reason"]: r["first"] for r in skipped.report()["reasons"]}
    assert reasons["not 2 fields"] == ["urls.csv line 3", "urls.csv line 4"]
    assert reasons["not UTF-8"] == ["urls.csv line 6"]
    assert any("line 7" in place for places in reasons.values() for place in places)
    assert any("field larger" in reason for reason in reasons)
    assert skipped.total == 5


def test_a_quote_that_is_never_closed_names_the_lines_that_it_swallows():
    _, skipped = read('id,url\n1,a\n2,"b\n3,c\n')
    assert skipped.report()["reasons"][0]["first"] == ["urls.csv lines 3 to 4"]


def test_parquet_gives_the_same_rows_and_refuses_what_is_none(tmp_path):
    path = tmp_path / "objects.parquet"
    columns = {"bucket": ["b", "b"], "key": ["k", None], "size": [5, 6], "last_modified": [None, None],
               "storage_class": ["STANDARD", None], "more": [1, 2]}  # fmt: skip
    pq.write_table(pa.table(columns), path)
    skipped = Skipped()
    assert list(parquet_rows(path, INVENTORY, path.name, skipped)) == [
        ["b", "k", "5", "", "STANDARD"]
    ]
    assert skipped.total == 1
    path.write_text("no parquet")
    with pytest.raises(InvalidInput, match="Parquet"):
        list(parquet_rows(path, INVENTORY, path.name, skipped))


def files(tmp_path, urls, *, config=None):
    (tmp_path / "objects.csv").write_text(
        "bucket,key,size,last_modified,storage_class\n"
        + "".join(
            f"acme-media-prod,avatars/u{i}.jpg,9,2026-01-01T00:00:00Z,STANDARD\n" for i in range(50)
        )
    )
    (tmp_path / "urls.csv").write_bytes(urls)
    seen = []
    outcome = run_audit(
        config or case(held=()), tmp_path / "objects.csv", tmp_path / "urls.csv", tmp_path / "report.jsonl",
        lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    return outcome, lines, seen


def test_the_report_has_a_line_for_each_url_that_is_not_fine(tmp_path):
    urls = (
        f"id,url\n1,https://{HOST}/avatars/u1.jpg\n2,https://{HOST}/avatars/U2.jpg\n2,\n".encode()
    )
    outcome, lines, seen = files(tmp_path, b"\xef\xbb\xbf" + urls)
    assert lines == [
        {"id": "2", "url": f"https://{HOST}/avatars/U2.jpg", "predicted_status": 403,
         "primary_cause": "key-case-mismatch", "bucket": "acme-media-prod", "key": "avatars/U2.jpg",
         "candidate_key": "avatars/u2.jpg", "confidence": "certain"},
        {"id": "2", "url": "", "predicted_status": None, "primary_cause": "url-empty-in-db",
         "bucket": None, "key": None, "confidence": "certain"},
    ]  # fmt: skip
    summary = outcome.summary(1.234)
    assert (summary["urls"], summary["seconds"]) == (3, 1.23)
    assert summary["by_status"] == {"200": 1, "403": 1, "null": 1}
    assert sum(summary["by_cause"].values()) == 3
    assert summary["warnings"] == ["1 ids stand more than once; each row has its own line"]
    assert summary["peak_rss_mb"] > 10
    assert seen == [(3, 3)]


def test_signatures_never_reach_the_report(tmp_path):
    url = f"https://{HOST}/gone.jpg?X-Amz-Signature=c0ffee&Key-Pair-Id=K2"
    _, lines, _ = files(tmp_path, f"id,url\n1,{url}\n".encode())
    assert "c0ffee" not in json.dumps(lines)
    assert "K2" not in json.dumps(lines)


def test_bytes_that_are_no_text_are_skipped_and_buckets_without_a_listing_named(tmp_path):
    outcome, lines, _ = files(tmp_path, b"id,url\n1,\xff\xfe\n")
    assert lines == []
    assert outcome.summary(0)["skipped"]["count"] == 1
    (tmp_path / "objects.csv").unlink()
    with pytest.raises(InvalidInput, match=r"objects\.csv"):
        run_audit(case(), tmp_path / "objects.csv", tmp_path / "urls.csv", tmp_path / "o", print)


def test_two_processes_write_the_lines_in_the_order_of_the_urls(tmp_path):
    rows = [
        f"{i},https://{HOST}/avatars/{'u' if i % 5 else 'U'}{i % 50}.jpg" for i in range(30_000)
    ]
    outcome, lines, _ = files(tmp_path, ("id,url\n" + "\n".join(rows)).encode())
    assert [line["id"] for line in lines] == [str(i) for i in range(0, 30_000, 5)]
    assert outcome.urls == 30_000
    assert outcome.by_cause == {"none-ok": 24_000, "key-case-mismatch": 6_000}


ROWS = "".join(f"{i % 9},https://{HOST}/avatars/U{i}.jpg\n" for i in range(40))


@pytest.mark.parametrize(
    ("text", "reads_here"),
    [
        (f"id,url\n{ROWS}1\n", 0),
        (f'id,url\n{ROWS}"a\nb",\n\xff,x\n', 0),
        (f"id,url\n{ROWS}a\0b,\n", 1),  # what joins the texts stands in one of them
        ("id,url\n", 1),
    ],
)
def test_urls_read_in_a_second_process_are_those_read_in_one(
    tmp_path, monkeypatch, text, reads_here
):
    path, here, read_urls = tmp_path / "urls.csv", os.getpid(), audit_urls.read_urls
    path.write_bytes(text.encode("latin-1"))
    alone, seen = read_urls(path), []

    def reading(asked):
        seen.extend([asked] if os.getpid() == here else [])
        return read_urls(asked)

    monkeypatch.setattr(audit_urls, "_LARGE", 1)
    monkeypatch.setattr(audit_urls, "read_urls", reading)
    with audit_urls.urls_beside(path) as read_on:
        assert read_on() == alone
    assert len(seen) == reads_here


def test_a_list_that_the_second_process_refuses_is_refused_as_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(audit_urls, "_LARGE", 1)
    with pytest.raises(InvalidInput, match="no column url"):
        files(tmp_path, b"id,link\n1,x\n")


def test_what_was_left_out_of_both_lists_is_counted_together():
    one, other = Skipped(), Skipped()
    for i in range(4):
        one.add("odd", f"a{i}")
        other.add("odd", f"b{i}")
    other.add("empty", "b9")
    one.take(other)
    assert one.report() == {"count": 9, "reasons": [
        {"reason": "odd", "count": 8, "first": ["a0", "a1", "a2", "a3", "b0"]},
        {"reason": "empty", "count": 1, "first": ["b9"]},
    ]}  # fmt: skip


def test_tables_made_in_a_second_process_are_those_made_in_one(monkeypatch):
    listing = Listing()
    for i in range(300):
        listing.add(f"media/{i}/{'thumb.webp' if i % 2 else f'IMG_{i}.JPG'}", "9", "STANDARD")
    alone, beside = (CompactIndex(Bucket(name="b"), listing) for _ in range(2))
    alone.warm()
    monkeypatch.setattr(audit_tables, "_FEW", 100)
    with audit_tables.tables_beside({"b": beside}) as made:
        beside.warm_names()
    assert made["b"].keys() == {"by_fold", "by_stem", "by_folder"}
    beside.warm(made["b"])
    for name in ("by_fold", "by_stem", "by_folder", "by_name"):
        one, other = getattr(alone, name), getattr(beside, name)
        assert {text: sorted(one[text]) for text in one} == {
            text: sorted(other[text]) for text in other
        }
    assert list(beside.by_stem["media/4/img_4"]) == ["media/4/IMG_4.JPG"]
