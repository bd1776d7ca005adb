"""Bulk changes, copies, replacements, versions and invalidations by REST."""

import io

from PIL import Image

from core.aws.s3 import ServedAs
from core.library.service.bulk.service import JOB
from core.stores.job_runner import JobRunner
from core.upload.service import PROCESS_UPLOAD


def work(dashboard):
    handlers = {JOB: dashboard.library.bulks.run, PROCESS_UPLOAD: dashboard.uploads.process}
    handlers |= {"invalidate": dashboard.library.invalidations.run}
    JobRunner(dashboard.jobs, handlers, 1).run_until_idle()


def picture(shade):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((60, 40)).point(lambda v: v * shade // 10).save(out, "JPEG")
    return out.getvalue()


def test_a_bulk_by_a_search_is_previewed_done_and_undone(bearer, dashboard, add_file):
    for number in range(40):
        add_file(f"bulk{number}", name=f"walrus {number}.jpg", stored=False)
    add_file("bulkfull", name="walrus full.jpg", stored=False, tags=tuple(map(str, range(20))))
    client = bearer("owner")
    wanted = {"query": "walrus", "change": {"kind": "add_tags", "tags": ["Sea"]}}
    seen = client.post("/api/bulk-changes/preview", json=wanted).json()
    assert (seen["total"], seen["changing"], seen["refused"]) == (41, 40, 1)
    assert seen["refusals"][0]["name"] == "walrus full.jpg"
    assert seen["examples"][0]["after"] == "sea"
    started = client.post("/api/bulk-changes", json=wanted)
    assert (started.status_code, started.json()["state"]) == (202, "queued")
    path = f"/api/bulk-changes/{started.json()['id']}"
    work(dashboard)
    done = client.get(path).json()
    assert (done["state"], done["changed"], done["refused"], done["undoable"]) == (
        *("done", 40, 1, True),
    )
    assert client.get(f"{path}/refused").json()["items"] == done["refusals"]
    assert client.get("/api/files/bulk7").json()["tags"] == ["sea"]
    undo = client.post(f"{path}/undo").json()
    work(dashboard)
    assert client.get(f"/api/bulk-changes/{undo['id']}").json()["changed"] == 40
    assert client.get("/api/files/bulk7").json()["tags"] == []
    assert client.get(path).json()["undone_by"] == undo["id"]


def test_a_bulk_of_nothing_or_of_two_things_is_refused(bearer):
    change = {"kind": "trash"}
    for body in ({"change": change}, {"change": change, "ids": ["a"], "query": ""}):
        assert bearer("owner").post("/api/bulk-changes", json=body).status_code == 400
    wrong = {"ids": ["a"], "change": {"kind": "rename", "pattern": "{secret}"}}
    assert bearer("owner").post("/api/bulk-changes", json=wrong).status_code == 400


def test_a_file_is_replaced_compared_restored_and_forgotten_by_the_cdn(bearer, dashboard):
    client = bearer("owner")
    sent = client.post("/api/files", files={"file": ("v.jpg", picture(10), "image/jpeg")}).json()
    path, body = f"/api/files/{sent['id']}", picture(4)
    for same_key in (False, True):
        wanted = {"name": "w.jpg", "size": len(body), "same_key": same_key}
        ticket = client.post(f"{path}/replacements", json=wanted).json()
        dashboard.bucket.put(f"incoming/{ticket['upload_id']}", body, ServedAs("image/jpeg"))
        completed = client.post(f"/api/uploads/{ticket['upload_id']}/complete")
        assert (completed.status_code, completed.json()["file"]["id"]) == (202, sent["id"])
        work(dashboard)
    file = client.get(path).json()
    assert (file["revision"], file["state"], file["name"]) == (3, "delivered", "v.jpg")
    late = client.post(f"{path}/replacements", json=wanted | {"seen": 2})
    assert (late.status_code, late.json()["detail"][:20]) == (409, "owner replaced v.jpg")
    versions = client.get(f"{path}/versions").json()["items"]
    assert [(v["number"], v["current"]) for v in versions] == [(3, True), (2, False), (1, False)]
    assert versions[0]["url"] == file["url"]
    assert versions[2]["url"] == sent["url"]
    assert "versionId=" in versions[1]["thumbnail_url"]
    ask = {"first": 1, "second": 3}
    differences = client.get(f"{path}/versions/differences", params=ask).json()["items"]
    assert {"size", "checksum"} <= {one["what"] for one in differences}
    (forgotten,) = client.get(f"{path}/invalidations").json()["items"]
    # Its edges need a moment before CloudFront's "Completed" is believed.
    assert forgotten["state"] in {"in_progress", "completed"}
    assert len(forgotten["paths"]) == 3
    assert client.get("/api/invalidations/free-paths").json()["used"] >= 3
    restored = client.post(f"{path}/versions/1/restore").json()
    assert (restored["revision"], restored["checksum"]) == (4, sent["checksum"])
    assert restored["state"] in {"delivered", "undelivered"}
    copied = client.post(f"{path}/copy", json={"folder": "copies"}).json()
    assert (copied["folder"], copied["checksum"]) == ("copies", sent["checksum"])
    assert copied["url"] != restored["url"]
    kept = client.post(f"{path}/versions/2/restore?same_key=true").json()
    assert (kept["revision"], kept["url"]) == (5, restored["url"])


def test_who_changes_what_another_one_changed_meanwhile_is_told(bearer, add_file):
    seen = add_file("race1", stored=False).edit
    first = bearer("owner").patch("/api/files/race1", json={"name": "a.jpg", "seen": seen})
    assert (first.status_code, first.json()["changed_by"]) == (200, first.json()["owner_id"])
    second = bearer("admin").patch("/api/files/race1", json={"name": "b.jpg", "seen": seen})
    assert second.status_code == 409
    assert second.json()["detail"].startswith("owner changed a.jpg at ")


def test_a_taken_name_is_refused_where_that_is_asked_for(bearer, add_file):
    add_file("taken1", name="unicorn.jpg", stored=False)
    add_file("taken2", name="other.jpg", stored=False)
    change = {"name": "unicorn.jpg", "on_conflict": "refuse"}
    client = bearer("owner")
    assert client.patch("/api/files/taken2", json=change).status_code == 409
    kept = client.patch("/api/files/taken2", json=change | {"on_conflict": "keep_both"})
    assert kept.json()["name"] == "unicorn (2).jpg"


def test_the_trash_says_until_when_and_can_be_emptied(bearer, dashboard, add_file):
    add_file("rubbish1")
    client = bearer("owner")
    assert client.delete("/api/trash/rubbish1").status_code == 409
    assert client.delete("/api/files/rubbish1").json()["purge_at"]
    assert client.delete("/api/trash/rubbish1").json()["changed"] == 1
    assert client.get("/api/files/rubbish1").status_code == 404
    assert dashboard.bucket.find("media/rubbish1/beach.jpg") is None
    add_file("rubbish2", stored=False)
    client.delete("/api/files/rubbish2")
    assert client.delete("/api/trash").status_code == 202
    work(dashboard)
    assert client.get("/api/files/rubbish2").status_code == 404


def test_an_upload_says_what_to_do_where_its_name_is_taken(bearer, dashboard):
    client, body = bearer("owner"), b"some text"

    def send(**more):
        wanted = {"name": "gnu.txt", "size": len(body), "folder": "names"} | more
        answer = client.post("/api/uploads", json=wanted)
        if answer.status_code != 201:
            return answer
        id_ = answer.json()["upload_id"]
        dashboard.bucket.put(f"incoming/{id_}", body, ServedAs("text/plain"))
        completed = client.post(f"/api/uploads/{id_}/complete")
        work(dashboard)
        return completed

    first = send(on_conflict="refuse").json()["file"]
    assert send().json()["file"]["name"] == "gnu.txt"  # as cameras do
    refused = send(on_conflict="refuse")
    assert (refused.status_code, "has gnu.txt already" in refused.json()["detail"]) == (409, True)
    assert send(on_conflict="keep_both").json()["file"]["name"] == "gnu (2).txt"
    newest = send(on_conflict="replace").json()["file"]
    assert newest["id"] != first["id"]  # the newest of that name
    assert client.get(f"/api/files/{newest['id']}").json()["revision"] == 2


def test_of_two_uploads_of_one_name_the_second_is_refused_also_at_its_end(bearer, dashboard):
    client, ids = bearer("owner"), []
    for _ in range(2):
        wanted = {"name": "yak.txt", "size": 4, "on_conflict": "refuse"}
        ids.append(client.post("/api/uploads", json=wanted).json()["upload_id"])
        dashboard.bucket.put(f"incoming/{ids[-1]}", b"text", ServedAs("text/plain"))
    answers = [client.post(f"/api/uploads/{id_}/complete").status_code for id_ in ids]
    assert answers == [202, 409]
    assert client.get(f"/api/uploads/{ids[1]}").json()["state"] == "refused"
    assert client.post(f"/api/uploads/{ids[1]}/complete").status_code == 409
