"""Renewals in a run: what lies ahead, and what was said of those of the past."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import ibis
import ibis.expr.types as ir

from banso.analytics.revenue.foretold import (
    ENDS,
    Moment,
    chances_by,
    renewals_ahead,
    with_outcome,
)
from banso.analytics.revenue.periods import next_first_day, periods
from banso.definitions.catalog import Catalog
from banso.kernel.zones import day_number
from banso.runs.derived import Kitchen, Recipe
from banso.runs.forecast_now import FORECAST_RENEWALS
from banso.runs.forecasting import FORECAST_GRID
from banso.warehouse.manifest import Part, content_digest

VERSION: Final = 4  # of what is computed here and in analytics.revenue.foretold
FORETOLD: Final = "renewals_foretold"
PAST_MONTHS: Final = 24
AHEAD_DAYS: Final = 365
_ORDER = ("said_on", "is_past", "customer_id", "subscription_id", "started_on")

Parts = Mapping[str, tuple[Part, ...]]


@dataclass(frozen=True)
class Foretelling:
    """The renewals of one run."""

    kitchen: Kitchen
    catalog: Catalog
    currency: str
    as_of: dt.date

    def parts(self, analyses: Parts) -> dict[str, tuple[Part, ...]]:
        """Return the file of renewals; none without contracts.

        Parameters
        ----------
        analyses
            The files of the forecast.

        """
        grid = analyses.get(FORECAST_GRID, ())
        said, session = analyses.get(FORECAST_RENEWALS, ()), self.kitchen.session
        if not session.has("subscriptions") or not grid or not said:
            return {}
        facts = session.manifest.facts["subscriptions"]
        moments = self._moments(grid)
        recipe = Recipe(
            name=FORETOLD,
            slice="all",
            inputs={
                "version": VERSION,
                "facts": content_digest(facts.parts),
                "as_of": self.as_of.isoformat(),
                "chances": [part.sha256 for part in (*grid, *said)],
                "currency": self.currency,
                "completed": list(self.catalog.forecast.ends.completed),
                "pause_days": self.catalog.revenue.standard.pause_days,
            },
            order_by=_ORDER,
        )
        return {
            FORETOLD: (
                self.kitchen.part(recipe, lambda: self._rows(grid, said, moments)),
            )
        }

    def _moments(self, grid: Sequence[Part]) -> list[Moment]:
        """Return today, and the last as-of date before each month that is over."""
        table = self.kitchen.table(grid)
        known = table.filter(table.churn_90.notnull()).select("as_of").distinct()
        found = self.kitchen.session.to_arrow(known)["as_of"].to_pylist()
        dates = sorted(found)
        ahead = self.as_of + dt.timedelta(days=AHEAD_DAYS)
        tomorrow = self.as_of + dt.timedelta(days=1)
        moments = [Moment(self.as_of, tomorrow, ahead, is_past=False)]
        if not dates:
            return moments
        months = periods(dates[0], next_first_day(self.as_of, "month"), "month")
        for first, after in pairwise(months[-PAST_MONTHS - 2 :]):
            before = [date for date in dates if date < first]
            last = after - dt.timedelta(days=1)
            if before and last <= self.as_of:
                moments.append(Moment(before[-1], first, last, is_past=True))
        return moments

    def _rows(
        self, grid: Sequence[Part], said: Sequence[Part], moments: Sequence[Moment]
    ) -> ir.Table:
        subscriptions = self.kitchen.session.facts("subscriptions")
        ahead = renewals_ahead(subscriptions, moments, currency=self.currency)
        told = chances_by(ahead, self.kitchen.table(grid))
        told = _by_next_renewal(told, self.kitchen.table(said))
        return with_outcome(
            told,
            subscriptions,
            until=day_number(self.as_of),
            pause_days=self.catalog.revenue.standard.pause_days,
            completed=self.catalog.forecast.ends.completed,
        )


def _by_next_renewal(told: ir.Table, said: ir.Table) -> ir.Table:
    """Take the chance of the very day where the forecast tells it.

    So the desk and the page of the customer say the same.
    """
    names = {"p_churn": "p_leave", "low": "low", "high": "high"}
    exact = said.select(
        "customer_id",
        said_on=said.as_of,
        due_on=said.renews_on,
        **{f"exact_{name}": said[own] for own, name in names.items()},
    )
    joined = told.left_join(exact, ["customer_id", "said_on", "due_on"])
    kept = [name for name in told.columns if name not in ENDS]
    return joined.select(
        *kept,
        **{
            name: ibis.ifelse(
                joined.noticed | joined.is_past,
                joined[name],
                joined[f"exact_{name}"].fill_null(joined[name]),
            )
            for name in ENDS
        },
    )
