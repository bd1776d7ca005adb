"""Doctor: why a URL does not work, with the proof, what was meant, and what repairs it."""

from core.model.identity import Actor, Permission
from core.ui import doctor_view
from core.ui.frame import open_page
from core.ui.session import services


def main(actor: Actor) -> None:
    asked = doctor_view.question()
    diagnostics = services().diagnostics
    if asked.case is not None:
        doctor_view.report(diagnostics.diagnose_snapshot(actor, asked.case), "", saved=True)
    elif asked.url:
        with doctor_view.asking():
            found = diagnostics.diagnose_url(actor, asked.url, probe=asked.probe)
        doctor_view.report(found, asked.url)
    elif asked.report_id:
        with doctor_view.asking():
            found = diagnostics.diagnose_report(actor, asked.report_id, probe=asked.probe)
        doctor_view.report(found, "")
    else:
        doctor_view.start(actor)


main(open_page(Permission.URL_DIAGNOSE))
