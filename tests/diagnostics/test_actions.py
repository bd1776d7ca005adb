"""Drafts become writes: every repair of every scenario is expressed exactly, or made by hand."""

import copy
import json
from typing import NamedTuple

import pytest
from scenarios import DECRYPT, ENCRYPTED, NO_OAC, dist, kms, one_bucket
from test_cases import ALL
from worlds import (
    DIST_ARN,
    attached,
    behavior,
    case,
    distribution,
    function,
    origin,
    record,
    statement,
    thing,
)
from worlds import policy as policy_of

from core.diagnostics.engine import examine, parse_snapshot
from core.diagnostics.fixes import drafts
from core.diagnostics.plan import Order
from core.diagnostics.repairs.actions import plan_of
from core.diagnostics.repairs.config_actions import NEW_CONTROL, opens
from core.diagnostics.repairs.edits import applied, counted, differences, reversed_edits
from core.diagnostics.repairs.shapes import config_shape
from core.diagnostics.repairs.table import TABLE
from core.errors import Conflict, InvalidInput
from core.model.delivery import DistributionConfig
from core.model.diagnosis import FixType
from core.model.repair import ActionKind, Edit

CONFIGURATION = {
    ActionKind.DISTRIBUTION, ActionKind.ACCESS_CONTROL, ActionKind.BUCKET_POLICY,
    ActionKind.BUCKET_CORS, ActionKind.OBJECT_OWNERSHIP, ActionKind.REQUEST_PAYER,
    ActionKind.KEY_POLICY, ActionKind.KEY_STATE,
}  # fmt: skip
OUTSIDE = {FixType.REUPLOAD, FixType.CLIENT_CHANGE, FixType.WAIT}


class Planned(NamedTuple):
    draft: object
    plan: object
    order: object


def plans(snapshot, **more):
    """Every repair of a case with its plan; a choice that is missing is left out."""
    parsed, found = examine(parse_snapshot(snapshot))
    for draft in drafts(parsed, tuple(f.cause for f in found)):
        order = Order(parsed, draft, snapshot, "repair-1", **more)
        try:
            yield Planned(draft, plan_of(order), order)
        except InvalidInput:
            assert draft.type is FixType.CHOOSE_CANDIDATE


def the(snapshot, kind, **more):
    return next(p for p in plans(snapshot, **more) if p.draft.type is kind)


def part(raw, action):
    """The place of an action's document in a captured snapshot: (holder, key)."""
    section, name, field = {
        ActionKind.DISTRIBUTION: ("distributions", "Id", "DistributionConfig"),
        ActionKind.ACCESS_CONTROL: ("origin_access_controls", "Id", "OriginAccessControlConfig"),
        ActionKind.KEY_POLICY: ("kms_keys", "Arn", "Policy"),
        ActionKind.BUCKET_POLICY: ("buckets", "Name", "Policy"),
    }[action.kind]
    return next(one for one in raw[section] if one[name] == action.target), field


SETTINGS = {
    ActionKind.BUCKET_CORS: ("buckets", "Name", "Cors", "CORSRules"),
    ActionKind.OBJECT_OWNERSHIP: ("buckets", "Name", "ObjectOwnership", "ObjectOwnership"),
    ActionKind.REQUEST_PAYER: ("buckets", "Name", "RequestPayer", "Payer"),
    ActionKind.KEY_STATE: ("kms_keys", "Arn", "KeyState", "KeyState"),
}


def carried_out(raw, actions):
    """The captured snapshot after the actions, as AWS would then answer it."""
    made = copy.deepcopy(raw)
    for action in actions:
        if action.kind in SETTINGS:
            section, name, field, inner = SETTINGS[action.kind]
            holder = next(one for one in made[section] if one[name] == action.target)
            held = holder.get(field)
            held = held if isinstance(held, dict) else {inner: held}
            holder[field] = applied(held, action.edits)[inner]
        else:
            holder, field = part(made, action)
            done = applied(holder.get(field), action.edits)
            holder[field] = counted(done) if action.kind is ActionKind.DISTRIBUTION else done
    return made


