"""What the queries of revenue are asked of: tables and values with a name."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import ibis.expr.types as ir

from banso.analytics.cohorts.months import month_number
from banso.analytics.revenue.movements import Grain
from banso.analytics.revenue.periods import MONTHS, Calendar
from banso.runs import revenue_queries as queries
from banso.tables.registry import TABLES
from banso.warehouse.manifest import Part
from banso.warehouse.session import Session


@dataclass(frozen=True)
class Span:
    """From when on there are contracts, and until when anything happened to them."""

    first: dt.date
    moment: dt.date  # the newest day up to the as-of date on which anything changed


@dataclass
class Asked:
    """Contracts and charges of one session, and days and months by name."""

    session: Session
    as_of: dt.date

    @cached_property
    def span(self) -> Span | None:
        """From when to when there is anything to tell; None without a contract."""
        session = self.session
        day = session.scalar("revenue.as_of", self.as_of)
        query = session.query(queries.moments, self.lines, day)
        (found,) = session.to_arrow(query).to_pylist()
        start = found.pop("first")
        if start is None:
            return None
        days = list(found.values())
        if self.charges is not None:
            query = session.query(queries.last_discount, self.charges, day)
            (charged,) = session.to_arrow(query).to_pylist()
            days += charged.values()
        return Span(start, max(day for day in days if day is not None))

    @cached_property
    def lines(self) -> ir.Table:
        """The contract lines."""
        return self._contract("subscriptions")

    @cached_property
    def charges(self) -> ir.Table | None:
        """The charges; None without any."""
        there = self.session.has("charges")
        return self._contract("charges") if there else None

    def _contract(self, table: str) -> ir.Table:
        """Return a table of facts without the attributes that a company adds."""
        facts = self.session.facts(table)
        columns = [*TABLES[table].by_name, "known_at"]
        return self.session.named(f"revenue.{table}", facts.select(*columns))

    def months(self, grain: Grain) -> ir.IntegerScalar:
        """Return how many months a period has."""
        months: ir.IntegerScalar = self.session.scalar("revenue.months", MONTHS[grain])
        return months

    def calendar(self, periods: tuple[dt.date, ...]) -> Calendar:
        """Return periods, given by their first days, as a calendar."""
        session = self.session
        months = [month_number(day) for day in periods]
        return Calendar(
            session.named_rows(
                "revenue.calendar", [[each] for each in months], {"month": "int32"}
            ),
            session.scalar("revenue.first", months[0]),
            session.scalar("revenue.last", months[-1]),
        )

    def part(self, part: Part) -> ir.Table:
        """Return the rows of a file under a name that says what it is."""
        name = Path(part.path).parent.name
        return self.session.named_parts(f"revenue.{name}", [part])
