"""The command line. Commands import what they need, so that offline ones start fast."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import DashboardError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def root() -> None:
    """Media and cost operations for AWS."""


@app.command()
def diagnose(
    url: Annotated[str, typer.Argument(help="The URL to explain; empty with --snapshot.")] = "",
    snapshot: Annotated[
        list[Path] | None, typer.Option(help="Saved cases instead of AWS; more files may follow.")
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(hidden=True)] = None,
    output: Annotated[str, typer.Option("--format", help="text, json or jsonl")] = "text",
    *,
    probe: Annotated[bool, typer.Option(help="Also ask the CDN with a HEAD request.")] = False,
) -> None:
    """Explain what a URL answers, why, and what repairs it."""
    files = list(snapshot or ())
    if snapshot is not None:
        files += [Path(text) for text in (url, *map(str, more or ())) if text]
        raise typer.Exit(_diagnose_files(files, output))
    if not url:
        _stop("Give a URL, or saved cases with --snapshot.")
    from core.dashboard import build_dashboard
    from core.settings import Settings

    try:
        service, actor = _service(build_dashboard(Settings()))
        report = service.diagnose_url(actor, url, probe=probe)
    except DashboardError as error:
        _stop(f"{error.message} {error.hint}".strip())
    _show(report, output)


def _service(dashboard: Any) -> tuple[Any, Any]:
    from core.model.identity import Actor, Role

    return dashboard.diagnostics, Actor(account_id="command-line", role=Role.SUPPORT)


def _diagnose_files(files: list[Path], output: str) -> int:
    """One report per file, in order; 1 where a file can't be read."""
    from core.diagnostics.engine import diagnose as explain

    failed = 0
    for path in files:
        try:
            report = explain(_read_case(path))
        except DashboardError as error:
            failed = 1
            line = {"id": path.stem, "error": error.message, "hint": error.hint}
            typer.echo(json.dumps(line) if output != "text" else f"{path}: {error.message}")
            continue
        _show(report, output)
    return failed


def _read_case(path: Path) -> dict[str, Any]:
    """The snapshot of a case file, or the file itself where it is a bare snapshot."""
    from core.errors import InvalidInput

    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} can't be read: {error}", hint="Give a JSON file.") from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{path} holds no case", hint="Give a saved case.")
    inner = value.get("snapshot")
    return inner if isinstance(inner, dict) else value


def _show(report: Any, output: str) -> None:
    if output == "text":
        from core.diagnostics.text_report import text_report

        typer.echo(text_report(report))
    else:
        indent = 2 if output == "json" else None
        typer.echo(json.dumps(report.report(), ensure_ascii=False, indent=indent))


def _stop(message: str) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(2)


@app.command()
def bundle(
    url: Annotated[str, typer.Argument(help="The URL whose case is saved.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write.")
    ] = None,
) -> None:
    """Save everything that a diagnosis of this URL needs, secrets redacted."""
    from core.dashboard import build_dashboard
    from core.settings import Settings

    try:
        service, actor = _service(build_dashboard(Settings()))
        case = service.bundle(actor, url)
    except DashboardError as error:
        _stop(f"{error.message} {error.hint}".strip())
    text = json.dumps(case, indent=1, ensure_ascii=False, default=str)
    if output is None:
        sys.stdout.write(text + "\n")
    else:
        output.write_text(text + "\n", encoding="utf-8")
