"""Audit: many URLs at once, layouts of keys that are to go, and mistakes of the configuration."""

from core.model.identity import Actor, Permission
from core.ui import audit_view, lint_view, migrations_view
from core.ui.frame import open_page
from core.ui.steps import tabs


def _layouts(actor: Actor) -> None:
    del actor  # each part asks who is there
    migrations_view.migrations()
    migrations_view.layouts()


VIEWS = {"URLs": audit_view.urls, "Layouts of keys": _layouts, "Configuration": lint_view.section}


def main(actor: Actor) -> None:
    VIEWS[tabs(VIEWS)](actor)


main(open_page(Permission.URL_DIAGNOSE))
