"""The emulator's folder: who holds it, what lies where, and copies of its state.

The lock is held by an open file that the child inherits, so that it ends with the last of the
two processes: a new start can't run into a child that is still saving.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from core.errors import Configuration

_COPIES = 3
_ORPHAN_SECONDS = 15.0


@dataclass(frozen=True)
class Folder:
    root: Path

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def objects(self) -> Path:
        return self.root / "s3"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def copies(self) -> Path:
        return self.root / "copies"

    @property
    def log(self) -> Path:
        return self.root / "child.log"

    def prepare(self) -> None:
        for path in (self.root, self.state, self.objects, self.temporary, self.copies):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self, name: str) -> dict[str, Any]:
        """A small JSON file of ours; {} where there is none or it is damaged."""
        try:
            content = json.loads((self.root / name).read_text())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Replace the file as a whole, readable by its owner only."""
        draft = self.root / f"{name}.tmp"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content))
        draft.replace(self.root / name)

    def forget(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def lock(self) -> TextIO:
        """Hold the folder until the file is closed. Raises `Configuration` if another does."""
        file = (self.root / "lock").open("a+")
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while not _locked(file):
            if time.monotonic() > deadline or is_alive(owner := _owner(file)):
                file.close()
                raise Configuration(
                    f"Another process ({owner}) runs the embedded cloud in {self.root}.",
                    hint="Stop it first, or set DASHBOARD_DATA_DIR to another folder.",
                )
            time.sleep(0.05)  # the child of a killed process is still saving
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def repair(self) -> tuple[str, ...]:
        """Put the newest good copy in the place of each damaged state file; answers their names.

        ministack would start that service empty and save the emptiness.
        """
        return tuple(path.name for path in self.state.glob("*.json") if self._repaired(path))

    def _repaired(self, path: Path) -> bool:
        if _is_json(path):
            return False
        path.replace(path.with_suffix(".damaged"))
        for copy in sorted(self.copies.iterdir()):
            if _is_json(copy / path.name):
                shutil.copyfile(copy / path.name, path)
                break
        return True

    def keep_copy(self) -> None:
        """Copy the state as it is before a start; the three newest copies stay."""
        shutil.rmtree(self.copies / str(_COPIES), ignore_errors=True)
        for number in range(_COPIES - 1, 0, -1):
            if (self.copies / str(number)).exists():
                (self.copies / str(number)).rename(self.copies / str(number + 1))
        newest = self.copies / "1"
        newest.mkdir(mode=0o700)
        for path in self.state.glob("*.json"):
            os.link(path, newest / path.name)  # a save replaces the file, never writes into it

    def port(self) -> int:
        """The same port at every start, because signatures cover it; another if it is taken."""
        port = int(self.read("port.json").get("port", 0))
        if not port or not _is_free(port):
            port = _free_port()
            self.write("port.json", {"port": port})
        return port

    def end_of_log(self) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return " | ".join(text.strip().splitlines()[-3:])


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(file: TextIO) -> int:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else 0


def is_alive(pid: int) -> bool:
    """Whether such a process runs; one that only waits for its parent's notice does not."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # not Linux, or gone in the meantime
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
