"""CORS rules of a bucket: which origin and method they let through."""

from __future__ import annotations

from typing import Any

from core.diagnostics.wildcards import matches
from core.model.delivery import rows


def cors_rules(config: Any) -> list[dict[str, Any]]:
    """The rules in either of the API's shapes."""
    return rows(config.get("CORSRules") if isinstance(config, dict) else config)


def allows(cors_rule: dict[str, Any], origin: str, method: str) -> bool:
    """One rule for one origin and method; scheme and port count."""
    methods = [str(m).upper() for m in texts(cors_rule.get("AllowedMethods"))]
    origins = [str(o) for o in texts(cors_rule.get("AllowedOrigins"))]
    return method in methods and any(matches(o, origin) for o in origins)


def texts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []
