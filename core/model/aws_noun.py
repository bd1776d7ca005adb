"""What every noun in AWS's own words shares: names, lists, and what was not read.

The field names are AWS's own. A field that the snapshot does not hold was *not read*: ask
`noun.read("Policy")` before an empty value is taken to mean "there is none".
"""

from __future__ import annotations

from functools import cache
from types import NoneType
from typing import Annotated, Any, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    model_validator,
)
from pydantic.alias_generators import to_pascal


@cache
def _nullable(noun: type[BaseModel]) -> frozenset[str]:
    """The names under which a noun's fields may be null."""
    fields = noun.model_fields
    empty = {
        name
        for name, field in fields.items()
        if field.annotation is Any or NoneType in get_args(field.annotation)
    }
    return frozenset(empty | {fields[name].alias or to_pascal(name) for name in empty})


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """The JSON objects of a list, whatever else stands there."""
    return (
        [one for one in value if isinstance(one, dict)] if isinstance(value, list | tuple) else []
    )


class AwsNoun(BaseModel):
    """Frozen, named by boto3's keys, tolerant of fields that AWS adds later."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_where_nothing_else_fits(cls, value: Any) -> Any:
        """`null` counts where a field may be empty on purpose; elsewhere it means "not read"."""
        if not isinstance(value, dict) or None not in value.values():
            return value
        nullable = _nullable(cls)
        return {k: v for k, v in value.items() if v is not None or k in nullable}

    def read(self, field: str) -> bool:
        """Whether the snapshot held this field at all (an empty value counts as read)."""
        return field in self.model_fields_set

    def replace(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)


def items_of(value: Any) -> Any:
    """CloudFront wraps lists as {"Quantity": n, "Items": [...]}; a missing list is an empty one."""
    if isinstance(value, dict):
        value = value.get("Items")
    return () if value is None else value


def listed(value: Any) -> Any:
    """IAM allows one string where a list is meant."""
    return (value,) if isinstance(value, str) else value


def text_of(value: Any) -> Any:
    return "" if value is None else str(value)


def unwrapped(name: str) -> BeforeValidator:
    """The API nests some fields: {"Id": …, "KeyGroupConfig": {"Items": […]}}."""

    def unwrap(value: Any) -> Any:
        inner = value.get(name) if isinstance(value, dict) else None
        return {**inner, **value} if isinstance(inner, dict) else value

    return BeforeValidator(unwrap)


Texts = Annotated[tuple[str, ...], BeforeValidator(items_of)]
Text = Annotated[str, BeforeValidator(text_of)]
