"""Whether the CDN answers as it should: what was expected, what came, one step per header."""

from __future__ import annotations

from collections.abc import Mapping

from core.model.base import Noun
from core.model.media import DeliveryStep
from core.upload.content import plain_type

_REFUSED = 403


class Expected(Noun):
    """What a viewer must get for one key. `name` is `original` or `thumbnail`."""

    name: str
    key: str
    content_type: str
    size: int
    cache_control: str


def steps(
    expected: Expected, status: int, headers: Mapping[str, str], error: str
) -> tuple[DeliveryStep, ...]:
    """Each check of one answer; only the status where there was no good answer."""
    reached = _step(expected, "status", "200", error or str(status))
    if not reached.ok:
        return (reached,)
    return (
        reached,
        _step(
            expected,
            "content type",
            plain_type(expected.content_type),
            plain_type(headers.get("content-type", "")),
        ),
        _step(expected, "length", str(expected.size), headers.get("content-length", "")),
        _step(expected, "cache header", expected.cache_control, headers.get("cache-control", "")),
    )


def refused_unsigned(status: int) -> DeliveryStep:
    """Private media that answers without a signature is not served as it should be."""
    return DeliveryStep(
        name="original: unsigned", ok=status == _REFUSED, expected=str(_REFUSED), actual=str(status)
    )


def away(status: int) -> bool:
    """Whether nobody answered, or only to say that it can't for now."""
    return status == 0 or status >= 500


def _step(expected: Expected, what: str, wanted: str, got: str) -> DeliveryStep:
    return DeliveryStep(
        name=f"{expected.name}: {what}", ok=wanted == got, expected=wanted, actual=got[:200]
    )


def not_processed(reason: str) -> DeliveryStep:
    """The step that failed where no object could be made at all."""
    return DeliveryStep(name="processing", ok=False, expected="a stored file", actual=reason[:200])
