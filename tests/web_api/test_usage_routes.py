"""Usage by REST: sources side by side, and scans that can be followed."""


def test_usage_of_an_account_that_was_never_read_is_empty_and_not_0(bearer):
    assert bearer("admin").get("/api/usage").json() == {"storage": [], "traffic": None}


def test_a_scan_is_started_once_and_can_be_cancelled(bearer):
    admin = bearer("admin")
    first = admin.post("/api/usage/storage/scans", json={"bucket": "media-one"}).json()
    again = admin.post("/api/usage/storage/scans", json={"bucket": "media-one"}).json()
    assert first["id"] == again["id"]
    assert admin.delete(f"/api/usage/storage/scans/{first['id']}").json()["cancelled"] is True
    assert admin.get("/api/usage/storage/scans").json()["items"][0]["cancelled"] is True


def test_traffic_comes_with_a_range_of_days(bearer):
    answer = bearer("admin").get("/api/usage?from=2026-11-01&to=2026-11-02")
    assert answer.status_code == 200
    assert answer.json()["traffic"] is not None
