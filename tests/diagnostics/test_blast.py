"""Groups and the blast radius of their repairs, on small accounts whose faults are known."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import (
    DIST_ARN,
    HOST,
    behavior,
    bucket,
    case,
    distribution,
    lists,
    origin,
    policy,
    statement,
)

from core.diagnostics.audit import read_listings, with_listings
from core.diagnostics.audit_files import Skipped
from core.diagnostics.audit_lanes import Line
from core.diagnostics.audits.blast import Effect, dry_run, effect
from core.diagnostics.audits.group_plans import World, new_value, plan_of
from core.diagnostics.audits.groups import Grouper, Known, Tally, needs_attention
from core.diagnostics.engine import diagnose
from core.diagnostics.repairs.changes import Change
from core.diagnostics.repairs.draft import Draft
from core.errors import NotFound
from core.model.diagnosis import FixType

MEDIA = "acme-media-prod"
BASE = f"https://{HOST}"


class Audited:
    """A small audit: URLs with their lines, grouped, with the rows that a dry run reads."""

    def __init__(self, config, keys, urls, *, olds=(), secrets=(), others=()):
        self.config, self.keys = config, [*((MEDIA, key, "STANDARD") for key in keys), *others]
        world = self.world()
        lines = [world.audit.line(url) for url in urls]
        grouper, tally = Grouper(), Tally()
        for url, line in zip(urls, lines, strict=True):
            if needs_attention(line):
                grouper.learn(url, line.cause)
        self.known = []
        for n, (url, line) in enumerate(zip(urls, lines, strict=True)):
            old = olds[n] if olds else url
            known = Known(n, f"r{n}", url, n + 1, line, old, "", url in secrets)
            if needs_attention(line):
                place = grouper.place(url, line.cause)
                tally.add(place, known)
                known = known._replace(group=place.id)
            self.known.append(known)
        self.groups = tally.groups()

    def world(self):
        listings = read_listings(
            ([name, key, "5", "", kind] for name, key, kind in self.keys), Skipped(), []
        )
        return World.of(with_listings(copy.deepcopy(self.config), listings), listings)

    def rows(self, group):
        return (one for one in self.known if group is None or one.group == group)

    def repair(self, cause, wanted=None, *, in_table=False):
        group = next(g for g in self.groups if g.cause == cause)
        made = dry_run(
            self.world(), self.rows, group.id, len(self.known), in_table=in_table, wanted=wanted
        )
        assert made.fixed + made.broken + made.unchanged + made.unknown == len(self.known)
        return made


def held(**changes):
    """The bucket without objects: the listing has them."""
    return {**bucket(MEDIA, **changes), "Objects": []}


@pytest.fixture
def doubled():
    """An origin path that clients repeat: 20 URLs do, 10 don't."""
    config = case(distributions=[distribution([origin(OriginPath="/avatars")])], buckets=[held()])
    urls = [f"{BASE}/avatars/u{i}.jpg" for i in range(20)] + [f"{BASE}/u{i}.jpg" for i in range(10)]
    return Audited(config, [f"avatars/u{i}.jpg" for i in range(20)], urls)


def test_urls_with_one_cause_and_pattern_are_one_group(doubled):
    (group,) = doubled.groups
    assert (group.cause, group.host, group.pattern) == (
        "origin-path-double-prefix",
        HOST,
        "/avatars/*",
    )
    assert (group.urls, group.hits, group.statuses) == (20, sum(range(1, 21)), {"403": 20})
    assert group.with_candidate == 20
    assert [row.hits for row in group.sample] == [20, 19, 18, 17, 16]
    assert group.failing
    assert group.sentence


