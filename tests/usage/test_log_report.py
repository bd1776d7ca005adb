"""Reports over log files: every format and version, and every way in which a file can be wrong."""

import gzip
import random

import pytest

from core.errors import InvalidInput
from core.model.traffic import LOG_FIELDS
from core.usage.access_logs import VERSIONS
from core.usage.log_json import report_json
from core.usage.service.log_report import report_of_files
from tests.usage.logs import as_json, as_parquet, row, v1, written


def report(*paths):
    return report_json(report_of_files([str(path) for path in paths]), 0.0)


def some(count, start=0):
    pick = random.Random(start)
    return [
        row(
            number,
            sc_bytes=pick.randrange(1, 10**6),
            sc_status=pick.choice(("200", "200", "206", "304", "403", "404", "502", "000")),
            x_edge_result_type=pick.choice(("Hit", "Hit", "Miss", "RefreshHit", "Error")),
            cs_uri_stem=f"/media/f{pick.randrange(9)}/a%2520b.jpg",
            time=f"{pick.randrange(24):02d}:00:01",
            date=pick.choice(("2026-10-31", "2026-11-01")),
        )
        for number in range(start, start + count)
    ]


def counted(found):
    return {name: found[name] for name in found if name not in ("read", "seconds")}


@pytest.mark.parametrize("count", [one for one in VERSIONS if one >= 12])
def test_every_header_version_is_read_by_its_own_fields(tmp_path, count):
    path = written(tmp_path / "a.gz", v1([row(sc_status="404")], LOG_FIELDS[:count]))
    found = report(path)
    assert found["requests"] == 1
    assert found["bytes"] == 1000
    assert found["statuses"] == {"404": 1}
    assert found["read"]["without_id"] == (1 if count < 15 else 0)


def test_fields_may_stand_in_any_order_and_be_more_than_we_know(tmp_path):
    fields = (*reversed(LOG_FIELDS), "new-field")
    assert report(written(tmp_path / "a", v1([row()], fields)))["bytes"] == 1000


def test_a_log_without_a_header_is_read_by_its_number_of_fields(tmp_path):
    assert report(written(tmp_path / "a", v1([row()], header=False)))["requests"] == 1


def test_v2_json_w3c_and_parquet_tell_what_v1_tells(tmp_path):
    rows = some(300)
    whole = counted(report(written(tmp_path / "a.gz", v1(rows))))
    assert whole["requests"] == 300
    assert counted(report(written(tmp_path / "b.json.gz", as_json(rows)))) == whole
    assert counted(report(as_parquet(tmp_path / "c.parquet", rows))) == whole
    for sign in " ,|":
        assert counted(report(written(tmp_path / "d", v1(rows, delimiter=sign)))) == whole


def test_v2_may_tell_the_time_as_a_number_and_the_country(tmp_path):
    fields = ("timestamp", "sc-bytes", "cs-uri-stem", "sc-status", "c-country")
    line = {"timestamp": "1793491199", "sc-bytes": "7", "cs-uri-stem": "/a", "sc-status": "200", "c-country": "DE"}  # fmt: skip
    for data in (v1([line], fields), as_json([line])):
        found = report(written(tmp_path / "a", data))
        assert found["days"] == {"2026-10-31": {"requests": 1, "bytes": 7}}
        assert found["countries"] == [{"country": "DE", "requests": 1, "bytes": 7}]


def test_a_day_ends_at_midnight_utc_and_a_month_with_it(tmp_path):
    rows = [row(1), row(2, date="2026-11-01", time="00:00:00"), row(3, date="2028-02-29")]
    days = report(written(tmp_path / "a", v1(rows)))["days"]
    assert list(days) == ["2026-10-31", "2026-11-01", "2028-02-29"]


def test_absent_values_are_no_values(tmp_path):
    rows = [row(1, sc_bytes="-"), row(2, cs_referer="https://a.example/x%2520y"), row(3, cs_referer="-")]  # fmt: skip
    found = report(written(tmp_path / "a", v1(rows)))
    assert found["bytes"] == 2000
    assert found["read"]["without_bytes"] == 1
    assert [one["referrer"] for one in found["referrers"]] == ["https://a.example/x%20y"]


def test_a_url_is_shown_as_sent_and_kept_as_logged(tmp_path):
    found = report(written(tmp_path / "a", v1([row(cs_uri_stem="/a%2520b%25C3%25BC.jpg")])))
    top = found["top_urls"][0]
    assert (top["url"], top["raw"]) == ("/a%20b%C3%BC.jpg", "/a%2520b%25C3%25BC.jpg")


def test_a_split_set_of_files_in_any_order_tells_what_the_whole_tells(tmp_path):
    rows = some(500, start=7)
    whole = counted(report(written(tmp_path / "whole.log", v1(rows))))
    pick = random.Random(3)
    for attempt in range(4):
        pick.shuffle(rows)
        cuts = sorted(pick.sample(range(500), 5))
        parts = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, 500], strict=True)]
        files = [
            written(tmp_path / f"{attempt}-{n}.{pick.choice(('gz', 'log'))}", v1(part))
            for n, part in enumerate(parts)
        ]
        files.append(as_parquet(tmp_path / f"{attempt}.parquet", parts[0])) if attempt else None
        assert counted(report(*files)) == whole


def test_a_request_that_is_delivered_again_counts_once(tmp_path):
    rows = some(50)
    a = written(tmp_path / "a.gz", v1(rows))
    b = written(tmp_path / "b.gz", v1([*rows[20:], *some(5, start=900)]))
    found = report(a, b, tmp_path / "*.gz")
    assert found["requests"] == 55
    assert found["read"]["duplicates"] == 30
    assert found["bytes"] == sum(int(one["sc-bytes"]) for one in [*rows, *some(5, start=900)])


