"""Charges against MRR once more, day by day and line by line, in plain Python.

Slow, and without a look at how `banso.analytics.revenue` does it: no change events, no
running sums, no joins; in one currency, and without free plans.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from slow_revenue import Line, slow_prices

DAY = dt.timedelta(days=1)
Name = tuple[str, str | None]  # a customer and its line
NONE: Mapping[Name, Decimal] = {}
Behind = dict[tuple[dt.date, str, Name], Decimal]  # by month, component and line


@dataclass(frozen=True)
class Bill:
    """An amount billed, in yen."""

    customer: str
    line: str | None
    day: dt.date
    amount: Decimal
    kind: str | None = "recurring"

    @property
    def month(self) -> dt.date:
        """The first day of its month."""
        return self.day.replace(day=1)


@dataclass
class SlowReconciliation:
    """Compares bills with contract lines."""

    lines: Sequence[Line]
    bills: Sequence[Bill]
    until: dt.date
    pause_days: int

    def __post_init__(self) -> None:
        """Look at every day."""
        self.prices: dict[dt.date, dict[Name, Decimal]] = {
            day: dict(_named(prices))
            for day, prices in slow_prices(
                self.lines, until=self.until, pause_days=self.pause_days
            ).items()
        }
        self.known = [bill for bill in self.bills if bill.day <= self.until]
        self.recurring = [bill for bill in self.known if bill.kind == "recurring"]

    def mrr(self, month: dt.date) -> Decimal:
        """Return what all lines pay at the end of a month."""
        return sum(self.prices.get(self._end(month), NONE).values(), Decimal())

    def behind(self) -> Behind:
        """Return every component of every line by month, without those of 0."""
        found: Behind = defaultdict(Decimal)
        for bill in self.recurring:
            if self._agreed(bill) is None:
                found[bill.month, "no_contract", (bill.customer, bill.line)] += (
                    bill.amount
                )
        names = {name for prices in self.prices.values() for name in prices}
        for month in self.months():
            for name in names:
                for component, amount in self._of_line(name, month):
                    found[month, component, name] += amount
        return {key: amount for key, amount in found.items() if amount}

    def months(self) -> list[dt.date]:
        """Return the months from the first with a bill to that of the as-of date."""
        month = min((bill.month for bill in self.known), default=self.until + DAY)
        found = []
        while month <= self.until:
            found.append(month)
            month = (month + 32 * DAY).replace(day=1)
        return found

    def _of_line(self, name: Name, month: dt.date) -> list[tuple[str, Decimal]]:
        bills = [
            bill
            for bill in self.recurring
            if (bill.customer, bill.line) == name
            and bill.month == month
            and self._agreed(bill) is not None
        ]
        end = self._end(month)
        level = self.prices.get(end, NONE).get(name, Decimal())
        found, billed = [], Decimal()
        for bill in bills:
            one = self._for_one_month(bill)
            found.append(("several_months", bill.amount - one))
            billed += one
        days = [month + n * DAY for n in range((end - month).days + 1)]
        states = [self.prices.get(day, NONE).get(name) for day in days]
        if len({state is None for state in states}) > 1:
            reason = "mid_month"
        elif not bills:
            reason = "several_months" if self._is_ahead(name, month) else "not_billed"
        else:
            reason = "price_change" if len(set(states)) > 1 else "other_amount"
        return [*found, (reason, billed - level)]

    def _is_ahead(self, name: Name, month: dt.date) -> bool:
        """Return whether an earlier bill of a line is for a month too."""
        for bill in self.recurring:
            if (bill.customer, bill.line) == name and bill.month < month:
                after = (month.year - bill.day.year) * 12 + month.month - bill.day.month
                if self._agreed(bill) is not None and after < self._months_of(bill):
                    return True
        return False

    def _for_one_month(self, bill: Bill) -> Decimal:
        price = self._agreed(bill)
        assert price is not None
        return price if self._months_of(bill) > 1 else bill.amount

    def _months_of(self, bill: Bill) -> int:
        price = self._agreed(bill)
        assert price is not None
        fits = [
            months
            for months in range(2, 121)
            if abs(bill.amount - months * price) <= months * Decimal("0.5")
        ]
        return min(fits, default=1)

    def _agreed(self, bill: Bill) -> Decimal | None:
        prices = self.prices.get(bill.day, NONE)
        return prices.get((bill.customer, bill.line))

    def _end(self, month: dt.date) -> dt.date:
        return min((month + 32 * DAY).replace(day=1) - DAY, self.until)


def _named(
    prices: Mapping[tuple[str, str], Decimal],
) -> Iterator[tuple[Name, Decimal]]:
    yield from prices.items()
