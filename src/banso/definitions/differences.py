"""What changed between two versions of the definitions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from banso.definitions.catalog import Catalog
from banso.definitions.documents import Value
from banso.definitions.drivers import Question
from banso.definitions.model import Definition
from banso.definitions.plays import Play
from banso.definitions.signals import Signal
from banso.definitions.touch import TouchRules


@dataclass(frozen=True)
class Change:
    """One field of one definition that differs, or a definition that came or went.

    `field` leads to the place by keys, such as
    ``dimensions.adoption.elements.depth.weight``; it is empty for a whole metric or
    model. A field that was not given is None. ``position`` tells that health models
    changed their order, of which the first that fits is used.
    """

    subject: Literal["metric", "health"]
    key: str
    kind: Literal["added", "removed", "changed"]
    field: str = ""
    old: Value = None
    new: Value = None


@dataclass(frozen=True)
class RuleChange:
    """One field that differs in what is neither a metric nor a health model.

    As `Change`; `key` is empty but for a question, signal or play, and ``position``
    tells that those changed their order.
    """

    subject: Literal[
        "forecast", "drivers", "question", "signal", "play", "work", "revenue", "touch"
    ]
    key: str
    kind: Literal["added", "removed", "changed"]
    field: str = ""
    old: Value = None
    new: Value = None


def difference(old: Catalog, new: Catalog) -> tuple[Change, ...]:
    """Return everything that differs in meaning between two catalogs.

    Metrics come first, then health models, each in the order of their keys. The order
    of metrics, comments and layout are no difference.
    """
    old_metrics = {metric.key: metric for metric in old.metrics}
    new_metrics = {metric.key: metric for metric in new.metrics}
    old_models = {model.key: model for model in old.health}
    new_models = {model.key: model for model in new.health}
    return (
        *_changes("metric", old_metrics, new_metrics),
        *_changes("health", old_models, new_models),
        *(
            Change("health", key, *field)
            for key, field in _moves(tuple(old_models), tuple(new_models))
        ),
    )


def rule_difference(old: Catalog, new: Catalog) -> tuple[RuleChange, ...]:
    """Return what differs in all but metrics and health.

    The forecast comes first, then what is held equal, then the questions by their
    keys, the signals and plays likewise, then how the team works, how revenue is read,
    then touch. A file that only says the defaults is no difference.
    """
    rest, rests = (
        catalog.drivers.model_copy(update={"questions": ()}) for catalog in (old, new)
    )
    return (
        *(
            RuleChange("forecast", "", *f)
            for f in _differing(old.forecast, new.forecast)
        ),
        *(RuleChange("drivers", "", *field) for field in _differing(rest, rests)),
        *_listed("question", old.drivers.questions, new.drivers.questions),
        *_listed("signal", old.signals, new.signals),
        *_listed("play", old.plays, new.plays),
        *(RuleChange("work", "", *f) for f in _differing(old.work, new.work)),
        *(RuleChange("revenue", "", *f) for f in _differing(old.revenue, new.revenue)),
        *(RuleChange("touch", "", *f) for f in _touch(old.touch, new.touch)),
    )


_Field = tuple[Literal["added", "removed", "changed"], str, Value, Value]


def _changes(
    subject: Literal["metric", "health"],
    old: Mapping[str, Definition],
    new: Mapping[str, Definition],
) -> Iterator[Change]:
    for key, field in _keyed(old, new):
        yield Change(subject, key, *field)


def _listed(
    subject: Literal["question", "signal", "play"],
    old: Sequence[Question] | Sequence[Signal] | Sequence[Play],
    new: Sequence[Question] | Sequence[Signal] | Sequence[Play],
) -> Iterator[RuleChange]:
    """Yield what differs in a list whose order people see."""
    was, now = ({each.key: each for each in several} for several in (old, new))
    for key, field in (*_keyed(was, now), *_moves(tuple(was), tuple(now))):
        yield RuleChange(subject, key, *field)


def _touch(old: TouchRules | None, new: TouchRules | None) -> Iterator[_Field]:
    if old is not None and new is not None:
        yield from _differing(old, new)
    elif old is not new:
        yield ("added" if old is None else "removed"), "", None, None


def _keyed(
    old: Mapping[str, Definition], new: Mapping[str, Definition]
) -> Iterator[tuple[str, _Field]]:
    for key in sorted({*old, *new}):
        if key not in old:
            yield key, ("added", "", None, None)
        elif key not in new:
            yield key, ("removed", "", None, None)
        else:
            yield from ((key, field) for field in _differing(old[key], new[key]))


def _differing(old: Definition, new: Definition) -> Iterator[_Field]:
    before = _fields(old.model_dump(mode="json"), "")
    after = _fields(new.model_dump(mode="json"), "")
    for field in dict.fromkeys((*before, *after)):
        was, now = before.get(field), after.get(field)
        if was != now:
            yield _kind(was, now), field, was, now


def _kind(was: Value, now: Value) -> Literal["added", "removed", "changed"]:
    if was is None:
        return "added"
    return "removed" if now is None else "changed"


def _moves(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[str, _Field]]:
    before = [key for key in old if key in new]
    after = [key for key in new if key in old]
    for key in after:
        if before.index(key) != after.index(key):
            was, now = before.index(key) + 1, after.index(key) + 1
            yield key, ("changed", "position", was, now)


def _fields(value: Value, path: str) -> dict[str, Value]:
    """Return the single values inside `value` by their path; lists of values whole."""
    if isinstance(value, dict):
        parts = list(value.items())
    elif _is_keyed(value):
        assert isinstance(value, list)
        parts = [(str(item["key"]), item) for item in value if isinstance(item, dict)]
    else:
        return {path: value}
    found: dict[str, Value] = {}
    for name, part in parts:
        found |= _fields(part, f"{path}.{name}" if path else name)
    return found


def _is_keyed(value: Value) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and "key" in item for item in value)
    )
