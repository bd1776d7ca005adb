"""A bulk whose process is killed with -9 goes on in the next one, and does nothing twice."""

import re
import subprocess
import sys
import time
from pathlib import Path

from core.library.service.bulk.service import JOB
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.identity import Actor, Role
from core.model.media import FileQuery, JobState
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from core.aws.edge import Edge
from core.library.service import LibraryService
from core.library.service.bulk.service import JOB
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

path = Path(sys.argv[1])
clock = lambda: datetime.now(UTC)
index = SearchIndex(path)
store = SqliteRecordStore(path, [index])
jobs = JobQueue(store, clock)
library = LibraryService(
    store, index, None, Edge("https://cdn.example"), AuditLog(store, clock), load_settings(),
    clock, jobs,
)
print("ready", flush=True)
JobRunner(jobs, {JOB: library.bulks.run}, 1).run_until_idle()
"""


def test_a_killed_process_leaves_a_bulk_that_the_next_one_ends(room, add, tmp_path):
    count, owner = 1500, Actor(account_id="owner", role=Role.MEMBER)
    first = add("f0000", name="p0000.jpg", objects=False)
    for start in range(1, count, 100):
        named = [
            first.model_copy(update={"id": f"f{number:04}", "name": f"p{number:04}.jpg"})
            for number in range(start, min(start + 100, count))
        ]
        room.store.transact([room.files.put(file) for file in named])
    change = BulkChange(kind=BulkKind.RENAME, pattern="{name}+{n}")
    bulks = room.library.bulks
    bulk = bulks.start(owner, Selection(query=FileQuery()), change)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "db.sqlite3")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert child.stdout.readline() == b"ready\n"
    while not bulks.get(owner, bulk.id).done:
        time.sleep(0.005)
    child.kill()
    child.wait()
    child.stdout.close()
    half = bulks.get(owner, bulk.id)
    assert 0 < half.done < count
    jobs = JobQueue(room.store, room.clock)
    room.clock.forward(days=365 * 9)  # later than the clock of the killed process
    assert jobs.requeue_running() == 1
    JobRunner(jobs, {JOB: bulks.run}, 1).run_until_idle()
    ended = bulks.get(owner, bulk.id)
    assert (ended.state, ended.done, ended.changed, ended.refused) == (
        JobState.DONE,
        count,
        count,
        0,
    )
    numbers = set()
    for record in room.store.query("file", "owner", limit=10_000).items:
        (number,) = re.fullmatch(r"p\d{4}\+(\d{4})\.jpg", record.data["name"]).groups()
        numbers.add(number)
    assert len(numbers) == count
