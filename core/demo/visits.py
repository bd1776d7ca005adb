"""Requests that viewers of the demo company made: a day's worth of access log lines. Pure.

The same seed, day and catalogue make the same lines. Invented are the viewers; what they ask for
are the demo's own files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import quote

from core.model.traffic import LOG_FIELDS

SEED = 2026
PICTURE_REQUESTS, KIT_REQUESTS = 1400, 1900  # on a usual Monday at the end
SPIKE = 1.6  # times a day's downloads, from one page that links to one file
SPIKE_REFERRER = "https://forum.gear-talk.example/t/88121-free-wallpapers"
_GROWTH = 0.003  # a day, going back

_WEEK = (1.0, 1.04, 1.07, 1.05, 0.97, 0.63, 0.56)
_HOURS = (
    3,
    2,
    1.5,
    1.2,
    1.3,
    2,
    3.5,
    6,
    9,
    11,
    12,
    11,
    10,
    10.5,
    11,
    10,
    9.5,
    9,
    9,
    9.5,
    9,
    8,
    6,
    4,
)
# Edge, country of the viewer, share of the requests.
_EDGES = (
    ("FRA56-P4", "DE", 24), ("CDG55-P2", "FR", 12), ("LHR61-P5", "GB", 11), ("ARN56-P1", "SE", 7),
    ("MAD53-P1", "ES", 6), ("IAD89-P3", "US", 13), ("LAX53-P4", "US", 8), ("YUL62-C1", "CA", 3),
    ("NRT57-P1", "JP", 6), ("SYD62-P2", "AU", 3), ("SIN52-P3", "SG", 3), ("BOM78-P6", "IN", 3),
    ("GRU3-P3", "BR", 1),
)  # fmt: skip
_REFERRERS = (
    ("-", 38), ("https://www.north-coast-studio.example/", 34),
    ("https://www.north-coast-studio.example/press", 12),
    ("https://blog.trail-magazine.example/autumn-light", 9), ("https://news.outdoor.example/", 7),
)  # fmt: skip
_AGENTS = (
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15", 30),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36", 45),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Mobile/15E148 Safari/604.1", 25),
)
_GONE = ("/media/2023/harbour-at-night.jpg", "/media/2023/team.jpg", "/favicon.ico")
_REFUSED = "/incoming/"
_TROUBLE, _UNCHANGED = 0.024, 0.03  # of all requests
_HEAD_BYTES = 480  # of headers, which a log counts


class Asked(NamedTuple):
    """One address, from when it was there. `weight` is how popular it is among its like."""

    path: str
    size: int
    content_type: str
    since: datetime
    weight: float


@dataclass(frozen=True)
class Catalogue:
    """`kits` are the few large downloads; pictures are everything else."""

    pictures: tuple[Asked, ...]
    kits: tuple[Asked, ...]


class Place(NamedTuple):
    """Whose log it is."""

    distribution_id: str
    domain: str


def fields(*, countries: bool) -> tuple[str, ...]:
    """v1, or as v2 writes them where the viewer's country was chosen too."""
    return (*LOG_FIELDS, "c-country") if countries else LOG_FIELDS


def day_lines(
    day: date, today: date, spike: date, catalogue: Catalogue, place: Place, *, countries: bool
) -> list[tuple[datetime, str]]:
    """A whole day by time. The spike ebbs away on the day after it."""
    chance = random.Random(f"{SEED} {day}")
    level = _WEEK[day.weekday()] * (1 - _GROWTH * (today - day).days) * chance.uniform(0.94, 1.06)
    extra = {0: SPIKE, 1: 0.12}.get((day - spike).days, 0.0)
    found = _Day(chance, day, place, countries)
    found.add(catalogue.pictures, round(PICTURE_REQUESTS * level), misses=0.07)
    found.add(catalogue.kits, round(KIT_REQUESTS * level), misses=0.015, parts=0.08)
    if extra and catalogue.kits:
        found.add(
            catalogue.kits[:1], round(KIT_REQUESTS * level * extra), misses=0.004,
            referrer=SPIKE_REFERRER,
        )  # fmt: skip
    return sorted(found.lines)


