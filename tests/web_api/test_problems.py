"""Every error has the one shape, tells what to do, and never tells what is inside."""

import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from core import errors
from core.web.api.app import build_api
from core.web.api.limits import BODY_LIMIT, FILE_LIMIT, MIB
from tests.web_api.conftest import HOME

TREE = [
    errors.InvalidInput,
    errors.UnsupportedType,
    errors.UnreadableContent,
    errors.NotSignedIn,
    errors.NotAllowed,
    errors.NotFound,
    errors.Conflict,
    errors.TooLarge,
    errors.TooManyAttempts,
    errors.Configuration,
    errors.AwsDenied,
    errors.AwsUnavailable,
]


def is_problem(answer, status, slug):
    body = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body.keys() >= {"type", "title", "status", "detail", "hint"}
    assert (body["type"], body["status"]) == (f"urn:problem:{slug}", status)
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
def failing(dashboard):
    """The real API with one more route, which raises what it is told to."""
    api: FastAPI = build_api(lambda: dashboard)
    raised = []

    @api.get("/fail")
    def fail():
        raise raised.pop()

    with TestClient(api, base_url=HOME) as client:
        client.fails_with = lambda error: raised.append(error) or client.get("/fail")
        yield client


@pytest.mark.parametrize("error", TREE)
def test_every_error_of_the_tree_is_a_problem(failing, error):
    answer = failing.fails_with(error("What went wrong.", hint="What to do."))
    body = is_problem(answer, error.status, error.slug)
    assert (body["detail"], body["hint"]) == ("What went wrong.", "What to do.")
    assert answer.headers.get("www-authenticate") == ("Bearer" if error.status == 401 else None)
    assert answer.headers.get("retry-after") == ("60" if error.status == 429 else None)


def test_the_list_above_is_the_whole_tree():
    def below(error):
        return {error}.union(*map(below, error.__subclasses__()))

    # A room may tell more of one of these; the answer is the same.
    drawn = {error for error in below(errors.DashboardError) if error.__module__ == errors.__name__}
    assert drawn - {errors.DashboardError} == set(TREE)


def test_a_bug_answers_with_a_number_that_stands_in_the_log(failing, caplog):
    with caplog.at_level(logging.ERROR):
        answer = failing.fails_with(ZeroDivisionError("secret detail"))
    body = is_problem(answer, 500, "error")
    assert body["reference"] in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_an_unknown_route_and_a_wrong_method_are_problems(visitor):
    is_problem(visitor.get("/api/nothing-here"), 404, "not-found")
    answer = visitor.put("/api/files")
    is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "a@b.c", "password": 5}, "password"),
        ({"email": "a@b.c", "password": "x" * 2000}, "password"),
        ({"email": "a@b.c", "password": "secret-words", "admin": True}, "admin"),
        ([], "body"),
    ],
)
def test_a_wrong_shape_is_a_400_that_names_the_field(visitor, body, field):
    answer = visitor.post("/api/auth/login", json=body)
    problem = is_problem(answer, 400, "invalid-input")
    assert field in [error["field"] for error in problem["errors"]]
    assert "secret-words" not in answer.text
    assert "xxxx" not in answer.text


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"a": NaN', b""])
def test_a_body_that_is_no_json_is_a_problem(visitor, content):
    headers = {"Content-Type": "application/json"}
    is_problem(
        visitor.post("/api/auth/login", content=content, headers=headers), 400, "invalid-input"
    )


def test_half_a_character_in_json_is_refused(visitor):
    content = b'{"email": "\\ud800", "password": "x"}'
    headers = {"Content-Type": "application/json"}
    answer = visitor.post("/api/auth/login", content=content, headers=headers)
    assert answer.status_code in {400, 401}


def test_a_body_that_announces_too_much_is_not_read(visitor):
    headers = {"Content-Length": str(BODY_LIMIT + 1), "Content-Type": "application/json"}
    answer = visitor.post("/api/auth/login", content=b"{}", headers=headers)
    is_problem(answer, 413, "too-large")


def test_a_body_that_grows_too_large_is_cut_off(visitor):
    chunks = (b" " * MIB for _ in range(BODY_LIMIT // MIB + 1))  # no Content-Length
    headers = {"Content-Type": "application/json"}
    answer = visitor.post("/api/auth/login", content=chunks, headers=headers)
    is_problem(answer, 413, "too-large")


def test_a_file_over_the_limit_is_sent_elsewhere(bearer):
    answer = bearer("owner").post(
        "/api/files",
        content=b"x",
        headers={"Content-Length": str(FILE_LIMIT * 2), "Content-Type": "multipart/form-data"},
    )
    assert "POST /api/uploads" in is_problem(answer, 413, "too-large")["hint"]


def test_answers_are_kept_by_no_cache(visitor, browser):
    assert browser.get("/api/users/me").headers["cache-control"] == "no-store"
    assert visitor.get("/api/users/me").headers["cache-control"] == "no-store"
