"""Cohorts in the reader's language: names of lines, and the one sentence."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.analytics.cohorts.shares import CohortLine, Kept, Period
from banso.charts.cohorts import NamedLine, said_interval
from banso.web.cohorts.selection import Selection, Subject
from banso.webkit import formatting
from banso.webkit.features import Text

SUBJECTS: Final[Mapping[Subject, Text]] = {
    "contracts": gettext_lazy("Contracts: who still pays"),
    "events": gettext_lazy("Use: who still does anything"),
    "features": gettext_lazy("One feature: who still uses it"),
    "charges": gettext_lazy("Purchases: who buys in the month"),
}
HEADS: Final[Mapping[Period, Text]] = {
    "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Year"),
}
_AGES: Final = (12, 6, 3, 1)  # told in the sentence: the first that was reached
_YEARS: Final = (2, 1)


def period(start: dt.date, by: Period, *, is_growing: bool) -> str:
    """Return the name of a cohort; one that still grows says so."""
    said = {
        "month": formatting.month,
        "quarter": formatting.quarter,
        "year": formatting.year,
    }[by](start)
    if not is_growing:
        return said
    return _("%(period)s (not over)") % {"period": said}


def segment(value: str) -> str:
    """Return the name of a segment."""
    return value or _("not known")


def share(value: float) -> str:
    """Return a share as people read it."""
    return formatting.ratio(value)


def sentence(lines: Sequence[NamedLine], asked: Selection) -> str:
    """Return what the chart shows, in one sentence."""
    if asked.is_compared:
        return _of_segments(lines, asked)
    for age in _AGES:
        told = [each for each in lines if _value(each.line, age) is not None]
        if told:
            return _of_cohorts(told, age, asked)
    return _(
        "No cohort of 10 customers has been followed for a month yet, so there is no"
        " share to tell."
    )


def _of_cohorts(told: Sequence[NamedLine], age: int, asked: Selection) -> str:
    newest = told[-1]
    start = newest.line.start
    assert start is not None, "a cohort has a start"
    facts = _facts(newest, age)
    said = _said(asked) % facts
    for years in _YEARS:
        before = [e for e in told if e.line.start == _earlier(start, years)]
        if before:
            other = _value(before[0].line, age)
            assert other is not None, "only told lines are here"
            # two shares beside each other, each with its own interval in the table
            then = {"years": years, "share": share(other)}
            both = {"first": said, "second": _earlier_words(years) % then}
            return _("%(first)s %(second)s") % both
    return said


def _earlier_words(years: int) -> str:
    if years == 1:
        return _("A year earlier it was %(share)s.")
    return _("Two years earlier it was %(share)s.")


def _of_segments(lines: Sequence[NamedLine], asked: Selection) -> str:
    for age in _AGES:
        told = [each for each in lines if _value(each.line, age) is not None]
        if len(told) > 1:
            told.sort(key=lambda each: _value(each.line, age) or 0.0)
            facts = {
                "age": age,
                "most": told[-1].name,
                "high": share(_value(told[-1].line, age) or 0.0),
                "least": told[0].name,
                "low": share(_value(told[0].line, age) or 0.0),
            }
            if asked.measure == "money":
                said = _(
                    "After %(age)s months “%(most)s” pays %(high)s of what it paid in"
                    " its first month, “%(least)s” %(low)s."
                )
            else:
                said = _(
                    "After %(age)s months %(high)s of “%(most)s” are still there, and"
                    " %(low)s of “%(least)s”."
                )
            return said % facts
    return _("No two segments have 10 customers that can be compared yet.")


def _said(asked: Selection) -> str:
    if asked.measure == "money":
        if asked.of == "charges":
            return _(
                "The %(n)s customers of %(cohort)s bought in month %(age)s for"
                " %(share)s of what they bought in their first month."
            )
        return _(
            "The %(n)s customers of %(cohort)s pay %(share)s of what they paid in their"
            " first month after %(age)s months."
        )
    match asked.of:
        case "contracts":
            return _(
                "Of the %(n)s customers of %(cohort)s, %(share)s are still there after"
                " %(age)s months (95 %% interval %(interval)s)."
            )
        case "charges":
            return _(
                "Of the %(n)s customers who first bought in %(cohort)s, %(share)s"
                " bought in the month %(age)s months later"
                " (95 %% interval %(interval)s)."
            )
        case _:
            return _(
                "Of the %(n)s customers who began in %(cohort)s, %(share)s were active"
                " in the month %(age)s months later (95 %% interval %(interval)s)."
            )


def _facts(each: NamedLine, age: int) -> Mapping[str, object]:
    cell = each.line.at(age)
    assert cell is not None, "told lines have a number"
    assert cell.value is not None, "told lines have a number"
    return {
        "n": formatting.number(each.line.customers),
        "cohort": each.name,
        "share": share(cell.value),
        "interval": _interval(cell),
        "age": age,
    }


def _interval(cell: Kept) -> str:
    return said_interval(cell, share)


def _value(line: CohortLine, age: int) -> float | None:
    cell = line.at(age)
    return None if cell is None else cell.value


def _earlier(start: dt.date, years: int) -> dt.date:
    return start.replace(year=start.year - years)
