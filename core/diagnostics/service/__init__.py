"""The room's only way outside: capture from AWS, records, and the diagnosis over them."""

from core.diagnostics.service.doctor import DiagnosticsService

__all__ = ["DiagnosticsService"]
