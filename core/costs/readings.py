"""What a claim's words come to, before and after they are read as lines of the price sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """The lines that may be meant, the likeliest first, and what had to be assumed."""

    lines: tuple[str, ...]
    assumed: tuple[str, ...] = ()
    is_unsure: bool = False  # too little is said to call the claim wrong


@dataclass(frozen=True)
class Words:
    unit: str
    storage_class: str  # '' where none is named
    int_tier: str
    speed: str
    verb: str
    measure: str
    protocol: str
    near: str

    @property
    def stored(self) -> str:
        return self.storage_class or "STANDARD"
