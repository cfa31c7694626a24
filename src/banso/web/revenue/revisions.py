"""Closed months that read otherwise than in the release before, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import ibis.expr.types as ir
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.charts.revenue import STEPS
from banso.runs import revenue_basis as basis
from banso.runs.revenue_basis import Moved
from banso.runs.revenue_reading import RevenueReading
from banso.runs.revenue_revising import REVISION_ROWS, REVISIONS
from banso.web.revenue import words
from banso.webkit import formatting
from banso.webkit.features import Text

MOST: Final = 50  # rows on the page; `banso export` has them all
FEW: Final = 8  # figures that stand open
_WHAT: Final[Mapping[str, Text]] = {
    "added": gettext_lazy("Row added"),
    "removed": gettext_lazy("Row removed"),
    "changed": gettext_lazy("Row changed"),
}


@dataclass(frozen=True)
class RevisedFigure:
    """A figure of a closed month, before and after."""

    period: str
    figure: str
    before: str
    after: str


@dataclass(frozen=True)
class RevisedRow:
    """A contract row behind it."""

    customer_id: str
    customer: str
    subscription: str
    since: str  # the day on which the row starts, a part of its key
    what: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Revised:
    """What changed in months that the release before had closed."""

    figures: Sequence[RevisedFigure]  # of the company: empty for who sees only some
    rows: Sequence[RevisedRow]
    causes: Sequence[str] = ()  # what changed besides rows, a sentence each
    all_figures: int = 0  # with those that are not shown
    all_rows: int = 0

    @property
    def is_long(self) -> bool:
        """Whether the figures are folded away at first."""
        return len(self.figures) > FEW

    @property
    def has_more(self) -> bool:
        """Whether some are in the result tables only."""
        shown = len(self.figures), len(self.rows)
        return shown != (self.all_figures, self.all_rows)


def revised(reading: RevenueReading, language: str) -> Revised | None:
    """Return what changed in closed months; None when nothing did."""
    reader = reading.reader
    figures, rows = reader.result(REVISIONS), reader.result(REVISION_ROWS)
    if figures is None or rows is None:
        return None
    ordered = figures.order_by("period", "currency", "figure")
    found = reader.fetch(ordered) if reading.customers is None else []
    behind = reader.fetch(_named(reading, rows))
    if not found and not behind:
        return None
    return Revised(
        figures=[_figure(row, language) for row in found[:MOST]],
        rows=[
            RevisedRow(
                customer_id=str(row["customer_id"]),
                customer=str(row["name"] or row["customer_id"]),
                subscription=str(row["subscription_id"]),
                since=formatting.day(row["row_started_on"]),  # type: ignore[arg-type]
                what=str(_WHAT[str(row["what"])]),
                field=str(row["field"]),
                before=_said(row, "old"),
                after=_said(row, "new"),
            )
            for row in behind[:MOST]
        ],
        causes=_causes(Moved.noted(reading.note.get("moved")), has_rows=bool(behind)),
        all_figures=len(found),
        all_rows=len(behind),
    )


def _causes(moved: Moved, *, has_rows: bool) -> list[str]:
    """Return what changed besides rows, as far as the run compared it."""
    said = []
    for cause in moved.causes:
        match cause:
            case basis.DEFINITIONS:
                text = _("definitions/revenue.yaml changed: %(choices)s.")
                said.append(text % {"choices": ", ".join(moved.choices)})
            case basis.CURRENCY:
                said.append(_("The company's currency changed."))
            case basis.CHARGES:
                said.append(_("The discounts that were billed changed."))
            case basis.VERSION:
                said.append(_("Another version of Banso computed them than before."))
            case _:
                said.append(
                    _(
                        "The release before does not note by which definitions and"
                        " version it was made, so what else changed is not known."
                    )
                )
    if not said and not has_rows:
        said.append(
            _(
                "No earlier row of a contract, definition or version of Banso changed:"
                " a contract that began since closed a pause, or took over from one"
                " under notice."
            )
        )
    return said


def _figure(row: Mapping[str, object], language: str) -> RevisedFigure:
    name, currency = str(row["figure"]), str(row["currency"])

    def said(value: object) -> str:
        amount = Decimal(str(value))
        if name == "customers_end":
            return formatting.number(amount)
        return formatting.money(amount, currency)

    return RevisedFigure(
        period=words.period(row["period"], "month"),  # type: ignore[arg-type] # a date
        figure=words.figure(name)
        if name in ("mrr_end", "customers_end")
        else STEPS[name].in_language(language),
        before=said(row["before"]),
        after=said(row["after"]),
    )


def _named(reading: RevenueReading, rows: ir.Table) -> ir.Table:
    """Return rows with the customer's ``name``, null when it is not known any more."""
    mine = reading.of_customers(rows)
    now = reading.reader.result("customer_now")
    assert now is not None, "a release has customers"
    named = mine.left_join(now.select("customer_id", "name"), "customer_id")
    kept = named.drop("customer_id_right")
    return kept.order_by(
        "first_period", "customer_id", "subscription_id", "row_started_on", "field"
    )


def _said(row: Mapping[str, object], side: str) -> str:
    value = row[side]
    if value is None:
        return formatting.MISSING
    if row["field"] == "mrr":  # as the lake holds it: with four places
        return formatting.quantity(float(str(value)))
    return str(value)
