"""The command that looks for known mistakes: in files without AWS, or in the account."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.errors import InvalidInput

if TYPE_CHECKING:
    from core.model.lint import LintReport, PriceCheck

Output = Literal["text", "json"]


def add_lint_command(app: typer.Typer) -> None:
    app.command("lint")(lint)


def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Documents, policies, configurations, saved cases.")
    ] = None,
    account: Annotated[
        bool, typer.Option("--account", help="Check the AWS account instead of files.")
    ] = False,
    output: Annotated[Output, typer.Option("--format", help="How to print it.")] = "text",
) -> None:
    """Look for known mistakes; exit code 1 where one is an error."""
    if account == bool(files):
        raise InvalidInput(
            "It is not clear what to check.", hint="Give files, or --account for the AWS account."
        )
    report = _of_account() if account else _of_files(files or [])
    _print(report, output)
    raise typer.Exit(1 if report.failed else 0)


def _of_files(files: list[Path]) -> LintReport:
    from core.diagnostics.lint.engine import lint_text, merge

    prices = _prices()
    return merge(lint_text(str(file), _text(file), prices) for file in files)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error}", hint="Give a text file.") from error


def _prices() -> PriceCheck:
    """The newest price sheet of the data folder, else the bundled one."""
    from core.costs.check import check_text
    from core.costs.service.sheets import FOLDER, PriceSheets
    from core.settings import load_settings

    sheet = PriceSheets(load_settings().data_dir / FOLDER).newest()
    return lambda text: check_text(text, sheet, datetime.now(UTC).date())


def _of_account() -> LintReport:
    from core.dashboard import build_dashboard
    from core.model.identity import Actor, Role
    from core.settings import load_settings

    dashboard = build_dashboard(load_settings(), join=True)
    try:
        return dashboard.diagnostics.lint(Actor(account_id="command-line", role=Role.SUPPORT))
    finally:
        dashboard.stop()


def _print(report: LintReport, output: Output) -> None:
    from core.diagnostics.lint.text import text_report

    if output == "text":
        typer.echo(text_report(report))
    else:
        typer.echo(json.dumps(report.report(), ensure_ascii=False, indent=2))
