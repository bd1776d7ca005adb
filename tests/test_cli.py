"""The command line as people type it: each test is a process of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "copper-lagoon-thistle-88"


def run(*arguments, data, stdin="", **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DASHBOARD_", "AWS_"))}
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=ROOT,
        env=clean | {"DASHBOARD_DATA_DIR": str(data)} | environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def create_admin(data, password=PASSWORD, email="root@example.com"):
    return run(
        "create-admin", "--email", email, "--password-stdin", data=data, stdin=password + "\n"
    )


def test_create_admin_makes_an_account_and_never_prints_the_password(tmp_path):
    done = create_admin(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "root@example.com is an admin now" in done.stdout
    assert PASSWORD not in done.stdout


def test_a_weak_password_is_refused_with_a_reason_and_exit_code_one(tmp_path):
    done = create_admin(tmp_path, password="password12")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) >= 1


def test_create_admin_asks_for_the_password_on_standard_input(tmp_path):
    done = run("create-admin", "--email", "a@example.com", data=tmp_path)
    assert done.returncode == 1
    assert "--password-stdin" in done.stderr


def test_a_taken_port_is_said_with_the_remedy(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", data=tmp_path, DASHBOARD_PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_named_before_anything_starts(tmp_path):
    done = run("serve", data=tmp_path, DASHBOARD_ENVIRONMENT="production")
    assert done.returncode == 1
    assert "emulator" in done.stderr
    assert "Traceback" not in done.stderr
