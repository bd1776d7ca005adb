"""Whatever JSON is sent, the answer is never a 500 and always of the documented shape."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.effort import examples

ROUTES = [
    ("POST", "/api/auth/register"),
    ("POST", "/api/auth/login"),
    ("PATCH", "/api/users/me"),
    ("PUT", "/api/users/me/password"),
    ("PATCH", "/api/users/x"),
    ("POST", "/api/users"),
    ("POST", "/api/users/x/password-link"),
    ("POST", "/api/folders"),
    ("PATCH", "/api/folders"),
    ("POST", "/api/albums"),
    ("POST", "/api/saved-searches"),
    ("POST", "/api/uploads"),
    ("POST", "/api/uploads/x/parts"),
    ("PATCH", "/api/files/fuzz1"),
    ("POST", "/api/diagnoses"),
    ("POST", "/api/costs/estimate"),
    ("POST", "/api/cases"),
    ("PUT", "/api/cases/x/monitor"),
    ("POST", "/api/migrations"),
    ("POST", "/api/migrations/x/objects/delete"),
]
_ACCOUNT = ("email", "password", "username", "full_name", "gender", "date_of_birth", "role")
_FILE = ("name", "size", "content_type", "folder", "tags", "part_numbers")
_CASE = (
    "url",
    "snapshot",
    "request",
    "Url",
    "distributions",
    "buckets",
    "edge_cache",
    "now",
    "lines",
    "objects",
)
WORDS = st.sampled_from(
    (
        *_ACCOUNT,
        *_FILE,
        *_CASE,
        "path",
        "new_path",
        "query",
        "current",
        "new",
        "disabled",
        "db_record",
    )
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(
        ["https://x.example/a", "2026-02-30", "a@b.example", "../..", "\x00", "\u202e"]
    )
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=5)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(WORDS, JSON, max_size=6)
BODIES = OBJECTS | JSON | st.fixed_dictionaries({"snapshot": OBJECTS})


@pytest.fixture(scope="module")
def client(app, dashboard, people):
    from starlette.testclient import TestClient  # noqa: PLC0415

    from tests.web_api.conftest import HOME, PASSWORD  # noqa: PLC0415

    signed_in = dashboard.accounts.sign_in("admin@example.com", PASSWORD)
    with TestClient(app, base_url=HOME, follow_redirects=False) as made:
        token = dashboard.accounts.access_token(signed_in.session)
        made.headers["Authorization"] = f"Bearer {token}"
        yield made


@settings(max_examples=examples(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(route=st.sampled_from(ROUTES), body=BODIES)
def test_random_json_never_breaks_a_route(client, route, body):
    method, path = route
    answer = client.request(method, path, json=body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(
        ["/api/files", "/api/files/facets", "/api/folders", "/api/users", "/api/audit-events"]
    ),
    params=st.dictionaries(
        st.sampled_from(
            [
                *("query", "folder", "type", "owner", "sort", "limit", "cursor", "month", "parent"),
                *("taken", "size", "width", "camera", "page", "tag", "below", "extension"),
            ]
        ),
        st.text(max_size=60) | st.integers().map(str),
        max_size=4,
    ),
)
def test_random_parameters_never_break_a_list(client, path, params):
    answer = client.get(path, params=params)
    assert answer.status_code in {200, 400}, answer.text


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    id=st.text(min_size=1, max_size=300).filter(lambda text: not set(text) & set("/?#.")),
    path=st.sampled_from(["/api/files/{}", "/api/uploads/{}", "/api/files/{}/download"]),
)
def test_a_random_id_finds_nothing(client, id, path):
    from urllib.parse import quote  # noqa: PLC0415

    assert client.get(path.format(quote(id))).status_code in {400, 404}
