"""Drafts of repairs, one builder per kind, and the table that joins causes to builders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.diagnostics import facts
from core.diagnostics.access import Caller
from core.diagnostics.causes.cache import encoded_path
from core.diagnostics.causes.registry import Case
from core.diagnostics.edge.cache import error_seconds_left
from core.diagnostics.guess import Guess
from core.diagnostics.policy import Principal
from core.diagnostics.reach import reachable_url
from core.diagnostics.repairs.changes import Change
from core.diagnostics.repairs.draft import Draft
from core.diagnostics.spelling import extension_of
from core.diagnostics.urls import key_of, redact_deep
from core.model.delivery import S3Object
from core.model.diagnosis import FixType, ObjectState


def stranger(caller: Caller) -> Caller:
    """The same request without any identity, straight to S3."""
    return replace(caller, principal=Principal("anonymous"), signing="none", through_edge=False)


# --- the URL and the record -----------------------------------------------------------------


def meant(case: Case) -> Guess | None:
    return case.best if case.best is not None and case.best.sure else None


def correct_url(case: Case) -> Iterator[Draft]:
    """The URL that leads to the object that is meant."""
    best = meant(case)
    if best is None:
        return
    url, _ = reachable_url(case, best.bucket, best.key)
    if url is not None:
        yield _new_url(case, url, f"Use {url}")


def _new_url(case: Case, url: str, title: str) -> Draft:
    before = case.journey.url.text
    change = Change(case.snapshot, before, url, (), "Use the earlier URL again.", url=url)
    return Draft(FixType.CORRECT_URL, title, change, others=0)


def https_url(case: Case) -> Iterator[Draft]:
    url = case.journey.url
    if url.scheme == "http":
        yield replace(_new_url(case, "https" + url.text[4:], "Use the https:// URL"), first=True)


def cdn_url(case: Case) -> Iterator[Draft]:
    """The CDN's URL instead of S3's own."""
    visit = case.journey.visit
    if visit is None or visit.key is None or visit.item is None:
        return
    url, status = reachable_url(case, visit.bucket_name, visit.key)
    if url is not None and url != case.journey.url.text:
        yield replace(_new_url(case, url, f"Use the CDN: {url}"), first=status == 200)


def cdn_instead(case: Case) -> Iterator[Draft]:
    """The CDN's URL, where S3 itself was asked."""
    if case.journey.direct:
        yield from correct_url(case) if meant(case) else cdn_url(case)


def without_signature(case: Case) -> Iterator[Draft]:
    """The same URL without the S3 signature that CloudFront can't use."""
    url = case.journey.url
    kept = [p for p in url.query.split("&") if not p.lower().startswith("x-amz-")]
    bare = url.text.split("?", 1)[0] + ("?" + "&".join(kept) if any(kept) else "")
    if bare != url.text:
        yield _new_url(case, bare, "Use the CDN's URL without the S3 signature")


def without_version(case: Case) -> Iterator[Draft]:
    url = case.journey.url
    kept = [p for p in url.query.split("&") if not p.lower().startswith("versionid")]
    bare = url.text.split("?", 1)[0] + ("?" + "&".join(kept) if any(kept) else "")
    yield _new_url(case, bare, "Leave versionId out of the URL")


def versioned_url(case: Case) -> Iterator[Draft]:
    """A new key per version: no cache, near or far, then holds anything old."""
    del case
    yield Draft(FixType.CORRECT_URL, "Publish every version under a new key and use its URL",
                needs=("s3:PutObject",), rollback="Use the earlier URL again.")  # fmt: skip


def record(case: Case) -> Iterator[Draft]:
    """Write the right value into the row that holds the URL or key."""
    held = facts.stored(case.snapshot)
    if not held:
        return
    target = _target(case)
    if target is None:
        return
    bucket, key = target
    url, _ = reachable_url(case, bucket, key)
    new = {s.name: _new_value(s, key, url) for s in held}
    old = {s.name: s.value for s in held}
    changed = {name: value for name, value in new.items() if value != old[name]}
    if changed:
        before = {name: old[name] for name in changed}
        yield Draft(
            FixType.FIX_DB_RECORD, f"Write {', '.join(changed)} anew in the record",
            Change(case.snapshot, redact_deep(before), changed, ("dynamodb:UpdateItem",),
                   "Write the earlier value back.", url=url),
            records=1, others=0,
        )  # fmt: skip


def _new_value(stored: facts.Stored, key: str, url: str | None) -> Any:
    if stored.kind == "url":
        return url or key
    if stored.kind == "key":
        return url if url and facts.names_url(stored.name) else key
    return url if "url" in stored.name.lower() and url else key


def _target(case: Case) -> tuple[str, str] | None:
    """The object that the record should name."""
    visit, best = case.journey.final, meant(case)
    if visit is not None and visit.item is not None and visit.key is not None:
        return visit.bucket_name, visit.key
    if best is None:
        return None
    return copy_target(case, best)


