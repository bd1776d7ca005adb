"""The committed browser files belong to their sources, and the sources pass their own tests."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from core.ui.browser_module import ASSETS, asset_url, stub

SOURCES = ASSETS / "src"
FONTS = ("inter", "jetbrains-mono")
BUNDLES = dict(
    re.findall(r"'([\w.]+\.js)': '(\w+)/", (SOURCES / "build.mjs").read_text(encoding="utf-8"))
)

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
needs_modules = pytest.mark.skipif(
    not (SOURCES / "node_modules" / "esbuild").is_dir(),
    reason="run `npm ci` in core/assets/src to compare with a fresh build",
)


def source_hash(folder: str) -> str:
    """The same sum as `sourceHash` in core/assets/src/build.mjs."""
    paths = (path.relative_to(SOURCES) for path in SOURCES.rglob("*") if path.is_file())
    folders = {folder, "shared"}
    inside = sorted(
        p.as_posix()
        for p in paths
        if p.parts[0] in folders or (p.name.startswith("package") and len(p.parts) == 1)
    )
    digest = hashlib.sha256()
    for path in inside:
        digest.update(path.encode() + b"\0" + (SOURCES / path).read_bytes() + b"\0")
    return digest.hexdigest()


def run_node(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", *arguments], cwd=SOURCES, capture_output=True, text=True, check=False, timeout=100
    )


@pytest.mark.parametrize(("name", "folder"), BUNDLES.items())
def test_a_committed_bundle_was_built_from_the_present_sources(name, folder):
    banner = (ASSETS / name).read_text(encoding="utf-8").splitlines()[0]
    built_from = re.search(r"sha256 ([0-9a-f]{64})", banner)
    assert built_from, "run `npm ci && npm run build` in core/assets/src"
    assert built_from[1] == source_hash(folder), "run `npm ci && npm run build` in core/assets/src"


@needs_node
@needs_modules
def test_a_fresh_build_equals_the_committed_files():
    outcome = run_node("build.mjs", "--check")
    assert outcome.returncode == 0, outcome.stderr


@needs_node
def test_the_javascript_passes_its_tests():
    tests = sorted(path.relative_to(SOURCES).as_posix() for path in SOURCES.glob("test/*.test.js"))
    outcome = run_node("--test", *tests)
    assert outcome.returncode == 0, outcome.stdout[-4000:]
    assert "# pass 0" not in outcome.stdout


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_reaches_for_nothing_outside_this_site(name):
    text = (ASSETS / name).read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    # Names of XML languages, a base for parsing and a help text; none of them is ever fetched.
    assert hosts <= {"www.w3.org", "site", "uppy.io", "github.com"}, hosts


def test_every_font_that_the_style_sheet_names_is_there():
    css = (ASSETS / "fonts.css").read_text(encoding="utf-8")
    named = set(re.findall(r"url\(/assets/(fonts/[\w-]+\.woff2)\)", css))
    present = {f"fonts/{path.name}" for path in (ASSETS / "fonts").glob("*.woff2")}
    assert named == present
    assert {f"fonts/{slug}.woff2" for slug in FONTS} <= named
    assert all((ASSETS / path).read_bytes()[:4] == b"wOF2" for path in present)


@pytest.mark.parametrize("slug", FONTS)
def test_each_font_comes_with_its_licence(slug):
    text = (ASSETS / "fonts" / f"OFL-{slug}.txt").read_text(encoding="utf-8")
    assert "SIL Open Font License" in text.replace("SIL OPEN FONT LICENSE", "SIL Open Font License")


def test_the_licences_of_everything_bundled_are_there():
    text = (ASSETS / "LICENSES.txt").read_text(encoding="utf-8")
    assert "@uppy/core" in text
    assert "preact" in text
    assert "Permission is hereby granted" in text


def test_an_asset_address_changes_with_its_content():
    content = (ASSETS / "gallery.js").read_bytes()
    assert asset_url("gallery.js").endswith("?v=" + hashlib.sha256(content).hexdigest()[:12])


def test_the_stub_loads_the_asset_from_this_site():
    code = stub("gallery.js")
    assert f'new URL("{asset_url("gallery.js")}", window.location.origin)' in code
    assert "export default function" in code


def test_the_lock_file_pins_every_direct_dependency_exactly():
    manifest = (SOURCES / "package.json").read_text(encoding="utf-8")
    versions = re.findall(r'"@?[\w/-]+": "([^"]+)"', manifest.split('"dependencies"')[1])
    assert versions
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions), versions
    assert Path(SOURCES / "package-lock.json").is_file()
