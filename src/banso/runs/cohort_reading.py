"""The customers behind a number of a cohort, out of a release."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from banso.analytics.cohorts.groups import groupable
from banso.analytics.cohorts.members import cohort_members
from banso.analytics.cohorts.months import last_full_month, month_number
from banso.runs.reading import ReleaseReader, Row
from banso.runs.revenue import COHORT_STEPS


@dataclass(frozen=True)
class Cell:
    """Which number the customers are wanted of."""

    age: int
    first: dt.date | None = None  # of the cohorts' months; null: all that reached it
    last: dt.date | None = None
    grouping: str = ""  # empty: all customers
    segment: str = ""


@dataclass(frozen=True)
class Members:
    """The customers of a cell, of those that are looked at."""

    customers: int
    there: int


@dataclass(frozen=True)
class CohortReading:
    """Reads the members of cohorts: of all customers (None) or of some."""

    reader: ReleaseReader
    customers: Sequence[str] | None = None

    @property
    def can_tell(self) -> bool:
        """Whether the release holds what cohorts are made from."""
        return self.reader.result(COHORT_STEPS) is not None

    def count(self, cell: Cell) -> Members:
        """Return how many customers a cell has, and how many of them are there."""
        rows = self._members(cell)
        (found,) = self.reader.fetch(
            rows.aggregate(
                customers=rows.count(), there=rows.count(where=rows.is_there)
            )
        )
        return Members(int(str(found["customers"])), int(str(found["there"])))

    def members(
        self,
        cell: Cell,
        *,
        is_there: bool | None = None,
        start: int = 0,
        limit: int | None = None,
    ) -> list[Row]:
        """Return the customers of a cell, those who left first, the largest first.

        Returns
        -------
        list of row
            The columns of `cohort_members`, and the customer's ``name`` and ``owner``
            (null when it is not known any more).

        """
        rows = self._members(cell)
        if is_there is not None:
            rows = rows.filter(rows.is_there if is_there else ~rows.is_there)
        now = self.reader.result("customer_now")
        if now is None:
            return []
        named = now.select("customer_id", "name", "owner")
        joined = rows.left_join(named, "customer_id").drop("customer_id_right")
        ordered = joined.order_by(
            joined.is_there,
            ibis.coalesce(joined.mrr_first, 0).desc(),
            joined.customer_id,
        )
        return self.reader.fetch(ordered.limit(limit, offset=start))

    def _members(self, cell: Cell) -> ir.Table:
        steps = self.reader.result(COHORT_STEPS)
        assert steps is not None, "asked only when it can tell"
        if self.customers is not None:
            steps = steps.filter(steps.customer_id.isin(list(self.customers)))
        if cell.first is not None and cell.last is not None:
            steps = steps.filter(
                steps.cohort >= month_number(cell.first),
                steps.cohort <= month_number(cell.last),
            )
        else:
            # All together, as `pooled_line` counts them.
            reached = last_full_month(self.reader.release.as_of) - cell.age
            steps = steps.filter(steps.cohort <= reached)
            early = self._early
            if early is not None:
                steps = steps.filter(steps.cohort > month_number(early))
        if cell.grouping:
            steps = steps.semi_join(self._of_segment(cell), "customer_id")
        else:
            steps = steps.semi_join(self.reader.all_facts("customers"), "customer_id")
        return cohort_members(steps, age=cell.age)

    @property
    def _early(self) -> dt.date | None:
        """The newest cohort of which only those who stayed are known."""
        rows = self.reader.findings("cohorts", is_survivors_only=True)
        days = [row["cohort"] for row in rows]
        return max(days, default=None)  # type: ignore[type-var,return-value] # dates

    def _of_segment(self, cell: Cell) -> ir.Table:
        lines = self.reader.all_facts("subscriptions")
        people = groupable(self.reader.all_facts("customers"), lines)
        value = people[cell.grouping].cast("string").fill_null("")
        return people.filter(value == cell.segment)
