"""Saved cases by REST: kept, read back as a file that any doctor takes, watched and removed."""

import pytest

URL = "https://d111111abcdef8.cloudfront.net/avatars/u1.jpg"


@pytest.fixture
def helper(bearer):
    return bearer("support")


def saved(helper, **more):
    answer = helper.post("/api/cases", json={"url": URL, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_saved_case_is_exported_and_taken_back(helper):
    kept = saved(helper, name="Avatar", note="ticket 7")
    file = helper.get(f"/api/cases/{kept['id']}/export").json()
    assert file["report"]["verdict"]["sentence"] == kept["summary"]["sentence"]
    again = helper.post("/api/cases", json={"snapshot": file, "name": "Copy"}).json()
    assert (again["name"], again["url"], again["summary"]) == ("Copy", URL, kept["summary"])
    report = helper.post("/api/diagnoses", json={"snapshot": file}).json()
    assert report["verdict"] == file["report"]["verdict"]


def test_the_list_pages_through_all_cases(helper):
    made = {saved(helper)["id"] for _ in range(3)}
    seen, cursor = [], None
    while True:
        page = helper.get(
            "/api/cases", params={"limit": 2, "cursor": cursor} if cursor else {"limit": 2}
        )
        seen += [case["id"] for case in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_a_monitor_is_started_changed_checked_and_ended(helper):
    path = f"/api/cases/{saved(helper)['id']}"
    begun = helper.put(f"{path}/monitor", json={"interval": "15 minutes"}).json()
    assert (begun["monitor"]["interval_seconds"], begun["monitor"]["state"]) == (900, "unknown")
    assert helper.put(f"{path}/monitor", json={"interval": "week"}).status_code == 400
    checked = helper.post(f"{path}/check").json()
    assert checked["monitor"]["last"]["status"] in {"works", "broken", "unchecked"}
    assert len(helper.get(path).json()["checks"]) == 1
    assert helper.delete(f"{path}/monitor").json()["monitor"] is None
    assert helper.post(f"{path}/check").status_code == 400
    assert helper.delete(path).status_code == 204
    assert helper.get(path).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"url": ""}, {"url": URL, "snapshot": {}}, {"snapshot": {"request": 1}}]
)
def test_what_is_no_case_is_a_400_that_says_why(helper, body):
    answer = helper.post("/api/cases", json=body)
    assert answer.status_code == 400
    assert answer.json()["hint"]
