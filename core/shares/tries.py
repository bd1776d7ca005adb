"""How many wrong passwords a link takes, and who counts as one visitor. Pure."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from core.errors import TooManyAttempts
from core.model.lockout import Limit, counter_id

WINDOW = timedelta(minutes=15)
PER_VISITOR = Limit(5, WINDOW)
PER_LINK = Limit(100, WINDOW)  # from all addresses together


class PasswordClosed(TooManyAttempts):
    """`seconds` until the next password is looked at."""

    def __init__(self, until: datetime, now: datetime) -> None:
        super().__init__(
            f"Too many wrong passwords. The link is closed until {until:%H:%M} UTC.",
            hint="Wait until then; the right password is refused until that time as well.",
        )
        self.seconds = max(1, int((until - now).total_seconds()) + 1)


def counters(link_id: str, address: str) -> tuple[tuple[str, Limit], ...]:
    return (
        (counter_id("visitor", f"{link_id} {network(address)}"), PER_VISITOR),
        (counter_id("link", link_id), PER_LINK),
    )


def network(address: str) -> str:
    """Of IPv6 the /64: one household has as many addresses in it as it likes."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))
