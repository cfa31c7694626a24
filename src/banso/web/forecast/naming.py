"""What people call the features of a forecast and the parts of a score."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banso.definitions.catalog import Catalog
from banso.definitions.metrics import DaysSinceLastMetric
from banso.definitions.naming import NameRules
from banso.web.forecast import words
from banso.webkit.company_names import column_name, event_name, value_name

_CHANGE: Final = re.compile(r"(.+)@change_(\d+)")


@dataclass(frozen=True)
class Names:
    """The names that the definitions of a release give."""

    catalog: Catalog

    def label(self, key: str) -> str:
        """Return the name of a feature or part; one that nobody named, by its key."""
        changed = _CHANGE.fullmatch(key)
        if changed:
            weeks = max(1, round(int(changed[2]) / 7))
            return ngettext(
                "%(metric)s, change in %(n)d week",
                "%(metric)s, change in %(n)d weeks",
                weeks,
            ) % {"metric": self.label(changed[1]), "n": weeks}
        known = {
            "score": _("Health score"),
            "tenure_days": _("Tenure"),
            "days_to_renewal": _("Days to the renewal"),
            "season": _("Time of year"),
        }
        metric = self.catalog.metric_by_key.get(key)
        if metric is not None:
            return words.said(metric.label.label)
        return (
            known.get(key)
            or self._parts.get(key)
            or column_name(self.catalog.names, key)
        )

    def value(self, key: str, value: str) -> str:
        """Return what a value of a category is called."""
        return value_name(self.catalog.names, key, value)

    def event(self, name: str) -> str:
        """Return what an event of the product is called."""
        return event_name(self.catalog.names, name)

    def unit(self, key: str) -> str:
        """Return the unit of a feature's values; of a change, a ratio."""
        if _CHANGE.fullmatch(key):
            return "change"
        metric = self.catalog.metric_by_key.get(key)
        return metric.unit if metric else ""

    def is_metric(self, key: str) -> bool:
        """Return whether a feature has a page of its own among the metrics."""
        return key in self.catalog.metric_by_key

    def is_age(self, key: str) -> bool:
        """Return whether a feature counts days since something, or up to it."""
        metric = self.catalog.metric_by_key.get(key)
        if metric is None:
            return key in ("tenure_days", "days_to_renewal")
        return isinstance(metric, DaysSinceLastMetric)

    @cached_property
    def _parts(self) -> dict[str, str]:
        """The names of dimensions and elements of health; the first model's count."""
        found: dict[str, str] = {}
        for model in self.catalog.health:
            for dimension in model.dimensions:
                found.setdefault(dimension.key, words.said(dimension.label.label))
                for element in dimension.elements:
                    key = f"{dimension.key}.{element.key}"
                    found.setdefault(key, words.said(element.label.label))
        return found


def stratum(key: str, names: NameRules) -> str:
    """Return which customers were looked at: all, some years of use, or a segment."""
    if key == "all":
        return _("All customers")
    part, _colon, value = key.partition(":")
    if part != "tenure":
        return _("%(column)s: %(value)s") % {
            "column": column_name(names, part),
            "value": value_name(names, part, value),
        }
    first = int(value.rstrip("+").partition("-")[0]) + 1
    if value.endswith("+"):
        return _("From year %(n)d of use on") % {"n": first}
    return _("Year %(n)d of use") % {"n": first}
