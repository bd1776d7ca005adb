from streamlit.testing.v1 import AppTest

from core.model.lint import LintEvidence, LintFinding, LintReport, NotChecked, Severity
from core.ui import lint_view

NASTY = "<script>alert(1)</script>"


def finding(severity=Severity.ERROR, sentence="The bucket is open.", **fields):
    base = {"rule": "X19", "title": "A public policy", "severity": severity, "sentence": sentence}
    return LintFinding(**base | fields)


def test_the_headline_counts_what_was_found_and_takes_the_worst_tone():
    report = LintReport(inputs=("a.md",), findings=(finding(), finding(Severity.ADVICE)))
    made = lint_view.headline(report)
    assert "1 error and 1 improvement found." in made
    assert "ui-fail" in made
    assert "a.md" in made


def test_three_kinds_of_findings_are_one_list():
    found = tuple(finding(severity) for severity in Severity)
    made = lint_view.headline(LintReport(findings=found))
    assert "1 error, 1 warning and 1 improvement found." in made


def test_nothing_found_is_only_fine_where_everything_was_checked():
    row = NotChecked(rule="X5", title="Rights", why="iam:ListUsers is missing")
    assert "ui-ok" in lint_view.headline(LintReport())
    made = lint_view.headline(LintReport(not_checked=(row,)))
    assert "ui-unknown" in made
    assert "could not be checked" in made
    assert "iam:ListUsers is missing" in lint_view.unchecked((row,))
    assert lint_view.unchecked(()) is None


def test_findings_are_grouped_by_severity_and_errors_are_open():
    made = lint_view.findings(LintReport(findings=(finding(), finding(Severity.WARNING, "Later."))))
    assert made.index("What breaks, or is open") < made.index("What will break")
    assert made.count("<details open>") == 1


def test_evidence_unfolds_with_repair_policy_and_documentation():
    proof = (LintEvidence(where="a.md:7", value="Block Public Access: ENABLED"),)
    made = lint_view.finding(
        finding(evidence=proof, repair="Choose.", snippet="{}", doc="https://docs.aws.amazon.com/x")
    )
    for words in ("a.md:7", "Block Public Access: ENABLED", "Choose.", "X19", "https://docs.aws"):
        assert words in made
    assert "Where" not in lint_view.finding(finding())


def test_what_a_document_says_is_never_markup():
    proof = (LintEvidence(where=NASTY, value=NASTY),)
    made = lint_view.finding(finding(sentence=NASTY, evidence=proof, snippet=NASTY, repair=NASTY))
    assert "<script" not in made


def test_a_report_can_be_shown_on_a_page():
    def page():
        from core.model.lint import LintFinding, LintReport  # noqa: PLC0415
        from core.ui.lint_view import show_report  # noqa: PLC0415

        found = LintFinding(rule="X1", title="t", severity="error", sentence="It is doubled.")
        show_report(LintReport(inputs=("a.md",), findings=(found,)))

    shown = AppTest.from_function(page, default_timeout=30).run()
    assert not shown.exception
    assert any("It is doubled." in str(one.proto) for one in shown.main)
