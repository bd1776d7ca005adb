"""Doctor: why a URL does not work, with the proof, what was meant, and what repairs it."""

from core.model.identity import Actor, Permission
from core.ui import cases_view, doctor_view
from core.ui.frame import open_page
from core.ui.session import services


def main(actor: Actor) -> None:
    asked = doctor_view.question()
    diagnostics = services().diagnostics
    case = asked.case or (None if asked.url else cases_view.opened(actor))
    if case is not None:
        doctor_view.report(actor, diagnostics.diagnose_snapshot(actor, case), asked, case)
    elif asked.url:
        with doctor_view.asking():
            found = diagnostics.diagnose_url(actor, asked.url, probe=asked.probe)
        doctor_view.report(actor, found, asked, None)
    elif asked.report_id:
        with doctor_view.asking():
            found = diagnostics.diagnose_report(actor, asked.report_id, probe=asked.probe)
        doctor_view.report(actor, found, asked, None)
    else:
        doctor_view.start(actor)


main(open_page(Permission.URL_DIAGNOSE))
