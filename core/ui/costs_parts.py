"""A month's cost in one sentence, in figures, and unfolded to its calculation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.costs.families import unit_word
from core.model.budgets import BudgetState, Forecast
from core.model.months import (
    CostMonth,
    MonthComparison,
    MonthLine,
    ServiceCost,
)
from core.ui import calculation, charts, formats, parts
from core.ui.calculation import Sources
from core.ui.markup import Markup, tag
from core.ui.parts import Stat, Tone

_FEW_FREE = 3  # lines without cost that need not be folded


def is_empty(month: CostMonth) -> bool:
    """Neither billed nor measured: there is nothing to say but that."""
    guess = month.estimate
    return not month.lines and not (guess and (guess.lines or guess.unpriced))


def unknown_headline(month: CostMonth) -> Markup:
    return parts.headline(f"No costs of {formats.month(month.period)} are known")


def nothing_known(month: CostMonth) -> Markup:
    why = f" {_upper(month.problem)}." if month.problem else ""
    return parts.empty_state(
        "Unknown is not 0",
        "A month shows here once its bill can be read, or once storage and traffic were "
        f"measured.{why}",
    )


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def headline(month: CostMonth) -> Markup:
    return parts.headline(month.sentence, _basis(month))


def _basis(month: CostMonth) -> str:
    whole = month.days >= month.month_days
    days = "the whole month" if whole else f"{month.days} of {month.month_days} days"
    if month.basis == "billed":
        told = f"Billed by AWS according to {month.source}, {days}"
        return f"{told}; AWS may still change it." if month.may_change else f"{told}."
    told = f"Estimated from {month.source} ({days}): AWS has billed nothing that can be read"
    return f"{told}. A lower bound: something has no price." if month.is_lower_bound else f"{told}."


def freshness(month: CostMonth, now: datetime) -> Markup:
    """The age of the data, and why there is nothing newer."""
    when = parts.when(month.as_of, now)
    problem = f". {_upper(month.problem).rstrip('.')}." if month.problem else ""
    words = tag("span", "As of ", when, problem)
    return parts.note(words, Tone.WARN if month.problem else Tone.NEUTRAL)


def warnings(month: CostMonth) -> Markup | None:
    found = dict.fromkeys((*month.warnings, *(month.estimate.warnings if month.estimate else ())))
    if not found:
        return None
    return tag(
        "details",
        tag("summary", formats.counted(len(found), "thing") + " to know about these numbers"),
        tag("ul", *(tag("li", one) for one in found), class_="ui-list"),
        class_="ui-unfold",
    )


def numbers(
    month: CostMonth, compared: MonthComparison, guess: Forecast, budgets: Sequence[BudgetState]
) -> Markup:
    running = month.days < month.month_days
    spent = formats.money(month.total, month.currency)
    name = "So far this month" if running else "Total"
    return parts.stat_row(
        (
            Stat(name, spent, _against(compared, month)),
            *([_forecast(guess, month.currency)] if running else []),
            _budget(budgets, month),
            *_three(month),
        )
    )


def _against(compared: MonthComparison, month: CostMonth) -> str:
    """Of a running month only whole days are compared, and said to be."""
    if compared.total_before is None or compared.percent is None:
        return "nothing to compare with"
    before = formats.month(compared.before)
    if not compared.same_days:
        return f"all of {before}: {formats.money(compared.total_before, month.currency)}"
    running = compared.days < month.month_days
    other = f"the same days of {before}" if running else before
    first = f"first {compared.days} days: " if compared.total_after != month.total else ""
    if abs(compared.percent) < 1:
        return f"{first}as {other}"
    word = "more" if compared.percent > 0 else "less"
    return f"{first}{abs(compared.percent):,.0f} % {word} than {other}"


def _forecast(guess: Forecast, currency: str) -> Stat:
    if guess.total is None or guess.low is None or guess.high is None:
        return Stat("Forecast", "unknown", guess.unknown or "too little is known", Tone.UNKNOWN)
    between = f"{formats.money(guess.low, currency)} to {formats.money(guess.high, currency)}"
    error = f", off by {guess.error * 100:.0f} % in back-tests" if guess.error is not None else ""
    return Stat("Forecast", formats.money(guess.total, currency), f"{between}{error}")


def _budget(budgets: Sequence[BudgetState], month: CostMonth) -> Stat:
    """The one that is closest to its limit."""
    if not budgets or budgets[0].period != month.period:
        note = "set one under Budgets" if not budgets else "budgets watch the running month"
        return Stat("Budget", "none", note, Tone.NEUTRAL)
    known = [one for one in budgets if one.percent is not None]
    if not known:
        return Stat("Budget", "unknown", budgets[0].problem or "no bill", Tone.UNKNOWN)
    worst = max(known, key=lambda one: one.percent or Decimal(0))
    percent = worst.percent or Decimal(0)
    note = f"of {formats.money(worst.budget.limit)}, {worst.budget.name}"
    return Stat("Budget used", f"{percent:.0f} %", note, budget_tone(worst))


def budget_tone(state: BudgetState) -> Tone:
    if state.percent is None:
        return Tone.UNKNOWN
    if state.percent >= 100:
        return Tone.FAIL
    guess = state.forecast.total if state.forecast else None
    over = guess is not None and guess > state.budget.limit
    return Tone.WARN if over or state.percent >= 80 else Tone.OK


def _three(month: CostMonth) -> tuple[Stat, ...]:
    """List price, with the free tier, under a plan: of the same measured usage."""
    figures = month.estimate.figures if month.estimate else None
    if figures is None or month.estimate is None or not month.estimate.lines:
        return ()
    plan = figures.flat_rate
    billed = month.basis == "billed"
    note = "of the usage measured here, not of the bill" if billed else "of the measured usage"
    if plan is None:
        flat = Stat("Flat-rate plan", "\u2013", "nothing was delivered")
    else:
        tone = Tone.WARN if plan.breaches else Tone.NEUTRAL
        held = "would be breached" if plan.breaches else "cheapest that holds it"
        what = f"{plan.plan}, {held}; {note}" if billed else f"{plan.plan}, {held}"
        flat = Stat("Flat-rate plan", formats.money(plan.total), what, tone)
    return (
        Stat("List price", formats.money(figures.list_usd), note),
        Stat("With free tier", formats.money(figures.with_free_tier_usd), note),
        flat,
    )


# --- the bar that unfolds -------------------------------------------------------------------


def breakdown(month: CostMonth, sources: Sources) -> Markup:
    """A bar of services; each unfolds to its lines, and each line to its calculation."""
    whole = sum((max(one.amount, Decimal(0)) for one in month.services), Decimal(0))
    return tag(
        "section",
        parts.title("By service", "unfold one down to quantity \u00d7 price"),
        _track(month.services, whole),
        tag(
            "div",
            *(_service(one, at, whole, month.currency, sources)
              for at, one in enumerate(month.services)),
            class_="ui-cost",
        ),
    )  # fmt: skip


def _free_lines(lines: Sequence[Markup]) -> Markup | None:
    if not lines:
        return None
    words = f"and {len(lines)} lines that cost nothing"
    return tag("details", tag("summary", tag("span", words, class_="ui-muted")), *lines)


def _track(services: Sequence[ServiceCost], whole: Decimal) -> Markup | None:
    if not whole:
        return None
    slices = (
        tag("i", style=f"flex-grow:{max(float(one.amount / whole), 0.004):.4f};"
            f"background:{_colour(at)}", title=f"{one.service}: {formats.money(one.amount)}")
        for at, one in enumerate(services) if one.amount > 0
    )  # fmt: skip
    return tag("div", *slices, class_="ui-track", aria_hidden="true")


def _colour(at: int) -> str:
    return charts.PALETTE[min(at, len(charts.PALETTE) - 1)]


def _service(cost: ServiceCost, at: int, whole: Decimal, currency: str, sources: Sources) -> Markup:
    made = [(line, _line(line, cost.amount, _colour(at), currency, sources)) for line in cost.lines]
    free = [one for line, one in made if not line.amount]
    folded = free if len(free) > _FEW_FREE and len(free) < len(made) else []
    lines = [one for _, one in made if one not in folded]
    return tag(
        "details",
        tag(
            "summary",
            tag("i", class_="ui-swatch", style=f"background:{_colour(at)}"),
            tag("b", cost.service),
            tag("span", _percent(cost.amount, whole), class_="ui-muted ui-num"),
            tag("span", formats.money(cost.amount, currency), class_="ui-num"),
        ),
        tag("div", *lines, _free_lines(folded)),
        open=at == 0,
    )


def _line(
    line: MonthLine, service: Decimal, colour: str, currency: str, sources: Sources
) -> Markup:
    share = float(line.amount / service) if service > 0 else 0.0
    name = tag("span", line.name, " ", tag("small", line.region), " ", calculation.label(line))
    bar = tag("span", tag("i", style=f"width:{min(max(100 * share, 0), 100):.1f}%;"
                          f"background:{colour}"), class_="ui-cost-bar")  # fmt: skip
    return tag(
        "details",
        tag(
            "summary",
            name,
            bar,
            tag("span", calculation.quantity(line.quantity, unit_word(line.unit))
                if line.quantity is not None else "", class_="ui-muted ui-num"),
            tag("span", formats.money(line.amount, currency), class_="ui-num"),
        ),
        tag("div", calculation.of_line(line, currency, sources), class_="ui-calculation"),
    )  # fmt: skip


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""