def copy_target(case: Case, best: Guess) -> tuple[str, str]:
    """Where the object has to be for a URL of today's layout to reach it."""
    url, _ = reachable_url(case, best.bucket, best.key)
    visit = case.journey.visit
    if url is not None or visit is None or visit.key is None:
        return best.bucket, best.key
    if best.transform == "strip_behavior_prefix" and f"/{best.prefix}/" in f"/{best.key}":
        lead = key_of(visit.origin.origin_path).strip("/")
        name = best.key.rpartition("/")[2]
        return visit.bucket_name, "/".join(p for p in (lead, best.prefix, name) if p)
    return visit.bucket_name, visit.key


def drop_reference(case: Case) -> Iterator[Draft]:
    held = [s for s in facts.stored(case.snapshot) if s.kind != "empty"]
    if held:
        yield Draft(FixType.FIX_DB_RECORD, f"Remove {held[0].name} from the record",
                    before={s.name: redact_deep(s.value) for s in held},
                    after={s.name: None for s in held},
                    needs=("dynamodb:UpdateItem",), rollback="Write the earlier value back.",
                    records=1)  # fmt: skip


def rederive(case: Case) -> Iterator[Draft]:
    """An empty record: find the object by its owner and write its key."""
    if meant(case) is not None:
        return
    yield Draft(FixType.FIX_DB_RECORD,
                "Find the object by its owner and upload time, and write its key into the record",
                needs=("s3:ListBucket", "dynamodb:UpdateItem"),
                rollback="Write the earlier value back.", records=1)  # fmt: skip


def choose(case: Case) -> Iterator[Draft]:
    likely = [g for g in case.guesses if g.score >= 0.5]
    if likely and not likely[0].sure:
        yield Draft(FixType.CHOOSE_CANDIDATE,
                    "Ask which object is meant: " + ", ".join(g.key for g in likely[:4]),
                    after=[g.key for g in likely], first=True)  # fmt: skip


# --- objects --------------------------------------------------------------------------------


def copy(case: Case) -> Iterator[Draft]:
    """Copy, never move: the older key keeps working until nobody uses it."""
    best = meant(case)
    visit = case.journey.visit
    if best is None or visit is None or visit.key is None:
        return
    bucket_name, key = copy_target(case, best)
    if (bucket_name, key) == (best.bucket, best.key):
        bucket_name, key = visit.bucket_name, visit.key
    source = case.snapshot.bucket(best.bucket)
    target = case.snapshot.bucket(bucket_name)
    item = case.indexes.of(source).get(best.key) if source else None
    if target is None or item is None:
        return
    placed = target.replace(objects=(*target.objects, item.replace(key=key)))
    url, _ = reachable_url_in(case, bucket_name, key)
    change = Change(case.snapshot.with_bucket(placed), f"{best.bucket}/{best.key}",
                    f"{bucket_name}/{key}", ("s3:GetObject", "s3:PutObject"),
                    f"Delete {bucket_name}/{key}.", url=url)  # fmt: skip
    yield Draft(FixType.COPY_OBJECT, f"Copy {best.key} to {key} and keep the original", change,
                cost_note="One COPY request and one more object stored", others=0)  # fmt: skip


def reachable_url_in(case: Case, bucket: str, key: str) -> tuple[str | None, int | None]:
    """A URL for a key that does not exist yet."""
    visit = case.journey.visit
    if visit is not None and (visit.bucket_name, visit.key) == (bucket, key):
        return None, None
    return reachable_url(case, bucket, key)


def copy_in_place(case: Case) -> Iterator[Draft]:
    """Rewrite the object's headers or encryption by copying it onto itself."""
    visit = case.journey.final
    item = visit.item if visit else None
    if visit is None or item is None or visit.bucket is None:
        return
    owner = visit.bucket.owner_account_id or item.owner_account_id  # who copies, owns the copy
    fixed = _with_good_headers(item).replace(owner_account_id=owner)
    others = tuple(fixed if o is item else o for o in visit.bucket.objects)
    change = Change(
        case.snapshot.with_bucket(visit.bucket.replace(objects=others)), _headers(item),
        _headers(fixed), ("s3:GetObject", "s3:PutObject"),
        "Copy it onto itself with the earlier headers.",
    )  # fmt: skip
    yield Draft(FixType.COPY_OBJECT, f"Copy {item.key} onto itself with the right headers", change,
                first=True, clears_cache=True)  # fmt: skip


def copy_to_keep(case: Case) -> Iterator[Draft]:
    """A Cache-Control of the object's own helps only where the behaviour caches at all."""
    forwarding = case.journey.forwarding
    if forwarding is None or forwarding.key.max_ttl:
        yield from copy_in_place(case)


_KINDS = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp",
          "gif": "image/gif", "avif": "image/avif", "svg": "image/svg+xml", "mp4": "video/mp4",
          "css": "text/css", "js": "text/javascript", "html": "text/html", "pdf": "application/pdf",
          "json": "application/json"}  # fmt: skip


