import pytest

from core.model.diagnosis import (
    Candidate,
    Confidence,
    DryRun,
    Evidence,
    Finding,
    Fix,
    FixType,
    ObjectState,
    ParsedUrl,
    ReportInput,
    Resolved,
    TraceStep,
    UnknownFact,
    UrlDiagnosis,
    Verdict,
)
from core.ui import diagnosis_view, diagnosis_way, fix_view

FAULT = Finding(cause="a", step="key", sentence="first")
NASTY = "<script>alert(1)</script>"


def diagnosis(*trace, sentence="The file isn't there.", **fields):
    base = {
        "input": ReportInput(url="https://d1/a", parsed=ParsedUrl(host="d1")),
        "verdict": Verdict(
            predicted_status=403,
            primary_cause="origin-path-double-prefix",
            sentence=sentence,
            confidence=Confidence.CERTAIN,
        ),
        "resolved": Resolved(distribution_id="E1", key="a/b", object_state=ObjectState.MISSING),
    }
    return UrlDiagnosis(**(base | fields), trace=trace)


def step(name, outcome, because=""):
    return TraceStep(step=name, outcome=outcome, because=because)


def test_the_way_has_eight_stops_in_the_order_of_the_request():
    stops = diagnosis_way.stations(diagnosis())
    assert [stop.name for stop in stops] == [
        "URL", "Distribution", "Behaviour", "Function", "Origin", "Key", "Object", "Access",
    ]  # fmt: skip


def test_a_stop_shows_the_worst_of_its_steps():
    trace = (step("access", "ok"), step("kms", "fail", "key disabled"), step("response", "unknown"))
    access = diagnosis_way.stations(diagnosis(*trace))[-1]
    assert (access.outcome, access.because) == ("fail", "key disabled")


def test_unknown_is_never_rounded_to_ok():
    access = diagnosis_way.stations(diagnosis(step("access", "ok"), step("kms", "unknown")))[-1]
    assert access.outcome == "unknown"


def test_the_first_failing_stop_is_the_break_and_the_rest_comes_after():
    made = diagnosis_way.way(diagnosis(step("key", "fail"), step("object", "fail")))
    assert made.count("ui-break-here") == 1
    assert made.index("ui-break-here") < made.index("<b>Key</b>")
    assert made.count("ui-after") == 2


def test_a_way_without_a_fault_has_no_break():
    made = diagnosis_way.way(diagnosis(step("key", "ok")))
    assert "ui-break-here" not in made
    assert "ui-after" not in made


def test_the_verdict_names_status_confidence_and_cause_in_words():
    made = diagnosis_view.verdict(diagnosis())
    for words in ("The file isn&#x27;t there.", "HTTP 403", "certain", "origin-path-double-prefix"):
        assert words in made


@pytest.mark.parametrize(
    ("agrees", "words"),
    [(True, "answered 403 as well"), (False, "not what the configuration says")],
)
def test_a_real_request_is_compared_in_words(agrees, words):
    ruling = diagnosis().verdict.model_copy(update={"observed_status": 403, "agrees": agrees})
    assert words in diagnosis_view.verdict(diagnosis(verdict=ruling))


def test_evidence_shows_call_place_and_value():
    trace = TraceStep(
        step="origin",
        outcome="fail",
        evidence=(Evidence(api="s3:HeadObject", path="Key", value={"a": 1}),),
        doc="https://docs.aws.amazon.com/x",
    )
    made = diagnosis_view.trace([trace])
    assert "<details open>" in made
    for words in ("s3:HeadObject", ">Key<", "{&quot;a&quot;: 1}", "https://docs.aws.amazon.com/x"):
        assert words in made


def test_steps_that_went_well_start_folded():
    assert "<details>" in diagnosis_view.trace([step("dns", "ok")])


def test_a_single_fault_is_not_listed_again():
    assert diagnosis_view.faults(diagnosis(findings=(FAULT,))) is None


def two_faults(*statuses):
    """The first of the fixes is the preferred one."""
    fixes = tuple(
        Fix(
            id=f"f{at}", type=FixType.POLICY_PATCH, title="Patch", preferred=at == 0,
            dry_run=DryRun(retrace_status=status),
        )
        for at, status in enumerate(statuses)
    )  # fmt: skip
    return diagnosis_view.faults(diagnosis(findings=(FAULT, FAULT), fixes=fixes))


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ((403, 200), "repairing only the first is not enough"),
        ((200, 403), "the preferred repair is enough"),
        ((None,), "each of these is on the way"),
        ((), "each of these is on the way"),
    ],
)
def test_the_dry_run_tells_whether_one_repair_is_enough(statuses, words):
    assert f"<span>{words}</span>" in two_faults(*statuses)


