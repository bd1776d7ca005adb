"""Functions on the way back may change the status; they don't run after an error of the origin."""

import pytest
from worlds import attached, behavior, bucket, case, distribution, function

from core.diagnostics.engine import diagnose


def report(body, **parts):
    runs = attached("late")
    runs["Items"][0]["EventType"] = "viewer-response"
    code = f"function handler(event) {{ var response = event.response; {body} return response; }}"
    shape = distribution(default=behavior(FunctionAssociations=runs))
    return diagnose(case(distributions=[shape], functions=[function("late", code)], **parts))


@pytest.mark.parametrize(
    ("body", "status", "causes"),
    [
        ("", 200, ("none-ok",)),
        ("response.headers['x-a'] = {value: 'b'};", 200, ("none-ok",)),
        ("response.statusCode = 206;", 206, ("none-ok",)),
        ("response.statusCode = 404;", 404, ("function-generated-response",)),
        ("response.statusCode = 302;", 302, ("function-generated-response",)),
        ("throw new Error('late');", 503, ("function-runtime-error",)),
    ],
)
def test_the_viewer_gets_the_status_that_the_function_leaves(body, status, causes):
    verdict = report(body).verdict
    assert verdict.predicted_status == status
    assert (verdict.primary_cause, *verdict.also) == causes


def test_no_function_runs_after_an_error_of_the_origin():
    verdict = report("response.statusCode = 200;", buckets=[bucket("acme-media-prod")]).verdict
    assert (verdict.predicted_status, verdict.primary_cause) == (403, "object-missing")
