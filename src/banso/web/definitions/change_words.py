"""Differences between versions in words: what was, and what is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext as translated
from django.utils.translation import pgettext_lazy

from banso.definitions.catalog import Catalog
from banso.definitions.differences import Change
from banso.definitions.documents import Value
from banso.definitions.health import HealthModel
from banso.web.definitions.force import here
from banso.web.definitions.values import unit_name
from banso.webkit import formatting
from banso.webkit.features import Text

FIELDS: Final[Mapping[str, Text]] = {
    "label.ja": pgettext_lazy("field of a definition", "name in Japanese"),
    "label.en": pgettext_lazy("field of a definition", "name in English"),
    "about.ja": pgettext_lazy("field of a definition", "explanation in Japanese"),
    "about.en": pgettext_lazy("field of a definition", "explanation in English"),
    "unit": pgettext_lazy("field of a definition", "unit"),
    "kind": pgettext_lazy("field of a definition", "kind"),
    "table": pgettext_lazy("field of a definition", "table"),
    "where": pgettext_lazy("field of a definition", "condition"),
    "among": pgettext_lazy("field of a definition", "condition of the whole"),
    "window_days": pgettext_lazy("field of a definition", "window in days"),
    "of": pgettext_lazy("field of a definition", "of"),
    "to": pgettext_lazy("field of a definition", "over"),
    "column": pgettext_lazy("field of a definition", "column"),
    "metric": pgettext_lazy("field of a definition", "metric"),
    "weight": pgettext_lazy("field of a definition", "weight"),
    "thresholds": pgettext_lazy("field of a definition", "thresholds"),
    "percentile": pgettext_lazy("field of a definition", "rank among peers"),
    "percentile.higher_is": pgettext_lazy("field of a definition", "a higher value is"),
    "percentile.peers": pgettext_lazy("field of a definition", "peers"),
    "stale_after_days": pgettext_lazy("field of a definition", "stale after days"),
    "minimum_coverage": pgettext_lazy("field of a definition", "minimum coverage"),
    "bands.healthy": pgettext_lazy("field of a definition", "healthy from"),
    "bands.watch": pgettext_lazy("field of a definition", "watch from"),
    "position": pgettext_lazy("field of a definition", "place in the order of models"),
}


@dataclass(frozen=True)
class ChangeRow:
    """One difference as a person reads it."""

    subject: Literal["metric", "health"]
    key: str
    name: str  # of the metric or model
    kind: Literal["added", "removed", "changed"]
    place: str = ""  # e.g. Adoption › Depth of use › weight; empty: all of it
    before: str = ""
    after: str = ""


def changes_in_words(
    changes: Iterable[Change], old: Catalog | None, new: Catalog | None
) -> tuple[ChangeRow, ...]:
    """Return differences in words; all of a new dimension or element is one of them.

    Parameters
    ----------
    changes
        What differs between `old` and `new`.
    old, new
        The catalogs, for the names of what is in them.

    """
    names = _Names(old, new)
    rows = (_row(change, names) for change in changes)
    return tuple(dict.fromkeys(rows))  # the fields of a new element say the same


class _Names:
    """The names of everything in two catalogs, by path; the newer name wins."""

    def __init__(self, old: Catalog | None, new: Catalog | None) -> None:
        self._old = dict(_named(old)) if old else {}
        self._new = dict(_named(new)) if new else {}

    def of(self, subject: str, key: str, path: str = "") -> str:
        place = (subject, key, path)
        name = self._new.get(place) or self._old.get(place)
        return name or path.rpartition(".")[2] or key

    def fate(self, place: tuple[str, str, str]) -> Literal["added", "removed", ""]:
        """Return whether something is on one side only."""
        if place in self._new and place not in self._old:
            return "added"
        return "removed" if place in self._old and place not in self._new else ""


def _named(catalog: Catalog) -> Iterator[tuple[tuple[str, str, str], str]]:
    for metric in catalog.metrics:
        yield ("metric", metric.key, ""), here(metric.label.label)
    for model in catalog.health:
        yield ("health", model.key, ""), here(model.label.label)
        yield from _named_parts(model)


def _named_parts(model: HealthModel) -> Iterator[tuple[tuple[str, str, str], str]]:
    for dimension in model.dimensions:
        path = f"dimensions.{dimension.key}"
        yield ("health", model.key, path), here(dimension.label.label)
        for element in dimension.elements:
            inner = f"{path}.elements.{element.key}"
            yield ("health", model.key, inner), here(element.label.label)


def _row(change: Change, names: _Names) -> ChangeRow:
    name = names.of(change.subject, change.key)
    if not change.field:
        return ChangeRow(change.subject, change.key, name, change.kind)
    paths, field = _split(change.field)
    said: list[str] = []
    for path in paths:
        place = (change.subject, change.key, path)
        said.append(names.of(*place))
        if fate := names.fate(place):
            where = " › ".join(said)
            return ChangeRow(change.subject, change.key, name, fate, where)
    return ChangeRow(
        subject=change.subject,
        key=change.key,
        name=name,
        kind="changed",
        place=" › ".join([*said, str(FIELDS.get(field, field))]),
        before=_value(field, change.old),
        after=_value(field, change.new),
    )


def _split(field: str) -> tuple[list[str], str]:
    """Return the paths of dimension and element on the way, and the field within."""
    parts = field.split(".")
    paths: list[str] = []
    at = 0
    while at + 1 < len(parts) and parts[at] in {"dimensions", "elements"}:
        at += 2
        paths.append(".".join(parts[:at]))
    return paths, ".".join(parts[at:])


def _value(field: str, value: Value) -> str:
    match value:
        case None:
            return translated("none")
        case bool():
            return translated("yes") if value else translated("no")
        case int() | float():
            if field == "minimum_coverage":
                return formatting.ratio(value)
            return formatting.quantity(value)
        case list():
            return translated(", ").join(_item(each) for each in value)
        case str() if field == "unit":
            return unit_name(value)
    return str(value)


def _item(value: Value) -> str:
    if isinstance(value, dict) and {"value", "score"} <= set(value):
        number, points = value["value"], value["score"]
        assert isinstance(number, int | float)
        assert isinstance(points, int | float)
        return translated("%(value)s gives %(points)s") % {
            "value": formatting.quantity(number),
            "points": formatting.quantity(points),
        }
    return str(value)