def test_correcting_the_urls_of_a_group_fixes_them_and_touches_nothing_else(doubled):
    made = doubled.repair("origin-path-double-prefix")
    assert (made.type, made.fixed, made.broken, made.unchanged) == ("correct_url", 20, 0, 10)
    assert (made.fixed_here, made.records_changed) == (20, 20)
    assert made.sample[0].before == f"{BASE}/avatars/u0.jpg"
    assert (made.sample[0].after, made.sample[0].status_after) == (f"{BASE}/u0.jpg", 200)
    assert f"- {BASE}/avatars/u0.jpg\n+ {BASE}/u0.jpg" in made.diff


def test_changing_the_origin_path_breaks_the_urls_that_worked(doubled):
    made = doubled.repair("origin-path-double-prefix", FixType.CONFIG_CHANGE)
    assert (made.fixed, made.broken, made.unchanged) == (20, 10, 0)
    assert [row.before for row in made.broken_urls] == [f"{BASE}/u{i}.jpg" for i in range(10)]
    assert {(row.status_before, row.status_after) for row in made.broken_urls} == {(200, 403)}
    assert FixType.CORRECT_URL in made.alternatives
    assert "/avatars" in made.diff


def test_each_corrected_url_is_the_one_that_the_doctor_gives(doubled):
    made = doubled.repair("origin-path-double-prefix")
    whole = copy.deepcopy(doubled.config)
    whole["buckets"][0]["Objects"] = [{"Key": key, "Size": 5} for _, key, _ in doubled.keys]
    for row in made.sample:
        whole["request"]["Url"] = row.before
        (first, *_) = diagnose(whole).fixes
        assert (first.type, first.dry_run.after) == ("correct_url", row.after)


def test_a_table_that_holds_keys_gets_keys():
    config = case(distributions=[distribution([origin(OriginPath="/avatars")])], buckets=[held()])
    keys = [f"avatars/u{i}.jpg" for i in range(3)]
    audited = Audited(config, keys, [f"{BASE}/{key}" for key in keys], olds=keys)
    made = audited.repair("origin-path-double-prefix", in_table=True)
    assert made.type == "fix_db_record"
    assert [(row.before, row.after) for row in made.sample] == [
        (f"avatars/u{i}.jpg", f"u{i}.jpg") for i in range(3)
    ]
    assert made.needs == ("dynamodb:UpdateItem",)


def test_one_policy_repair_opens_every_object_of_the_bucket_and_no_missing_one():
    other = "arn:aws:cloudfront::111122223333:distribution/EOLD"
    config = case(buckets=[held(Policy=policy(statement(MEDIA, arn=other), lists(MEDIA)))])
    urls = [f"{BASE}/a/u{i}.jpg" for i in range(5)] + [f"{BASE}/gone/x{i}.jpg" for i in range(3)]
    made = Audited(config, [f"a/u{i}.jpg" for i in range(5)], urls).repair(
        "policy-sourcearn-mismatch"
    )
    assert (made.type, made.fixed, made.broken, made.unchanged) == ("policy_patch", 5, 0, 3)
    assert "s3:PutBucketPolicy" in made.needs
    assert DIST_ARN in made.diff


def test_legacy_copies_are_counted_as_objects_and_simulated():
    config = case(buckets=[held()])
    urls = [f"{BASE}/progress-photos/a{i}b2c3d4.jpg" for i in range(4)] + [f"{BASE}/users/u1/x.jpg"]
    keys = [f"users/u1/progress-photos/a{i}b2c3d4.jpg" for i in range(4)] + ["users/u1/x.jpg"]
    audited = Audited(config, keys, urls)
    (group,) = audited.groups
    made = audited.repair(group.cause, FixType.COPY_OBJECT)
    assert made.title.startswith("Copy 4 objects")
    assert (made.fixed, made.broken, made.unchanged) == (4, 0, 1)


def test_what_is_gone_can_be_uploaded_again_and_is_then_served():
    audited = Audited(case(buckets=[held()]), ["a/b.jpg"], [f"{BASE}/m/1.jpg", f"{BASE}/a/b.jpg"])
    made = audited.repair("object-missing", FixType.REUPLOAD)
    assert (made.fixed, made.unchanged, made.title) == (1, 1, "Upload 1 object again")