def settled(config):
    """Compared without what CloudFront refuses beside a cache policy."""

    def of(one):
        if not one.cache_policy_id:
            return one
        return one.replace(forwarded_values=None, min_ttl=None, default_ttl=None, max_ttl=None)

    return config.replace(
        default_cache_behavior=of(config.default_cache_behavior),
        cache_behaviors=tuple(of(b) for b in config.cache_behaviors),
    ).model_dump()


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.name)
def test_the_actions_make_exactly_the_snapshot_that_the_dry_run_showed(scenario):
    for draft, plan, _ in plans(scenario.snapshot):
        config = [a for a in plan.actions if a.kind in CONFIGURATION]
        if not config or any(a.kind is ActionKind.NEW_ACCESS_CONTROL for a in plan.actions):
            continue
        wanted = draft.change.snapshot
        made = parse_snapshot(carried_out(scenario.snapshot, config))
        for one in wanted.distributions:
            assert settled(made.distribution(one.id).config) == settled(one.config), draft.title
        for one in wanted.buckets:
            assert made.bucket(one.name).policy == one.policy
            assert made.bucket(one.name).object_ownership == one.object_ownership
            assert made.bucket(one.name).request_payer == one.request_payer
        assert made.kms_keys == wanted.kms_keys
        assert made.origin_access_controls == wanted.origin_access_controls


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.name)
def test_taking_the_actions_back_gives_the_snapshot_that_was_there(scenario):
    for _, plan, _ in plans(scenario.snapshot):
        for action in (a for a in plan.actions if a.kind in CONFIGURATION - set(SETTINGS)):
            holder, field = part(scenario.snapshot, action)
            done = applied(holder.get(field), action.edits)
            back = applied(done, reversed_edits(action.edits))
            assert not differences(holder.get(field) or {}, back)


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.name)
def test_each_repair_is_a_write_a_url_or_the_steps_of_a_person(scenario):
    for draft, plan, _ in plans(scenario.snapshot):
        assert plan.actions or plan.new_url or plan.sign or (plan.by_hand and plan.steps)
        assert not (plan.by_hand and plan.actions)
        assert draft.type not in OUTSIDE or plan.by_hand
        assert all(action.edits and action.needs for action in plan.actions)


def test_the_scenarios_reach_every_type_and_nearly_every_builder():
    reached = {draft.type for s in ALL for draft, *_ in plans(s.snapshot)}
    missing = set(FixType) - reached - {FixType.CHOOSE_CANDIDATE, FixType.KMS_POLICY_PATCH}
    assert not missing
    named = {cause for s in ALL for cause in s.causes}
    builders = {build for cause in named for build in TABLE.get(cause, ())}
    assert len(builders) > 30


# --- what a person would otherwise have to notice ---------------------------------------------


def test_other_statements_keep_every_byte():
    other = {"Sid": "Other", "Effect": "Deny", "Principal": {"AWS": ["arn:aws:iam::1:root"]},
             "Action": ["s3:DeleteObject"], "Resource": "arn:aws:s3:::acme-media-prod/*",
             "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": ["media"]}}}  # fmt: skip
    wrong = statement("acme-media-prod", arn=DIST_ARN + "OLD")
    snapshot = case(buckets=one_bucket(Policy=policy_of(other, wrong)))
    plan = the(snapshot, FixType.POLICY_PATCH).plan
    after = carried_out(snapshot, plan.actions)["buckets"][0]["Policy"]
    assert json.dumps(after["Statement"][0]) == json.dumps(other)
    assert after["Statement"][1] == {
        **wrong,
        "Condition": {"StringEquals": {"AWS:SourceArn": DIST_ARN}},
    }
    assert [e.path for e in plan.actions[0].edits] == [
        ("Statement", "AllowCloudFrontServicePrincipal")
    ]


def test_a_policy_answered_as_text_and_statements_without_sid_are_patched_too():
    one = {k: v for k, v in statement("acme-media-prod", arn="arn:aws:x").items() if k != "Sid"}
    snapshot = case(buckets=one_bucket(Policy=json.dumps(policy_of(one))))
    edit = the(snapshot, FixType.POLICY_PATCH).plan.actions[0].edits[0]
    assert edit.path == ("Statement", "#0")
    assert "Sid" not in edit.after


def test_without_an_origin_access_control_one_is_created_before_it_is_used():
    snapshot = case(
        distributions=dist([origin(**NO_OAC)]),
        origin_access_controls=[],
        buckets=one_bucket(Policy=None),
    )
    found = next(p for p in plans(snapshot) if "Use origin access control" in p.draft.title)
    kinds = [a.kind for a in found.plan.actions]
    assert kinds == [
        ActionKind.BUCKET_POLICY,
        ActionKind.NEW_ACCESS_CONTROL,
        ActionKind.DISTRIBUTION,
    ]
    edits = {e.name: e.after for e in found.plan.actions[2].edits}
    assert edits["Origins / s3-media / OriginAccessControlId"] == NEW_CONTROL


