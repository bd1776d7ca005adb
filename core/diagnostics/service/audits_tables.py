"""What a person may choose of a DynamoDB table: its keys, and where its URLs seem to be."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.aws.dynamodb_tables import TableReader
from core.diagnostics.spelling import IMAGE_EXTENSIONS, extension_of
from core.errors import DashboardError
from core.model.url_audit import TableChoice


def choice_of(reader: TableReader, name: str) -> TableChoice:
    """A table that may not be read is shown with the reason."""
    try:
        facts = reader.facts(name)
    except DashboardError as error:
        return TableChoice(name=name, key_attributes=(), problem=f"{error.message} {error.hint}")
    told = {"rows": facts.rows, "size": facts.size}
    try:
        sample = reader.sample(name)
    except DashboardError as error:
        problem = f"{error.message} {error.hint}"
        return TableChoice(name=name, key_attributes=facts.key_attributes, problem=problem, **told)
    seen = Counter(field for row in sample for field in row)
    likely = Counter(field for row in sample for field, value in row.items() if _refers(value))
    return TableChoice(
        name=name, key_attributes=facts.key_attributes, attributes=tuple(sorted(seen)),
        likely=tuple(field for field, _ in likely.most_common()), **told,
    )  # fmt: skip


def _refers(value: Any) -> bool:
    """Whether a value looks like a URL or the key of a picture."""
    if isinstance(value, list):
        return any(_refers(one) for one in value)
    if not isinstance(value, str):
        return False
    return value.startswith(("https://", "http://", "s3://")) or (
        extension_of(value) in IMAGE_EXTENSIONS
    )
