"""What is known of the account beside the reports: where buckets lie, and what the edges do.

What could not be read is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.measures.edge_map import EdgeMap


@dataclass(frozen=True)
class Account:
    """`region` is that of the settings: where a bucket's own can't be read, and told then."""

    region: str
    media_bucket: str = ""
    regions: Mapping[str, str | None] = field(default_factory=dict)
    edge: EdgeMap | None = None
    edge_problem: str = ""

    def region_of(self, bucket: str, missing: list[str]) -> str:
        found = self.regions.get(bucket)
        if found is None and bucket in self.regions:
            missing.append(
                f"{bucket}: its region can't be read, so it is priced as in {self.region}"
            )
        return found or self.region