def test_a_key_policy_gets_one_statement_more():
    keys = kms("Enabled", "CUSTOMER")
    snapshot = case(buckets=one_bucket(ENCRYPTED), kms_keys=keys)
    plan = the(snapshot, FixType.KMS_POLICY_PATCH).plan
    (edit,) = plan.actions[0].edits
    assert plan.actions[0].kind is ActionKind.KEY_POLICY
    assert edit.before is None
    assert (edit.after["Principal"], edit.after["Condition"]) == (
        DECRYPT["Principal"],
        DECRYPT["Condition"],
    )
    assert (
        carried_out(snapshot, plan.actions)["kms_keys"][0]["Policy"]["Statement"][0]
        == keys[0]["Policy"]["Statement"][0]
    )


def test_a_key_that_waits_for_its_deletion_is_saved_but_not_doomed_again():
    snapshot = case(
        buckets=one_bucket(ENCRYPTED), kms_keys=kms("PendingDeletion", "CUSTOMER", DECRYPT)
    )
    action = the(snapshot, FixType.CONFIG_CHANGE).plan.actions[0]
    assert (action.kind, action.reversible) == (ActionKind.KEY_STATE, False)


def test_a_row_that_holds_the_url_is_written_and_not_only_told():
    snapshot = case("/Avatars/u1.jpg")
    snapshot["db_record"] = record(avatarUrl=snapshot["request"]["Url"])
    plan = the(snapshot, FixType.CORRECT_URL).plan
    (action,) = plan.actions
    assert (action.kind, action.target, action.place) == (ActionKind.RECORD, "users", {"pk": "u1"})
    assert action.edits[0].after == plan.new_url


def test_the_librarys_own_file_is_changed_by_its_key_and_nothing_else():
    snapshot = case(
        "/Avatars/u1.jpg",
        db_record={"table": "files", "pk": "f1", "attributes": {"key": "Avatars/u1.jpg"}},
    )
    plan = the(snapshot, FixType.FIX_DB_RECORD, library=True).plan
    assert plan.actions[0].place == {"pk": "f1", "store": "library"}
    gone = case(
        "/avatars/none.jpg",
        (),
        db_record={"table": "files", "pk": "f1", "attributes": {"key": "avatars/none.jpg"}},
    )
    assert the(gone, FixType.FIX_DB_RECORD, library=True).plan.by_hand


def test_a_row_that_was_not_named_in_full_is_left_to_a_person():
    snapshot = case("/Avatars/u1.jpg")
    url = snapshot["request"]["Url"]
    for row in ({"table": "users", "attributes": {"avatarUrl": url}},
                {"table": "users", "pk": "u1", "value": url}):  # fmt: skip
        snapshot["db_record"] = row
        assert the(snapshot, FixType.FIX_DB_RECORD).plan.by_hand


def test_a_value_with_a_signature_can_be_replaced_but_not_be_put_back():
    snapshot = case("/avatars/u1.jpg?X-Amz-Signature=0011&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60"
                    "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A/20200101/us-east-1/s3/aws4_request")  # fmt: skip
    snapshot["db_record"] = record(avatarUrl=snapshot["request"]["Url"])
    plan = the(snapshot, FixType.FIX_DB_RECORD).plan
    assert not plan.actions[0].reversible
    assert plan.notes


def test_one_of_several_candidates_has_to_be_chosen():
    snapshot = next(
        s.snapshot for s in ALL
        for parsed, found in [examine(parse_snapshot(s.snapshot))]
        if any(d.type is FixType.CHOOSE_CANDIDATE for d in drafts(parsed, tuple(f.cause for f in found)))
    )  # fmt: skip
    parsed, found = examine(parse_snapshot(snapshot))
    draft = next(
        d
        for d in drafts(parsed, tuple(f.cause for f in found))
        if d.type is FixType.CHOOSE_CANDIDATE
    )
    order = Order(parsed, draft, snapshot, "repair-1")
    with pytest.raises(InvalidInput, match="Which object is meant"):
        plan_of(order)
    chosen = the(snapshot, FixType.CHOOSE_CANDIDATE, choice=draft.after[0]).plan
    assert chosen.new_url or chosen.by_hand


