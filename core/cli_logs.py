"""The commands about access logs, without AWS and without the data folder."""

from __future__ import annotations

import json
import time
from typing import Annotated, Literal

import typer

LogOutput = Literal["text", "json"]


def add_log_commands(app: typer.Typer) -> None:
    logs = typer.Typer(no_args_is_help=True, help="CloudFront access logs.")
    logs.command("report")(report)
    logs.callback()(_logs)
    app.add_typer(logs, name="logs")


def _logs() -> None:
    """CloudFront access logs: standard v1 and v2."""


def report(
    files: Annotated[
        list[str], typer.Argument(help="Log files or patterns: v1, v2 text, JSON, Parquet, .gz.")
    ],
    output: Annotated[LogOutput, typer.Option("--format", help="How to print it.")] = "text",
    top: Annotated[int, typer.Option(min=1, max=10_000, help="Rows of a ranking.")] = 25,
) -> None:
    """Requests, bytes, statuses, results, URLs, errors, edges and referrers of log files.

    What could not be read is told on standard error and in the report; exit code 1 where that is
    every file.
    """
    from core.usage.log_json import report_json
    from core.usage.log_text import report_text, warnings
    from core.usage.service.log_report import report_of_files

    begun = time.perf_counter()
    found = report_of_files(files, top=top)
    seconds = time.perf_counter() - begun
    if output == "json":
        typer.echo(json.dumps(report_json(found, seconds), ensure_ascii=False, indent=2))
    else:
        typer.echo(report_text(found, seconds))
    for line in warnings(found.read):
        typer.echo(line, err=True)
    unread = sum(one.problem == "unreadable" for one in found.read.problems)
    raise typer.Exit(1 if unread == found.read.files else 0)
