"""The linter's three ways in: the account, a saved case, a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core.aws.clients import AwsClients
from core.diagnostics.lint.engine import lint_snapshot, lint_text
from core.diagnostics.service.lint_capture import LintCapture
from core.model.identity import Actor, Permission
from core.model.lint import LintReport, PriceCheck


class Linting:
    """`prices` says what the price sheet thinks of a text; without it prices are not checked."""

    def __init__(
        self, clients: AwsClients, clock: Callable[[], datetime], prices: PriceCheck | None = None
    ) -> None:
        self._clients, self._clock, self._prices = clients, clock, prices

    def lint(self, actor: Actor) -> LintReport:
        """Check the account's distributions, their buckets, and who may do what."""
        actor.require(Permission.URL_DIAGNOSE)
        capture = LintCapture(self._clients, self._clock())
        report = lint_snapshot(capture.account(), "account")
        refused = capture.refused()
        named = {one.rule for one in refused}
        others = tuple(one for one in report.not_checked if one.rule not in named)
        return report.model_copy(update={"not_checked": (*refused, *others)})

    def lint_document(self, actor: Actor, name: str, text: str) -> LintReport:
        """A text, or JSON that describes AWS: policy, distribution, saved case. Asks no AWS."""
        actor.require(Permission.URL_DIAGNOSE)
        return lint_text(name, text, self._prices)

    def lint_snapshot(self, actor: Actor, snapshot: Mapping[str, Any]) -> LintReport:
        """A saved case or part of one. Raises `InvalidInput` where it can't be read."""
        actor.require(Permission.URL_DIAGNOSE)
        return lint_snapshot(snapshot)
