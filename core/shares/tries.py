"""How many wrong passwords a link takes, and who counts as one visitor. Pure."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from core.model.lockout import Limit, counter_id

WINDOW = timedelta(minutes=15)
PER_VISITOR = Limit(5, WINDOW)
PER_LINK = Limit(100, WINDOW)  # from all addresses together


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
