"""The doctor by REST: a URL of now and the same URL as a saved case give the same report."""

import pytest

from tests.web_api.conftest import actor

URL = "https://d111111abcdef8.cloudfront.net/avatars/u1.jpg"


def test_a_url_and_its_saved_case_are_explained_alike(bearer, dashboard):
    client = bearer("support")
    by_url = client.get("/api/diagnoses", params={"url": URL}).json()
    assert by_url["input"]["url"] == URL
    assert by_url["verdict"]["sentence"]
    assert client.post("/api/diagnoses", json={"url": URL}).json()["verdict"] == by_url["verdict"]
    case = dashboard.diagnostics.bundle(actor(dashboard, "support@example.com"), URL)
    for saved in (case, case["snapshot"]):
        report = client.post("/api/diagnoses", json={"snapshot": saved}).json()
        assert report["verdict"] == by_url["verdict"]


@pytest.mark.parametrize(
    "body", [{}, {"url": ""}, {"url": URL, "snapshot": {}}, {"snapshot": []}, {"snapshot": {}}]
)
def test_what_is_neither_url_nor_case_is_a_400(bearer, body):
    answer = bearer("support").post("/api/diagnoses", json=body)
    assert answer.status_code == 400
    assert answer.json()["hint"]
