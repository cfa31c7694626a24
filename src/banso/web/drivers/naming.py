"""What people call the elements that a run compares."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banso.analytics.health import metrics_of_elements, part_names
from banso.definitions.catalog import Catalog
from banso.web.drivers import words
from banso.webkit.company_names import column_name, value_name

_CHANGE: Final = re.compile(r"(.+)@change_(\d+)")


@dataclass(frozen=True)
class ElementNames:
    """The names that the definitions of a release give."""

    catalog: Catalog

    def label(self, key: str) -> str:
        """Return the name of an element; one that nobody named, by its key."""
        changed = _CHANGE.fullmatch(key)
        if changed:
            return _change(self.label(changed[1]), int(changed[2]))
        if key == "score":
            return _("Health score")
        if key == "tenure_days":
            return _("Tenure")
        if key == "days_to_renewal":
            return _("Days to renewal")
        metric = self.catalog.metric_by_key.get(key)
        if metric is not None:
            return words.said(metric.label.label)
        return self._parts.get(key) or column_name(self.catalog.names, key)

    def stratum(self, key: str) -> str:
        """Return which customers are compared: all, some years, or a segment."""
        if key == "all":
            return _("All customers")
        part, _colon, of = key.partition(":")
        if part == "tenure":
            return words.years_of_use(of)
        names = self.catalog.names
        return _("%(column)s: %(value)s") % {
            "column": column_name(names, part),
            "value": value_name(names, part, of),
        }

    def unit(self, key: str) -> str:
        """Return the unit of an element's values."""
        if key == "score" or key in self._parts:
            return "points"
        metric = self.catalog.metric_by_key.get(key)
        return metric.unit if metric else ""

    @cached_property
    def metric_of(self) -> Mapping[str, str]:
        """The metric that each element of health is made of."""
        return metrics_of_elements(self.catalog.health)

    @cached_property
    def _parts(self) -> dict[str, str]:
        """The names of dimensions and elements of health; the first model's count."""
        found: dict[str, str] = {}
        for model in self.catalog.health:
            for dimension in model.dimensions:
                name = words.said(dimension.label.label)
                found.setdefault(dimension.key, name)
        for place, element in part_names(self.catalog.health).items():
            key = f"{place.dimension}.{element.key}"
            inside = found.get(place.dimension, place.dimension)
            label = words.said(element.label.label)
            found.setdefault(
                key,
                _("%(element)s (%(dimension)s)")
                % {"element": label, "dimension": inside},
            )
        return found


def _change(label: str, days: int) -> str:
    if days % 7:
        return ngettext(
            "%(metric)s, change in %(n)d day", "%(metric)s, change in %(n)d days", days
        ) % {"metric": label, "n": days}
    weeks = days // 7
    return ngettext(
        "%(metric)s, change in %(n)d week", "%(metric)s, change in %(n)d weeks", weeks
    ) % {"metric": label, "n": weeks}
