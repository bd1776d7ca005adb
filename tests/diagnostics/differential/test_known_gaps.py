"""Every known gap of the emulator still exists, and nothing is called a gap that is none."""

from typing import Any, NamedTuple

import pytest

from core.diagnostics.engine import parse_snapshot
from tests.diagnostics.differential.campaign import predicted, same
from tests.diagnostics.differential.edge_code import FIRST, SECOND
from tests.diagnostics.differential.known_gaps import (
    EXCLUSIONS,
    TRANSLATIONS,
    as_emulated,
    gap_of,
)
from tests.diagnostics.differential.strategies import (
    ACCOUNT,
    ALWAYS,
    BUCKETS,
    FUNCTIONS,
    METHODS,
    NEVER,
    OAI_ARN,
    SERVICE,
    SHUT,
    Asked,
    World,
    allow,
    behavior_of,
    config_of,
    items,
    origin_of,
    usual,
)

pytestmark = pytest.mark.emulator

MEDIA, KEY = BUCKETS[0], "img/a.txt"
PATH = f"/{KEY}"
SAME = (SECOND, "function handler(event) { return event.request; }")
RUN = (("viewer-request", FUNCTIONS[0]),)


def world(*statements, default=None, ordered=(), runs=(), code=None, held=MEDIA, access=ALWAYS,
          path="", **config):  # fmt: skip
    """Everything right, but for what is asked for."""
    policy = {"Version": "2012-10-17", "Statement": list(statements) or usual(held)}
    shape = config_of([origin_of("o0", held, path, access)],
                      default or behavior_of("o0", runs=runs), *ordered, **config)  # fmt: skip
    policies = {bucket: policy if bucket == held else None for bucket in BUCKETS}
    return World(shape, policies, dict.fromkeys(FUNCTIONS, code or SAME))


def given(operator, key, value, **changes):
    return allow(MEDIA, Condition={operator: {key: value}}, **changes)


class Gap(NamedTuple):
    """`right` is what AWS documents and the engine says, `wrong` what the emulator answers."""

    world: World
    asked: Asked
    right: int
    wrong: int
    snapshot: dict[str, Any] = {}  # noqa: RUF012  # never changed
    item: dict[str, Any] = {}  # noqa: RUF012  # of the object that is asked for


