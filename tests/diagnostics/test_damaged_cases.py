"""Cases with parts missing or damaged: a report or a clear error, never a crash, never a guess."""

import copy
import json
import random
from pathlib import Path

import pytest
from pydantic import ValidationError
from scenarios import MORE, SCENARIOS
from scenarios_rare import RARE
from signing import TRUSTED
from worlds import behavior, bucket, case, distribution

from core.diagnostics.engine import diagnose
from core.errors import InvalidInput
from core.model.delivery import AccountSnapshot

CASES = sorted(Path(__file__).with_name("cases").glob("*.json"))
JUNK = (None, "", 0, -1, [], {}, "x", True, [None], {"a": 1}, "*", "/", ["a", {}], "%ZZ", 1e99,
        {"Items": None}, {"Items": [{}]}, [[]], "https://[::1", "//", "s3://", "\ud800")  # fmt: skip


def places(value, path=()):
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from places(inner, (*path, at))


def damage(snapshot, chance, *, only_remove):
    """Remove or replace one part, wherever it is."""
    path = chance.choice(list(places(snapshot)))
    holder = snapshot
    for step in path[:-1]:
        holder = holder[step]
    if only_remove or chance.random() < 0.3:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(chance.choice(JUNK))


def refusal(snapshot):
    """The error of a case that can't be read; None where there was a report."""
    try:
        json.dumps(diagnose(snapshot).report())
    except InvalidInput as error:
        return error
    return None


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("only_remove", [True, False])
def test_a_damaged_case_gives_a_report_or_a_clear_error(seed, only_remove):
    chance = random.Random(seed)
    whole = [json.loads(path.read_text())["snapshot"] for path in CASES]
    whole += [s.snapshot for s in (*SCENARIOS, *MORE, *RARE)]
    for _ in range(250):
        snapshot = copy.deepcopy(chance.choice(whole))
        for _ in range(chance.randint(1, 3)):
            if list(places(snapshot)):
                damage(snapshot, chance, only_remove=only_remove)
        error = refusal(snapshot)
        assert error is None or (error.message.startswith("The case can't be read") and error.hint)


@pytest.mark.parametrize(
    "part", ["Policy", "Objects", "PublicAccessBlock", "ObjectOwnership", "Region", "Cors"]
)
def test_what_was_not_read_never_makes_a_fault(part):
    held = bucket("acme-media-prod", "avatars/u1.jpg")
    del held[part]
    verdict = diagnose(case(buckets=[held])).verdict
    assert verdict.primary_cause == "none-ok"
    assert verdict.predicted_status in {200, None}


@pytest.mark.parametrize(
    "part",
    ["distributions", "buckets", "kms_keys", "origin_access_controls", "edge_cache", "dns",
     "invalidations", "functions", "account_public_access_block", "web_acls", "db_record"],
)  # fmt: skip
def test_a_snapshot_without_a_part_is_never_called_broken(part):
    snapshot = case()
    del snapshot[part]
    verdict = diagnose(snapshot).verdict
    assert verdict.primary_cause == "none-ok"
    assert verdict.predicted_status in {200, None}


def test_an_unread_bucket_is_unknown_but_an_unlisted_one_is_gone():
    unread = case()
    del unread["buckets"]
    assert diagnose(unread).verdict.confidence == "unknown"
    assert diagnose(case(buckets=[])).verdict.primary_cause == "origin-bucket-does-not-exist"


def test_a_case_that_is_no_case_is_refused_with_its_place():
    with pytest.raises(InvalidInput, match="now"):
        diagnose({"request": {"Url": "https://a/b"}})
    with pytest.raises(InvalidInput, match="request"):
        diagnose({"now": "2026-11-20T12:00:00Z"})


ODD_NUMBERS = ("9" * 11, "9" * 20, "9" * 5000, "\u00b2", "\u0663", "-1", "1e9", "")
PRESIGNED = "https://acme-media-prod.s3.us-east-1.amazonaws.com/avatars/u1.jpg?"


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=lambda n: repr(n)[:12])
@pytest.mark.parametrize(
    "snapshot",
    [
        lambda n: case(url=f"{PRESIGNED}X-Amz-Signature=0&X-Amz-Date=20261120T114500Z&X-Amz-Expires={n}"),
        lambda n: case(url=f"{PRESIGNED}AWSAccessKeyId=A&Signature=x&Expires={n}"),
        lambda n: case(f"/avatars/u1.jpg?Expires={n}&Signature=x&Key-Pair-Id=K", distributions=[
            distribution(default=behavior(TrustedKeyGroups=TRUSTED))]),
        lambda n: case(headers={"Content-Length": n}),
        lambda n: case(held=("x.txt",), distributions=[distribution(CustomErrorResponses={"Items": [
            {"ErrorCode": 403, "ResponsePagePath": "/x.txt", "ResponseCode": n}]})]),
        lambda n: case(db_record={"table": "t", "attributes": {"size": n}}),
        lambda n: case(db_record={"table": "facts", "attributes": {"s3_5xx": n}}),
        lambda n: case(held=({"Key": "avatars/u1.jpg", "CacheControl": f"max-age={n}"},)),
    ],
)  # fmt: skip
def test_odd_numbers_are_read_or_left_alone(snapshot, number):
    assert diagnose(snapshot(number)).verdict.sentence


def test_times_without_end_are_cut_to_a_year():
    shown = [{"Path": "/avatars/u1.jpg", "Status": 404, "Age": 1, "XCache": "Error"}]
    for parts in ({"ExpiresIn": 10**15}, {"Age": -(10**15)}):
        verdict = diagnose(case(edge_cache=[{**shown[0], **parts}])).verdict
        assert verdict.primary_cause == "cached-error-response"


@pytest.mark.parametrize("value", [[], "case", 7])
def test_a_snapshot_that_is_no_object_is_refused_by_the_model(value):
    with pytest.raises(ValidationError, match="AccountSnapshot"):
        AccountSnapshot.model_validate(value)