def test_an_archived_object_is_restored():
    audited = Audited(
        case(buckets=[held()]), [], [f"{BASE}/a/b.jpg"], others=[(MEDIA, "a/b.jpg", "DEEP_ARCHIVE")]
    )
    (group,) = audited.groups
    made = audited.repair(group.cause, FixType.RESTORE)
    assert (made.fixed, made.title) == (1, "Restore 1 object and copy them to STANDARD")


def test_a_repair_whose_effect_nobody_can_simulate_is_unknown():
    shut = behavior(TrustedKeyGroups={"Enabled": True, "Items": ["kg"]})
    config = case(distributions=[distribution(default=shut)], buckets=[held()])
    made = Audited(config, ["a.jpg"], [f"{BASE}/a.jpg", "https://x.example/b.jpg"]).repair(
        "signed-url-missing"
    )
    assert (made.type, made.unknown, made.unchanged) == ("sign_url", 1, 1)
    assert made.note


def test_a_url_whose_secret_was_blanked_stays_unknown():
    other = "arn:aws:cloudfront::111122223333:distribution/EOLD"
    config = case(buckets=[held(Policy=policy(statement(MEDIA, arn=other)))])
    hidden = f"{BASE}/a/u1.jpg?x=1"
    audited = Audited(
        config, ["a/u1.jpg", "a/u2.jpg"], [hidden, f"{BASE}/a/u2.jpg"], secrets=[hidden]
    )
    made = audited.repair("policy-sourcearn-mismatch")
    assert (made.fixed, made.unknown) == (1, 1)


def test_a_plain_warning_that_goes_away_is_fixed():
    audited = Audited(case(buckets=[held()]), ["a.jpg"], [f"http://{HOST}/a.jpg"])
    made = audited.repair("viewer-protocol-redirect")
    assert (made.type, made.fixed, made.sample[0].after) == ("correct_url", 1, f"{BASE}/a.jpg")
    assert not audited.groups[0].failing


def test_a_repair_that_a_group_does_not_have_is_not_found(doubled):
    with pytest.raises(NotFound):
        doubled.repair("origin-path-double-prefix", FixType.RESTORE)
    with pytest.raises(NotFound):
        dry_run(doubled.world(), doubled.rows, "none", 30, in_table=False)


OK = Line(200, "none-ok", "b", "k", None, "certain")
GONE = Line(403, "object-missing", "b", "k", None, "certain")
DARK = Line(None, "none-ok", "b", "k", None, "unknown")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (OK, OK, Effect.UNCHANGED), (OK, GONE, Effect.BROKEN), (GONE, OK, Effect.FIXED),
        (GONE, GONE, Effect.UNCHANGED), (DARK, OK, Effect.UNKNOWN), (GONE, DARK, Effect.UNKNOWN),
        (OK, OK._replace(key="other"), Effect.BROKEN),
        (GONE._replace(candidate="c"), OK._replace(key="x"), Effect.UNKNOWN),
        (GONE._replace(candidate="c"), OK._replace(key="c"), Effect.FIXED),
        (Line(None, "url-host-typo-or-wrong-distribution", None, None, None, "certain"), OK, Effect.FIXED),
        (OK, OK._replace(cause="custom-error-masks-as-200"), Effect.BROKEN),
    ],
)  # fmt: skip
def test_what_became_of_a_url(before, after, found):
    assert effect(before, after) is found


@pytest.mark.parametrize(
    ("old", "url", "value"),
    [("", f"{BASE}/n.jpg", f"{BASE}/n.jpg"), ("a b.jpg", f"{BASE}/c%20d.jpg", "c d.jpg"),
     ("/a.jpg", f"{BASE}/b.jpg", "/b.jpg"), ("a.jpg", "https://other.example/b.jpg", None)],
)  # fmt: skip
def test_a_record_keeps_the_form_of_its_value(old, url, value):
    known = Known(1, "1", f"{BASE}/asked.jpg", 1, GONE, old)
    assert new_value(known, url) == value


