"""Laws that hold for any input: wildcards, encodings, policies, signatures."""

import base64
import itertools
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from signing import LATER, OBJECT, canned, custom, sign, signed_case, with_policy
from worlds import DIST_ARN

from core.diagnostics.conditions import KeyFacts
from core.diagnostics.engine import diagnose
from core.diagnostics.policy import PolicyRequest, Principal, decide
from core.diagnostics.urls import as_sent, key_of, normalise, parse_url, path_of
from core.model.delivery import BucketPolicy
from core.model.wildcards import matches

# --- wildcards ------------------------------------------------------------------------------

LETTERS = st.characters(exclude_categories=("Cs",))
PATTERNS = st.one_of(
    st.text("aA/*?.[\n", max_size=10), st.text(LETTERS | st.sampled_from("*?"), max_size=12)
)


def as_expression(pattern):
    return "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)


@given(PATTERNS, st.one_of(st.text("aA/.[\n", max_size=14), st.text(LETTERS, max_size=10)))
def test_wildcards_mean_what_the_same_expression_means(pattern, text):
    assert matches(pattern, text) == bool(re.fullmatch(as_expression(pattern), text, re.DOTALL))


@given(PATTERNS, st.text(LETTERS, max_size=10), st.integers(0, 12))
def test_a_star_more_never_loses_a_match(pattern, text, place):
    assert not matches(pattern, text) or matches(f"{pattern[:place]}*{pattern[place:]}", text)


# --- encodings ------------------------------------------------------------------------------

KEYS = st.text(LETTERS, min_size=1, max_size=30)
PATHS = st.text("aZ9/.%2fF+ ~é", max_size=20).map(lambda text: "/" + text)


@given(KEYS)
def test_a_path_that_is_encoded_twice_leads_to_the_encoded_key(key):
    written = path_of(key)
    assert key_of(quote(written, safe="/")) == written.removeprefix("/")


@given(KEYS)
def test_a_plus_is_a_space_and_its_escape_a_plus(key):
    assert key_of("/" + path_of(key)[1:].replace("%20", "+")) == key
    assert key_of(path_of(key + "+")) == key + "+"


@given(PATHS)
def test_a_path_goes_out_once_and_is_normalised_once(path):
    sent = as_sent(path)
    assert as_sent(sent) == sent
    tidy = normalise(sent)
    assert normalise(tidy) == tidy
    assert tidy.startswith("/")
    assert "//" not in tidy
    assert not {".", ".."} & set(tidy.split("/"))


@given(st.lists(st.text("abc-_~", min_size=1, max_size=4), max_size=5))
def test_a_tidy_path_is_left_alone(segments):
    path = "/" + "/".join(segments)
    assert normalise(path) == path


@given(PATHS)
def test_the_case_of_an_escape_does_not_choose_the_behaviour(path):
    lower = re.sub(r"%[0-9A-F]{2}", lambda found: found.group().lower(), as_sent(path))
    assert parse_url(f"https://h{lower}").match_path == normalise(as_sent(path))


# --- policies -------------------------------------------------------------------------------

KNOWN = {"aws:sourcearn": (DIST_ARN,), "aws:sourceaccount": ("111122223333",)}
FACTS = KeyFacts(KNOWN, frozenset({"aws:sourceorgid"}), frozenset({"aws:sourcevpce"}))
REQUEST = PolicyRequest(Principal("oac"), "s3:GetObject", "arn:aws:s3:::b/a/u1.jpg", FACTS)
# Each part with what it means for this request; None: it can't be known.
PRINCIPALS = [
    ("*", True),
    ({"Service": "cloudfront.amazonaws.com"}, True),
    ({"AWS": "arn:aws:iam::1:root"}, False),
]
ACTIONS = [
    ("s3:GetObject", True),
    ("s3:*", True),
    (["s3:PutObject", "S3:get*"], True),
    ("s3:PutObject", False),
]
RESOURCES = [
    ("*", True),
    ("arn:aws:s3:::b/*", True),
    ("arn:aws:s3:::b/?/u1.jpg", True),
    ("arn:aws:s3:::b", False),
    ("arn:aws:s3:::B/*", False),
    ("arn:aws:s3:::b/${aws:username}", None),
]
CONDITIONS = [
    ({}, True), ({"StringEquals": {"AWS:SourceArn": DIST_ARN}}, True),
    ({"StringEquals": {"aws:SourceAccount": ["1", "111122223333"]}}, True),
    ({"StringNotEquals": {"aws:SourceVpce": "v"}}, True), ({"Null": {"aws:SourceVpce": "true"}}, True),
    ({"StringEquals": {"aws:SourceVpce": "v"}}, False), ({"StringNotLike": {"aws:SourceArn": "arn:*"}}, False),
    ({"StringEquals": {"aws:SourceOrgID": "o"}}, None), ({"StringEqualsIfExists": {"aws:SourceOrgID": "o"}}, None),
    ({"StringSounds": {"aws:SourceArn": "x"}}, None),
]  # fmt: skip
PARTS = st.tuples(st.sampled_from(PRINCIPALS), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES),
                  st.sampled_from(CONDITIONS))  # fmt: skip
