"""A data folder that becomes read-only under a running app: all is read, nothing is half written."""

import os
import shutil
import subprocess
import sys

import pytest

from core.stores.records import Record
from core.stores.sqlite import SqliteRecordStore

# Permissions do not bind root, so a root's child gives up what lifts them.
_UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner")

_CHILD = """
import sys
from pathlib import Path
from core.errors import Configuration
from core.stores.database import Database

database = Database(Path(sys.argv[1]))
with database.read() as connection:
    print(connection.execute("SELECT data FROM record WHERE id = 'a'").fetchone()[0])
try:
    with database.write() as connection:
        connection.execute("DELETE FROM record")
except Configuration as error:
    print(error, error.hint)
"""


@pytest.fixture
def sealed(tmp_path):
    """A database with one record whose files and folder can't be written; an app still has it open."""
    folder = tmp_path / "data"
    store = SqliteRecordStore(folder / "records.sqlite3")
    store.put(Record(kind="thing", id="a", data={"n": 1}))
    for path in (*folder.iterdir(), folder):
        path.chmod(0o500)
    yield folder / "records.sqlite3"
    for path in (folder, *folder.iterdir()):
        path.chmod(0o700)
    assert store.get("thing", "a").data == {"n": 1}
    store.close()


def as_a_user(*command):
    if os.geteuid() != 0:
        return command
    if shutil.which("setpriv") is None:
        pytest.skip("root ignores permissions, and there is no setpriv to give that up")
    return (*_UNPRIVILEGED, *command)


def test_what_can_not_be_written_is_still_read_and_the_remedy_is_named(sealed):
    command = as_a_user(sys.executable, "-c", _CHILD, str(sealed))
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert told.stdout.splitlines() == [
        '{"n":1}',
        "The database can't be written. Give the app write access to its data folder.",
    ], told.stderr
