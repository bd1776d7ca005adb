"""The tones and words in which a diagnosis is told. Pure."""

from __future__ import annotations

from core.model.diagnosis import Confidence, ObjectState, Outcome
from core.ui.parts import Tone

OUTCOMES: dict[Outcome, tuple[Tone, str]] = {
    "ok": (Tone.OK, "ok"),
    "changed": (Tone.WARN, "changed"),
    "fail": (Tone.FAIL, "breaks"),
    "unknown": (Tone.UNKNOWN, "unknown"),
    "skipped": (Tone.NEUTRAL, "not used"),
}
CONFIDENCE = {
    Confidence.CERTAIN: (Tone.OK, "certain"),
    Confidence.LIKELY: (Tone.WARN, "likely"),
    Confidence.POSSIBLE: (Tone.WARN, "possible"),
    Confidence.UNKNOWN: (Tone.UNKNOWN, "unknown"),
}
OBJECTS = {
    ObjectState.PRESENT: (Tone.OK, "exists"),
    ObjectState.MISSING: (Tone.FAIL, "missing"),
    ObjectState.DELETE_MARKER: (Tone.FAIL, "deleted"),
    ObjectState.ARCHIVED: (Tone.WARN, "archived"),
    ObjectState.UNKNOWN: (Tone.UNKNOWN, "not read"),
    ObjectState.NOT_APPLICABLE: (Tone.NEUTRAL, "not asked"),
}
