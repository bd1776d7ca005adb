"""Patterns of keys: written, matched, mapped there and back; learned; and what a plan refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.diagnostics.layouts import layouts
from core.diagnostics.layouts.layouts import KeyMap, parse_template, template_of
from core.diagnostics.layouts.learning import MOST_NAMES, Entry, learn
from core.diagnostics.layouts.mapping import LayoutIndex, mappings, proven_mapping, same_content
from core.diagnostics.layouts.migration import (
    Found,
    counted,
    deletable_at,
    dry_run,
    ended,
    plan_steps,
)
from core.diagnostics.layouts.record_values import keys_in, rewrite
from core.errors import InvalidInput
from core.model.migration import (
    Migration,
    MigrationState,
    MigrationStep,
    SegmentKind,
    StepCounts,
    StepRow,
    StepState,
)

LEGACY, FLAT = "users/{user}/progress-photos/{file}", "progress-photos/{file}"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEGMENT = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=8)


def key_map(legacy=LEGACY, target=FLAT):
    return KeyMap(parse_template(legacy), parse_template(target))


def entries(*keys, **more):
    return [Entry(key, 10, f'"{n}"', **more) for n, key in enumerate(keys)]


def patterns(*keys):
    return {layout.pattern: layout.count for layout in learn(entries(*keys))}


# --- patterns -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    ["", "{User}", "a/{", "a/}b", "{a}{b}", "{a}-{b}-{c}-{d}", "{}", "x" * 1025, "{a b}"],
)
def test_a_pattern_that_can_not_work_is_refused_with_a_hint(pattern):
    with pytest.raises(InvalidInput) as refused:
        parse_template(pattern)
    assert refused.value.hint


def test_a_variable_never_spans_a_slash_and_braces_can_be_literal():
    template = parse_template("a{{b}}/{file}")
    assert template.match("a{b}/c.jpg") == {"file": "c.jpg"}
    assert template.match("a{b}/c/d.jpg") is None
    assert template.match("a{b}/") is None
    assert (template.prefix, template.variables) == ("a{b}/", ("file",))


def test_a_variable_that_stands_twice_has_one_value():
    template = parse_template("{user}/photos/{user}-{file}")
    assert template.match("u1/photos/u1-a.jpg") == {"user": "u1", "file": "a.jpg"}
    assert template.match("u1/photos/u2-a.jpg") is None


@given(user=SEGMENT, file=SEGMENT)
def test_a_mapping_that_keeps_everything_leads_back(user, file):
    keys = key_map(target="progress-photos/{user}/{file}")
    old = f"users/{user}/progress-photos/{file}"
    new = keys.forward(old)
    assert new == f"progress-photos/{user}/{file}"
    assert keys.back(new) == old


@given(user=SEGMENT, file=SEGMENT)
def test_what_a_mapping_drops_must_be_known_to_go_back(user, file):
    keys = key_map()
    old = f"users/{user}/progress-photos/{file}"
    new = keys.forward(old)
    assert keys.back(new) is None
    assert keys.back(new, {"user": user}) == old


@given(st.text(max_size=40))
def test_a_key_of_another_layout_is_not_mapped(key):
    assume(not key.startswith(("users/", "progress-photos/")))
    assert key_map().forward(key) is None
    assert key_map().back(key) is None


def test_back_gives_nothing_that_would_not_lead_forth_again():
    keys = key_map("a/{x}-{y}", "b/{y}-{x}")
    assert keys.back("b/1-2") == "a/2-1"
    assert keys.back("b/1-2-3") in {None, "a/2-3-1"}


def test_a_target_uses_only_what_the_old_layout_has():
    with pytest.raises(InvalidInput, match="date"):
        key_map(target="{date}/{file}")
    with pytest.raises(InvalidInput, match="same"):
        key_map(target=LEGACY)


@pytest.mark.parametrize(
    ("segment", "kind"),
    [
        ("0b6c1f0e-9a53-4d7e-8a57-6b0d3f1c2a90", SegmentKind.UUID),
        ("2026-01-14", SegmentKind.DATE),
        ("2026-01", SegmentKind.DATE),
        ("20447", SegmentKind.NUMBER),
        ("ada@example.com", SegmentKind.EMAIL),
        ("d41d8cd98f00b204e9800998", SegmentKind.HASH),
        ("u1_ab12", SegmentKind.ID),
        ("front", SegmentKind.NAME),
        ("v2", SegmentKind.NAME),
        ("", SegmentKind.NAME),
    ],
)
def test_segments_have_kinds(segment, kind):
    assert layouts.kind_of(segment) is kind


# --- learning -------------------------------------------------------------------------------


def test_layouts_are_learned_with_their_counts():
    keys = [f"users/u{n}/progress-photos/2026-01-{n:02}-front.jpg" for n in range(1, 20)]
    keys += [f"progress-photos/2026-02-{n:02}-front.jpg" for n in range(1, 6)]
    keys += ["users/u1/avatar.jpg", "users/u2/avatar.jpg", "static/logo.svg"]
    assert patterns(*keys) == {
        LEGACY: 19, FLAT: 5, "users/{user}/avatar.jpg": 2, "static/{file}": 1,
    }  # fmt: skip


def test_a_layout_says_what_its_variables_look_like_and_flags_addresses():
    found = learn(entries("people/ada@example.com/1.jpg", "people/bob@example.com/2.jpg"))
    (layout,) = found
    assert layout.pattern == "people/{people}/{file}"
    assert layout.personal
    kinds = {variable.name: variable.kinds for variable in layout.variables}
    assert kinds == {"people": (SegmentKind.EMAIL,), "file": (SegmentKind.NUMBER,)}
    assert not learn(entries("a/1.jpg"))[0].personal


def test_names_of_people_are_no_folders_of_their_own():
    assert patterns("users/ada/x1.jpg", "users/bob/x2.jpg") == {"users/{user}/{file}": 2}


def test_very_many_names_that_are_alike_below_become_one_variable():
    words = [f"{a}{b}" for a in "abcdefghijklm" for b in "nopqrst"]
    found = patterns(*(f"albums/{word}/photo1.jpg" for word in words), "albums/special/raw/p1.dng")
    assert found == {"albums/{album}/{file}": len(words), "albums/special/raw/{file}": 1}


def test_odd_keys_have_layouts_too():
    found = patterns("a//b1.jpg", "folder/", "x{y}/1.jpg", "1.jpg", "/".join(["d"] * 40))
    assert found == {"a//{file}": 1, "folder/": 1, "x{{y}}/{file}": 1, "{file}": 1}


WORDS = st.sampled_from(["users-old", "photos", "avatars", "raw", "thumbs", "static", "a b", "ü"])
IDS = st.one_of(
    st.integers(0, 10**6).map(str), st.uuids().map(str), st.dates().map(str),
    st.integers(1, 99).map("u{}".format),
)  # fmt: skip
KEYS = st.builds(
    lambda folders, file: "/".join([*folders, f"{file}.jpg"]),
    st.lists(WORDS | IDS, max_size=4),
    IDS,
)


@given(st.lists(KEYS, unique=True, min_size=1, max_size=30), st.randoms())
def test_learning_never_merges_literals_and_forgets_no_key(keys, random):
    found = learn(entries(*keys))
    assert sum(layout.count for layout in found) == len(keys)
    index = LayoutIndex(found)
    for key in keys:
        template = index.of(key)
        words = [part for part in key.split("/") if layouts.kind_of(part) is SegmentKind.NAME]
        assert [part for part in template.pattern.split("/") if part[0] != "{"] == words
    shuffled = list(keys)
    random.shuffle(shuffled)
    assert {layout.pattern for layout in learn(entries(*shuffled))} == set(index.layouts)


@given(st.lists(KEYS, unique=True, min_size=1, max_size=30))
def test_every_learned_layout_takes_its_own_keys(keys):
    for layout in learn(entries(*keys)):
        assert all(template_of(layout).match(key) is not None for key in layout.sample)


def test_the_limit_of_names_is_where_it_says():
    few = [f"{chr(97 + n)}x/1.jpg" for n in range(MOST_NAMES)]
    assert len(patterns(*few)) == MOST_NAMES
    assert len(patterns(*few, "zzz/1.jpg")) == 1


# --- mapping --------------------------------------------------------------------------------


def index_of(*keys):
    return LayoutIndex(learn(entries(*keys)))


OLD = [f"users/u{n}/progress-photos/2026-01-{n:02}.jpg" for n in range(1, 9)]


def test_pairs_prove_a_mapping_and_its_variables():
    flat = [f"progress-photos/u{n}-2026-01-{n:02}.jpg" for n in range(1, 12)]
    index = index_of(*OLD, *flat)
    pairs = list(zip(OLD[:3], flat[:3], strict=True))
    (found,) = mappings(index, pairs)
    assert (found.legacy, found.target) == (LEGACY, "progress-photos/{user}-{file}")
    assert (found.pairs, found.against, found.proven) == (3, 0, True)


def test_pairs_that_contradict_are_counted_and_prove_nothing():
    legacy, flat = parse_template(LEGACY), parse_template(FLAT)
    right = [("users/u1/progress-photos/1.jpg", "progress-photos/1.jpg")] * 3
    wrong = [("users/u1/progress-photos/1.jpg", "progress-photos/u1-1.jpg")]
    found = proven_mapping(legacy, flat, right + wrong)
    assert (found.pairs, found.against, found.proven) == (3, 1, False)
    assert (
        proven_mapping(legacy, flat, [("users/u1/progress-photos/1.jpg", "progress-photos/2")])
        is None
    )


def test_two_readings_of_the_same_pairs_leave_the_choice_to_a_person():
    legacy, current = parse_template("{a}/{b}/{file}"), parse_template("new/{x}/{file}")
    found = proven_mapping(legacy, current, [("1/1/f.jpg", "new/1/f.jpg")])
    assert not found.proven
    assert {found.target, *found.choices} == {"new/{a}/{file}", "new/{b}/{file}"}


def test_without_pairs_a_mapping_is_only_offered():
    (found,) = mappings(index_of(*OLD, *(f"progress-photos/{n}.jpg" for n in range(20))), [])
    assert (found.legacy, found.target, found.proven) == (LEGACY, FLAT, False)
    assert found.choices == ("progress-photos/{user}-{file}",)


def test_the_layout_of_today_is_the_one_with_the_newest_object():
    nested = entries("a/u1/b/2026.jpg", modified=NOW)
    flat = entries(*(f"b/{n}.jpg" for n in range(2026, 2036)), modified=NOW - timedelta(days=9))
    pair = [(nested[0].key, flat[0].key)]
    (found,) = mappings(LayoutIndex(learn(nested + flat)), pair)
    assert not found.proven  # the other way round no flat key has the user
    flat.append(Entry("b/3000.jpg", modified=NOW + timedelta(days=1)))
    (found,) = mappings(LayoutIndex(learn(nested + flat)), pair)
    assert (found.legacy, found.target, found.proven) == ("a/{a}/b/{file}", "b/{file}", True)


def test_an_old_layout_that_is_still_written_is_offered_all_the_same():
    nested = entries(*OLD, modified=NOW)
    flat = entries("progress-photos/2026-01-01.jpg", modified=NOW - timedelta(days=9))
    (found,) = mappings(LayoutIndex(learn(nested + flat)), [])
    assert (found.legacy, found.target, found.proven) == (LEGACY, FLAT, False)


def test_pairs_tell_the_direction_where_the_times_do_not():
    keys = [*OLD, "progress-photos/2026-01-01.jpg"]
    index = LayoutIndex(learn(entries(*keys, modified=NOW)))
    (found,) = mappings(index, [(OLD[0], keys[-1])])
    assert (found.legacy, found.target, found.proven) == (LEGACY, FLAT, True)


def test_same_bytes_under_two_keys_are_a_pair_and_under_three_are_not():
    twice = [Entry("a/1.jpg", 5, '"x"'), Entry("b/1.jpg", 5, '"x"')]
    thrice = [Entry(f"{n}/s.jpg", 5, '"y"') for n in "abc"]
    empty = [Entry("a/0", 0, '"z"'), Entry("b/0", 0, '"z"')]
    assert same_content(twice + thrice + empty) == [("a/1.jpg", "b/1.jpg")]


def test_unrelated_layouts_are_not_mapped():
    assert mappings(index_of("avatars/1.jpg", "static/css/2.css"), []) == ()


# --- values of records ----------------------------------------------------------------------

OLD_KEY, NEW_KEY = "users/u 1/p/ü.jpg", "p/u 1-ü.jpg"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (OLD_KEY, NEW_KEY),
        ("/" + OLD_KEY, "/" + NEW_KEY),
        ("s3://media/" + OLD_KEY, "s3://media/" + NEW_KEY),
        (
            "https://d1.cloudfront.net/users/u%201/p/%C3%BC.jpg?v=2#top",
            "https://d1.cloudfront.net/p/u%201-%C3%BC.jpg?v=2#top",
        ),
        ("https://d1.cloudfront.net/users/u%201/p/%C3%BC.jpg?Signature=abc", None),
        ("https://d1.cloudfront.net/other.jpg", None),
        ("", None),
    ],
)
def test_a_value_keeps_its_form_when_its_key_changes(value, expected):
    assert rewrite(value, OLD_KEY, NEW_KEY) == expected


def test_an_origin_path_stands_before_the_path_of_a_url():
    url = "https://d1.cloudfront.net/u1/a.jpg"
    assert keys_in(url, "/avatars") == ("avatars/u1/a.jpg",)
    moved = rewrite(url, "avatars/u1/a.jpg", "avatars/a.jpg", "/avatars")
    assert moved == "https://d1.cloudfront.net/a.jpg"
    assert rewrite(url, "avatars/u1/a.jpg", "elsewhere/a.jpg", "/avatars") is None


# --- plans ----------------------------------------------------------------------------------


def planned(*old, current=(), rows=None, keys=None, **more):
    found = Found(old=list(old), current={e.key: e for e in current}, rows=rows or {}, **more)
    return list(plan_steps("m1", keys or key_map(), found)), found


def test_two_old_keys_for_one_new_key_are_refused_and_named():
    old = entries("users/u1/progress-photos/a.jpg", "users/u2/progress-photos/a.jpg")
    steps, _ = planned(*old, *entries("users/u3/progress-photos/b.jpg"))
    assert [step.state for step in steps] == ["conflict", "conflict", "planned"]
    assert "users/u2/progress-photos/a.jpg" in steps[0].problem


def test_other_content_under_the_new_key_is_never_overwritten():
    (old,) = entries("users/u1/progress-photos/a.jpg")
    same, other = (
        Entry("progress-photos/a.jpg", 10, old.etag),
        Entry("progress-photos/a.jpg", 9, "z"),
    )
    assert planned(old, current=[same])[0][0].state is StepState.PLANNED
    assert planned(old, current=[other])[0][0].state is StepState.CONFLICT


def test_a_key_that_was_given_away_before_is_refused():
    (old,) = entries("users/u2/progress-photos/a.jpg")
    claimed = {"progress-photos/a.jpg": "users/u1/progress-photos/a.jpg"}
    (step,), _ = planned(old, claimed=claimed)
    assert step.state is StepState.CONFLICT


def test_keys_that_no_viewer_could_ask_for_or_that_are_old_ones_are_refused():
    keys = key_map("old/{a}/{file}", "old/x/{file}")
    steps, _ = planned(*entries("old/1/..", "old/x/2.jpg", "old/3/2.jpg"), keys=keys)
    assert {step.state for step in steps} == {StepState.CONFLICT}
    long = key_map("{file}", "prefix/{file}/{file}")
    assert planned(*entries("x" * 700), keys=long)[0][0].state is StepState.CONFLICT


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=12))
def test_a_plan_never_sends_two_keys_to_one(found):
    old = entries(*{f"users/{user}/progress-photos/{file}.jpg" for user, file in found})
    steps, _ = planned(*old)
    targets = [step.target for step in steps if step.state is StepState.PLANNED]
    assert len(targets) == len(set(targets))
    assert not set(targets) & {entry.key for entry in old}
    assert len(steps) == len(old)


def test_a_dry_run_counts_what_a_start_would_do():
    old = entries(*(f"users/u{n}/progress-photos/{n}.jpg" for n in range(4)), "users/u9/other/1")
    there = Entry("progress-photos/0.jpg", 10, old[0].etag)
    rows = {old[1].key: [StepRow(pk="1", before=old[1].key, after="progress-photos/1.jpg")]}
    steps, found = planned(
        *old, *entries("users/a@b.example/progress-photos/1.jpg"), current=[there], rows=rows
    )
    run = dry_run(steps, found, rows_without_object=2, served=True)
    assert (run.keys, run.already_there, run.bytes_copied) == (3, 1, 20)
    assert (run.collisions, run.personal, run.rows, run.rows_without_object) == (2, 1, 0, 2)
    assert "2 COPY" in run.cost_note
    assert "CDN" in run.cost_note
    assert "CDN" not in dry_run(steps, found, rows_without_object=0, served=False).cost_note


def migration(**more):
    return Migration(
        id="m1", bucket="b", legacy=LEGACY, target=FLAT, planned_by="s1", planned_at=NOW, **more
    )


def test_old_objects_wait_before_they_may_go():
    moved = MigrationStep(migration_id="m1", source="a", target="b", state="moved", moved_at=NOW)
    assert deletable_at(moved, migration()) == NOW + timedelta(days=7)
    assert deletable_at(moved, migration(wait_days=0)) == NOW
    assert deletable_at(moved.model_copy(update={"state": StepState.FAILED}), migration()) is None


@pytest.mark.parametrize(
    ("counts", "state", "expected"),
    [
        ({"moved": 3}, "moving", "moved"),
        ({"moved": 3, "conflict": 1}, "moving", "moved"),
        ({"planned": 1, "moved": 3}, "moving", "planned"),
        ({"deleted": 3}, "deleting", "done"),
        ({"deleted": 3, "failed": 1}, "deleting", "moved"),
        ({"moved": 3}, "stopped", "stopped"),
        ({}, "moving", "moved"),
    ],
)
def test_a_job_ends_in_the_state_that_the_steps_have(counts, state, expected):
    assert ended(migration(state=MigrationState(state)), StepCounts(**counts)) == expected


def test_what_is_left_is_what_was_not_deleted():
    steps = [
        MigrationStep(migration_id="m", source=str(n), target=f"t{n}", state=state)
        for n, state in enumerate(StepState)
    ]
    assert (counted(steps).total, counted(steps).left) == (5, 4)
