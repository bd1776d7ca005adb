"""What people wrote down about a failing origin or a signature, read word by word.

A word counts only where it stands alone: "uploader" is no upload, "budget" is no GET.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from core.diagnostics import facts
from core.diagnostics.urls import whole_number
from core.model.delivery import AccountSnapshot

# --- a custom origin ------------------------------------------------------------------------

_STATUS = re.compile(r"(?<![\d.:-])(50[234])(?![\d.:-])")
_NO_CONNECTION = re.compile(
    r"refus|origin(?:connect|dns|comm|protocol)error|connection.?reset|econnre|nxdomain|dns.{0,12}(?:error|fail)|handshake|self.?signed|"
    r"(?:tls|ssl|certificate).{0,40}(?:expir|invalid|mismatch|fail|error|untrusted|wrong)"
)
_NO_ANSWER = re.compile(
    r"time[sd]?[ _-]?out|unreachable|no (?:response|answer)|not (?:respond|answer|reach)|hang|hung|"
    r"firewall|security group|(?<![a-z])down(?![a-z])|stopped|crash|unhealthy|not healthy|fail|"
    r"offline|unavailable|terminated|overload|no healthy"
)
_GOOD = re.compile(
    r"(?<![a-z])(?:up|health|healthy(?:_?hosts?_?count)?|reachable|available|alive|responds|online|open|connected|listening)$"
)
_BAD = re.compile(
    r"(?<![a-z])(?:down|unreachable|unhealthy(?:_?hosts?_?count)?|offline|timeouts?|timed_out|failing)$"
)
_COUNTED = re.compile(r"5xx|(?<!\d)50[234](?!\d)")
_DURATION = re.compile(r"(?:response|latency|duration|took|answer|render).{0,12}")
_FALSE, _TRUE = {"false", "no", "0", "none"}, {"true", "yes", "1"}


def origin_failure(snapshot: AccountSnapshot, read_timeout: int) -> tuple[int, str] | None:
    """The status that CloudFront answers for a custom origin that failed, and who says so.

    502: no connection; 504: no answer in time (HTTP 502 and 504 in CloudFront's guide).
    """
    for name, value in facts.pairs(snapshot):
        status = _failure(name, value, read_timeout)
        if status is not None:
            return status, f"{name}: {value}"
    return None


def _failure(name: str, value: str, read_timeout: int) -> int | None:
    if value in _FALSE:
        return 504 if _GOOD.search(name) else None
    count = whole_number(value)
    if value in _TRUE or count is not None:
        return _counted(name, value, count or 0, read_timeout)
    shown = _STATUS.search(value)
    if shown:
        return int(shown[1])
    if _NO_CONNECTION.search(f"{name}: {value}"):
        return 502
    slow = _NO_ANSWER.search(value) or _seconds(name, value) > read_timeout
    return 504 if slow else None


def _counted(name: str, value: str, count: int, read_timeout: int) -> int | None:
    """A number or a yes: what it means is in the name, or it is a status itself."""
    counted = _COUNTED.search(name)
    if _STATUS.fullmatch(value):
        return count
    if counted and count:
        return 502 if counted[0] == "5xx" else int(counted[0])
    bad = _BAD.search(name) and (count or value in _TRUE)
    return 504 if bad or _seconds(name, value) > read_timeout else None


def _seconds(name: str, value: str) -> float:
    """How long an answer took, where the name says that this is what the number means."""
    if not _DURATION.search(name) or not re.fullmatch(r"\d+(\.\d+)?", value):
        return 0.0
    return float(value) / (1000 if re.search(r"(?:_|\b)ms$|milli", name) else 1)


# --- a presigned URL ------------------------------------------------------------------------

_SESSION = re.compile(r"session|credential|token|(?<![a-z])sts(?![a-z])|assumed|(?<![a-z])role")
_ENDS = re.compile(r"expir|(?<![a-z])end|until|valid")
_LASTS = re.compile(r"duration|second|minute|hour|ttl|max_age|lifetime")
_TIME = re.compile(r"\d{4}-\d\d-\d\dt\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?")


def session_end(
    snapshot: AccountSnapshot, signed_at: datetime | None, *, has_token: bool
) -> datetime | None:
    """When the temporary credentials ended, where somebody wrote it down.

    Of a duration the latest end counts: a session that began when the URL was signed.
    """
    for name, value in facts.pairs(snapshot):
        found = _end_in(name, value, has_token=has_token) or _after(name, value, signed_at)
        if found:
            return found
    return None


def _end_in(name: str, value: str, *, has_token: bool) -> datetime | None:
    """A time that is the whole value, or stands in a sentence about the end of a session."""
    whole = facts.moment(value)
    if whole:
        ends = has_token and _ENDS.search(name) and "url" not in name
        return whole if _SESSION.search(name) or ends else None
    text = f"{name}: {value}"
    inside = _TIME.search(value) if _SESSION.search(text) and _ENDS.search(text) else None
    return facts.moment(inside[0]) if inside else None


def _after(name: str, value: str, signed_at: datetime | None) -> datetime | None:
    length = whole_number(value)
    if length is None or not signed_at or not (_SESSION.search(name) and _LASTS.search(name)):
        return None
    unit = 60 if "minute" in name else 3600 if "hour" in name else 1
    return signed_at + timedelta(seconds=length * unit)


_ABOUT = re.compile(
    r"method|sign|verb|operation|action|purpose|generated|made|(?<![a-z])for(?![a-z])"
)
_SOMEBODY = re.compile(r"(?:_|\b)(?:by|role|user|arn|at|key|date|region)$")
_METHODS = {
    "PUT": re.compile(r"(?<![a-z])(?:put(?:_?object)?|upload(?:s|ing)?)(?![a-z])"),
    "POST": re.compile(r"(?<![a-z])post(?![a-z])"),
    "DELETE": re.compile(r"(?<![a-z])delete(?:_?object)?(?![a-z])"),
    "HEAD": re.compile(r"(?<![a-z])head(?:_?object)?(?![a-z])"),
    "GET": re.compile(r"(?<![a-z])(?:get(?:_?object)?|download(?:s|ing)?)(?![a-z])"),
}


_SIGNED = re.compile(r"presign|signed|generated|clientmethod")
_IN_A_SENTENCE = re.compile(
    r"(put|delete|post)_?object|(?:method|for|presigned)\W{0,3}(?:an? )?(put|delete|post)(?![a-z])"
)


def signed_method(snapshot: AccountSnapshot) -> str:
    """What the URL was presigned for, where somebody wrote it down."""
    for name, value in facts.pairs(snapshot):
        told = _IN_A_SENTENCE.search(value) if _SIGNED.search(value) else None
        if told:
            return str(told[1] or told[2]).upper()
        if not _ABOUT.search(name) or _SOMEBODY.search(name) or "arn:" in value:
            continue
        for method, word in _METHODS.items():
            if word.search(value):
                return method
    return ""
