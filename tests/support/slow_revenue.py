"""Movements of MRR once more, day by day and customer by customer, in plain Python.

Slow, and written without a look at how `banso.analytics.revenue` does it: no change
events, no running sums, only the set of lines that count on each day.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

Days = dict[dt.date, frozenset[int]]  # the lines that count on each day, by place
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """A span of a contract line."""

    customer: str
    line: str
    start: dt.date
    end: dt.date | None
    mrr: Decimal


def slow_movements(
    lines: Sequence[Line], *, until: dt.date, pause_days: int, each_day: bool = False
) -> dict[tuple[dt.date, str, str, str], Decimal]:
    """Return the amount of each movement by month, customer, line and kind."""
    found: dict[tuple[dt.date, str, str, str], Decimal] = defaultdict(Decimal)
    lines = [line for line in lines if line.start <= until]
    for customer in sorted({line.customer for line in lines}):
        mine = [line for line in lines if line.customer == customer]
        days = _counting(mine, until=until, pause_days=pause_days)
        before: dict[str, Decimal] = {}
        has_paid = False
        for day in _looked_at(days, each_day=each_day):
            after = _by_line(mine, days[day])
            was, now = sum(before.values()), sum(after.values())
            kind = _kind(was, now, has_paid=has_paid)
            for line in {*before, *after}:
                moved = after.get(line, Decimal()) - before.get(line, Decimal())
                found[day.replace(day=1), customer, line, kind] += moved
            has_paid = has_paid or now > 0
            before = after
    return {key: amount for key, amount in found.items() if amount}


def slow_level(
    lines: Sequence[Line], day: dt.date, *, until: dt.date, pause_days: int
) -> Decimal:
    """Return the MRR of all customers on a day."""
    total = Decimal()
    lines = [line for line in lines if line.start <= until]
    for customer in {line.customer for line in lines}:
        mine = [line for line in lines if line.customer == customer]
        days = _counting(mine, until=until, pause_days=pause_days)
        total += sum(_by_line(mine, days.get(day, frozenset())).values())
    return total


def slow_prices(
    lines: Sequence[Line], *, until: dt.date, pause_days: int
) -> dict[dt.date, dict[tuple[str, str], Decimal]]:
    """Return what each line of each customer pays on each day on which it counts."""
    found: dict[dt.date, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    lines = [line for line in lines if line.start <= until]
    for customer in {line.customer for line in lines}:
        mine = [line for line in lines if line.customer == customer]
        days = _counting(mine, until=until, pause_days=pause_days)
        for day, places in days.items():
            for name, price in _by_line(mine, places).items():
                found[day][customer, name] = price
    return found


def _looked_at(days: Days, *, each_day: bool) -> Iterable[dt.date]:
    last = max(days)
    return [
        day for day in sorted(days) if each_day or (day + DAY).day == 1 or day == last
    ]


def _kind(was: Decimal | int, now: Decimal | int, *, has_paid: bool) -> str:
    if now > was:
        if was > 0:
            return "expansion"
        return "reactivation" if has_paid else "new"
    if now < was:
        return "contraction" if now > 0 else "churn"
    return "transfer"


def _by_line(lines: Sequence[Line], places: frozenset[int]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for place in places:
        found[lines[place].line] += lines[place].mrr
    return found


def _counting(lines: Sequence[Line], *, until: dt.date, pause_days: int) -> Days:
    """Return the paid lines that count on each day, short pauses filled."""
    first = min(line.start for line in lines)
    all_days = [first + n * DAY for n in range((until - first).days + 1)]
    days: Days = {
        day: frozenset(
            place
            for place, line in enumerate(lines)
            if line.mrr > 0
            and line.start <= day
            and (line.end is None or line.end > until or day < line.end)
        )
        for day in all_days
    }
    for name in sorted({line.line for line in lines}):
        days = _filled(days, lambda place, n=name: lines[place].line == n, pause_days)
    return _filled(days, lambda _place: True, pause_days)


def _filled(days: Days, belongs: Callable[[int], bool], pause_days: int) -> Days:
    """Let the lines before a short gap in a group of lines count through the gap."""
    filled = dict(days)
    last: dt.date | None = None
    for day in sorted(days):
        mine = frozenset(filter(belongs, days[day]))
        if not mine:
            continue
        if last is not None and 0 < (day - last).days - 1 <= pause_days:
            before = frozenset(filter(belongs, days[last]))
            gap = [last + n * DAY for n in range(1, (day - last).days)]
            filled |= {empty: filled[empty] | before for empty in gap}
        last = day
    return filled