def test_an_old_log_that_is_delivered_again_is_known_by_its_content(tmp_path):
    data = v1([row(), row()], LOG_FIELDS[:12])
    found = report(written(tmp_path / "a.gz", data), written(tmp_path / "b", data))
    assert found["requests"] == 2
    assert [one["problem"] for one in found["read"]["problems"]] == ["same"]


def test_a_broken_line_is_counted_with_its_file_and_number(tmp_path):
    good = v1([row(1), row(2)]).decode()
    bad = (
        "short\n" + good.splitlines()[2].replace("2026-10-31", "2026-13-31") + "\n"
        + good.splitlines()[2].replace("\t200\t", "\tabc\t") + "\tone\ttoo\tmany\n"
    )  # fmt: skip
    path = written(tmp_path / "odd[1]*?.log", (good + bad).encode() + b"\xff\xfe\n")
    found = report(path, written(tmp_path / "fine.gz", v1([row(3)])))
    assert found["requests"] == 3
    assert found["read"]["bad_lines"] == 4
    assert [one["line"] for one in found["read"]["first_bad"]] == [5, 6, 7, 8]
    assert {one["file"] for one in found["read"]["first_bad"]} == {str(path)}


def test_broken_lines_keep_their_numbers_in_large_files(tmp_path):
    lines = v1(some(3000)).splitlines(keepends=True)
    for place in (1200, 2500):
        lines[place] = b"broken\n"
    found = report(written(tmp_path / "a.log", b"".join(lines)))
    assert [one["line"] for one in found["read"]["first_bad"]] == [1201, 2501]
    assert found["requests"] == 2998


def test_a_broken_json_line_is_counted_with_its_number(tmp_path):
    data = as_json([row(1)]) + b'{"date": \n[]\n"x"\n{}\n\n' + as_json([row(2)])
    found = report(written(tmp_path / "a.json", data))
    assert found["requests"] == 2
    assert found["read"]["bad_lines"] == 4
    assert [one["line"] for one in found["read"]["first_bad"]] == [2, 3, 4, 5]


def test_versions_may_be_mixed_within_a_file(tmp_path):
    swapped = (LOG_FIELDS[1], LOG_FIELDS[0], *LOG_FIELDS[2:])
    data = (
        v1([row(1)])
        + v1([row(2)], LOG_FIELDS[:15])
        + v1([row(3)], swapped)
        + v1([row(4)])
        + b"bad\n"
    )
    found = report(written(tmp_path / "a.gz", data), written(tmp_path / "b.gz", v1([row(5)])))
    assert found["requests"] == 5
    assert found["days"] == {"2026-10-31": {"requests": 5, "bytes": 5000}}
    assert [one["line"] for one in found["read"]["first_bad"]] == [13]


def test_of_a_truncated_gz_the_readable_lines_count_and_it_is_told(tmp_path):
    rows = some(4000)
    packed = gzip.compress(v1(rows))
    path = tmp_path / "a.gz"
    path.write_bytes(packed[: len(packed) // 2])
    found = report(path, written(tmp_path / "b.gz", v1(some(10, start=9000))))
    assert [one["problem"] for one in found["read"]["problems"]] == ["truncated"]
    assert 1000 < found["requests"] < 3500
    assert found["read"]["bad_lines"] == 0


def test_what_is_no_access_log_is_told_and_not_counted(tmp_path):
    files = [
        written(tmp_path / "a.txt", b"hello\nworld\n"),
        written(tmp_path / "b", b"#Fields: date time sc-bytes\n2026-10-01\t00:00:00\t1\n"),
        written(tmp_path / "c.parquet", b"PAR1 but nothing else"),
        written(tmp_path / "d.gz", b"")  ,
        written(tmp_path / "e.log", b""),
    ]  # fmt: skip
    (tmp_path / "f.gz").write_bytes(b"\x1f\x8b\x08\x00")
    found = report(*files, tmp_path / "f.gz")
    assert found["requests"] == 0
    assert found["hit_ratio"]["share"] is None
    assert [one["problem"] for one in found["read"]["problems"]] == [
        "unreadable", "unreadable", "truncated", "unreadable",
    ]  # fmt: skip


def test_a_parquet_file_with_a_row_without_a_time_tells_it(tmp_path):
    found = report(as_parquet(tmp_path / "a.parquet", [row(1), row(2, date="-")]))
    assert (found["requests"], found["read"]["bad_lines"]) == (1, 1)


def test_windows_line_ends_and_a_missing_last_one_are_fine(tmp_path):
    data = v1([row(1), row(2)]).replace(b"\n", b"\r\n")[:-2]
    found = report(written(tmp_path / "a", data))
    assert (found["requests"], found["read"]["bad_lines"]) == (2, 0)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(InvalidInput, match="nowhere"):
        report("/nowhere/*.gz")


def test_hits_are_a_share_of_what_a_cache_can_answer(tmp_path):
    kinds = ("Hit", "Hit", "RefreshHit", "Miss", "Error", "Redirect", "LimitExceeded")
    rows = [row(n, x_edge_result_type=kind) for n, kind in enumerate(kinds)]
    ratio = report(written(tmp_path / "a", v1(rows)))["hit_ratio"]
    assert (ratio["hits"], ratio["misses"], ratio["share"]) == (3, 1, 0.75)


def test_the_client_is_not_kept(tmp_path):
    text = str(report(written(tmp_path / "a", v1([row()]))))
    assert "198.51.100.7" not in text
    assert "curl" not in text