causes = st.sampled_from(
    ["object-missing", "policy-sourcearn-mismatch", "none-ok", "not-catalogued"]
)
statuses = st.sampled_from([200, 403, 404, None])
some_urls = st.text(max_size=20) | st.builds(
    lambda parts: f"{BASE}/{'/'.join(parts)}",
    st.lists(st.sampled_from(["a", "b", "u1", "users", "x.jpg", ""]), max_size=4),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(some_urls, causes, statuses, st.integers(1, 9)), max_size=40))
def test_grouping_loses_no_url_and_no_hit(rows):
    grouper, tally = Grouper(), Tally()
    lines = [(url, Line(status, cause, "b", "k", None, "certain"), hits)
             for url, cause, status, hits in rows]  # fmt: skip
    wanted = [one for one in lines if needs_attention(one[1])]
    for url, line, _ in wanted:
        grouper.learn(url, line.cause)
    for n, (url, line, hits) in enumerate(wanted):
        tally.add(grouper.place(url, line.cause), Known(n, str(n), url, hits, line))
    groups = tally.groups()
    assert sum(g.urls for g in groups) == len(wanted)
    assert sum(g.hits for g in groups) == sum(hits for _, _, hits in wanted)
    assert all(sum(g.statuses.values()) == g.urls and 0 < len(g.sample) <= 5 for g in groups)
    assert len({g.id for g in groups}) == len(groups)


MISTAKES = (
    "u{i}.jpg", "avatars/u{i}.jpg", "avatars/avatars/u{i}.jpg", "U{i}.JPG", "u{i}.png", "/u{i}.jpg",
    "gone/{i}.jpg", "u{i}%252Ejpg", "cold{i}.jpg", "?v={i}", "u{i}.jpg?Signature=x",
)  # fmt: skip
made_urls = st.lists(
    st.builds(lambda form, i: f"{BASE}/{form.format(i=i)}", st.sampled_from(MISTAKES), st.integers(0, 5))
    | st.sampled_from(["", "u1.jpg", f"http://{HOST}/u1.jpg", "https://nowhere.example/u1.jpg"]),
    min_size=1, max_size=14,
)  # fmt: skip


@settings(max_examples=25)
@given(made_urls, st.booleans())
def test_every_repair_of_every_group_counts_every_url_once(urls, in_table):
    config = case(distributions=[distribution([origin(OriginPath="/avatars")])], buckets=[held()])
    cold = [(MEDIA, f"avatars/cold{i}.jpg", "GLACIER") for i in range(6)]
    audited = Audited(config, [f"avatars/u{i}.jpg" for i in range(6)], urls, others=cold)
    for group in audited.groups:
        try:
            first = audited.repair(group.cause, in_table=in_table)
        except NotFound:
            continue
        for kind in first.alternatives:
            audited.repair(group.cause, kind, in_table=in_table)
        assert first.fixed_here <= group.urls
        assert first.type != FixType.CORRECT_URL or not in_table


def test_a_copy_comes_from_the_one_other_bucket_that_has_the_object():
    other = {**bucket("acme-old"), "Objects": []}
    config = case(buckets=[held(), other])
    urls = [
        f"{BASE}/a/f81d4fae7dec.jpg",
        f"{BASE}/a/f81d4fae7dec.jpg",
        f"{BASE}/a/3b2c1d0e9f8a.jpg",
    ]
    audited = Audited(
        config, ["z.jpg"], urls, others=[("acme-old", "a/f81d4fae7dec.jpg", "STANDARD")]
    )
    group = next(g for g in audited.groups if g.with_candidate)
    made = audited.repair(group.cause, FixType.COPY_OBJECT)
    assert made.title.startswith("Copy 1 object to")
    assert (made.fixed, made.unchanged) == (2, 1)


