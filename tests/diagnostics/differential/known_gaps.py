"""Where the emulator is known to answer otherwise than CloudFront and S3 do: one place, one reason each.

A `Translation` shows the engine the world as the emulator takes it, so that the rest is still
compared; an `Exclusion` leaves a request out. `test_known_gaps.py` holds that each gap still exists.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import unquote

from core.diagnostics.access import evaluate
from core.diagnostics.policy import Principal
from core.diagnostics.routing import pick_behavior

SIGNED_KEYS = {  # condition keys that the emulator leaves unset
    "aws:sourceaccount", "aws:principalisawsservice", "aws:principalservicename", "aws:viaawsservice",
}  # fmt: skip
OTHER_KEYS = {"aws:principalarn", "aws:principaltype", "aws:principalaccount", "aws:resourceaccount",
              "s3:resourceaccount"}  # fmt: skip


@dataclass(frozen=True)
class Translation:
    name: str
    reason: str
    apply: Callable[[dict[str, Any]], None]  # changes the snapshot in place


@dataclass(frozen=True)
class Exclusion:
    name: str
    reason: str
    applies: Callable[[Any], bool]  # of the engine's journey


# --- translations -----------------------------------------------------------------------------


def _policies(snapshot):
    return [bucket["Policy"] for bucket in snapshot["buckets"] if bucket["Policy"]]


def _behaviors(snapshot):
    config = snapshot["distributions"][0]["DistributionConfig"]
    return [config["DefaultCacheBehavior"], *(config["CacheBehaviors"].get("Items") or [])]


def _never_list(snapshot):
    for bucket in snapshot["buckets"]:
        arn = f"arn:aws:s3:::{bucket['Name']}"
        for policy in [bucket["Policy"]] if bucket["Policy"] else []:
            policy["Statement"].append({"Sid": "NoListing", "Effect": "Deny", "Principal": "*",
                                        "Action": "s3:ListBucket", "Resource": arn})  # fmt: skip


def _no_kms(snapshot):
    for bucket in snapshot["buckets"]:
        bucket["Objects"] = [{**o, "ServerSideEncryption": "AES256", "SSEKMSKeyId": None}
                             for o in bucket["Objects"]]  # fmt: skip


def _no_signatures(snapshot):
    for behavior in _behaviors(snapshot):
        behavior.pop("TrustedKeyGroups", None)
        behavior.pop("TrustedSigners", None)


def _enabled(snapshot):
    snapshot["distributions"][0]["DistributionConfig"]["Enabled"] = True


def _no_countries(snapshot):
    snapshot["distributions"][0]["DistributionConfig"].pop("Restrictions", None)


def _lines(snapshot):
    """Every (keys of one operator, operator, key), to be changed in place."""
    for policy in _policies(snapshot):
        for statement in policy["Statement"]:
            condition = statement.get("Condition") or {}
            for operator in list(condition):
                for key in list(condition[operator]):
                    yield condition, operator, key


def _unset_keys(snapshot):
    for condition, operator, key in _lines(snapshot):
        if key.lower() in SIGNED_KEYS:
            condition[operator]["aws:SourceVpce"] = condition[operator].pop(key)


def _always_signed(snapshot):
    for control in snapshot["origin_access_controls"]:
        control["OriginAccessControlConfig"]["SigningBehavior"] = "always"


def _no_canonical_users(snapshot):
    for policy in _policies(snapshot):
        for statement in policy["Statement"]:
            principal = statement.get("Principal")
            if isinstance(principal, dict) and "CanonicalUser" in principal:
                principal["Service"] = ["nobody.amazonaws.com", *_list(principal.get("Service"))]
                del principal["CanonicalUser"]


def _list(value):
    return [value] if isinstance(value, str) else list(value or [])


def _no_negated_principals(snapshot):
    for policy in _policies(snapshot):
        policy["Statement"] = [s for s in policy["Statement"] if "NotPrincipal" not in s]


def _one_runtime(snapshot):
    for function in snapshot["functions"]:
        function["Runtime"] = "cloudfront-js-2.0"


def _own_address(snapshot):
    """The emulator's caller is 127.0.0.1, which no CloudFront address is."""
    for condition, operator, key in _lines(snapshot):
        if key.lower() == "aws:sourceip":
            held = _list(condition[operator][key])
            condition[operator][key] = [
                "0.0.0.0/0" if _holds_us(n) else "127.1.0.0/16" for n in held
            ]


def _holds_us(network):
    return ip_address("127.0.0.1") in ip_network(network, strict=False)


TRANSLATIONS = (
    Translation("list-bucket", "A missing key is 403 also where s3:ListBucket is allowed", _never_list),
    Translation("kms", "Keys and their policies are not asked", _no_kms),
    Translation("signed-urls", "Trusted key groups and signers are not enforced", _no_signatures),
    Translation("disabled", "A disabled distribution still serves", _enabled),
    Translation("countries", "Geographic restrictions are not enforced", _no_countries),
    Translation("service-keys", "aws:SourceAccount and the keys of a service are not set", _unset_keys),
    Translation("signing-behavior", "Every origin access control signs", _always_signed),
    Translation("canonical-user", "An identity is known by its ARN alone", _no_canonical_users),
    Translation("not-principal", "A statement with NotPrincipal never applies", _no_negated_principals),
    Translation("first-runtime", "Both runtimes take the newer language", _one_runtime),
    Translation("source-address", "The caller's address is 127.0.0.1", _own_address),
)  # fmt: skip


