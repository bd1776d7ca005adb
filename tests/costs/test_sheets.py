"""Versions of the price sheet in a folder: added, never overwritten, chosen by month."""

import pytest

from core.costs.families import name_of
from core.costs.service.sheets import PriceSheets, bundled_data, bundled_sheet
from core.errors import Configuration


def version(name, as_of, fetched_on):
    return bundled_data() | {"version": name, "as_of": as_of, "fetched_on": fetched_on}


def test_without_a_folder_the_bundled_sheet_answers(tmp_path):
    sheets = PriceSheets(tmp_path / "absent")
    assert sheets.newest().version == "bundled-2026-11-20"


def test_a_past_month_keeps_its_sheet_when_a_newer_one_arrives(tmp_path):
    sheets = PriceSheets(tmp_path)
    sheets.keep(version("aws-2026-12-01", "2026-12-01", "2026-12-02"))
    assert sheets.newest().version == "aws-2026-12-01"
    assert sheets.valid_in("2026-10").version == "bundled-2026-11-20"
    assert PriceSheets(tmp_path).valid_in("2026-12").version == "aws-2026-12-01"


def test_a_kept_version_is_never_overwritten(tmp_path):
    sheets = PriceSheets(tmp_path)
    sheets.keep(version("v", "2026-12-01", "2026-12-02"))
    sheets.keep(version("v", "2027-12-01", "2027-12-02"))
    assert str(PriceSheets(tmp_path).newest().as_of) == "2026-12-01"
    assert [path.name for path in tmp_path.iterdir()] == ["v.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"version": "v"}'])
def test_a_damaged_version_is_named(tmp_path, text):
    (tmp_path / "broken.json").write_text(text)
    with pytest.raises(Configuration) as told:
        PriceSheets(tmp_path).newest()
    assert told.value.hint


def test_every_line_of_the_bundled_sheet_has_a_name_of_its_own_in_words():
    lines = {one.line for one in bundled_sheet().dimensions}
    names = {line: name_of(line) for line in lines}
    assert [line for line, name in names.items() if line in name] == []
    assert len(set(names.values())) == len(lines)
