"""New bytes for a file as people send them: a new address, the same one, two at once, and back."""

import io

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import button, is_drawn
from tests.browser.test_accessibility import drawn, needs_axe, press, violations

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

FIRST, SECOND, THIRD = (900, 600), (600, 600), (500, 800)  # tells which picture is delivered


@pytest.fixture(scope="module")
def rosa(app, browser):
    rosa = people.join(app, browser, "Rosa")
    yield rosa
    rosa.api.close()


@pytest.fixture(scope="module")
def sam(app, browser):
    sam = people.join(app, browser, "Sam")
    yield sam
    sam.api.close()


def picture(size):
    out = io.BytesIO()
    shade = Image.radial_gradient("L").resize(size)
    Image.merge("RGB", (shade, shade.rotate(180), shade.point(lambda v: v // 2))).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def harbour(rosa, tmp_path, request):
    """A file of Rosa's whose first picture the CDN has cached."""
    path = tmp_path / f"harbour {request.node.name.split('_')[2]}.jpg"
    path.write_bytes(picture(FIRST))
    file = rosa.upload(path)
    assert delivered(file) == FIRST
    return file


def now(person, file):
    return person.api.get(f"/api/files/{file['id']}").raise_for_status().json()


def delivered(file):
    """The size of the picture that anybody gets at the file's address."""
    answer = httpx.get(file["url"]).raise_for_status()
    return Image.open(io.BytesIO(answer.content)).size


def drawer(page, file, *, unfolded=True):
    # Nobody can answer the newer window for choosing files here: as in browsers that have none.
    page.add_init_script("delete globalThis.showOpenFilePicker")
    page.goto(f"/library?file={file['id']}")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=file["name"])).to_be_visible()
    drawn(page)
    if unfolded:
        dialog.get_by_text("Replace or restore").click()
        expect(button(page, "Choose the new file")).to_be_visible()
        drawn(page)
    return dialog


def send(page, size):
    with page.expect_file_chooser() as chooser:
        button(page, "Choose the new file").click()
    chooser.value.set_files([upload(size)])


def upload(size):
    return {"name": "from the camera.jpg", "mimeType": "image/jpeg", "buffer": picture(size)}


def served(dialog, number):
    """The row of the version that is served."""
    row = dialog.locator(f".st-key-version_{number}", has_text="Served now")
    expect(row).to_be_visible(timeout=60_000)
    return row


def test_a_new_picture_is_compared_with_the_old_one_and_taken_back_without_a_mouse(
    browser, app, rosa, harbour
):
    page = rosa.tab(browser, app)
    dialog = drawer(page, harbour, unfolded=False)
    press(page, "Replace or restore")
    expect(button(page, "Choose the new file")).to_be_visible()
    drawn(page)
    with page.expect_file_chooser() as chooser:
        press(page, "Choose the new file")
    chooser.value.set_files([upload(SECOND)])
    expect(served(dialog, 2)).to_contain_text("600 \u00d7 600")
    after = now(rosa, harbour)
    assert (delivered(after), delivered(harbour)) == (SECOND, FIRST)
    assert after["url"] != harbour["url"]
    drawn(page)
    for version in ("Version 1", "Version 2"):
        is_drawn(dialog.locator("figure").filter(has_text=version).get_by_role("img"))
    expect(dialog.get_by_role("row", name="dimensions")).to_contain_text("900 \u00d7 600")

    press(page, "Restore version 1")
    expect(served(dialog, 3)).to_contain_text("900 \u00d7 600")
    again = now(rosa, harbour)
    assert (again["url"], delivered(again)) == (harbour["url"], FIRST)
    expect(dialog.get_by_role("img", name=harbour["name"])).to_have_js_property(
        "naturalWidth", FIRST[0]
    )
    page.context.close()


def test_the_same_address_delivers_the_new_picture_once_the_cdn_has_forgotten_the_old_one(
    browser, app, rosa, harbour
):
    page = rosa.tab(browser, app)
    dialog = drawer(page, harbour)
    used = rosa.api.get("/api/invalidations/free-paths").json()["used"]
    dialog.get_by_text("Keep the address").click()
    drawn(page)
    send(page, THIRD)
    told = dialog.locator(".st-key-drawer_forgetting")
    expect(told).to_contain_text("3 paths", timeout=60_000)
    expect(told).to_contain_text(f"{used + 3} of 1,000 free paths are used in")
    expect(told).to_contain_text("Forgotten", timeout=60_000)  # by itself
    after = now(rosa, harbour)
    assert (after["url"], delivered(after)) == (harbour["url"], THIRD)
    expect(dialog.get_by_role("img", name=harbour["name"])).to_have_js_property(
        "naturalHeight", THIRD[1]
    )
    expect(served(dialog, 2)).to_contain_text("500 \u00d7 800")
    old = dialog.locator("figure").filter(has_text="Version 1").get_by_role("img")
    expect(old).to_have_js_property("naturalWidth", FIRST[0])  # from S3: it has no address now
    button(page, "Restore version 1").click()
    served(dialog, 3)
    moved = now(rosa, harbour)
    assert delivered(moved) == FIRST
    drawn(page)
    dialog.get_by_text("Restore at the address of today").click()
    drawn(page)
    button(page, "Restore version 2").click()
    served(dialog, 4)
    expect(told).to_contain_text("Forgotten", timeout=60_000)
    again = now(rosa, harbour)
    assert (again["url"], delivered(again)) == (moved["url"], THIRD)
    page.context.close()


def test_of_two_who_change_one_file_the_second_is_told_and_nothing_is_lost(
    browser, app, rosa, sam, harbour
):
    shared = {"emails": [sam.email], "right": "edit"}
    rosa.api.post(f"/api/files/{harbour['id']}/people", json=shared).raise_for_status()
    hers, his = rosa.tab(browser, app), sam.tab(browser, app)
    mine, theirs = drawer(hers, harbour), drawer(his, harbour)
    send(hers, SECOND)
    served(mine, 2)

    send(his, THIRD)
    expect(theirs.get_by_text(f"Rosa replaced {harbour['name']} at")).to_be_visible()
    served(theirs, 2)  # what is there now stands beside it
    assert now(rosa, harbour)["revision"] == 2
    drawn(his)
    send(his, THIRD)  # having seen it
    served(theirs, 3)
    found = rosa.api.get(f"/api/files/{harbour['id']}/versions").json()["items"]
    assert [(one["width"], one["height"]) for one in found] == [THIRD, SECOND, FIRST]

    button(hers, "Restore version 1").click()  # she has not seen his yet
    expect(mine.get_by_text(f"Sam changed {harbour['name']} at")).to_be_visible()
    served(mine, 3)

    drawn(his)
    theirs.get_by_label("Name").fill("Sam's.jpg")
    his.keyboard.press("Enter")
    expect(theirs.get_by_role("heading", name="Sam's.jpg")).to_be_visible()
    mine.get_by_label("Name").fill("Rosa's.jpg")
    hers.keyboard.press("Enter")
    expect(mine.get_by_text("Sam changed Sam's.jpg at")).to_be_visible()
    expect(mine.get_by_label("Name")).to_have_value("Sam's.jpg")
    assert now(rosa, harbour)["name"] == "Sam's.jpg"
    for page in (hers, his):
        page.context.close()


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_among_versions(browser, app, rosa, harbour, scheme):
    page = rosa.tab(browser, app, color_scheme=scheme)
    dialog = drawer(page, harbour)
    send(page, SECOND)
    served(dialog, 2)
    drawn(page)
    assert violations(page) == []
    page.context.close()