STATEMENTS = st.lists(st.tuples(st.sampled_from(["Allow", "Deny"]), PARTS), max_size=5)
ORDER = ("deny", "unknown", "allow")


def shape(effect, parts):
    names = ("Principal", "Action", "Resource", "Condition")
    return {"Effect": effect, **{name: part for name, (part, _) in zip(names, parts, strict=True)}}


def decided(statements, facts=FACTS):
    policy = BucketPolicy.model_validate({"Statement": [shape(*one) for one in statements]})
    return decide(policy, replace(REQUEST, facts=facts)).effect


def in_every_world(statements):
    """The decision, counted out: every way in which the unknown parts could be."""
    meanings = [[(e, tuple(t for _, t in parts))] for e, parts in statements]
    choices = []
    for ((effect, truths),) in meanings:
        ways = itertools.product(*[(True, False) if t is None else (t,) for t in truths])
        choices.append([(effect, all(way)) for way in ways])
    found = set()
    for world in itertools.product(*choices):
        applying = {effect for effect, applies in world if applies}
        found.add("allow" if applying == {"Allow"} else "deny")
    return found.pop() if len(found) == 1 else "unknown"


@given(STATEMENTS)
def test_a_policy_is_decided_as_all_its_possible_worlds_agree(statements):
    assert decided(statements) == in_every_world(statements)


@given(STATEMENTS, st.integers(0, 4))
def test_a_wider_resource_only_ever_helps_its_own_effect(statements, place):
    assume(place < len(statements))
    effect, (who, what, _, when) = statements[place]
    wider = [*statements]
    wider[place] = (effect, (who, what, ("*", True), when))
    before, after = (ORDER.index(decided(s)) for s in (statements, wider))
    assert after >= before if effect == "Allow" else after <= before


@given(STATEMENTS, st.sampled_from(sorted(KNOWN)))
def test_knowing_less_never_turns_a_refusal_into_an_allow(statements, forgotten):
    less = KeyFacts({k: v for k, v in KNOWN.items() if k != forgotten},
                    FACTS.unknown | {forgotten}, FACTS.absent)  # fmt: skip
    assert decided(statements, less) in {decided(statements), "unknown"}


# --- signatures -----------------------------------------------------------------------------

CANNED = f"{OBJECT}?Expires={LATER}&Signature={sign(canned(OBJECT, LATER))}&Key-Pair-Id=K1"
CUSTOM = with_policy(custom(f"{OBJECT.rpartition('/')[0]}/*", LATER))
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~"


def bytes_of(text):
    plain = text.replace("-", "+").replace("_", "=").replace("~", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4))


def status(url):
    return diagnose(signed_case(url)).verdict.predicted_status


def test_an_honest_signature_opens_the_object():
    assert (status(CANNED), status(CUSTOM)) == (200, 200)


@pytest.mark.parametrize(
    ("url", "field"), [(CANNED, "Signature"), (CUSTOM, "Signature"), (CUSTOM, "Policy")]
)
@given(place=st.integers(0, 400), letter=st.sampled_from(ALPHABET))
def test_one_letter_changed_in_a_signature_or_policy_closes_it(url, field, place, letter):
    value = re.search(rf"{field}=([^&]+)", url)[1]
    at = place % len(value.rstrip("_"))
    changed = value[:at] + letter + value[at + 1 :]
    assume(bytes_of(changed) != bytes_of(value))  # the last letter has bits that mean nothing
    assert status(url.replace(value, changed)) == 403


@given(st.text("abu1./", min_size=1, max_size=8), st.integers(-(10**9), 10**9))
def test_another_path_or_time_closes_a_canned_signature(name, seconds):
    other = OBJECT.replace("avatars/u1.jpg", name.replace("//", "/"))
    assume(other != OBJECT and seconds)
    assert status(CANNED.replace(OBJECT, other)) == 403
    assert status(CANNED.replace(str(LATER), str(LATER + seconds))) == 403
