"""Gzip logs are unpacked in parts and groups; what they tell is what the plain files tell."""

import gzip
from contextlib import suppress

import pytest

from core.errors import DashboardError
from core.model.traffic import LOG_FIELDS
from core.stores import log_unpack
from core.stores.log_source import LogFile, head_of
from core.stores.log_unpack import DAMAGED, unpacked
from core.usage.access_logs import shape_of
from core.usage.log_json import report_json
from core.usage.service.log_report import report_of_files
from tests.usage.logs import as_json, row, v1, written


def some(count, start=0):
    return [row(start + n, cs_uri_stem=f"/media/f{n % 7}/{n}.jpg") for n in range(count)]


def report(*paths):
    found = report_json(report_of_files([str(path) for path in paths]), 0.0)
    for told in (*found["read"]["first_bad"], *found["read"]["problems"]):
        told["file"] = told["file"].removesuffix(".gz").rpartition("/")[2]
    return {name: value for name, value in found.items() if name != "seconds"}


def log_file(path):
    return LogFile(path, path.name, shape_of(head_of(path)[0], path.name), compressed=True)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(log_unpack, "_FIRST", 15_000)
    monkeypatch.setattr(log_unpack, "_TOGETHER", 40_000)
    monkeypatch.setattr(log_unpack, "_CHUNK", 10_000)
    monkeypatch.setattr(log_unpack, "_MOST_FILES", 3)


CONTENTS = {
    "sound": v1(some(900)),
    "no end of line": v1(some(900))[:-1],
    "bad lines": v1(some(400)) + b"bad\n" + v1(some(400, 400), header=False) + b"worse\n",
    "the header again": v1(some(400)) + v1(some(400, 400)),
    "another header": v1(some(400)) + v1(some(400, 400), LOG_FIELDS[:26]) + b"bad\n",
    "a long line": v1(some(400)) + b"x" * 90_000 + b"\n" + v1([row(901)], header=False),
    "one line": v1([row(1)])[:-1],
    "JSON": as_json(some(400)) + b"bad\n" + as_json(some(3, 400)) + b"{}\n",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_gzip_tells_what_the_plain_file_tells(tmp_path, content):
    packed, plain = tmp_path / "packed", tmp_path / "plain"
    for folder, suffix in ((packed, ".gz"), (plain, "")):
        folder.mkdir()
        for n, one in enumerate((content, v1([row(9999)]), v1(some(150, 2000)))):
            written(folder / f"{n}.log{suffix}", one)
    found = report(packed / "*")
    assert found == report(plain / "*")
    assert found["requests"] > 150


@pytest.mark.parametrize("damage", ["truncated", "changed"])
@pytest.mark.parametrize("content", ["sound", "JSON"])
def test_a_damaged_file_is_told_and_its_neighbours_count_once(tmp_path, damage, content):
    packed = bytearray(gzip.compress(CONTENTS[content]))
    if damage == "truncated":
        del packed[len(packed) // 2 :]
    else:
        packed[-6] ^= 0xFF  # of the checksum: all can be read, but it is not what was written
    (tmp_path / "b.gz").write_bytes(packed)
    for name in ("a.gz", "c.gz"):
        written(tmp_path / name, v1(some(20, start=ord(name[0]) * 100)))
    found = report(tmp_path / "*.gz")
    assert [(one["file"], one["problem"]) for one in found["read"]["problems"]] == [
        ("b", "truncated")
    ]
    assert 140 < found["requests"] <= 940


def size_of(folder):
    """While the next parts come and go."""
    total = 0
    for one in list(folder.iterdir()):
        with suppress(FileNotFoundError):
            total += one.stat().st_size
    return total


def test_what_is_read_together_has_one_shape_and_little_of_it_is_there_at_once(tmp_path):
    contents = [CONTENTS["sound"], v1([row(1)]), *(v1([row(n)]) for n in range(7))]
    files = [log_file(written(tmp_path / f"{n}.gz", one)) for n, one in enumerate(contents)]
    folder = tmp_path / "parts"
    folder.mkdir()
    found, most = {}, 0
    for group in unpacked(files, folder):
        assert len(group) <= 3
        assert len({part.shape for part in group}) == 1
        most = max(most, size_of(folder))
        for part in group:
            text = part.path.read_bytes()
            before = found.get(part.name, b"")
            assert part.offset == before.count(b"\n")
            assert part.shape.skip == (0 if before else 2)
            found[part.name] = before + text
    assert list(found.values()) == contents
    assert most < 2 * 60_000 + 2 * 1_000  # a part ends with a whole line


@pytest.mark.parametrize("cut", [3, 9, 200])
def test_unpacking_what_is_not_whole_raises(tmp_path, cut):
    path = written(tmp_path / "a.gz", CONTENTS["sound"])
    file = log_file(path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DAMAGED):
        list(unpacked([file], tmp_path))


def test_a_full_disk_is_no_damage_of_the_file(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log_unpack, "_fill", full)
    with pytest.raises(DashboardError, match="No space left on device"):
        report(written(tmp_path / "a.gz", CONTENTS["sound"]))