def test_development_code_that_is_right_is_published_and_wrong_code_is_not():
    good = "function handler(e){var r=e.request;r.uri=r.uri.replace('/media/','/');return r;}"
    bad = "function handler(e){return e.request;}"
    site = dist(behaviors=[behavior("/media/*", FunctionAssociations=attached("f"))])

    def planned(development):
        snapshot = case(
            "/media/a1.jpg",
            ("a1.jpg",),
            distributions=site,
            functions=[function("f", bad, development)],
        )
        return the(snapshot, FixType.FUNCTION_CHANGE).plan

    plan = planned(good)
    assert [a.kind for a in plan.actions] == [ActionKind.FUNCTION, ActionKind.INVALIDATION]
    assert plan.actions[0].edits[0].after == good
    assert planned("function handler(e){var r=e.request;r.uri='/nowhere.jpg';return r;}").by_hand


def test_a_new_behaviour_is_like_the_nearest_one_down_to_fields_that_no_rule_reads():
    odd = behavior("/a/*", target="web", SmoothStreaming=False, FieldLevelEncryptionId="fle")
    raw = distribution([origin(), origin("web", "acme-web")], behaviors=[odd])["DistributionConfig"]
    old = DistributionConfig.model_validate(raw)
    added = old.cache_behaviors[0].replace(path_pattern="/b/*")
    shape = config_shape(raw, old, old.replace(cache_behaviors=(added, *old.cache_behaviors)))
    new = shape["CacheBehaviors"]["Items"][0]
    assert (new["PathPattern"], new["FieldLevelEncryptionId"]) == ("/b/*", "fle")
    assert shape["CacheBehaviors"]["Quantity"] == 2


def test_a_cache_policy_takes_the_place_of_the_older_settings():
    raw = distribution()["DistributionConfig"]
    raw["DefaultCacheBehavior"] = {**behavior(), "CachePolicyId": "", "MinTTL": 1,
                                   "ForwardedValues": {"QueryString": True}}  # fmt: skip
    old = DistributionConfig.model_validate(raw)
    one = old.default_cache_behavior.replace(cache_policy_id="cp")
    made = config_shape(raw, old, old.replace(default_cache_behavior=one))["DefaultCacheBehavior"]
    assert not {"MinTTL", "ForwardedValues"} & set(made)


def test_a_large_copy_and_a_customers_key_are_left_to_a_person():
    big = thing("avatars/u1.jpg", Size=6 * 1024**3)
    plan = the(case("/Avatars/u1.jpg", (big,)), FixType.COPY_OBJECT).plan
    assert plan.by_hand
    assert "aws s3 cp" in plan.steps[-1]
    sealed = thing("avatars/u1.jpg", SSECustomerAlgorithm="AES256", ServerSideEncryption=None)
    assert the(case(held=(sealed,)), FixType.COPY_OBJECT).plan.by_hand


def test_an_upload_as_it_came_is_neither_copied_nor_signed_for_others():
    held = ("originals/f1/IMG_0007.jpg",)
    for found in plans(case("/media/f1/IMG_0007.jpg", held)):
        assert all(
            a.place.get("source") != f"acme-media-prod/{held[0]}" for a in found.plan.actions
        )
    url = "https://acme-media-prod.s3.us-east-1.amazonaws.com/originals/f1/IMG_0007.jpg?X-Amz-Signature=0&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Credential=A%2F20200101%2Fus-east-1%2Fs3%2Faws4_request"
    assert the(case(url=url, held=held), FixType.SIGN_URL).plan.by_hand


@pytest.mark.parametrize(
    ("storage", "days", "hours"),
    [
        ("GLACIER", "7", "3 to 5"),
        ("DEEP_ARCHIVE", "7", "12"),
        ("INTELLIGENT_TIERING", None, "3 to 5"),
    ],
)
def test_an_archived_object_is_asked_back_with_days_and_tier(storage, days, hours):
    item = thing("avatars/u1.jpg", StorageClass=storage, ArchiveStatus="ARCHIVE_ACCESS")
    plan = the(case(held=(item,)), FixType.RESTORE).plan
    assert plan.actions[0].place.get("days") == days
    assert not plan.actions[0].reversible
    assert hours in plan.steps[0]


# --- what no repair may do --------------------------------------------------------------------


def test_what_opens_something_to_the_public_is_seen_in_the_document_itself():
    private = policy_of(statement("b"))
    public = policy_of(statement("b", Principal="*", Condition={}))
    closed = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy"), True)
    assert opens(ActionKind.BUCKET_POLICY, private, public)
    assert opens(ActionKind.BUCKET_POLICY, None, public)
    assert opens(ActionKind.KEY_POLICY, private, public)
    assert not opens(ActionKind.BUCKET_POLICY, public, public)
    assert not opens(ActionKind.BUCKET_POLICY, public, private)
    assert opens(ActionKind.PUBLIC_ACCESS_BLOCK, closed, {**closed, "BlockPublicPolicy": False})
    assert not opens(ActionKind.PUBLIC_ACCESS_BLOCK, {}, closed)
    enforced, writer = ({"ObjectOwnership": v} for v in ("BucketOwnerEnforced", "ObjectWriter"))
    assert opens(ActionKind.OBJECT_OWNERSHIP, enforced, writer)
    assert not opens(ActionKind.OBJECT_OWNERSHIP, writer, enforced)
    assert not opens(ActionKind.REQUEST_PAYER, {"Payer": "Requester"}, {"Payer": "BucketOwner"})


# --- edits ------------------------------------------------------------------------------------


def test_a_value_that_changed_in_between_is_named_and_nothing_is_written():
    edits = (Edit(path=("Origins", "Items", "a", "OriginPath"), before="/x", after=""),)
    now = {"Origins": {"Items": [{"Id": "a", "OriginPath": "/y"}]}}
    with pytest.raises(Conflict, match="Origins / a / OriginPath is “/y” now, not “/x”"):
        applied(now, edits)
    with pytest.raises(Conflict, match="is nothing now"):
        applied({}, edits)
    with pytest.raises(Conflict):
        applied({"Origins": "?"}, edits)
    gone = (Edit(path=("Origins", "Items", "a", "Shield"), after="on"),)
    for without in ({"Origins": {"Items": [{"Id": "b"}]}}, {"Origins": "?"}):
        with pytest.raises(Conflict, match="nowhere to stand"):
            applied(without, gone)
    assert applied({"Origins": None}, (Edit(path=("Origins", "x"), after=1),)) == {
        "Origins": {"x": 1}
    }
    assert now["Origins"]["Items"][0]["OriginPath"] == "/y"


def test_two_changes_of_one_list_do_not_disturb_each_other():
    old = {"Items": [{"Id": "a", "x": 1}, {"Id": "b", "x": 1}]}
    edits = differences(old, {"Items": [{"Id": "a", "x": 2}, {"Id": "b", "x": 1}]})
    now = {"Items": [{"Id": "c"}, {"Id": "b", "x": 9}, {"Id": "a", "x": 1}]}
    made = applied(now, edits)["Items"]
    assert made == [{"Id": "c"}, {"Id": "b", "x": 9}, {"Id": "a", "x": 2}]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"Items": [{"Id": "a"}, {"Id": "b"}]}, {"Items": [{"Id": "b"}, {"Id": "a"}]}),
        ({"Items": [{"Id": "a"}, {"Id": "b"}]}, {"Items": [{"Id": "c"}, {"Id": "a"}, {"Id": "b"}]}),
        ({"Items": [{"Id": "a"}, {"Id": "b"}]}, {"Items": [{"Id": "b"}]}),
        ({"Items": ["x"]}, {"Items": ["x", "y"]}),
        ({"Items": [{"no": "name"}]}, {"Items": [{"no": "names"}]}),
        ({"Items": [{"Id": "a"}, {"Id": "a"}]}, {"Items": [{"Id": "a"}]}),
        ({}, {"Items": [{"Id": "a"}]}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}),
        ({"Statement": [{"Sid": "s", "Effect": "Deny"}, {"Effect": "Allow"}]},
         {"Statement": [{"Sid": "s", "Effect": "Allow"}, {"Effect": "Allow"}, {"Sid": "t"}]}),
    ],
)  # fmt: skip
def test_a_difference_is_made_and_taken_back_exactly(old, new):
    edits = differences(old, new)
    assert applied(old, edits) == new
    back = applied(new, reversed_edits(edits))
    assert not differences(old, back)
    assert not differences(old, copy.deepcopy(old))