def as_emulated(snapshot):
    """The snapshot as the emulator takes it; the one that came in stays as it is."""
    changed = copy.deepcopy(snapshot)
    for gap in TRANSLATIONS:
        gap.apply(changed)
    return changed


# --- exclusions -------------------------------------------------------------------------------


def _visits(journey):
    return [visit for visit in (journey.visit, journey.error_page) if visit is not None]


def _origin_paths(journey):
    return [visit.origin.origin_path + visit.uri for visit in _visits(journey)]


def _plus(journey):
    return any("+" in path for path in _origin_paths(journey))


def _leading_slash(journey):
    return any(unquote(path).startswith("//") for path in _origin_paths(journey))


def _path_reading(journey):
    """The emulator matches the decoded path as it came, dots, slashes and reserved characters too."""
    config = journey.distribution.config
    decoded = unquote(journey.url.raw_path)
    mine = pick_behavior(config, journey.url.match_path)
    theirs = next((b for b in config.cache_behaviors if _emulated_match(b, decoded)), None)
    return mine != (theirs or config.default_cache_behavior)


def _emulated_match(behavior, path):
    pattern = "/" + behavior.path_pattern.removeprefix("/")
    wild = {"*": ".*", "?": "."}
    return re.match("^" + "".join(wild.get(c, re.escape(c)) for c in pattern) + "$", path)


def _root_before_function(journey):
    if not journey.runs or not journey.distribution.config.default_root_object:
        return False
    rewritten = [run.result.uri for run in journey.runs if run.event_type == "viewer-request"]
    return journey.url.raw_path == "/" or "/" in rewritten


def _invalid_result(journey):
    told = ("returned no request", "must start with a slash", "status code")
    return any(word in run.result.error for run in journey.runs for word in told)


def _decoded_query(journey):
    return bool(journey.runs) and any(c in journey.url.query for c in "%+")


def _writes(journey):
    return journey.method not in {"GET", "HEAD"} and journey.visit is not None


def _anonymous_first(journey):
    """The emulator lets a signed request through where an unsigned one would be."""
    return any(
        visit.access is not None and visit.access.effect != "allow" and visit.signing != "none"
        and _as_anonymous(journey, visit) != "deny" for visit in _visits(journey)
    )  # fmt: skip


def _as_anonymous(journey, visit):
    caller = replace(visit.caller, principal=Principal("anonymous"), signing="none")
    key, item = visit.key or "", visit.item
    return evaluate(journey.snapshot, visit.bucket, caller, key, item).effect


def _public_for_identity(journey):
    return any(v.access and v.access.blocked_by and v.signing == "oai" for v in _visits(journey))


def _keys_of_principal(journey):
    asked = {v.bucket_name for v in _visits(journey)}
    return any(
        key.lower() in OTHER_KEYS
        for bucket in journey.snapshot.buckets if bucket.name in asked and bucket.policy
        for statement in bucket.policy.statement
        for keys in statement.condition.values() for key in keys
    )  # fmt: skip


def _arn_of_other_form(journey):
    asked = {v.bucket_name for v in _visits(journey)}
    return any(
        "arn" in operator.lower() and any(w.count(":") < 5 for w in _list(wanted))
        for bucket in journey.snapshot.buckets if bucket.name in asked and bucket.policy
        for statement in bucket.policy.statement
        for operator, keys in statement.condition.items() for wanted in keys.values()
    )  # fmt: skip


def _grouped(journey):
    return journey.group is not None


def _own_path(journey):
    return re.match(r"/(?:v2(?:/|$)|iceberg|_)", journey.url.raw_path) is not None


def _long(journey):
    return journey.stopped("too-long") is not None


EXCLUSIONS = (
    Exclusion("plus", "A raw + in a path is kept; S3 reads it as a space", _plus),
    Exclusion("leading-slash", "Slashes at the front of a key are taken away", _leading_slash),
    Exclusion("path-reading", "Patterns are matched with the decoded path, not the normalised one",
              _path_reading),
    Exclusion("root-before-function", "The default root object is put in before the function runs",
              _root_before_function),
    Exclusion("invalid-result", "What a function returns is not validated", _invalid_result),
    Exclusion("decoded-query", "A function gets a decoded query string", _decoded_query),
    Exclusion("writes", "Every method but HEAD reads the object", _writes),
    Exclusion("anonymous-first", "A signed request also gets what an unsigned one would get",
              _anonymous_first),
    Exclusion("public-for-identity", "RestrictPublicBuckets does not count for an identity",
              _public_for_identity),
    Exclusion("principal-keys", "Keys of the principal and of the resource's account are made up",
              _keys_of_principal),
    Exclusion("arn-form", "ARN operators compare the whole text, not six parts", _arn_of_other_form),
    Exclusion("own-paths", "Some paths are APIs of the emulator's own, on every host", _own_path),
    Exclusion("origin-groups", "Origin groups are not known: 502", _grouped),
    Exclusion("long-urls", "The length of a URL is not limited to 8,192 bytes", _long),
)  # fmt: skip


def gap_of(journey):
    """The name of the first known gap that this request falls into; '' for none."""
    return next((gap.name for gap in EXCLUSIONS if gap.applies(journey)), "")
