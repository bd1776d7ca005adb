import pytest

from core.web.assets import FOLDER, asset_url


def test_the_address_changes_with_the_content():
    url = asset_url("site.css")
    assert url.startswith("/assets/site.css?v=")
    assert len(url.split("=")[1]) == 12


def test_a_versioned_asset_is_kept_forever_and_others_are_asked_for_again(browser):
    assert "immutable" in browser.get(asset_url("site.css")).headers["cache-control"]
    assert browser.get("/assets/site.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("site.css", "text/css; charset=utf-8"),
        ("uploader.js", "text/javascript; charset=utf-8"),
        ("fonts/inter.woff2", "font/woff2"),
        ("favicon.svg", "image/svg+xml"),
    ],
)
def test_each_asset_has_its_type(browser, name, kind):
    assert browser.get(f"/assets/{name}").headers["content-type"] == kind


def test_an_unchanged_asset_costs_no_bytes(browser):
    etag = browser.get("/assets/site.css").headers["etag"]
    again = browser.get("/assets/site.css", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "src/build.mjs",
        "src/uploader/index.js",
        "",
        "fonts",
        "../settings.py",
        "..%2fsettings.py",
        "site.py",
    ],
)
def test_sources_folders_and_files_outside_are_not_served(browser, path):
    assert browser.get(f"/assets/{path}").status_code in {401, 404}


def test_every_url_in_the_stylesheet_is_ours():
    text = (FOLDER / "site.css").read_text()
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert "@import" not in text
