"""A changed model written back into AWS's own document: only what differs, the rest untouched."""

from __future__ import annotations

from typing import Any

from pydantic.alias_generators import to_pascal

from core.diagnostics.repairs.edits import counted
from core.model.delivery import AwsNoun, BucketPolicy, CacheBehavior, DistributionConfig, Statement

Shape = dict[str, Any]
_NAMES = ("id", "path_pattern", "error_code", "event_type")
_LEGACY = ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")  # not beside a cache policy


def config_shape(raw: Shape, old: DistributionConfig, new: DistributionConfig) -> Shape:
    """The distribution's configuration as `UpdateDistribution` takes it."""
    made: Shape = counted(reshaped(raw, old, new))
    return made


def reshaped(raw: Shape, old: AwsNoun, new: AwsNoun) -> Shape:
    """`raw` with each field that differs between the two models."""
    made = dict(raw)
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            alias = _alias(new, name)
            _put(made, alias, _written(raw.get(alias), name, before, after, _templates(raw, old)))
    if isinstance(new, CacheBehavior) and isinstance(old, CacheBehavior):
        return _without_legacy(made) if new.cache_policy_id != old.cache_policy_id else made
    return made


def _without_legacy(behavior: Shape) -> Shape:
    """CloudFront refuses a cache policy beside the older settings that it replaces."""
    kept = behavior.get("CachePolicyId") and _LEGACY
    return {name: value for name, value in behavior.items() if name not in (kept or ())}


def _alias(noun: AwsNoun, name: str) -> str:
    return type(noun).model_fields[name].alias or to_pascal(name)


def _put(made: Shape, alias: str, value: Any) -> None:
    if value is None:
        made.pop(alias, None)
    else:
        made[alias] = value


Template = tuple[AwsNoun, Shape]


def _templates(raw: Shape, old: AwsNoun) -> tuple[Template, ...]:
    """What a new behaviour may be like, besides the ones in its own list."""
    if not isinstance(old, DistributionConfig):
        return ()
    return ((old.default_cache_behavior, raw.get("DefaultCacheBehavior") or {}),)


def _written(raw: Any, name: str, old: Any, new: Any, templates: tuple[Template, ...]) -> Any:
    if isinstance(new, AwsNoun):
        if isinstance(old, AwsNoun) and isinstance(raw, dict):
            return reshaped(raw, old, new)
        return full(new)
    if isinstance(new, tuple):
        return _list(raw, name, old or (), new, templates)
    return new


def _list(
    raw: Any, name: str, old: tuple[Any, ...], new: tuple[Any, ...], templates: tuple[Template, ...]
) -> Any:
    held = raw.get("Items") if isinstance(raw, dict) else raw
    known = list(zip(old, held or (), strict=False))
    items = [_item(item, known, templates) for item in new]
    if name == "items" or isinstance(raw, list):
        return items
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}


def _item(new: Any, known: list[tuple[Any, Any]], templates: tuple[Template, ...]) -> Any:
    if not isinstance(new, AwsNoun):
        return new
    named = next((pair for pair in known if _name(pair[0]) == _name(new) and _name(new)), None)
    if named is not None:
        return reshaped(named[1], named[0], new)
    like = [pair for pair in (*known, *templates) if type(pair[0]) is type(new)]
    if not like:
        return full(new)
    nearest = max(like, key=lambda pair: _agreeing(pair[0], new))
    return reshaped(nearest[1], nearest[0], new)


def _name(noun: AwsNoun) -> str:
    return next((str(getattr(noun, n)) for n in _NAMES if getattr(noun, n, None)), "")


def _agreeing(one: AwsNoun, other: AwsNoun) -> int:
    return sum(getattr(one, n) == getattr(other, n) for n in type(other).model_fields)


def full(noun: AwsNoun) -> Shape:
    """A new object with every field that the model knows."""
    made: Shape = {}
    for name in type(noun).model_fields:
        value = getattr(noun, name)
        if value is not None:
            _put(made, _alias(noun, name), _written(None, name, None, value, ()))
    return made


# --- policies -------------------------------------------------------------------------------


def policy_shape(raw: Shape | None, old: BucketPolicy | None, new: BucketPolicy) -> Shape:
    """The policy's document with one statement changed or added; the others as they were."""
    made: Shape = dict(raw) if raw else {"Version": new.version or "2012-10-17", "Statement": []}
    written = made.get("Statement") or []
    held = [written] if isinstance(written, dict) else list(written)
    known = list(zip(old.statement if old else (), held, strict=True))
    made["Statement"] = [
        _statement(place, statement, known) for place, statement in enumerate(new.statement)
    ]
    return made


def _statement(place: int, new: Statement, known: list[tuple[Statement, Shape]]) -> Shape:
    untouched = next((raw for old, raw in known if old is new or old == new), None)
    if untouched is not None:
        return untouched
    old, raw = known[place] if place < len(known) else (Statement(), {})
    made = dict(raw) if raw else {"Sid": new.sid} if new.sid else {}
    for name in Statement.model_fields:
        value = getattr(new, name)
        if value != getattr(old, name) or (not raw and name == "effect"):
            alias = _alias(new, name)
            _put(made, alias, _one_or_many(raw.get(alias), value))
    return made


def _one_or_many(raw: Any, value: Any) -> Any:
    """IAM allows one string where a list is meant: kept as it was written."""
    if not isinstance(value, tuple):
        return value
    if len(value) == 1 and not isinstance(raw, list):
        return value[0]
    return list(value) or None