def test_a_fix_without_a_diff_shows_before_and_after_as_one():
    fix = Fix(
        id="f1",
        type=FixType.POLICY_PATCH,
        title="Patch",
        dry_run=DryRun(before={"Action": "a"}, after={"Action": "b"}, retrace_status=200),
    )
    made = fix_view.fix(fix)
    assert made.index("ui-d-del") < made.index("ui-d-add")
    assert "then HTTP 200" in made


def test_a_picture_is_shown_only_where_this_site_may_show_it():
    fields = {
        "bucket": "b", "key": "a.jpg", "score": 0.9, "confidence": "certain", "transform": "case",
    }  # fmt: skip
    reachable = Candidate(**fields, content_type="image/jpeg", reachable_url="https://d1/a.jpg")
    assert "<img" in diagnosis_view.candidate(reachable, str)
    assert "<img" not in diagnosis_view.candidate(reachable, lambda _: "")
    hidden = Candidate(**fields, content_type="image/jpeg")
    assert "<img" not in diagnosis_view.candidate(hidden, lambda url: url or "")
    refused = reachable.model_copy(update={"retrace_status": 403})
    assert "<img" not in diagnosis_view.candidate(refused, str)
    code = Candidate(**fields, content_type="image/png", reachable_url="javascript:alert(1)")
    assert "javascript" not in diagnosis_view.candidate(code, str)


@pytest.mark.parametrize(
    ("key", "content_type", "pictured"),
    [
        ("avatars/a.JPG", None, True),
        ("avatars/a", "image/webp", True),
        ("avatars/a.jpg", "text/html", False),
        ("report.pdf", None, False),
    ],
)
def test_type_or_else_name_tells_whether_a_candidate_is_a_picture(key, content_type, pictured):
    item = Candidate(
        bucket="b", key=key, score=0.9, confidence="certain", transform="case",
        content_type=content_type, reachable_url="https://d1/a",
    )  # fmt: skip
    assert ("<img" in diagnosis_view.candidate(item, str)) is pictured


def test_whatever_a_case_holds_is_never_markup():
    nasty = diagnosis(
        TraceStep(
            step="key",
            outcome="fail",
            because=NASTY,
            before=NASTY,
            evidence=(Evidence(api=NASTY, path=NASTY, value=NASTY),),
            doc="javascript:alert(1)",
        ),
        sentence=NASTY,
        findings=(Finding(cause=NASTY, step="key", sentence=NASTY),) * 2,
        candidates=(
            Candidate(
                bucket=NASTY, key=NASTY, score=1, confidence="certain", transform="x",
                reasons=(NASTY,), content_type=NASTY,
            ),
        ),
        fixes=(Fix(id="f", type="wait", title=NASTY, dry_run=DryRun(diff=NASTY), rollback=NASTY),),
        unknowns=(UnknownFact(what=NASTY, because=NASTY, effect=NASTY),),
    )  # fmt: skip
    made = (
        diagnosis_view.verdict(nasty)
        + diagnosis_way.way(nasty)
        + diagnosis_view.proof(nasty)
        + diagnosis_view.meant(nasty, str)
        + diagnosis_view.dry_runs(nasty)
    )
    assert "<script" not in made
    assert "javascript" not in made
    assert made.count("&lt;script&gt;") > 15


def test_a_cause_that_no_step_failed_for_still_marks_the_break():
    """An old entry at the edge: every step does its work, and the answer is wrong."""
    stale = diagnosis(
        TraceStep(step="cache", outcome="ok"), TraceStep(step="object", outcome="ok"),
        findings=(Finding(cause="cached-stale-object", step="cache", sentence="old"),),
    )  # fmt: skip
    outcomes = {stop.name: stop.outcome for stop in diagnosis_way.stations(stale)}
    assert outcomes["Behaviour"] == "fail"
    assert outcomes["Object"] == "ok"
    assert "ui-break-here" in diagnosis_way.way(stale)


def test_nothing_is_marked_where_nothing_was_found():
    fine = diagnosis(TraceStep(step="cache", outcome="ok"))
    assert "ui-break-here" not in diagnosis_way.way(fine)
