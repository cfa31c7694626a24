"""Renewals beside the model: in all years seen, and out of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.charts.chart import Chart
from banso.charts.lifetime import RenewalPoint, Words, renewal_chart
from banso.runs.reading import ReleaseReader, Row
from banso.web.lifetime import words
from banso.webkit import formatting
from banso.webkit.features import Text

KINDS: Final[Mapping[str, Text]] = {
    "renewed": gettext_lazy("Renewed, all years seen"),
    "fitted": gettext_lazy("Model, fitted on all of it"),
    "later_renewed": gettext_lazy("Renewed, last 12 months"),
    "forecast": gettext_lazy("Forecast without the last 12 months"),
}


@dataclass(frozen=True)
class RenewalPart:
    """The card of renewals; without a chart, why there is none."""

    chart: Chart | None
    is_off: bool  # what came lies outside of what was expected
    lack: str


def renewal_part(reader: ReleaseReader, *, language: str) -> RenewalPart:
    """Return the renewals of all customers beside the model."""
    rows = reader.findings("renewal_years", grouping="all", segment="")
    rows.sort(key=lambda row: int(str(row["place"])))
    by_kind = {
        kind: next((r for r in rows if r["renewal"] == 0 and r["kind"] == kind), None)
        for kind in ("later_renewed", "forecast")
    }
    points = [
        _point(row) for row in rows if row["renewal"] != 0 and row["value"] is not None
    ]
    if not points:
        lack = next((words.reason(row) for row in rows if row["reason"]), "")
        return RenewalPart(None, is_off=False, lack=lack)
    came, expected = by_kind["later_renewed"], by_kind["forecast"]
    titles = Words(_("Renewals at each anniversary"), _sentence(came, expected))
    return RenewalPart(
        chart=renewal_chart(points, titles, say=formatting.ratio, language=language),
        is_off=_is_off(came, expected),
        lack="",
    )


def _point(row: Row) -> RenewalPoint:
    value, low, high = (
        words.number(row[key]) or 0.0 for key in ("value", "low", "high")
    )
    kind = str(row["kind"])
    return RenewalPoint(
        renewal=int(str(row["renewal"])),
        kind=str(KINDS[kind]),
        value=value,
        low=low,
        high=high,
        n=int(str(row["n"])),
    )


def _sentence(came: Row | None, expected: Row | None) -> str:
    if came is None or came["value"] is None:
        return _("Too few contracts came to an anniversary in the last twelve months.")
    seen = words.figure(came, "share")
    facts = {"n": seen.n, "share": seen.text, "interval": seen.note}
    if expected is None or expected["value"] is None:
        lack = "" if expected is None else words.reason(expected)
        return _(
            "Of the %(n)s anniversaries of the last twelve months %(share)s renewed"
            " (95 %% interval %(interval)s). What a model would have expected is not"
            " known: %(lack)s."
        ) % {**facts, "lack": lack}
    model = words.figure(expected, "share")
    return _(
        "Of the %(n)s anniversaries of the last twelve months %(share)s renewed (95 %%"
        " interval %(interval)s); the model that knew only what came before expected"
        " %(expected)s (%(between)s)."
    ) % {**facts, "expected": model.text, "between": model.note}


def _is_off(came: Row | None, expected: Row | None) -> bool:
    """Return whether the expected share lies outside the interval of what came."""
    if came is None or expected is None:
        return False
    low, high = words.number(came["low"]), words.number(came["high"])
    value = words.number(expected["value"])
    if low is None or high is None or value is None:
        return False
    return not low <= value <= high
