"""What is wrong around the library, said on top: the files are listed all the same."""

from __future__ import annotations

from core.ui import parts, session
from core.ui.frame import show
from core.ui.parts import Tone


def notices() -> None:
    """Nothing where all is well. Asked of the index alone, so that no page waits for it."""
    services = session.services()
    status = services.index.status(services.store)
    if status.building:
        show(parts.note(f"{status.message[0].upper()}{status.message[1:]}.", Tone.WARN))
