"""CORS rules of a bucket: which origin and method they let through."""

from __future__ import annotations

from typing import Any

from core.model.delivery import rows
from core.model.wildcards import matches


def cors_rules(config: Any) -> list[dict[str, Any]]:
    """The rules in either of the API's shapes."""
    return rows(config.get("CORSRules") if isinstance(config, dict) else config)


def allows(
    cors_rule: dict[str, Any], origin: str, method: str, headers: tuple[str, ...] = ()
) -> bool:
    """One rule for one origin, method and set of headers; scheme and port count."""
    methods = [str(m).upper() for m in texts(cors_rule.get("AllowedMethods"))]
    return (
        method in methods
        and allows_origin(cors_rule, origin)
        and all(_allows_header(cors_rule, name) for name in headers)
    )


def allows_origin(cors_rule: dict[str, Any], origin: str) -> bool:
    return any(matches(str(o), origin) for o in texts(cors_rule.get("AllowedOrigins")))


def _allows_header(cors_rule: dict[str, Any], name: str) -> bool:
    """Header names know no case; a rule without AllowedHeaders lets none through."""
    listed = [str(h).lower() for h in texts(cors_rule.get("AllowedHeaders"))]
    return any(matches(pattern, name) for pattern in listed)


def asked_headers(value: str | None) -> tuple[str, ...]:
    """Access-Control-Request-Headers, lower case."""
    return tuple(name.strip().lower() for name in (value or "").split(",") if name.strip())


def texts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []
