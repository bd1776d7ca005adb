"""The commands about money: estimate usage, check stated prices, refresh the price sheet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.errors import DashboardError, InvalidInput

if TYPE_CHECKING:
    from core.costs.service import CostsService
    from core.model.identity import Actor
    from core.model.pricing import PriceVerdict

JsonOutput = Literal["json", "jsonl"]
CheckOutput = Literal["text", "json", "jsonl"]


def add_cost_commands(app: typer.Typer) -> None:
    app.command("estimate")(estimate)
    app.command("check-prices")(check_prices)
    prices = typer.Typer(no_args_is_help=True, help="The price sheet.")
    prices.command("refresh")(refresh_prices)
    prices.callback()(_prices)
    app.add_typer(prices, name="prices")


def estimate(
    more: Annotated[list[Path] | None, typer.Argument(help="Further usage files.")] = None,
    usage: Annotated[
        list[Path] | None, typer.Option(help="Usage file; more files may follow.")
    ] = None,
    month: Annotated[str, typer.Option(help="The measured usage of a month, as 2026-10.")] = "",
    output: Annotated[JsonOutput, typer.Option("--format", help="How to print it.")] = "json",
) -> None:
    """Price usage files, or a measured month: with tiers, free shares and sources."""
    files = [*(usage or ()), *(more or ())]
    if bool(files) == bool(month):
        raise InvalidInput(
            "There is no usage to price." if not files else "Files and a month are two questions.",
            hint="Give --usage FILE [FILE …], or --month 2026-10.",
        )
    if month:
        _estimate_month(month, output)
        return
    service = _costs()
    failed = [file for file in files if not _estimate_file(service, file, output)]
    raise typer.Exit(1 if failed else 0)


def check_prices(
    file: Annotated[Path, typer.Argument(help="Claims as JSON, or any text with prices.")],
    output: Annotated[
        CheckOutput, typer.Option("--format", help="How to print the verdicts.")
    ] = "jsonl",
) -> None:
    """Compare stated prices with the price sheet; exit code 1 where one is wrong."""
    from core.costs.report import verdict_json
    from core.costs.text_report import verdict_text

    verdicts = _costs().check_prices(_operator(), _text(file))
    if output == "json":
        typer.echo(_dumped([verdict_json(one) for one in verdicts], "json"))
    for one in verdicts if output != "json" else ():
        typer.echo(verdict_text(one) if output == "text" else _dumped(verdict_json(one), "jsonl"))
    for line in _warnings(file, verdicts):
        typer.echo(line, err=True)
    raise typer.Exit(1 if any(one.verdict == "wrong" for one in verdicts) else 0)


def _prices() -> None:
    """The price sheet that estimates and checks use."""


def refresh_prices(
    region: Annotated[
        list[str] | None, typer.Option(help="AWS region; may be given several times.")
    ] = None,
    source: Annotated[str, typer.Option(help="Address of the price list, or of a mirror.")] = "",
) -> None:
    """Download the AWS price list, keep it as a new version and print what changed, as JSON."""
    from core.aws.price_list import PRICE_LIST_URL, PriceList
    from core.settings import load_settings

    regions = region or [load_settings().region]
    with PriceList(source or PRICE_LIST_URL) as price_list:
        report = _costs().refresh_prices(_operator(), regions, price_list)
    typer.echo(report.model_dump_json(indent=2))


def _warnings(file: Path, verdicts: tuple[PriceVerdict, ...]) -> Iterator[str]:
    """What a script that reads the exit code only would miss."""
    if not verdicts:
        yield f"{file}: no price is stated here."
    for one in verdicts:
        if one.verdict in ("stale", "unpriced", "ambiguous"):
            place = f"{file}:{one.number}" if one.number else str(file)
            yield f"{place}: {one.verdict}: {'; '.join(one.conditions)}."


def _estimate_file(service: CostsService, file: Path, output: JsonOutput) -> bool:
    """Print one estimate, or the line that says why there is none; False then."""
    from core.costs.report import estimate_json

    try:
        report = estimate_json(service.estimate(_operator(), _text(file)))
    except DashboardError as error:
        typer.echo(_dumped({"id": file.stem, "file": str(file)} | _told(error), output))
        return False
    typer.echo(_dumped(report, output))
    return True


def _estimate_month(month: str, output: JsonOutput) -> None:
    """Needs the stores and the cloud, which files don't."""
    from core.costs.report import estimate_json
    from core.dashboard import build_dashboard
    from core.settings import load_settings

    dashboard = build_dashboard(load_settings(), join=True)
    try:
        found = dashboard.costs.estimate_month(_operator(), month)
    finally:
        dashboard.stop()
    typer.echo(_dumped(estimate_json(found), output))


def _told(error: DashboardError) -> dict[str, str]:
    return {"error": error.message, "hint": error.hint}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} can't be read: {error}", hint="Give a UTF-8 file.") from error


def _dumped(value: object, output: JsonOutput) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2 if output == "json" else None)


def _costs() -> CostsService:
    """Prices need the data folder only, neither the cloud nor the stores."""
    from core.costs.service import open_costs
    from core.settings import load_settings

    return open_costs(load_settings().data_dir, lambda: datetime.now(UTC))


def _operator() -> Actor:
    """Whoever may run commands on the machine may see its prices."""
    from core.model.identity import Actor, Role

    return Actor(account_id="command-line", role=Role.ADMIN)