def _with_good_headers(item: S3Object) -> S3Object:
    extension = extension_of(item.key)
    changes: dict[str, Any] = {"content_encoding": None, "sse_customer_algorithm": None}
    if (item.content_disposition or "").lower().startswith("attachment"):
        changes["content_disposition"] = "inline"
    if extension in _KINDS:
        changes["content_type"] = _KINDS[extension]
    if item.server_side_encryption != "AES256":
        changes |= {"server_side_encryption": "AES256", "ssekms_key_id": None}
    if item.cache_control:
        changes["cache_control"] = "public, max-age=31536000, immutable"
    return item.replace(**changes)


def _headers(item: S3Object) -> dict[str, Any]:
    return {
        "ContentType": item.content_type, "ContentDisposition": item.content_disposition,
        "ContentEncoding": item.content_encoding, "CacheControl": item.cache_control,
        "ServerSideEncryption": item.server_side_encryption,
    }  # fmt: skip


def reupload(case: Case) -> Iterator[Draft]:
    """The same key again: from where it came, or from the private upload that is still there."""
    visit, best = case.journey.visit, case.best
    if visit is None or visit.bucket is None or not visit.key:
        yield Draft(FixType.REUPLOAD, "Upload the object again", needs=("s3:PutObject",))
        return
    title = f"Upload {visit.bucket_name}/{visit.key} again"
    source = best is not None and best.transform == "private_original"
    if best is not None and source:
        title += f", made anew from {best.key}"
    new = S3Object(key=visit.key, content_type=_KINDS.get(extension_of(visit.key)))
    kept = tuple(o for o in visit.bucket.objects if o.key != visit.key)
    change = Change(
        case.snapshot.with_bucket(visit.bucket.replace(objects=(*kept, new))), None,
        f"{visit.bucket_name}/{visit.key}", ("s3:PutObject",), "Delete the uploaded object.",
    )  # fmt: skip
    yield Draft(FixType.REUPLOAD, title, change, first=source)


def restore(case: Case) -> Iterator[Draft]:
    visit = case.journey.visit
    if visit is None:
        return
    if visit.item is not None and 'ongoing-request="true"' in (visit.item.restore or ""):
        yield Draft(FixType.WAIT, "Wait for the restore that is running, then copy the object",
                    first=True)  # fmt: skip
        return
    meant = case.best if visit.state is ObjectState.MISSING else None
    title = f"Restore {meant.key if meant else visit.key} and copy it to STANDARD"
    needs: tuple[str, ...] = ("s3:RestoreObject", "s3:PutObject")
    deleted = visit.state is ObjectState.DELETE_MARKER
    if deleted:
        title, needs = f"Remove the delete marker of {visit.key}", ("s3:DeleteObjectVersion",)
    yield Draft(FixType.RESTORE, title, needs=needs, first=True,
                rollback="Delete the object again." if deleted else "",
                cost_note="" if deleted else "Retrieval is billed per GB")  # fmt: skip


# --- cache, client, signature ---------------------------------------------------------------


def invalidate(case: Case) -> Iterator[Draft]:
    """Viewer paths, encoded; both URIs where a function rewrites; "*" for query variants."""
    journey = case.journey
    if journey.distribution is None:
        return
    paths = [encoded_path(journey.url.raw_path)]
    rewritten = encoded_path(journey.uri or journey.url.raw_path)
    if journey.runs and rewritten not in paths:
        paths.append(rewritten)
    if journey.forwarding and journey.forwarding.key.query:
        paths = [path + "*" for path in paths]
    change = Change(case.snapshot, None, paths, ("cloudfront:CreateInvalidation",), "")
    yield Draft(
        FixType.INVALIDATE, f"Invalidate {', '.join(paths)}", change, first=True, clears_cache=True,
        cost_note="The first 1,000 paths a month are free, then $0.005 each", others=0,
    )  # fmt: skip


def wait(case: Case) -> Iterator[Draft]:
    entry, owner = case.journey.edge, case.journey.distribution
    title = "Wait until the change has reached the edges"
    if case.journey.stopped("cached-error") and entry is not None and owner is not None:
        left = error_seconds_left(entry, owner.config)
        end = f"{case.snapshot.now + timedelta(seconds=left):%H:%M:%S} UTC" if left else "the end"
        title = f"Wait: the edge forgets the error at {end}"
    yield Draft(FixType.WAIT, title)


def client(case: Case) -> Iterator[Draft]:
    yield Draft(FixType.CLIENT_CHANGE, f"Change the client's {case.journey.method} request")


def sign(case: Case) -> Iterator[Draft]:
    direct = case.journey.direct
    what = "Presign the S3 URL anew, per request" if direct else "Sign this URL (or set cookies)"
    yield Draft(FixType.SIGN_URL, what, needs=("s3:GetObject",) if direct else ())


def function_change(case: Case) -> Iterator[Draft]:
    names = [run.arn.rsplit("/", 1)[-1] for run in case.journey.runs]
    name = names[0] if names else "the function"
    yield Draft(
        FixType.FUNCTION_CHANGE, f"Correct {name}, publish it, then invalidate the paths",
        needs=("cloudfront:UpdateFunction", "cloudfront:PublishFunction"),
        rollback="Publish the earlier code.",
    )  # fmt: skip
