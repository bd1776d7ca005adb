"""What the pages of a fresh process cost: the table libraries alone take a second."""

import json
import subprocess
import sys

import pytest

# Opens pages as the first of their process, and tells after each which slow libraries are there.
PROBE = """
import json, sys, tempfile
from pathlib import Path
from core.ui import session
from tests.pages.conftest import PASSWORD, add_file, open_desk, open_page
with tempfile.TemporaryDirectory() as folder, open_desk(Path(folder)) as desk:
    desk.accounts.create_admin("ada@example.com", PASSWORD)
    signed_in = desk.accounts.sign_in("ada@example.com", PASSWORD)
    session.token = lambda: signed_in.token
    add_file(desk, "f1", desk.accounts.actor_for_cookie(signed_in.token))
    for name, query in json.loads(sys.argv[1]):
        open_page(name, **query)
        print("brought", name, *sorted({"pandas", "pyarrow"} & set(sys.modules)))
"""


def brought(*pages):
    command = [sys.executable, "-W", "ignore", "-c", PROBE, json.dumps(pages)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    lines = [line.split()[1:] for line in outcome.stdout.splitlines()]
    return [tuple(words) for words in lines if words]


@pytest.fixture(scope="module")
def first_pages():
    return brought(
        ("home", {}),
        ("upload", {}),
        ("doctor", {}),
        ("doctor", {"url": "https://nowhere.cloudfront.net/a.jpg"}),
        ("library", {}),
        ("library", {"file": "f1"}),
        ("library", {"view": "List"}),
    )


def test_no_page_that_people_come_for_brings_a_table_library(first_pages):
    pages = [("home",), ("upload",), ("doctor",), ("doctor",), ("library",), ("library",)]
    assert first_pages[:-1] == pages


def test_the_list_view_brings_them_when_it_is_chosen(first_pages):
    assert first_pages[-1] == ("library", "pandas", "pyarrow")
