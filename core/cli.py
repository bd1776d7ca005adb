"""The command line: one function per command. What a command needs is imported inside it.

So `diagnose --snapshot` starts without a web server, a store or a cloud.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from core.cli_costs import add_cost_commands
from core.cli_lint import add_lint_command
from core.cli_logs import add_log_commands
from core.errors import DashboardError, InvalidInput

if TYPE_CHECKING:
    from core.diagnostics.service import DiagnosticsService
    from core.model.diagnosis import UrlDiagnosis
    from core.model.identity import Actor
    from core.settings import Settings

Output = Literal["text", "json", "jsonl"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
add_cost_commands(app)
add_lint_command(app)
add_log_commands(app)


def main() -> None:
    """Run a command; an error that people can act on is one line and exit code 1."""
    try:
        app()
    except DashboardError as error:
        typer.echo(f"{error.title}: {error.message} {error.hint}".strip(), err=True)
        sys.exit(1)


def _settings() -> Settings:
    from core.settings import load_settings

    return load_settings()


@app.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Load demo content once.")] = False,
) -> None:
    """Start the dashboard, with its embedded cloud unless DASHBOARD_CLOUD=aws."""
    from core.web.serve import serve as start

    start(_settings(), demo=demo)


@app.command("create-admin")
def create_admin(
    email: Annotated[str, typer.Option(help="Email address of the new admin.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an admin account, also while the dashboard runs."""
    from core.dashboard import opened_accounts

    if not password_stdin:
        raise InvalidInput(
            "The password is read from standard input only.",
            hint="Pipe it in: … create-admin --email E --password-stdin < password.txt",
        )
    password = sys.stdin.readline().rstrip("\r\n")
    with opened_accounts(_settings()) as accounts:
        account = accounts.create_admin(email, password)
    typer.echo(f"{account.email} is an admin now.")


@app.command()
def diagnose(
    targets: Annotated[
        list[str] | None, typer.Argument(help="A URL; with --snapshot further case files.")
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="Saved case instead of AWS; more files may follow.")
    ] = None,
    output: Annotated[Output, typer.Option("--format", help="How to print the report.")] = "text",
    probe: Annotated[
        bool, typer.Option("--probe", help="Also ask the CDN with a HEAD request.")
    ] = False,
) -> None:
    """Explain what a URL answers, why, which object was meant and what repairs it."""
    if snapshot is not None:
        failed = [f for f in (snapshot, *map(Path, targets or ())) if not _diagnose_file(f, output)]
        raise typer.Exit(1 if failed else 0)
    if not targets or len(targets) != 1:
        raise InvalidInput(
            "There is nothing to diagnose.", hint="Give one URL, or --snapshot FILE."
        )
    with _diagnostics() as service:
        _print(service.diagnose_url(_operator(), targets[0], probe=probe), output)


@app.command()
def bundle(
    url: Annotated[str, typer.Argument(help="The URL whose case is saved.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; otherwise printed.")
    ] = None,
) -> None:
    """Save all that a diagnosis of this URL needs, secrets redacted."""
    with _diagnostics() as service:
        case = service.bundle(_operator(), url)
    text = json.dumps(case, indent=1, ensure_ascii=False, default=str) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"{output} holds the case.")


@app.command()
def audit(
    snapshot: Annotated[Path, typer.Option(help="The configuration, as `bundle` saves it.")],
    inventory: Annotated[
        Path, typer.Option(help="CSV or Parquet: bucket, key, size, last_modified, storage_class.")
    ],
    urls: Annotated[Path, typer.Option(help="CSV with the columns id and url.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="JSON lines to write.")],
) -> None:
    """Diagnose many URLs against a listing, without AWS; prints a summary as JSON."""
    from core.diagnostics.service.audit_run import run_audit

    begun = time.perf_counter()
    outcome = run_audit(_read_case(snapshot), inventory, urls, output, _show_progress)
    typer.echo(json.dumps(outcome.summary(time.perf_counter() - begun), ensure_ascii=False))


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{done:,} of {total:,} URLs{end}")
        sys.stderr.flush()


@contextmanager
def _diagnostics() -> Iterator[DiagnosticsService]:
    """The doctor on the configured account; the embedded cloud is joined, or started for it."""
    from core.dashboard import build_dashboard

    dashboard = build_dashboard(_settings(), join=True)
    try:
        yield dashboard.diagnostics
    finally:
        dashboard.stop()


def _diagnose_file(path: Path, output: Output) -> bool:
    """Print the report of one saved case; False (and a line that says why) where it can't be."""
    from core.diagnostics.engine import diagnose as explain

    try:
        report = explain(_read_case(path))
    except DashboardError as error:
        line = {"id": path.stem, "error": error.message, "hint": error.hint}
        typer.echo(f"{path}: {error.message}" if output == "text" else json.dumps(line))
        return False
    _print(report, output)
    return True


def _read_case(path: Path) -> dict[str, Any]:
    """The snapshot in a case file, or the file itself where it is a bare snapshot."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} can't be read: {error}", hint="Give a JSON file.") from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{path} holds no case.", hint="Give a file that `bundle` wrote.")
    inner = value.get("snapshot")
    return inner if isinstance(inner, dict) else value


def _print(report: UrlDiagnosis, output: Output) -> None:
    from core.diagnostics.text_report import text_report

    if output == "text":
        typer.echo(text_report(report))
    else:
        indent = 2 if output == "json" else None
        typer.echo(json.dumps(report.report(), ensure_ascii=False, indent=indent))


def _operator() -> Actor:
    """Whoever may run this command on the machine may diagnose."""
    from core.model.identity import Actor, Role

    return Actor(account_id="command-line", role=Role.SUPPORT)
