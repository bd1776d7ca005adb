"""Numbers, sizes, times and keys as people read them. `now` is an argument.

Times are shown in the zone of whoever a run is for, which `show_in` sets; without it in UTC.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_STEPS = (
    (timedelta(minutes=1), timedelta(seconds=1), "s"),
    (timedelta(hours=1), timedelta(minutes=1), "min"),
    (timedelta(days=1), timedelta(hours=1), "h"),
    (timedelta(days=30), timedelta(days=1), "d"),
)
_DIME = Decimal("0.1")  # USD from which two decimals tell enough
_GAP = "\u2026"  # …
_zone: ContextVar[str] = ContextVar("zone", default="UTC")

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def size(count: int) -> str:
    """`1536` → `1.5 KiB`. One decimal below 10, none above 100."""
    value = float(count)
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            break
        value /= 1024
    if unit == "B":
        return f"{count:,} B"
    return f"{value:,.{1 if value < 99.95 else 0}f} {unit}"


def number(value: int) -> str:
    """`4310` → `4,310`."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """`2, "file"` → `2 files`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def share(part: int, whole: int) -> str:
    """A percentage that never rounds a fault away: 4309 of 4310 is 99.9 %, not 100 %."""
    if whole <= 0:
        return "\u2013"
    percent = 100 * part / whole
    if percent in (0, 100):
        return f"{percent:.0f} %"
    return f"{min(max(percent, 0.1), 99.9):.1f} %"


def money(amount: Decimal | None, currency: str = "USD") -> str:
    """`$1,204.10`; small amounts keep the digits that make them more than nothing."""
    if amount is None:
        return "unknown"
    value = abs(amount)
    if value and value < Decimal("0.0001"):
        sign, figure = "< ", "0.0001"
    else:
        sign, figure = "", f"{value:,.{2 if value >= _DIME or not value else 4}f}"
    told = f"{sign}${figure}" if currency == "USD" else f"{sign}{figure} {currency}"
    return f"\u2212{told}" if amount < 0 else told


def signed(amount: Decimal, currency: str = "USD") -> str:
    """With its sign, unless it is too little for a sign to mean anything."""
    told = money(amount, currency)
    if "<" in told:
        return told.lstrip("\u2212")
    return f"+{told}" if amount > 0 else told


def month(period: str) -> str:
    """`2026-10` \u2192 `October 2026`."""
    return f"{date.fromisoformat(f'{period}-01'):%B %Y}"


def change(after: int, before: int) -> str:
    """`14 % more`; '' where there is nothing to compare with."""
    if before <= 0:
        return ""
    percent = round(100 * (after - before) / before)
    if not percent:
        return "as much"
    return f"{abs(percent):,} % {'more' if percent > 0 else 'less'}"


def show_in(zone: str) -> None:
    """The person's IANA time zone, for the rest of this run; UTC where there is no such zone."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = "UTC"
    _zone.set(zone)


def zone_name() -> str:
    """Of the zone in which this run shows times."""
    return _zone.get()


def local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(_zone.get()))


def moment(at: datetime) -> str:
    """The absolute form in the person's zone: `2026-11-20 09:31 UTC`, `… 10:31 CET`."""
    there = local(at)
    name = there.tzname() or ""
    return f"{there:%Y-%m-%d %H:%M} {'UTC' + name if name[:1] in '+-' else name}"


def moment_and_utc(at: datetime) -> str:
    """For tooltips: in the person's zone, and in UTC where that is another."""
    here, utc = moment(at), moment_utc(at)
    return here if here == utc else f"{here} ({utc})"


def moment_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(at: datetime, now: datetime) -> str:
    """`5 min ago`, `in 3 h`; from 30 days on the date."""
    distance = abs(now - at)
    for limit, unit, word in _STEPS:
        if distance < limit:
            amount = f"{distance // unit} {word}"
            return _relative(amount, past=at <= now, present=distance < timedelta(seconds=5))
    return f"{local(at):%Y-%m-%d}"


def _relative(amount: str, *, past: bool, present: bool) -> str:
    if present:
        return "just now"
    return f"{amount} ago" if past else f"in {amount}"


def shorten(text: str, width: int = 48) -> str:
    """Shortened in the middle, because both ends of a key tell more than its middle."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}{_GAP}{text[len(text) - tail :]}"


def dimensions(width: int | None, height: int | None) -> str:
    """Width by height, with the megapixels from one on."""
    if not width or not height:
        return ""
    pixels = width * height / 1_000_000
    megapixels = f" ({pixels:.1f} MP)" if pixels >= 1 else ""
    return f"{width} \u00d7 {height}{megapixels}"


def saved(before: int, after: int) -> str:
    """What processing did to the size: `2.1 MiB → 1.8 MiB (14 % less)`."""
    if before <= 0 or before == after:
        return size(after)
    change = round(100 * (before - after) / before)
    word = "less" if change > 0 else "more"
    share = f" ({abs(change)} % {word})" if change else ""
    return f"{size(before)} \u2192 {size(after)}{share}"


def device(user_agent: str) -> str:
    """`Firefox on Linux`; what it says of itself where that tells neither."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    known = " on ".join(word for word in (browser, system) if word)
    return known or shorten(user_agent, 60) or "Unknown device"
