"""An upload by REST: ticket, bytes to S3, completion, state; and every way in which it goes wrong."""

import io
import os

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from core.stores.job_runner import JobRunner
from core.upload.service import PROCESS_UPLOAD
from core.web.api.limits import MIB
from tests.web_api.conftest import HOME


def picture(color="red"):
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(buffer, "JPEG")
    return buffer.getvalue()


def ticket(client, content, name="photo.jpg", **more):
    body = {"name": name, "size": len(content), "content_type": "image/jpeg"} | more
    answer = client.post("/api/uploads", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def arrive(dashboard, upload_id, content):
    """What the browser's POST to S3 does."""
    dashboard.bucket.put(f"incoming/{upload_id}", content, ServedAs("image/jpeg"))


def work(dashboard):
    runner = JobRunner(dashboard.jobs, {PROCESS_UPLOAD: dashboard.uploads.process}, 1)
    runner.run_until_idle()


def test_a_picture_goes_from_ticket_to_file(bearer, dashboard):
    client, content = bearer("owner"), picture()
    opened = ticket(client, content, folder="trips")
    assert opened["method"] == "post"
    assert opened["url"].startswith(HOME)
    assert opened["fields"]["key"] == f"incoming/{opened['upload_id']}"
    path = f"/api/uploads/{opened['upload_id']}"
    assert client.get(path).json()["state"] == "open"
    assert client.post(f"{path}/complete").status_code == 409
    arrive(dashboard, opened["upload_id"], content)
    completed = client.post(f"{path}/complete")
    assert completed.status_code == 202
    assert completed.json()["file"]["state"] == "processing"
    assert client.post(f"{path}/complete").json()["file"]["id"] == completed.json()["file"]["id"]
    work(dashboard)
    state = client.get(path).json()
    assert (state["state"], state["job"]["state"], state["problem"]) == ("completed", "done", None)
    assert (state["file"]["width"], state["file"]["height"]) == (64, 48)
    assert state["file"]["folder"] == "trips"
    assert state["file"]["state"] == "delivered", state["file"]["delivery"]
    assert all(step["ok"] for step in state["file"]["delivery"])
    dashboard.bucket.erase(dashboard.library.get(owner(dashboard), state["file"]["id"]).key)
    rechecked = client.post(f"/api/files/{state['file']['id']}/recheck").json()
    assert rechecked["state"] == "undelivered"
    assert {"name", "ok", "expected", "actual"} == rechecked["delivery"][0].keys()


def test_a_large_upload_goes_in_parts_and_resumes(bearer, dashboard):
    client, content = bearer("owner"), os.urandom(17 * MIB)
    opened = ticket(client, content, name="film.bin", content_type="application/octet-stream")
    assert (opened["method"], opened["part_size"]) == ("multipart", 16 * MIB)
    path = f"/api/uploads/{opened['upload_id']}"
    signed = client.post(f"{path}/parts", json={"part_numbers": [1, 2, 1]}).json()["items"]
    assert [part["part_number"] for part in signed] == [1, 2]
    assert all(part["url"].startswith(f"{HOME}/emulator/s3/") for part in signed)
    assert client.post(f"{path}/parts", json={"part_numbers": [3]}).status_code == 400
    upload = dashboard.uploads.status(owner(dashboard), opened["upload_id"])
    for number, start in enumerate(range(0, len(content), 16 * MIB), 1):
        dashboard.bucket._s3.upload_part(
            Bucket="media",
            Key=upload.key,
            UploadId=upload.multipart_id,
            PartNumber=number,
            Body=content[start : start + 16 * MIB],
        )
        parts = client.get(f"{path}/parts").json()["items"]
        assert [part["part_number"] for part in parts] == list(range(1, number + 1))
        if number == 1:
            assert client.post(f"{path}/complete").status_code == 409
    assert client.post(f"{path}/complete").status_code == 202
    work(dashboard)
    assert client.get(path).json()["file"]["size"] == len(content)


def test_an_abandoned_upload_is_aborted(bearer, dashboard):
    client = bearer("owner")
    for suffix in ("", "/parts"):
        opened = ticket(client, picture())
        path = f"/api/uploads/{opened['upload_id']}"
        assert client.delete(f"{path}{suffix}").status_code == 204
        assert client.get(path).json()["state"] == "aborted"
        assert client.post(f"{path}/complete").status_code == 409


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (picture()[:300], 422),  # truncated
        (b"MZ not a picture at all" * 20, None),  # another type than announced
    ],
)
def test_bytes_that_break_the_policy_are_explained_and_removed(bearer, dashboard, content, status):
    client = bearer("owner")
    opened = ticket(client, content)
    arrive(dashboard, opened["upload_id"], content)
    path = f"/api/uploads/{opened['upload_id']}"
    answer = client.post(f"{path}/complete")
    work(dashboard)
    state = client.get(path).json()
    if answer.status_code == 202 and status is None:
        assert state["file"]["notes"]  # kept as a plain file, with the reason
        return
    assert state["state"] == "refused"
    assert state["problem"]["status"] in {415, 422}
    assert state["problem"]["hint"]
    assert state["file"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "a.jpg", "size": 0}, 400),
        ({"name": "a.jpg", "size": -1}, 400),
        ({"name": "a.jpg", "size": 6 * 1024**3}, 413),
        ({"name": "a.jpg", "size": 1.5}, 400),
        ({"size": 5}, 400),
        ({"name": "a.jpg", "size": 5, "key": "media/x"}, 400),
    ],
)
def test_a_ticket_that_can_not_be_given_says_why(bearer, body, status):
    answer = bearer("owner").post("/api/uploads", json=body)
    assert answer.status_code == status
    assert answer.json()["hint"]


def test_one_file_through_the_server(bearer):
    files = {"file": ("../../Ünïcode 1.jpg", picture("blue"), "image/jpeg")}
    answer = bearer("owner").post("/api/files", files=files, data={"folder": "scripts"})
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert (file["name"], file["folder"], file["type"]) == ("Ünïcode 1.jpg", "scripts", "image")
    assert file["url"].endswith("/Unicode-1.jpg")


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"other": ("a.jpg", b"x", "image/jpeg")}},
        {"data": {"file": "text"}},
        {"json": {"file": "text"}},
        {
            "content": b"--x\r\nbroken",
            "headers": {"Content-Type": "multipart/form-data; boundary=x"},
        },
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]},
        {"files": {"file": ("empty.jpg", b"", "image/jpeg")}},
    ],
)
def test_a_form_without_one_file_is_a_400(bearer, sent):
    answer = bearer("owner").post("/api/files", **sent)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_nobody_who_is_not_signed_in_gets_bytes_read(visitor):
    read = []

    def content():
        read.append(1)
        yield b"x"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = visitor.post("/api/files", content=content(), headers=headers)
    assert answer.status_code == 401


def owner(dashboard):
    from tests.web_api.conftest import actor  # noqa: PLC0415

    return actor(dashboard, "owner@example.com")