def test_an_object_that_nothing_can_be_copied_from_is_left():
    config = case(distributions=[distribution([origin(OriginPath="/avatars")])], buckets=[held()])
    urls = [f"{BASE}/avatars/u1.jpg", f"{BASE}/avatars/u2.jpg"]
    audited = Audited(config, ["avatars/u1.jpg", "avatars/u2.jpg"], urls)
    (group,) = audited.groups
    audited.known[1] = audited.known[1]._replace(
        line=audited.known[1].line._replace(candidate=None)
    )
    draft = Draft(FixType.COPY_OBJECT, "Copy")
    plan = plan_of(audited.world(), FixType.COPY_OBJECT, draft, lambda: audited.rows(group.id))
    assert plan.title.startswith("Copy 1 object to")
    assert plan.note == "Nothing can be put in place for 1 of the URLs."


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (Line(403, "x", "not-listed", "k", None, "certain"), FixType.REUPLOAD),
        (Line(403, "x", MEDIA, None, None, "certain"), FixType.REUPLOAD),
        (Line(403, "x", MEDIA, "gone.jpg", None, "certain"), FixType.RESTORE),
        (Line(403, "x", MEDIA, "gone.jpg", "nowhere.jpg", "certain"), FixType.COPY_OBJECT),
    ],
)
def test_what_can_not_be_put_in_place_stays_as_it_is(line, kind):
    audited = Audited(case(buckets=[held()]), ["a.jpg"], [])
    known = Known(1, "1", f"{BASE}/gone.jpg", 1, line)
    plan = plan_of(audited.world(), kind, Draft(kind, "t"), lambda: iter([known]))
    assert plan.note
    assert plan.after(known).line.status == 403


def test_new_headers_of_an_object_are_not_simulated():
    audited = Audited(case(buckets=[held()]), ["a.jpg"], [])
    world = audited.world()
    change = Change(world.snapshot, {"ContentType": "x"}, {"ContentType": "y"}, (), "")
    draft = Draft(FixType.COPY_OBJECT, "Copy a.jpg onto itself", change)
    plan = plan_of(world, FixType.COPY_OBJECT, draft, lambda: iter(()))
    assert plan.after is None
    assert "headers" in plan.note


def test_a_record_is_written_also_where_its_object_is_not_readable_yet():
    """The URL is right then, and the next fault shows; it is not counted as fixed."""
    shut = policy(statement(MEDIA, arn="arn:aws:cloudfront::111122223333:distribution/EOLD"))
    config = case(
        distributions=[distribution([origin(OriginPath="/avatars")])], buckets=[held(Policy=shut)]
    )
    audited = Audited(config, ["avatars/u1.jpg"], [f"{BASE}/avatars/u1.jpg"])
    made = audited.repair("origin-path-double-prefix")
    assert (made.records_changed, made.fixed, made.unchanged) == (1, 0, 1)
    assert made.sample == ()


def test_what_is_too_much_to_look_at_is_unknown(monkeypatch):
    monkeypatch.setattr("core.diagnostics.audits.group_plans.SLOW", 2)
    urls = [f"http://{HOST}/u{i}.jpg" for i in range(5)]
    audited = Audited(case(buckets=[held()]), [f"u{i}.jpg" for i in range(5)], urls)
    made = audited.repair("viewer-protocol-redirect")
    assert (made.fixed, made.unknown) == (2, 3)


def test_a_record_with_a_secret_is_left_alone():
    config = case(distributions=[distribution([origin(OriginPath="/avatars")])], buckets=[held()])
    urls = [f"{BASE}/avatars/u1.jpg", f"{BASE}/avatars/u2.jpg"]
    audited = Audited(config, ["avatars/u1.jpg", "avatars/u2.jpg"], urls, secrets=urls[1:])
    made = audited.repair("origin-path-double-prefix")
    assert (made.fixed, made.unchanged, made.records_changed) == (1, 1, 1)
