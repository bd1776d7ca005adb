"""Reconciliation: the estimate against a billing export, line by line in four named steps."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

import streamlit as st

from core.costs.families import billed_service, name_of
from core.costs.service.export_files import uploaded
from core.model.actuals import ReconciledLine, Reconciliation
from core.model.identity import Actor, Permission
from core.ui import calculation, formats, parts, session, tables
from core.ui.frame import guarded, show
from core.ui.markup import Markup, tag
from core.ui.parts import Stat, Tone
from core.ui.tables import Column, Kind, Table

_TYPES = ("csv", "gz", "parquet")
_SHOWN = 40
_CENT = Decimal("0.01")
_FEW = 3  # lines below a cent that need not be folded


@st.fragment
@guarded
def reconcile(actor: Actor, period: str, *, has_bill: bool) -> None:
    """Against files that are uploaded now, else against what was read of the bill."""
    files = st.file_uploader(
        "Billing export of this month: CUR 2.0 or FOCUS, as CSV, CSV.gz or Parquet",
        type=_TYPES, accept_multiple_files=True, key="export",
    )  # fmt: skip
    if not files and not has_bill:
        show(
            parts.empty_state(
                "No bill to compare with",
                "Upload the files of a billing export. They are read here and not kept.",
            )
        )
        return
    export = [uploaded(one.name, one.getvalue()) for one in files] if files else None
    with st.skeleton(height=240):
        found = session.services().costs.reconcile(actor, period, export)
    _report(found)


def _report(found: Reconciliation) -> None:
    show(parts.title(sentence(found), f"{found.source}, {formats.month(found.period)}"))
    show(_steps(found), _warnings(found), _table(found))
    with st.expander("All lines with their quantities"):
        tables.shown(_export(found), "Every line of the reconciliation")


def sentence(found: Reconciliation) -> str:
    billed, guess = (formats.money(one, found.currency) for one in (found.billed, found.estimate))
    if not _has_estimate(found):
        return f"AWS billed {billed}; nothing was measured to hold against it"
    wrong = len(found.wrong_lines)
    sheet = f"; the price sheet is wrong on {formats.counted(wrong, 'line')}" if wrong else ""
    return f"AWS billed {billed}, the estimate says {guess}{sheet}"


def _has_estimate(found: Reconciliation) -> bool:
    return any(one.estimated_quantity is not None for one in found.lines)


def _price_is_told(found: Reconciliation) -> bool:
    return bool(found.price_step) or all(one.price_step is not None for one in found.lines)


def _steps(found: Reconciliation) -> Markup:
    """The four steps add up to the gap exactly."""
    wape = "" if found.wape is None else f"quantities are off by {found.wape * 100:.1f} %"
    told = partial(formats.money, currency=found.currency)
    signed = partial(formats.signed, currency=found.currency)
    unknown = "unknown"
    guess = told(found.estimate) if _has_estimate(found) else unknown
    price = signed(found.price_step) if _price_is_told(found) else unknown
    return parts.stat_row(
        (
            Stat("Estimate at list price", guess, f"sheet {found.sheet}"),
            Stat("Quantity", signed(found.quantity_step), wape),
            Stat("Price", price, "" if price != unknown else "the bill tells no list prices"),
            Stat("Discounts, free, credits", signed(found.discount_step)),
            Stat("Scope", signed(found.scope_step), "billed, not estimated"),
            Stat("Billed", told(found.billed), "may still change" if found.estimated else ""),
        )
    )


def _warnings(found: Reconciliation) -> Markup:
    unknown = found.unknown_usage_types
    told = [
        *(f"{formats.money(one.billed, one.currency)} in {one.currency} is not converted and in no "
          "step" for one in found.other_currencies),
        *([f"Usage types that the sheet does not know: {', '.join(unknown)}"] if unknown else []),
        *found.warnings,
    ]  # fmt: skip
    return tag("div", *(parts.note(one, Tone.WARN) for one in told))


def _table(found: Reconciliation) -> Markup:
    largest = _largest(found)
    small = [one for one in largest if _is_small(one)]
    folded = small if _FEW < len(small) < len(largest) else []
    note = f"the {_SHOWN} largest" if len(found.lines) > _SHOWN else ""
    rows = [one for one in largest if one not in folded]
    words = f"and {len(folded)} lines below a cent"
    rest = tag(
        "details",
        tag("summary", words),
        _rows(folded, found.currency),
        class_="ui-unfold",
    )
    title = parts.title("Line by line", note)
    return tag("section", title, _rows(rows, found.currency), rest if folded else None)


def _is_small(one: ReconciledLine) -> bool:
    return max(abs(one.estimate), abs(one.billed)) < _CENT and not one.sheet_is_wrong


def _rows(lines: Sequence[ReconciledLine], currency: str) -> Markup:
    head = ("Line", "Estimate", "Quantity", "Price", "Discounts", "Scope", "Billed", "")
    return parts.table(head, (_row(one, currency) for one in lines), right=(1, 2, 3, 4, 5, 6))


def _largest(found: Reconciliation) -> list[ReconciledLine]:
    return sorted(found.lines, key=lambda one: -max(abs(one.gap), abs(one.billed)))[:_SHOWN]


def _row(one: ReconciledLine, currency: str) -> tuple[Markup | str | None, ...]:
    price = (
        parts.badge(Tone.UNKNOWN, "not told") if one.price_step is None
        else _step(one.price_step, currency)
    )  # fmt: skip
    return (
        _name(one),
        "not estimated"
        if one.estimated_quantity is None
        else formats.money(one.estimate, currency),
        _step(one.quantity_step, currency),
        price,
        _step(one.discount_step, currency),
        _step(one.scope_step, currency),
        formats.money(one.billed, currency),
        _said(one),
    )


def _name(one: ReconciledLine) -> Markup:
    """As in the breakdown; what the sheet does not know by AWS's usage types."""
    if one.line:
        return calculation.named(one.line, one.region)
    types = ", ".join(one.usage_types)
    words = parts.mono(types, 48) if types else billed_service(one.service)
    return tag("span", words, " ", tag("small", one.region, class_="ui-muted"),
               class_="ui-line-name")  # fmt: skip


def _step(amount: Decimal, currency: str) -> str:
    return formats.signed(amount, currency) if amount else "\u2013"


def _said(one: ReconciledLine) -> Markup | None:
    wrong = parts.badge(Tone.FAIL, "price sheet wrong") if one.sheet_is_wrong else None
    notes = "; ".join(one.notes)
    return tag("span", wrong, " ", tag("small", notes, class_="ui-muted"))


def _export(found: Reconciliation) -> Table:
    usd = Kind.USD
    return Table(
        f"reconciliation-{found.period}",
        (Column("Line"), Column("Code"), Column("Region"), Column("Usage types"),
         Column("Estimated quantity", Kind.NUMBER), Column("Billed quantity", Kind.NUMBER),
         Column("Estimate", usd), Column("Quantity step", usd), Column("Price step", usd),
         Column("Discount step", usd), Column("Scope step", usd), Column("Billed", usd),
         Column("Notes")),
        tuple((name_of(one.line) if one.line else billed_service(one.service), one.line,
               one.region, ", ".join(one.usage_types), one.estimated_quantity,
               one.actual_quantity, one.estimate, one.quantity_step, one.price_step,
               one.discount_step, one.scope_step, one.billed, "; ".join(one.notes))
              for one in found.lines),
        Permission.COSTS_READ,
    )  # fmt: skip
