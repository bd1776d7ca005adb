"""Marks for reports against what a case expects: the same measures as the contract names."""

from __future__ import annotations

from core.diagnostics.engine import diagnose

CONFIDENT = {"certain", "likely"}
FIX = {"function_fix": "function_change", "reupload_or_remove_reference": "reupload",
       "waf_change": "config_change", "restore_object": "restore", "wait_for_restore": "wait"}  # fmt: skip
KNOWN = {"correct_url", "fix_db_record", "copy_object", "policy_patch", "kms_policy_patch",
         "config_change", "invalidate", "function_change", "sign_url", "restore", "reupload",
         "client_change", "choose_candidate", "wait"}  # fmt: skip
_ROUTE = (("distribution_id",) * 2, ("behavior_pattern",) * 2, ("origin_id",) * 2,
          ("bucket",) * 2, ("s3_key", "key"))  # fmt: skip


def marks(expected, report):
    """Every measure as a boolean; `unsafe` and `false_denied` must be False."""
    verdict, resolved = report["verdict"], report["resolved"]
    named = [verdict["primary_cause"], *verdict["also"]]
    statuses = [expected["http_status"], *expected.get("http_status_alternatives", [])]
    sure = [c for c in report["candidates"] if c["confidence"] in CONFIDENT]
    return {
        "status": verdict["predicted_status"] in statuses,
        "route": all(resolved[mine] == expected[theirs] for theirs, mine in _ROUTE
                     if expected.get(theirs) is not None),
        "primary": verdict["primary_cause"] in
                   [expected["cause_ids"][0], *expected.get("acceptable_cause_ids", [])],
        "recall": set(expected["cause_ids"]) <= set(named),
        "intended": _intended(expected, sure),
        "fix": _fix(expected, {f["type"] for f in report["fixes"]}),
        "safe": not [c for c in sure
                     if c["key"] in expected.get("must_not_suggest_confidently", [])],
    }  # fmt: skip


def _intended(expected, sure):
    wanted = expected.get("intended")
    if expected.get("ambiguous") or not wanted:
        return not sure
    if expected.get("object_state") == "present":
        return True
    return bool(sure) and (sure[0]["bucket"], sure[0]["key"]) == (wanted["bucket"], wanted["key"])


def _fix(expected, offered):
    fix = expected.get("fix")
    if not fix:
        return True
    steps = fix["steps"] if fix["type"] == "multi" else [fix["type"]]
    wanted = {FIX.get(step.split()[0], step.split()[0]) for step in steps} & KNOWN
    return wanted <= offered


def seen(scenario):
    """The report, the causes that it names, and the keys of its sure candidates."""
    report = diagnose(scenario.snapshot)
    verdict = report.verdict
    named = () if verdict.primary_cause == "none-ok" else (verdict.primary_cause, *verdict.also)
    sure = [c.key for c in report.candidates if c.confidence in {"certain", "likely"}]
    return report, named, sure
