"""Many files as one zip by REST: by ids, by a query, and never somebody else's."""

import io
import zipfile


def names(answer):
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_files_come_as_one_zip_by_ids_and_by_a_query(bearer, add_file):
    for number in range(3):
        add_file(f"zip{number}", name=f"otter {number}.jpg", version_id=None, etag="x")
    client = bearer("owner")
    answer = client.post("/api/files/zip", data={"ids": "zip0, zip2"})
    assert names(answer) == ["otter 0.jpg", "otter 2.jpg"]
    assert "2%20files.zip" in answer.headers["content-disposition"]
    answer = client.post("/api/files/zip", data={"filter": '{"text": "otter", "sort": "name"}'})
    assert names(answer) == ["otter 0.jpg", "otter 1.jpg", "otter 2.jpg"]


def test_others_files_and_nonsense_are_refused_before_a_byte_is_sent(bearer, add_file):
    add_file("zipown")
    client = bearer("other")
    assert client.post("/api/files/zip", data={"ids": "zipown"}).status_code == 404
    assert client.post("/api/files/zip", data={"filter": "no json"}).status_code == 400
    assert client.post("/api/files/zip", data={}).status_code == 400
    both = {"ids": "zipown", "filter": "{}"}
    assert client.post("/api/files/zip", data=both).status_code == 400


def test_a_page_of_another_site_gets_no_zip_by_the_cookie(browser, add_file):
    add_file("zipcookie", version_id=None, etag="x")
    sent = {"data": {"ids": "zipcookie"}}
    far = browser.post("/api/files/zip", headers={"Origin": "https://evil.example"}, **sent)
    assert far.status_code == 403
    near = browser.post("/api/files/zip", headers={"Origin": "http://testserver"}, **sent)
    assert names(near) == ["beach.jpg"]
