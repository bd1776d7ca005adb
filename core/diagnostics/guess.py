"""One candidate: a key that exists, as the object that a URL may have meant."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.diagnosis import Confidence


@dataclass(frozen=True, slots=True)
class Guess:
    """A key that exists, and how one gets from the key that was asked for to it."""

    bucket: str
    key: str
    score: float
    transform: str
    spelling: tuple[str, ...] = ()
    asked: str = ""  # the key after the structural change
    prefix: str = ""  # what was added or taken away
    confidence: Confidence = Confidence.POSSIBLE
    reasons: tuple[str, ...] = ()
    same_owner: bool = False

    @property
    def sure(self) -> bool:
        return self.confidence in {Confidence.CERTAIN, Confidence.LIKELY}
