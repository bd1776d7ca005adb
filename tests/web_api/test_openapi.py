"""The document names every route with its shapes, and the reference page shows it without scripts."""

import re

import pytest
from openapi_spec_validator import validate

ROUTES = {
    "/auth/register": {"post"},
    "/auth/login": {"post"},
    "/auth/logout": {"post"},
    "/users/me": {"get", "patch"},
    "/users/me/password": {"put"},
    "/users/me/avatar": {"post", "delete"},
    "/users/me/sessions": {"get", "delete"},
    "/users/me/sessions/{id}": {"delete"},
    "/users": {"get", "post"},
    "/users/{id}": {"patch"},
    "/users/{id}/password-link": {"post"},
    "/progress-photos": {"get", "post"},
    "/progress-photos/tickets": {"post"},
    "/progress-photos/tickets/{id}/complete": {"post"},
    "/progress-photos/{id}": {"delete"},
    "/progress-photos/{id}/picture": {"get"},
    "/progress-photos/{id}/restore": {"post"},
    "/analytics/progress-photos/upload": {"post"},
    "/uploads": {"post"},
    "/uploads/{id}": {"get", "delete"},
    "/uploads/{id}/parts": {"get", "post", "delete"},
    "/uploads/{id}/complete": {"post"},
    "/files": {"get", "post"},
    "/files/zip": {"post"},
    "/files/facets": {"get"},
    "/files/timeline": {"get"},
    "/folders": {"get", "post", "patch", "delete"},
    "/albums": {"get", "post"},
    "/albums/{id}": {"get", "patch", "delete"},
    "/saved-searches": {"get", "post"},
    "/saved-searches/{id}": {"patch", "delete"},
    "/files/{id}": {"get", "patch", "delete"},
    "/files/{id}/restore": {"post"},
    "/files/{id}/private": {"put"},
    "/files/{id}/recheck": {"post"},
    "/files/{id}/text": {"get"},
    "/files/{id}/pdf": {"get"},
    "/files/{id}/delivery": {"get"},
    "/viewer": {"get"},
    "/files/{id}/advice": {"get"},
    "/files/{id}/advice/{rule}": {"post"},
    "/files/{id}/cost": {"get"},
    "/files/{id}/download": {"get"},
    "/files/{id}/shares": {"post"},
    "/files/{id}/people": {"get", "post"},
    "/files/{id}/people/{account_id}": {"delete"},
    "/shares": {"get", "post"},
    "/shares/people": {"post"},
    "/shares/people/undo": {"post"},
    "/shares/{id}": {"get", "patch", "delete"},
    "/share-policy": {"get", "put"},
    "/files/{id}/copy": {"post"},
    "/files/{id}/replacements": {"post"},
    "/files/{id}/versions": {"get"},
    "/files/{id}/versions/differences": {"get"},
    "/files/{id}/versions/{number}/restore": {"post"},
    "/files/{id}/invalidate": {"post"},
    "/files/{id}/invalidations": {"get"},
    "/invalidations/free-paths": {"get"},
    "/invalidations/{id}": {"get"},
    "/bulk-changes": {"get", "post"},
    "/bulk-changes/preview": {"post"},
    "/bulk-changes/{id}": {"get"},
    "/bulk-changes/{id}/refused": {"get"},
    "/bulk-changes/{id}/cancel": {"post"},
    "/bulk-changes/{id}/undo": {"post"},
    "/duplicates": {"get"},
    "/duplicates/kept": {"post"},
    "/duplicates/kept/{id}": {"delete"},
    "/duplicates/fingerprints": {"post"},
    "/trash": {"delete"},
    "/trash/{id}": {"delete"},
    "/summary": {"get"},
    "/diagnoses": {"get", "post"},
    "/cases": {"get", "post"},
    "/cases/{id}": {"get", "delete"},
    "/cases/{id}/export": {"get"},
    "/cases/{id}/monitor": {"put", "delete"},
    "/cases/{id}/check": {"post"},
    "/lint": {"post"},
    "/layouts": {"get"},
    "/migrations": {"get", "post"},
    "/migrations/{id}": {"get"},
    "/migrations/{id}/steps": {"get"},
    "/migrations/{id}/plan": {"post"},
    "/migrations/{id}/start": {"post"},
    "/migrations/{id}/delete-old": {"post"},
    "/migrations/{id}/approve": {"post"},
    "/migrations/{id}/stop": {"post"},
    "/migrations/{id}/restore": {"post"},
    "/migrations/{id}/objects/delete": {"post"},
    "/fixes": {"get", "post"},
    "/fixes/{id}": {"get"},
    **{
        f"/fixes/{{id}}/{verb}": {"post"}
        for verb in ("approve", "apply", "verify", "rollback", "withdraw")
    },
    "/audits": {"get", "post"},
    "/audits/{id}": {"get", "delete"},
    "/audits/{id}/groups": {"get"},
    "/audits/{id}/rows": {"get"},
    "/audits/{id}/export": {"get"},
    "/audits/{id}/groups/{group}/dry-run": {"post"},
    "/audit-events": {"get"},
    "/costs": {"get"},
    "/costs/estimate": {"post"},
    "/usage": {"get"},
    "/usage/storage": {"get"},
    "/usage/storage/history": {"get"},
    "/usage/storage/scans": {"get", "post"},
    "/usage/storage/scans/{id}": {"delete"},
}
READS_BYTES = ("/complete", "/files", "/pdf", "/avatar", "/progress-photos", "-photos/upload")
OPEN = {"/auth/register", "/auth/login"}


@pytest.fixture
def document(visitor):
    return visitor.get("/api/openapi.json").json()


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_is_valid_and_says_where_the_routes_are(document):
    validate(document)
    assert document["servers"] == [{"url": "/api"}]


def test_every_route_of_the_contract_is_described(document):
    assert {path: set(methods) for path, methods in document["paths"].items()} == ROUTES


def test_every_route_tells_its_problems_and_its_success(document):
    for path, method, operation in operations(document):
        answers = operation["responses"]
        problem = answers["default"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/ProblemOut"}, (path, method)
        assert "422" not in answers or path.endswith(READS_BYTES)
        (success,) = [status for status in answers if status.startswith("2")]
        if success != "204" and not {"application/pdf", "application/zip"} & set(
            answers[success]["content"]
        ):
            assert "schema" in answers[success]["content"]["application/json"]


def test_every_route_but_signing_in_asks_who_is_there(document):
    for path, method, operation in operations(document):
        schemes = {name for entry in operation.get("security", []) for name in entry}
        expected = set() if path in OPEN else {"HTTPBearer", "APIKeyCookie"}
        assert schemes == expected, (path, method)


def test_the_reference_needs_no_script_and_no_other_site(visitor, document):
    answer = visitor.get("/api/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script" not in answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert not re.search(r"\son\w+=", answer.text)
    for path in ROUTES:
        assert f'<span class="path">/api{path}</span>' in answer.text
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in answer.text


def test_every_link_of_the_reference_leads_somewhere(visitor):
    page = visitor.get("/api/docs").text
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets
