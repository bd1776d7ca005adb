"""The emulator's folder: one holder, three copies, repaired files, a port that stays."""

from __future__ import annotations

import json
import socket

import pytest

from core.emulator.folder import Folder
from core.errors import Configuration


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "emulator")
    made.prepare()
    return made


def save(folder, content, name="s3.json"):
    draft = folder.state / "draft"
    draft.write_text(content)
    draft.replace(folder.state / name)


def test_three_copies_of_the_state_are_kept(folder):
    for number in range(5):
        save(folder, json.dumps(number))
        folder.keep_copy()

    kept = {path.name: (path / "s3.json").read_text() for path in folder.copies.iterdir()}
    assert kept == {"1": "4", "2": "3", "3": "2"}


def test_a_copy_does_not_change_with_the_next_save(folder):
    save(folder, '"before"')
    folder.keep_copy()

    save(folder, '"after"')

    assert (folder.copies / "1" / "s3.json").read_text() == '"before"'


@pytest.mark.parametrize("damage", ["", '{"half":', "\x00\x00"])
def test_a_damaged_file_is_replaced_and_kept_aside(folder, damage):
    save(folder, '{"good": 1}')
    folder.keep_copy()
    save(folder, damage)
    folder.keep_copy()  # the newest copy is damaged as well

    assert folder.repair() == ("s3.json",)

    assert (folder.state / "s3.json").read_text() == '{"good": 1}'
    assert (folder.state / "s3.damaged").read_text() == damage


def test_sound_files_are_left_alone(folder):
    save(folder, '{"good": 1}')

    assert folder.repair() == ()


def test_the_folder_has_one_holder(folder):
    held = folder.lock()

    with pytest.raises(Configuration, match="Another process"):
        folder.lock()

    held.close()
    folder.lock().close()


def test_the_port_stays_while_it_is_free(folder):
    port = folder.port()
    assert folder.port() == port

    with socket.create_server(("127.0.0.1", port)):
        assert folder.port() != port


def test_what_is_written_is_private_and_whole(folder):
    folder.write("k.json", {"a": 1})
    folder.write("k.json", {"a": 2})

    assert folder.read("k.json") == {"a": 2}
    assert (folder.root / "k.json").stat().st_mode & 0o777 == 0o600
    assert folder.read("none.json") == {}
