"""Code at the edge: CloudFront Functions are run, Lambda@Edge is named and never guessed."""

from __future__ import annotations

import re
from dataclasses import replace

from core.diagnostics import facts
from core.diagnostics.edge.cache import edge_entry
from core.diagnostics.edge.functions import FunctionEvent, FunctionResult, run_function
from core.diagnostics.edge.policies import COUNTRY, EVERY_ADDED
from core.diagnostics.journey import CLOUDFRONT_DOCS, FunctionRun, Journey, Stop, evidence, place_of
from core.model.delivery import CacheBehavior, CloudFrontFunction, Distribution
from core.model.diagnosis import ServedBy

_ADDED_HEADER = re.compile(r"cloudfront-[a-z0-9-]+")


def function_event(
    journey: Journey, owner: Distribution, event_type: str, uri: str
) -> FunctionEvent:
    """The viewer's request as a function sees it."""
    request = journey.snapshot.request
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    headers.setdefault("host", journey.url.host)
    if request.viewer.country and COUNTRY in _added(journey):
        headers.setdefault(COUNTRY, request.viewer.country)
    return FunctionEvent(
        event_type, owner.id, owner.domain_name, journey.method, uri, journey.query,
        headers, request.viewer.ip or "198.51.100.1",
        now_ms=int(journey.snapshot.now.timestamp() * 1000),
    )  # fmt: skip


def _added(journey: Journey) -> frozenset[str]:
    """The headers about the viewer that CloudFront adds: only those that a policy names."""
    sent = journey.forwarding
    if sent is None or not sent.known:
        return frozenset({COUNTRY})
    return frozenset(name for name in sent.headers.names if name.startswith("cloudfront-"))


def _untold(journey: Journey, code: str, event: FunctionEvent) -> str:
    """A header that CloudFront adds and the code reads, but whose value is not known here."""
    added = _added(journey)
    read = set(_ADDED_HEADER.findall(code.lower())) - set(event.headers)
    return min(read if EVERY_ADDED in added else read & added, default="")


def functions(journey: Journey, owner: Distribution, behavior: CacheBehavior) -> None:
    """Viewer-request functions, LIVE code, really run."""
    for association in behavior.function_associations:
        if association.event_type == "viewer-request":
            _run(
                journey,
                association.function_arn,
                function_event(journey, owner, "viewer-request", journey.uri),
            )


def _run(journey: Journey, arn: str, event: FunctionEvent) -> None:
    function = find_function(journey, arn)
    if function is None or not function.read("live_code"):
        result = FunctionResult("unknown", error="the code was not read (cloudfront:GetFunction)")
    elif not function.live_code:
        result = FunctionResult("error", error="The function was never published")
    elif header := _untold(journey, function.live_code, event):
        result = FunctionResult("unknown", error=f"it reads {header}, which is not known here")
    else:
        result = run_function(function.live_code, event, function.runtime)
    shown = shown_failure(journey, "Function")
    if shown and result.kind != "error":
        result = FunctionResult("error", error=f"the edge shows “{shown}”")
    run = FunctionRun(function, arn, event.event_type, result)
    journey.runs.append(run)
    _log_run(journey, run)


def shown_failure(journey: Journey, code: str) -> str:
    """The x-cache header of a failure of code at the edge, if a HEAD showed one."""
    entry = edge_entry(journey)
    kinds = ("ExecutionError", "ValidationError", "ThrottledError", "LimitExceeded")
    said = entry.x_cache if entry is not None and (entry.status or 0) >= 500 else ""
    return said if any(f"{code}{kind}" in said for kind in kinds) else ""


def find_function(journey: Journey, arn: str) -> CloudFrontFunction | None:
    name = arn.rsplit("/", 1)[-1]
    found = (f for f in journey.snapshot.functions if f.function_arn == arn or f.name == name)
    return next(found, None)