LISTING = allow(MEDIA, Action="s3:ListBucket", Resource=f"arn:aws:s3:::{MEDIA}")
KMS_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
ENCRYPTED = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KMS_KEY}
GROUP = {
    "Id": "group", "FailoverCriteria": {"StatusCodes": items(500)},
    "Members": items({"OriginId": "o0"}, {"OriginId": "o1"}),
}  # fmt: skip
GROUPED = config_of(
    [origin_of("o0", MEDIA, "", ALWAYS), origin_of("o1", MEDIA, "", ALWAYS)], behavior_of("group"),
    OriginGroups=items(GROUP),
)  # fmt: skip
CANONICAL = allow(MEDIA, {"CanonicalUser": "c" * 64})
GAPS = {
    "list-bucket": Gap(world(*usual(MEDIA), LISTING), Asked("/none.txt"), 404, 403),
    "kms": Gap(world(), Asked(PATH), 400, 200,
               {"kms_keys": [{"KeyId": KMS_KEY[-36:], "Arn": KMS_KEY, "KeyState": "Disabled"}]},
               ENCRYPTED),
    "signed-urls": Gap(world(default={**behavior_of("o0"), "TrustedKeyGroups": {
        "Enabled": True, **items("K1")}}), Asked(PATH), 403, 200),
    "disabled": Gap(world(Enabled=False), Asked(PATH), 403, 200),
    "countries": Gap(world(Restrictions={"GeoRestriction": {
        "RestrictionType": "whitelist", **items("US")}}), Asked(PATH), 403, 200,
        {"request": {"Url": "", "Viewer": {"Country": "DE"}}}),
    "service-keys": Gap(world(given("StringEquals", "aws:SourceAccount", ACCOUNT)), Asked(PATH),
                        200, 403),
    "signing-behavior": Gap(world(access=NEVER), Asked(PATH), 403, 200),
    "canonical-user": Gap(world(CANONICAL, access="oai"), Asked(PATH), 200, 403),
    "not-principal": Gap(world({**{k: v for k, v in allow(MEDIA).items() if k != "Principal"},
                                "NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}),
                         Asked(PATH), 200, 403),
    "first-runtime": Gap(world(runs=RUN, code=(FIRST, ("function handler(e) { const r = e.request;"
                                                      " return r; }"))), Asked(PATH), 503, 200),
    "source-address": Gap(world(*usual(MEDIA), given("IpAddress", "aws:SourceIp", "127.0.0.1/32",
                                                     Effect="Deny")), Asked(PATH), 200, 403),
    "plus": Gap(world(), Asked("/img/a+b.txt"), 403, 200),
    "leading-slash": Gap(world(), Asked(f"/{PATH}"), 403, 200),
    "path-reading": Gap(world(ordered=[behavior_of("o0", "/img/*", protocol="https-only")]),
                        Asked("/x/../img/a.txt", scheme="http"), 403, 403),
    "root-before-function": Gap(world(runs=RUN, root="index.html", code=(
        SECOND, ("function handler(e) { if (e.request.uri !== '/') { e.request.uri = '/none'; }"
                " return e.request; }"))), Asked("/"), 200, 403),
    "invalid-result": Gap(world(runs=RUN, code=(SECOND, "function handler(e) { return null; }")),
                          Asked(PATH), 503, 200),
    "decoded-query": Gap(world(runs=RUN, code=(
        SECOND, ("function handler(e) { if (e.request.querystring.v.value === 'A') "
                "{ e.request.uri = '/none'; } return e.request; }"))),
        Asked(PATH, query="v=%41"), 200, 403),
    "writes": Gap(world(default=behavior_of("o0", methods=METHODS[2])), Asked(PATH, "PUT"), 403, 200),
    "anonymous-first": Gap(world(allow(MEDIA, "*"), allow(MEDIA, SERVICE, Effect="Deny")),
                           Asked(PATH), 403, 200),
    "public-for-identity": Gap(world(allow(SHUT, "*"), held=SHUT, access="oai"), Asked(PATH), 403, 200),
    "principal-keys": Gap(world(given("StringNotEquals", "aws:PrincipalArn", "*")), Asked(PATH),
                          200, 403),
    "arn-form": Gap(world(given("ArnLike", "aws:SourceArn", "*")), Asked(PATH), 403, 200),
    "own-paths": Gap(world(), Asked("/v2/"), 403, 200),
    "origin-groups": Gap(World(GROUPED, world().policies, world().functions), Asked(PATH), 200, 502),
    "long-urls": Gap(world(), Asked(PATH, query="x" * 9000), 413, 200),
}  # fmt: skip


def taken(laboratory, gap):
    """The snapshot of a gap's world, with what no world holds put in."""
    found = {**laboratory.build(gap.world), **gap.snapshot}
    for bucket in found["buckets"]:
        bucket["Objects"] = [{**o, **gap.item} if o["Key"] == KEY else o for o in bucket["Objects"]]
    return found


@pytest.mark.parametrize("name", GAPS)
def test_the_emulator_still_differs_in_this_way(laboratory, name):
    gap = GAPS[name]
    snapshot = parse_snapshot(taken(laboratory, gap))
    expected, journey = predicted(snapshot, gap.asked.url(laboratory.host), gap.asked)
    with laboratory.stored_as(MEDIA, KEY, gap.item):
        answer = laboratory.ask(gap.asked)
    assert (expected.status, answer.status) == (gap.right, gap.wrong)
    assert not same(expected, answer)
    assert name in {t.name for t in TRANSLATIONS} or gap_of(journey) == name


@pytest.mark.parametrize("name", [t.name for t in TRANSLATIONS])
def test_a_translated_world_is_answered_as_predicted(laboratory, name):
    gap = GAPS[name]
    snapshot = parse_snapshot(as_emulated(taken(laboratory, gap)))
    expected, journey = predicted(snapshot, gap.asked.url(laboratory.host), gap.asked)
    assert gap_of(journey) == ""
    assert same(expected, laboratory.ask(gap.asked))


def test_every_gap_is_held_by_a_case():
    assert set(GAPS) == {gap.name for gap in (*TRANSLATIONS, *EXCLUSIONS)}


def test_other_hosts_than_a_distributions_own_are_not_served(laboratory):
    """Aliases can't be compared at all: such a host falls through to S3."""
    laboratory.build(world(Aliases=items("cdn.example.com")))
    assert laboratory.ask(Asked(PATH), host="cdn.example.com").status in {403, 404}


def test_nothing_is_cached_by_the_data_plane(laboratory):
    """So every comparison is with the origin, never with an earlier answer."""
    laboratory.build(world())
    first = laboratory.ask(Asked(PATH))
    laboratory.build(world(allow(MEDIA, Effect="Deny")))
    assert (first.status, laboratory.ask(Asked(PATH)).status) == (200, 403)


def test_the_identity_is_matched_by_its_arn(laboratory):
    held = laboratory.build(world(allow(MEDIA, {"AWS": OAI_ARN + "E9OTHER"}), access="oai"))
    expected, _ = predicted(parse_snapshot(held), Asked(PATH).url(laboratory.host), Asked(PATH))
    assert same(expected, laboratory.ask(Asked(PATH)))


def test_a_key_of_control_characters_and_markup_is_compared_too(laboratory):
    asked = Asked("/%00%0B%3C%26%3E%C3%A9")
    held = parse_snapshot(laboratory.build(world()))
    expected, _ = predicted(held, asked.url(laboratory.host), asked)
    answer = laboratory.ask(asked)
    assert answer.place == (MEDIA, "\0\x0b<&>é")
    assert same(expected, answer)