class _Day:
    def __init__(self, chance: random.Random, day: date, place: Place, countries: bool) -> None:
        self._chance, self._day, self._place = chance, day, place
        self._countries = countries
        self.lines: list[tuple[datetime, str]] = []

    def add(
        self, asked: Sequence[Asked], count: int, *, misses: float, parts: float = 0.0,
        referrer: str = "",
    ) -> None:  # fmt: skip
        """Requests for these, at the hours and from the places that are usual."""
        start = datetime.combine(self._day, time(), UTC)
        there = [one for one in asked if one.since < start + timedelta(days=1)]
        if not there:
            return
        chance = self._chance
        wanted = chance.choices(
            there, cum_weights=list(accumulate(one.weight for one in there)), k=count
        )
        hours = chance.choices(range(24), _HOURS, k=count)
        edges = chance.choices(_EDGES, [one[2] for one in _EDGES], k=count)
        agents = _picked(chance, _AGENTS, count)
        sent_by = [referrer] * count if referrer else _picked(chance, _REFERRERS, count)
        for one, hour, edge, agent, page in zip(wanted, hours, edges, agents, sent_by, strict=True):
            at = start + timedelta(hours=hour, seconds=chance.randrange(3600))
            if at >= one.since:
                answer = _answer(chance, one, misses, parts)
                self.lines.append((at, self._line(at, one, edge, agent, page, answer)))

    def _line(
        self, at: datetime, one: Asked, edge: tuple[str, str, int], agent: str, page: str,
        answer: _Answer,
    ) -> str:  # fmt: skip
        chance = self._chance
        seconds = f"{0.02 + answer.size / 9_000_000 + chance.random() * 0.05:.3f}"
        protocol = "http" if answer.result == "Redirect" else "https"
        values = (
            f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", edge[0], str(answer.size + _HEAD_BYTES),
            f"203.0.113.{chance.randrange(1, 255)}", "GET", self._place.domain,
            quote(answer.path or one.path), str(answer.status),
            page if page == "-" else quote(page, safe=":/"), quote(agent, safe="/();:,."), "-",
            "-", answer.result, f"{chance.getrandbits(320):080x}==", self._place.domain, protocol,
            str(chance.randrange(280, 620)), seconds, "-",
            "-" if protocol == "http" else "TLSv1.3",
            "-" if protocol == "http" else "TLS_AES_128_GCM_SHA256", answer.result, "HTTP/2.0",
            "-", "-", str(chance.randrange(1024, 65535)), seconds, answer.result,
            one.content_type if answer.status in (200, 206) else "-", str(answer.size),
            *(("0", str(answer.size - 1)) if answer.status == 206 else ("-", "-")),
            *((edge[1],) if self._countries else ()),
        )  # fmt: skip
        return "\t".join(values) + "\n"


class _Answer(NamedTuple):
    status: int
    result: str
    size: int
    path: str = ""


def _answer(chance: random.Random, one: Asked, misses: float, parts: float) -> _Answer:
    """Mostly the file; now and then what goes wrong on every site."""
    luck = chance.random()
    if luck < _TROUBLE:
        return _trouble(chance, luck)
    result = "Miss" if chance.random() < misses else "Hit"
    if not parts and chance.random() < _UNCHANGED:
        return _Answer(304, "RefreshHit" if result == "Miss" else "Hit", 0)
    if chance.random() < parts:
        return _Answer(206, result, max(1, int(one.size * chance.uniform(0.1, 0.7))))
    return _Answer(200, result, one.size)


def _trouble(chance: random.Random, luck: float) -> _Answer:
    if luck < 0.011:
        return _Answer(404, "Error", 235, chance.choice(_GONE))
    if luck < 0.015:
        return _Answer(403, "Error", 243, f"{_REFUSED}{chance.randrange(40):02}.jpg")
    if luck < 0.0152:
        return _Answer(502, "Error", 507)
    return _Answer(301, "Redirect", 167)


def _picked(chance: random.Random, choices: Sequence[tuple[str, int]], count: int) -> list[str]:
    return chance.choices([one for one, _ in choices], [share for _, share in choices], k=count)


def files_of_day(
    lines: Sequence[tuple[datetime, str]], place: Place, *, countries: bool
) -> Iterator[tuple[str, bytes]]:
    """Names as CloudFront gives them, without the prefix, and what is in each; four a day."""
    head = f"#Version: 1.0\n#Fields: {' '.join(fields(countries=countries))}\n"
    for hour in range(0, 24, 6):
        own = [(at, line) for at, line in lines if hour <= at.hour < hour + 6]
        if own:
            at = own[-1][0]
            unique = random.Random(f"{SEED} {at:%Y-%m-%d} {hour}").getrandbits(32)
            name = f"{place.distribution_id}.{at:%Y-%m-%d-%H}.{unique:08x}.gz"
            yield name, (head + "".join(line for _, line in own)).encode()
