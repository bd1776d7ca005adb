"""Addresses and networks as people write them in a setting. Pure."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8, 192.0.2.7` → each of them. Raises `ValueError` for anything else."""
    return tuple(ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip())


def with_mapped(network: Network) -> tuple[str, ...]:
    """As a server sees its clients: on an IPv6 socket IPv4 looks like `::ffff:10.0.0.1`."""
    if isinstance(network, IPv6Network):
        return (str(network),)
    return (str(network), f"::ffff:{network.network_address}/{96 + network.prefixlen}")
