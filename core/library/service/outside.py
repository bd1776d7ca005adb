"""What other rooms do for the library: handed in, because rooms don't know each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.model.identity import Actor
from core.model.media import MediaFile


@dataclass(frozen=True)
class Outside:
    """What other rooms do for the library. None where this site does not have it.

    `switch_privacy` makes a file private (True) or public: moves its objects, writes its record.
    `check_delivery` asks the CDN for a file and writes down what it says. `check_album` raises
    `NotFound` where this person has no such album.
    """

    switch_privacy: Callable[[Actor, str, bool], MediaFile] | None = None
    check_delivery: Callable[[str], object] | None = None
    check_album: Callable[[Actor, str], object] | None = None
