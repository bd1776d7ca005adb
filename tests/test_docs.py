"""The README and the changelog keep up with the code."""

import re
from pathlib import Path

from core.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_every_setting_stands_in_the_readme_with_its_default():
    rows = dict(re.findall(r"^\| `DASHBOARD_([A-Z_]+)` \| (.*?) \|", README, re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no description"
        assert field.description in README, f"{name}: the README describes it differently"


def test_every_page_is_named_in_the_readme():
    for page in (ROOT / "pages").glob("*.py"):
        assert re.search(rf"\b{page.stem}\b", README, re.IGNORECASE), (
            f"{page.name} is not in the README"
        )


def test_every_make_target_is_named_in_the_readme():
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [t for t in targets if f"make {t}" not in README] == []


def test_every_picture_of_the_readme_is_there_and_small():
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    assert [p for p in pictures if not 0 < (ROOT / p).stat().st_size <= 250 * 1024] == []


def test_the_changelog_keeps_its_form():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## (.*)$", changelog, re.MULTILINE)
    assert headings
    assert all(
        re.fullmatch(r"\[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d{2}-\d{2})?", h) for h in headings
    )
    kinds = set(re.findall(r"^### (.*)$", changelog, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_pictures_of_the_readme_exist():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file(), picture
