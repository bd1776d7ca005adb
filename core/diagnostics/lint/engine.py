"""Any input into one report: a document, a saved case, a policy, a distribution's configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.diagnostics.engine import parse_snapshot
from core.diagnostics.lint import (  # noqa: F401  each file registers its rules
    rules_delivery,
    rules_flows,
    rules_keys,
    rules_layout,
    rules_origins,
    rules_paths,
    rules_prices,
    rules_public,
    rules_rights,
    rules_storage,
    rules_urls,
)
from core.diagnostics.lint.from_document import document_scene
from core.diagnostics.lint.from_snapshot import snapshot_scene
from core.diagnostics.lint.registry import catalogue, rules_for
from core.diagnostics.lint.rules_promises import all_fixed
from core.diagnostics.lint.scene import Scene
from core.diagnostics.lint.shapes import as_snapshot
from core.model.delivery import AccountSnapshot
from core.model.lint import LintFinding, LintReport, NotChecked, PriceCheck, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.ADVICE: 2}


def lint_text(name: str, text: str, prices: PriceCheck | None = None) -> LintReport:
    """JSON that describes AWS is read as configuration, everything else as a document.

    Without `prices` what is said about prices is not checked.
    """
    shape = as_snapshot(_json(text))
    if shape is not None:
        return lint_snapshot(shape, name)
    verdicts = prices(text) if prices is not None else None
    return lint_scene(replace(document_scene(name, text), verdicts=verdicts))


def _json(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def lint_snapshot(snapshot: Mapping[str, Any], name: str = "snapshot") -> LintReport:
    """A saved case, its `snapshot` part, or any part of one that is recognised."""
    shape = as_snapshot(snapshot)
    return lint_parsed(parse_snapshot(dict(snapshot) if shape is None else shape), name)


def lint_parsed(snapshot: AccountSnapshot, name: str = "account") -> LintReport:
    return lint_scene(snapshot_scene(name, snapshot))


def lint_scene(scene: Scene) -> LintReport:
    outcomes = [outcome for rule in rules_for(scene) for outcome in rule(scene)]
    found = [one for one in outcomes if isinstance(one, LintFinding)]
    found += [one for one in all_fixed(scene, found) if isinstance(one, LintFinding)]
    unchecked = [one for one in outcomes if isinstance(one, NotChecked)]
    return LintReport(inputs=(scene.name,), findings=_sorted(found), not_checked=_once(unchecked))


def merge(reports: Iterable[LintReport]) -> LintReport:
    """One report of several inputs."""
    listed = list(reports)
    return LintReport(
        inputs=tuple(name for report in listed for name in report.inputs),
        findings=_sorted([f for report in listed for f in report.findings]),
        not_checked=_once([n for report in listed for n in report.not_checked]),
    )


def _sorted(found: list[LintFinding]) -> tuple[LintFinding, ...]:
    places = catalogue()
    once = list({(f.rule, f.sentence): f for f in reversed(found)}.values())[::-1]
    return tuple(sorted(once, key=lambda f: (_ORDER[f.severity], places[f.rule].place)))


def _once(unchecked: Iterable[NotChecked]) -> tuple[NotChecked, ...]:
    places = catalogue()
    return tuple(sorted(dict.fromkeys(unchecked), key=lambda n: (places[n.rule].place, n.why)))