def _log_run(journey: Journey, run: FunctionRun) -> None:
    result, name = run.result, run.arn.rsplit("/", 1)[-1]
    code = f"{name}: FunctionCode (LIVE)"
    shown = evidence("cloudfront:GetFunction", code, result.error or result.uri)
    doc = CLOUDFRONT_DOCS + "functions-event-structure.html"
    if result.kind == "request":
        outcome = "changed" if result.uri != journey.uri else "ok"
        journey.log.step(
            "function", outcome, f"The function {name} ran",  # type: ignore[arg-type]
            before=journey.uri, after=result.uri, evidence=shown, doc=doc,
        )  # fmt: skip
        journey.uri, journey.query = result.uri, result.query
    elif result.kind == "answer":
        journey.log.stop(
            Stop("function", "answer", result.status, ServedBy.FUNCTION),
            f"The function {name} answers itself with {result.status}", evidence=shown, doc=doc,
        )  # fmt: skip
    elif result.kind == "error":
        journey.log.stop(
            Stop("function", "error", 503, ServedBy.CLOUDFRONT, "FunctionExecutionError"),
            f"The function {name} fails: {result.error}", evidence=shown,
            doc=CLOUDFRONT_DOCS + "http-503-service-unavailable.html",
        )  # fmt: skip
    else:
        journey.log.stop(
            Stop("function", "unknown", None, ServedBy.UNKNOWN, undecided=True),
            f"What the function {name} does is unknown: {result.error}", evidence=shown, doc=doc,
        )  # fmt: skip
        journey.log.unknown(f"The function {name}", result.error, "The key may be another one")


def response_functions(
    journey: Journey, owner: Distribution, behavior: CacheBehavior, status: int
) -> None:
    """Viewer-response functions can still fail or change headers of a good answer."""
    for association in behavior.function_associations:
        function = find_function(journey, association.function_arn)
        if association.event_type != "viewer-response":
            continue
        if function is None or not function.read("live_code"):
            name = association.function_arn.rsplit("/", 1)[-1]
            journey.log.unknown(f"The function {name}", "Its code was not read",
                                "It may change the answer's headers or fail")  # fmt: skip
            continue
        if not function.live_code:
            continue
        event = replace(
            function_event(journey, owner, "viewer-response", journey.uri),
            response_status=status,
            response_headers={"content-type": journey.content_type or "binary/octet-stream"},
        )
        result = run_function(function.live_code, event, function.runtime)
        run = FunctionRun(function, association.function_arn, "viewer-response", result)
        journey.runs.append(run)
        if result.kind == "error":
            _log_run(journey, run)
            journey.status, journey.served_by = 503, ServedBy.CLOUDFRONT
            journey.code = "FunctionExecutionError"
        elif result.status not in {None, status}:
            _change_status(journey, run)


def _change_status(journey: Journey, run: FunctionRun) -> None:
    """The status is the function's, the body stays the origin's; no error page takes its place."""
    journey.status, name = run.result.status, run.arn.rsplit("/", 1)[-1]
    because = f"The function {name} changes the status to {journey.status}"
    shown = evidence("cloudfront:GetFunction", f"{name}: FunctionCode (LIVE)", journey.status)
    doc = CLOUDFRONT_DOCS + "functions-event-structure.html"
    if journey.ok:
        journey.log.step("function", "changed", because, evidence=shown, doc=doc)
        return
    stop = Stop("function", "answer", journey.status, journey.served_by)
    journey.log.stop(stop, because, evidence=shown, doc=doc)


def lambda_edge(journey: Journey, behavior: CacheBehavior) -> None:
    """Named, never guessed: only a report of its failure counts."""
    if not behavior.lambda_function_associations:
        return
    names = [a.lambda_function_arn for a in behavior.lambda_function_associations]
    shown = evidence(
        "cloudfront:GetDistribution", place_of(journey, "LambdaFunctionAssociations"), names
    )
    told = shown_failure(journey, "Lambda").lower() or facts.says(
        journey.snapshot, r"lambda|validation|execution|x-cache|x-edge|log|50[23]"
    )
    if any(word in told for word in ("error", "valid", "fail", "limit", "throttl", "502", "503")):
        invalid = "valid" in told or "502" in told
        journey.log.stop(
            Stop("function", "lambda", 502 if invalid else 503, ServedBy.CLOUDFRONT,
                 "LambdaValidationError" if invalid else "LambdaExecutionError", detail=told),
            f"Lambda@Edge fails: {told}", evidence=shown,
            doc=CLOUDFRONT_DOCS + "http-502-lambda-validation-error.html",
        )  # fmt: skip
        return
    journey.log.step("function", "unknown", "Lambda@Edge is attached; its code is not run here",
                     evidence=shown, doc=CLOUDFRONT_DOCS + "lambda-at-the-edge.html")  # fmt: skip
    journey.log.unknown("What Lambda@Edge does", "Its code is not run here",
                        "It may change the path, the origin or the answer")  # fmt: skip
