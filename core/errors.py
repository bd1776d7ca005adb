"""Every error that a person or a program can meet, as one tree.

DashboardError
├── InvalidInput 400
│   ├── UnsupportedType 415      the bytes are of a type that is not taken here
│   └── UnreadableContent 422    the bytes are damaged, lie about what they are, or break a limit
├── NotSignedIn 401
├── NotAllowed 403               our own rule says no (never an AWS refusal)
├── NotFound 404                 also for things that belong to somebody else
├── Conflict 409                 somebody or something else was faster
├── TooLarge 413
├── TooManyAttempts 429
├── Configuration 500
├── AwsDenied 502                the dashboard's own credentials lack a right
└── AwsUnavailable 503

Raised anywhere below, shown in three places only: `ui/frame.py`, `web/api` and `cli.py`.
"""

from __future__ import annotations

from typing import ClassVar


class DashboardError(Exception):
    """What went wrong (`message`) and what to do about it (`hint`), both for people to read."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(DashboardError):
    status, slug, title = 400, "invalid-input", "The input can't be used"


class UnsupportedType(InvalidInput):
    status, slug, title = 415, "unsupported-type", "This type of file is not taken here"


class UnreadableContent(InvalidInput):
    status, slug, title = 422, "unreadable-content", "The content can't be read"


class NotSignedIn(DashboardError):
    status, slug, title = 401, "not-signed-in", "Not signed in"


class NotAllowed(DashboardError):
    status, slug, title = 403, "not-allowed", "Not allowed"


class NotFound(DashboardError):
    status, slug, title = 404, "not-found", "Not found"


class Conflict(DashboardError):
    status, slug, title = 409, "conflict", "Not possible as things are now"


class TooLarge(DashboardError):
    status, slug, title = 413, "too-large", "Too large"


class TooManyAttempts(DashboardError):
    """`seconds` until the next attempt is looked at."""

    status, slug, title = 429, "too-many-attempts", "Too many attempts"

    def __init__(self, message: str, hint: str = "", *, seconds: int = 60) -> None:
        super().__init__(message, hint)
        self.seconds = seconds


class Configuration(DashboardError):
    status, slug, title = 500, "configuration", "The configuration is wrong"


class AwsDenied(DashboardError):
    status, slug, title = 502, "aws-denied", "AWS refused the dashboard's credentials"


class AwsUnavailable(DashboardError):
    status, slug, title = 503, "aws-unavailable", "AWS can't be reached"
