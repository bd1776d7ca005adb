"""Finding by REST: fields as parameters, pages by number, counts; folders, albums, searches."""

import pytest

from core.model.media import Grant, Right


@pytest.fixture(scope="module")
def found(dashboard, people):
    """The ids that a client finds among the files whose name has the word."""

    def ask(client, **params):
        answer = client.get("/api/files", params=params)
        assert answer.status_code == 200, answer.text
        return sorted(file["id"] for file in answer.json()["items"])

    return ask


def test_each_field_is_a_parameter(bearer, add_file, people, found):
    add_file("par1", name="param one.jpg", stored=False, folder="Par/a", tags=("sea", "sun"))
    add_file("par2", name="param two.png", stored=False, folder="Par", width=4000, height=3000)
    add_file("par3", name="param three.jpg", stored=False, camera="Pixel 8", private=True)
    client = bearer("owner")
    assert found(client, query="param", folder="Par", below=True) == ["par1", "par2"]
    assert found(client, query="param", folder="Par") == ["par2"]
    assert found(client, query="param", tag=["sea", "SUN"]) == ["par1"]
    assert found(client, query="param", extension="png") == ["par2"]
    assert found(client, query="param", width=">2000", height="1..3000") == ["par2"]
    assert found(client, query="param", camera="Pixel 8") == ["par3"]
    assert found(client, query="param", private=True) == ["par3"]
    assert found(client, query="param -two", private=False) == ["par1"]
    assert found(client, query="param", uploaded="<2001", size=">1kB") == []
    assert found(client, query="param", taken="2024") == []


def test_what_others_share_is_found_on_request(bearer, add_file, people, found):
    grants = (Grant(account_id=people["owner"].id, right=Right.VIEW),)
    add_file("lent1", owner="other", name="lent.jpg", stored=False, grants=grants)
    client = bearer("owner")
    assert found(client, query="lent") == []
    assert found(client, query="lent", shared_with="me") == ["lent1"]
    assert found(client, query="lent", shared_with="me", owner="other@example.com") == ["lent1"]
    assert found(client, query="lent", owner="other@example.com") == []
    assert found(bearer("support"), query="lent", owner="other@example.com") == ["lent1"]


def test_any_page_is_reached_by_its_number(bearer, add_file):
    for number in range(5):
        add_file(f"numbered{number}", name=f"numbered {number}.jpg", stored=False)
    client = bearer("owner")
    params = {"query": "numbered", "sort": "name", "limit": 2}
    pages = [client.get("/api/files", params=params | {"page": page}).json() for page in (1, 3, 9)]
    assert [[f["id"][-1] for f in page["items"]] for page in pages] == [["0", "1"], ["4"], []]
    cursor = pages[0]["next_cursor"]
    onward = client.get("/api/files", params=params | {"cursor": cursor}).json()
    assert [f["id"][-1] for f in onward["items"]] == ["2", "3"]
    both = client.get("/api/files", params=params | {"cursor": cursor, "page": 2})
    assert both.status_code == 400


@pytest.mark.parametrize(
    "params",
    [
        {"taken": "yesterday"},
        {"uploaded": ".."},
        {"size": "large"},
        {"width": "-1"},
        {"extension": "../x"},
        {"page": 0},
        {"page": 10**12},
        {"private": "perhaps"},
        {"by": "camera"},
    ],
)
def test_a_parameter_that_makes_no_sense_is_a_400(bearer, params):
    answer = bearer("owner").get(
        "/api/files/timeline" if "by" in params else "/api/files", params=params
    )
    assert answer.status_code == 400
    assert answer.json()["hint"]


def test_counts_of_a_search_are_told(bearer, add_file):
    add_file("fac1", name="facet.jpg", stored=False, tags=("red",), folder="Fac/x")
    add_file("fac2", name="facet.png", stored=False, tags=("red", "blue"))
    add_file("fac3", owner="other", name="facet.gif", stored=False, tags=("red",))
    facets = bearer("owner").get("/api/files/facets", params={"query": "facet"}).json()
    assert (facets["total"], facets["about"], facets["owners"]) == (2, False, None)
    assert facets["tags"]["values"] == [
        {"value": "red", "count": 2},
        {"value": "blue", "count": 1},
    ]
    assert facets["folders"]["values"] == [{"value": "Fac", "count": 1}]
    all_of_them = bearer("support").get("/api/files/facets", params={"query": "facet"}).json()
    assert len(all_of_them["owners"]["values"]) == 2
    timeline = bearer("owner").get(
        "/api/files/timeline", params={"query": "facet", "by": "uploaded", "per": "day"}
    )
    assert [one["count"] for one in timeline.json()["periods"]] == [2]


def test_a_folder_is_made_renamed_and_deleted(bearer):
    client = bearer("other")
    made = client.post("/api/folders", json={"path": "New/inner"})
    assert (made.status_code, made.json()["name"]) == (201, "inner")
    assert [f["path"] for f in client.get("/api/folders").json()["items"]] == ["New"]
    moved = client.patch("/api/folders", json={"path": "New", "new_path": "Newer"})
    assert (moved.status_code, moved.json()) == (202, {"bulk": None})
    inside = client.get("/api/folders", params={"parent": "Newer"}).json()["items"]
    assert [f["path"] for f in inside] == ["Newer/inner"]
    gone = client.delete("/api/folders", params={"path": "Newer/inner"})
    assert gone.status_code == 204
    assert client.delete("/api/folders", params={"path": "Newer/inner"}).status_code == 404


def test_albums_and_searches_are_kept(bearer, add_file):
    client = bearer("owner")
    album = client.post("/api/albums", json={"name": "Best"}).json()
    add_file("alb1", name="album.jpg", stored=False, albums=(album["id"],))
    renamed = client.patch(f"/api/albums/{album['id']}", json={"name": "Top", "cover_id": "alb1"})
    assert renamed.json() | {"created_at": ""} == {
        "id": album["id"],
        "name": "Top",
        "created_at": "",
        "count": 1,
        "cover_id": "alb1",
    }
    assert client.get("/api/albums").json()["items"] == [renamed.json()]
    assert bearer("admin").get(f"/api/albums/{album['id']}").status_code == 404
    saved = client.post("/api/saved-searches", json={"name": "Big", "query": "size:>1GB"}).json()
    path = f"/api/saved-searches/{saved['id']}"
    assert client.patch(path, json={"name": "Large"}).json()["name"] == "Large"
    assert bearer("other").delete(path).status_code == 404
    assert client.delete(path).status_code == 204
    assert client.get("/api/saved-searches").json() == {"items": []}


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("/files?filder=trip", "Perhaps folder is meant."),
        ("/files?query=beach&offset=60", "Known are: album, below, camera, "),
        ("/users/me?verbose=1", "This address takes none."),
    ],
)
def test_a_parameter_that_is_not_known_is_refused_and_not_left_out(bearer, asked, hint):
    answer = bearer("owner").get(f"/api{asked}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith("There is no parameter '")
    assert answer.json()["hint"].startswith(hint)
