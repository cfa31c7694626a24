"""The kinds of metrics in words: what each counts, and when it has no value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from banso.webkit.features import Text


@dataclass(frozen=True)
class MetricKind:
    """A kind of metric in words."""

    name: Text
    formula: Text
    undefined: Text  # when there is no value


KINDS: Final[Mapping[str, MetricKind]] = {
    "count": MetricKind(
        pgettext_lazy("kind of metric", "Number of rows"),
        _("Counts the rows within the window."),
        _("Always has a value; without any row it is 0."),
    ),
    "sum": MetricKind(
        pgettext_lazy("kind of metric", "Sum"),
        _("Adds up one column over the rows within the window."),
        _("Always has a value; without any row it is 0."),
    ),
    "mean": MetricKind(
        pgettext_lazy("kind of metric", "Mean"),
        _("The sum of a column over the number of rows that have a value in it."),
        _("No value when no row has one."),
    ),
    "distinct_contacts": MetricKind(
        pgettext_lazy("kind of metric", "Number of people"),
        _("Counts each contact once, however many rows the contact has."),
        _("Always has a value; without any row it is 0."),
    ),
    "days_active": MetricKind(
        pgettext_lazy("kind of metric", "Number of days"),
        _("Counts each of the company's days once on which there is a row."),
        _("Always has a value; without any row it is 0."),
    ),
    "share": MetricKind(
        pgettext_lazy("kind of metric", "Share"),
        _("The rows of the part over the rows of the whole, within the window."),
        _("No value when the whole has no row."),
    ),
    "days_since_last": MetricKind(
        pgettext_lazy("kind of metric", "Days since the last"),
        _("The days from the last row to the day of the number."),
        _("No value before the first row."),
    ),
    "last": MetricKind(
        pgettext_lazy("kind of metric", "Latest value"),
        _("The value of a column in the last row."),
        _("No value before the first row."),
    ),
    "running": MetricKind(
        pgettext_lazy("kind of metric", "Open on the day"),
        _("Counts, or adds up, the rows whose span holds the day of the number."),
        _("Always has a value; when nothing is open it is 0."),
    ),
    "ended": MetricKind(
        pgettext_lazy("kind of metric", "Ended in the window"),
        _("Counts the rows whose span ended within the window."),
        _("No value before the first end of any row; then 0 when nothing ended."),
    ),
    "ratio": MetricKind(
        pgettext_lazy("kind of metric", "Ratio of two metrics"),
        _("One metric over another."),
        _("No value when either has none, or when the lower one is 0."),
    ),
    "change": MetricKind(
        pgettext_lazy("kind of metric", "Change"),
        _("The metric now over the metric in the window before, less 1."),
        _(
            "No value when the window before is 0 or has none, or when the customer"
            " was not there on its first day."
        ),
    ),
    "attribute": MetricKind(
        pgettext_lazy("kind of metric", "Attribute of the customer"),
        _("The number in a column of the customer."),
        _("No value when the column is empty."),
    ),
}
