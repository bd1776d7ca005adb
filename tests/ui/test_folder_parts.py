"""Folders as rectangles: they add up to what is there, and paths lead back at any depth."""

import json
from datetime import UTC, datetime

import pytest

from core.model.usage import PrefixShare, StorageReport, StorageSource, Stored
from core.ui import folder_parts
from core.ui.folder_parts import Crumb
from core.ui.prefix_map import as_data, known

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def row(prefix, size, objects=1, *, folders=False):
    return PrefixShare(prefix=prefix, stored=Stored(objects=objects, bytes=size), folders=folders)


def report(rows, total, prefix=""):
    return StorageReport(
        bucket="b", source=StorageSource.LISTING, prefix=prefix, sampled_at=NOW, read_at=NOW,
        complete=True, total=total, by_prefix=tuple(rows),
    )  # fmt: skip


def test_more_folders_than_can_be_read_become_one_rectangle_so_that_nothing_is_missing():
    rows = [row(f"f{n:04}/", 1000 - n) for n in range(1000)]
    total = Stored(objects=3_000_000, bytes=10**9)
    found = folder_parts.blocks(report(rows, total), {})
    assert sum(one.value for one in found) == 10**9
    assert found[-1].label == "All others"
    assert found[-1].into == ""
    assert found[-1].text.endswith("2,999,960 objects")
    assert found[0].text == "1,000 B, 1 object"


def test_the_inside_of_a_folder_adds_up_to_the_folder():
    rows = [row("a/", 100, 40, folders=True)]
    inside = {"a/": tuple(row(f"a/{n}/", 2) for n in range(30))}
    (folder,) = folder_parts.blocks(report(rows, Stored(objects=40, bytes=100)), inside)
    assert sum(one.value for one in folder.inside) == 100
    assert folder.inside[0].into == "a/0/"


def test_without_known_bytes_folders_are_as_large_as_their_number_of_objects():
    rows = [row("a/", None, 3), row("b/", None, 5)]
    found = folder_parts.blocks(report(rows, Stored(objects=8, bytes=None)), {})
    assert [(one.label, one.value) for one in found] == [("b/", 5), ("a/", 3)]
    assert found[0].text == "unknown size, 5 objects"


def test_what_has_no_bytes_has_no_rectangle_and_an_unknown_rest_is_none():
    assert folder_parts.blocks(report([row("a/", 0)], Stored(objects=1, bytes=0)), {}) == ()
    rows = [row("a/", 5), row("b/", None)]
    found = folder_parts.blocks(report(rows, Stored(objects=2, bytes=9)), {})
    assert [one.value for one in found] == [5, 4]


@pytest.mark.parametrize(
    ("prefix", "labels", "last"),
    [
        ("", [], None),
        ("a/", ["a/"], "a/"),
        ("a/b//c/", ["a/", "b/", "/", "c/"], "a/b//c/"),
        ("a/b", ["a/", "b"], "a/b"),
        ("1/2/3/4/5/6/7/", ["1/", "\u2026", "5/", "6/", "7/"], "1/2/3/4/5/6/7/"),
    ],
)
def test_a_path_names_each_folder_and_leads_to_it(prefix, labels, last):
    found = folder_parts.crumbs(prefix)
    assert [one.label for one in found] == labels
    assert (found[-1].prefix if found else None) == last
    assert all(one.prefix is None for one in found if one == Crumb("\u2026", None))


def test_a_table_that_is_cut_says_what_the_others_hold():
    rows = [row("a/", 5), row("b/", 4)]
    assert folder_parts.cut(report(rows, Stored(objects=2, bytes=9))) == ""
    told = folder_parts.cut(report(rows, Stored(objects=12, bytes=1033)))
    assert told == "The 2 largest prefixes are listed; the others hold 1.0 KiB, 10 objects."


def test_only_prefixes_that_are_shown_can_be_walked_into_and_names_stay_data():
    rows = [row("<b>/", 7, folders=True), row("", 2)]
    inside = {"<b>/": (row("<b>/c/", 7),)}
    found = folder_parts.blocks(report(rows, Stored(objects=2, bytes=9)), inside)
    assert known(found) == {"<b>/", "<b>/c/"}
    first, beside = json.loads(as_data(found, "map"))["blocks"]
    assert first["label"] == "<b>/"
    assert first["inside"][0]["colour"] == first["colour"]
    assert beside["colour"] != first["colour"]
