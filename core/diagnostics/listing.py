"""The rows of a bucket's listing, small enough for millions of keys."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Listing:
    """The rows of one bucket. A key that comes twice has its last row's values."""

    rows: dict[str, int] = field(default_factory=dict)
    sizes: array[int] = field(default_factory=lambda: array("q"))  # negative: not known
    classes: array[int] = field(default_factory=lambda: array("L"))
    class_names: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, size: str, storage_class: str) -> None:
        """Keep one row."""
        self.rows[key] = len(self.sizes)
        try:
            self.sizes.append(int(size))
        except (ValueError, OverflowError):
            self.sizes.append(-1)
        try:
            self.classes.append(self.class_names[storage_class])
        except KeyError:
            known = self.class_names[storage_class] = len(self.class_names)
            self.classes.append(known)

    def extend(self, keys: Sequence[str], sizes: Sequence[str], classes: Sequence[str]) -> None:
        """Keep many rows at once, as `add` keeps one."""
        try:
            numbers = array("q", map(int, sizes))
        except (ValueError, OverflowError):
            for row in zip(keys, sizes, classes, strict=True):
                self.add(*row)
            return
        begun = len(self.sizes)
        self.rows.update(zip(keys, range(begun, begun + len(keys)), strict=True))
        self.sizes += numbers
        for name in dict.fromkeys(classes):
            self.class_names.setdefault(name, len(self.class_names))
        self.classes.extend(map(self.class_names.__getitem__, classes))

    @property
    def unsized(self) -> int:
        """Rows whose size was no number."""
        import numpy as np  # noqa: PLC0415  # 16 MiB that most runs do not need

        return int((np.frombuffer(self.sizes, dtype=np.int64) < 0).sum()) if self.sizes else 0

    @property
    def repeated(self) -> int:
        return len(self.sizes) - len(self.rows)
