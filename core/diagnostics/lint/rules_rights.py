"""X5, X6, X19: rights that are wider than the work, and public policies that are blocked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Spot
from core.diagnostics.lint.registry import Outcome, found, rule, unchecked
from core.diagnostics.lint.scene import Scene, StatementAt
from core.diagnostics.policy import CLOUDFRONT_SERVICE, is_public, principal_names
from core.model.delivery import Bucket, BucketPolicy, PublicAccessBlock
from core.model.lint import Severity
from core.model.wildcards import has_wildcard, literal_prefix

_SCOPED = re.compile(
    r"^(?:s3:(?:get|put|delete|restore|abort)\w*object\w*|s3:\w*bucket(?:policy|acl)?|"
    r"dynamodb:(?:get|put|delete|update|batch\w*)item|dynamodb:(?:query|scan)|kms:decrypt|"
    r"lambda:invoke\w*|sts:assumerole|iam:passrole|secretsmanager:getsecretvalue)$",
    re.IGNORECASE,
)
_FULL = r"\b(?:Amazon|AWS)?\w*FullAccess\b|\bAdministratorAccess\b|\bPowerUserAccess\b"
_EVERYTHING = frozenset({"*", "arn:aws:s3:::*", "arn:aws:s3:::*/*"})
_LISTS = re.compile(r"^s3:(?:list(?:all\w*)?|getbucketlocation)", re.IGNORECASE)


# --- X5: identities -------------------------------------------------------------------------


@rule("anything")
def wildcards(scene: Scene) -> Iterator[Outcome]:
    for one in scene.statements:
        statement = one.statement
        actions = [a for a in statement.action if a == "*" or a.endswith(":*")]
        public = bool(one.bucket) and is_public(_alone(one))
        if statement.effect != "Allow" or (public and not actions):  # reading alone: X19
            continue
        wide = [r for r in statement.resource if r in _EVERYTHING]
        scoped = [a for a in statement.action if _SCOPED.match(a) and not _LISTS.match(a)]
        if actions or (wide and scoped):
            yield found(
                "X5", _wide(one, actions, wide, scoped), one.spot,
                severity=Severity.ERROR if wide or public or "*" in actions else Severity.WARNING,
                snippet=minimal_policy(scene, one.bucket),
            )  # fmt: skip


def _alone(one: StatementAt) -> BucketPolicy:
    return BucketPolicy(statement=(one.statement,))


def _wide(one: StatementAt, actions: list[str], wide: list[str], scoped: list[str]) -> str:
    holder = f"The policy {one.name}" if one.name else "This policy"
    if actions:
        who = " to everybody" if one.bucket and is_public(_alone(one)) else ""
        where = "on everything" if wide else f"on {', '.join(one.statement.resource)}"
        return (
            f"{holder} allows {', '.join(actions)}{who} {where}: also to delete the data and to "
            "change who may read it."
        )
    return (
        f"{holder} allows {', '.join(scoped[:4])} on {wide[0]}: in every bucket or "
        f"table, not in one."
    )


def minimal_policy(scene: Scene, bucket: str = "") -> str:
    """Put, get and delete on the folders that the scene shows; nothing where it shows none."""
    name = bucket or next((k.bucket for k in scene.keys if k.bucket), "")
    name = name or next((o.bucket for o in scene.origins if o.bucket), "")
    folders = sorted({o.path.strip("/") for o in scene.origins if o.path})
    folders = folders or sorted({k.key.split("/")[0] for k in scene.keys if "/" in k.key})
    if not name or not folders or len(folders) > 5:
        return ""
    resources = [f"arn:aws:s3:::{name}/{folder}/*" for folder in folders]
    statement = {
        "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
        "Resource": resources,
    }  # fmt: skip
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


@rule("document")
def full_access(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    hits = list(document.search(_FULL)) if document else []
    if not document or not hits:
        return
    names = sorted({hit.text for hit in hits}, key=len)
    least = next(
        (h for h in hits if re.search(r"least.privilege", h.line.text, re.IGNORECASE)), None
    )
    called = " and is called least privilege" if least else ""
    yield found(
        "X5",
        f"{names[-1]} allows every action on every bucket of the account{called}: also to delete "
        "all data and to change policies.",
        *(document.spot(hit.line) for hit in hits), snippet=minimal_policy(scene),
    )  # fmt: skip


@rule("account")
def full_access_attached(scene: Scene) -> Iterator[Outcome]:
    for policy in scene.snapshot.iam_policies if scene.snapshot else ():
        name = str(policy.get("PolicyName") or "")
        if re.fullmatch(_FULL, name) and not policy.get("PolicyDocument"):
            holder = str(policy.get("Holder") or "an identity")
            yield found(
                "X5", f"{holder} has {name}: every action on every resource of the service.",
                Spot(f"iam {holder}", name), snippet=minimal_policy(scene),
            )  # fmt: skip


@rule("account")
def long_lived_keys(scene: Scene) -> Iterator[Outcome]:
    snapshot = scene.snapshot
    for key in snapshot.access_keys if snapshot else ():
        if key.get("Status") == "Active":
            user = str(key.get("UserName") or "a user")
            made = str(key.get("CreateDate") or "")[:10]
            since = f" since {made}" if made else ""
            yield found(
                "X5",
                f"The user {user} has an access key{since} that works until somebody deletes it; "
                "a role's credentials end by themselves.",
                Spot(f"iam:ListAccessKeys {user}", "…" + str(key.get("AccessKeyId", ""))[-4:]),
                severity=Severity.WARNING,
            )  # fmt: skip


@rule("document")
def written_keys(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    pattern = (
        r"\bAWS_SECRET_ACCESS_KEY\b|\bsecret\s*_?-?access\s*_?-?key\b|"
        r"access key\W+(?:\w+\W+){0,2}secret key"
    )
    hits = list(document.search(pattern)) if document else []
    if document and hits:
        yield found(
            "X5",
            "A long-lived access key is given to the application: it works from anywhere until "
            "somebody deletes it, where a role's credentials end by themselves.",
            *(document.spot(hit.line) for hit in hits[:4]), severity=Severity.WARNING,
        )  # fmt: skip


# --- X6: bucket policies --------------------------------------------------------------------


@rule("anything")
def wider_than_served(scene: Scene) -> Iterator[Outcome]:
    for one in scene.statements:
        if one.statement.effect != "Allow" or not one.bucket or not for_cloudfront(one):
            continue
        whole = f"arn:aws:s3:::{one.bucket}/*"
        folders = _served(scene, one.bucket)
        if whole in one.statement.resource and folders:
            narrow = [f"arn:aws:s3:::{one.bucket}/{folder}/*" for folder in folders]
            yield found(
                "X6",
                f"CloudFront may read {one.bucket}/*, but only "
                f"{', '.join(f'{f}/' for f in folders)}"
                f" is served: {', '.join(narrow)} is enough.",
                one.spot, *[o.spot for o in scene.origins if o.bucket in {"", one.bucket}][:2],
                snippet=json.dumps({"Resource": narrow}, indent=2),
            )  # fmt: skip


def for_cloudfront(one: StatementAt) -> bool:
    return any(
        value == CLOUDFRONT_SERVICE or "cloudfront:user/" in value or kind == "CanonicalUser"
        for kind, value in principal_names(one.statement.principal)
    )


def _served(scene: Scene, bucket: str) -> list[str]:
    """The folders that viewers can reach, or nothing where that is the whole bucket or unknown."""
    origins = [o for o in scene.origins if o.bucket == bucket or (scene.document and not o.bucket)]
    folders: set[str] = set()
    for origin in origins:
        inside = [_folder(pattern) for pattern in origin.patterns]
        if origin.path:
            folders.add(origin.path.strip("/"))
        elif origin.rewritten or not all(inside) or not inside:
            return []
        else:
            folders.update(inside)
    if not origins and scene.document:
        folders = {
            k.key.split("/")[0] for k in scene.keys if k.bucket == bucket and k.role == "listed"
        }
    usable = [f for f in folders if f and not has_wildcard(f)]
    return sorted(usable) if len(usable) == len(folders) else []


def _folder(pattern: str) -> str:
    return literal_prefix(pattern).strip("/") if pattern.endswith("/*") else ""


# --- X19: public and blocked ----------------------------------------------------------------


@rule("account")
def blocked_public_policy(scene: Scene) -> Iterator[Outcome]:
    snapshot = scene.snapshot
    for bucket in snapshot.buckets if snapshot else ():
        if not is_public(bucket.policy):
            continue
        flags = [*_flags(bucket.public_access_block, bucket.name)]
        account = snapshot.account_public_access_block if snapshot else None
        flags += _flags(account, "the account")
        if flags:
            yield found("X19", _blocked(bucket, flags), Spot(
                f"s3:GetBucketPolicy {bucket.name}", "Principal *"), *flags)  # fmt: skip
        elif not bucket.read("public_access_block"):
            yield unchecked("X19", f"Block Public Access of {bucket.name} was not read.")


def _flags(block: PublicAccessBlock | None, of: str) -> list[Spot]:
    if block is None:
        return []
    on = {"BlockPublicPolicy": block.block_public_policy,
          "RestrictPublicBuckets": block.restrict_public_buckets}  # fmt: skip
    return [
        Spot(f"s3:GetPublicAccessBlock {of} {name}", "true") for name, set_ in on.items() if set_
    ]


def _blocked(bucket: Bucket, flags: list[Spot]) -> str:
    names = " and ".join(sorted({spot.where.rsplit(" ", 1)[-1] for spot in flags}))
    return (
        f"The policy of {bucket.name} opens it to everybody while {names} is on: S3 refuses such a "
        "policy or ignores it for everybody outside, so one of the two is not meant."
    )
