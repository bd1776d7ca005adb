"""When the daily scan of what is stored is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def slot_before(now: datetime, hour: int) -> datetime:
    """The last moment at which a scan of each day at `hour` (UTC) was to begin."""
    today = now.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)
