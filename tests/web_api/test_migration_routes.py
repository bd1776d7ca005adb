"""A migration by REST: layouts, dry run, approval, progress and what stays listed."""

import pytest

from core.aws.s3 import ServedAs
from core.stores.job_runner import JobRunner

PATTERNS = {"bucket": "media", "legacy": "people/{people}/pics/{file}", "target": "pics/{file}"}


@pytest.fixture
def photos(dashboard):
    for user in ("u1", "u2"):
        for name in ("a1.jpg", f"own-{user}.jpg"):
            key = f"people/{user}/pics/{name}"
            dashboard.bucket.put(key, user.encode(), ServedAs("image/jpeg"))
    yield
    dashboard.bucket.delete_prefix("people/")
    dashboard.bucket.delete_prefix("pics/")


def test_an_old_layout_is_found_planned_approved_and_moved(bearer, dashboard, photos):
    helper, admin = bearer("support"), bearer("admin")
    report = helper.get("/api/layouts", params={"bucket": "media", "prefix": "people/"}).json()
    assert [(one["pattern"], one["count"]) for one in report["layouts"]] == [
        (PATTERNS["legacy"], 4)
    ]
    planned = helper.post("/api/migrations", json=PATTERNS).json()
    assert (planned["dry_run"]["keys"], planned["dry_run"]["collisions"]) == (2, 2)
    path = f"/api/migrations/{planned['id']}"
    refused = helper.get(f"{path}/steps", params={"state": "conflict"}).json()["items"]
    assert "u2/pics/a1.jpg" in refused[0]["problem"]
    assert helper.post(f"{path}/start").json()["wish"] == "move"
    assert admin.post(f"{path}/approve").json()["state"] == "moving"
    JobRunner(dashboard.jobs, {"migration": dashboard.migrations.run}, 1).run_until_idle()
    ended = helper.get(path).json()
    assert (ended["state"], ended["counts"]["moved"], ended["counts"]["conflict"]) == (
        "moved",
        2,
        2,
    )
    assert dashboard.bucket.find("pics/own-u1.jpg") is not None
    assert helper.post(f"{path}/delete-old").status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"legacy": "a/{"},
        {"target": "pics/{nobody}"},
        {"wait_days": -1},
        {"records": {"kind": "elsewhere"}},
        {"legacy": "pics/{file}"},
    ],
)
def test_a_migration_that_can_not_work_is_a_400_with_a_hint(bearer, change):
    answer = bearer("support").post("/api/migrations", json=PATTERNS | change)
    assert answer.status_code == 400
    assert answer.json()["hint"]
