"""A verdict on a price in plain text, for people at a terminal."""

from __future__ import annotations

from core.model.pricing import PriceVerdict, amount, plain


def verdict_text(verdict: PriceVerdict) -> str:
    """The claim, what we say to it, and indented the reasons, each on its own line."""
    claim = verdict.claim
    place = f"{claim.number}: " if claim.number else ""
    lines = [f"{place}{verdict.verdict.value.upper()}  {claim.text}"]
    if verdict.expected_usd is not None and verdict.per is not None:
        lines.append(f"    list price {plain(verdict.expected_usd)} per {plain(verdict.per)}")
    if verdict.likely_cause:
        lines.append(f"    {verdict.likely_cause}")
    lines += [f"    {condition}" for condition in verdict.conditions]
    if verdict.reference:
        bill = verdict.reference
        lines.append(
            f"    {plain(bill.quantity)} {bill.unit}: "
            f"{amount(bill.claimed_usd)} as stated, {amount(bill.list_usd)} at list price"
        )
    return "\n".join(lines)
