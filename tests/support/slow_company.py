"""A small random company, and its metrics worked out one customer and day at a time.

Nothing here shares code with `banso.analytics`: it is what that is checked against.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from banso.definitions.metrics import (
    ChangeMetric,
    CountMetric,
    DaysActiveMetric,
    DaysSinceLastMetric,
    DistinctContactsMetric,
    EndedMetric,
    LastMetric,
    MeanMetric,
    Metric,
    RatioMetric,
    RunningMetric,
    SumMetric,
)

FIRST = dt.date(2024, 1, 3)
DAY = dt.timedelta(days=1)
TOKYO = dt.timedelta(hours=9)

Row = dict[str, Any]


@dataclass
class Company:
    """Rows by table, as the canonical tables name their columns."""

    events: list[Row] = field(default_factory=list)
    subscriptions: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)


def random_company(seed: int, *, late: bool) -> Company:
    """Return a company of four customers over half a year; times are UTC."""
    draw = random.Random(seed)
    company = Company()
    for customer in ("a", "b", "c", "d"):
        _add_contracts(company, customer, draw)
        for number in (1, 2):
            company.contacts.append(
                {
                    "contact_id": f"{customer}{number}",
                    "customer_id": customer,
                    "layer": draw.choice(["administrator", "user"]),
                    "created_on": draw.choice(
                        [None, FIRST, FIRST + DAY * draw.randrange(120)]
                    ),
                }
            )
        for number in range(draw.randrange(60)):
            moment = dt.datetime.combine(FIRST, dt.time()) + dt.timedelta(
                hours=draw.randrange(24 * 180), minutes=draw.choice([0, 29, 30])
            )
            known = moment + dt.timedelta(days=draw.choice([0, 0, 1, 9, 40]))
            company.events.append(
                {
                    "event_id": f"{customer}{number}",
                    "customer_id": customer,
                    "occurred_at": moment,
                    "name": draw.choice(["login", "export"]),
                    "contact_id": draw.choice([None, f"{customer}1", f"{customer}2"]),
                    "value": draw.choice([None, 0.1, 2.5, -1.0]),
                    "known_at": known if late else None,
                }
            )
    return company


def _add_contracts(company: Company, customer: str, draw: random.Random) -> None:
    day = FIRST + DAY * draw.randrange(30)
    for line in range(draw.randrange(1, 4)):
        end = day + DAY * draw.randrange(1, 90)
        company.subscriptions.append(
            {
                "subscription_id": f"{customer}{line}",
                "customer_id": customer,
                "started_on": day,
                "ended_on": draw.choice([end, end, None]),
                "seats": draw.choice([None, 3, 10]),
                "mrr": 100,
            }
        )
        day = end + DAY * draw.choice([0, 0, 10])


@dataclass(frozen=True)
class SlowMetrics:
    """Metrics of a company, looked up row by row."""

    company: Company
    metrics: Sequence[Metric]

    def value(self, metric: Metric, customer: str, as_of: dt.date) -> float | None:
        """Return one metric of one customer on one day."""
        match metric:
            case RatioMetric():
                over = self.value(self._get(metric.of), customer, as_of)
                under = self.value(self._get(metric.to), customer, as_of)
                return None if over is None or not under else over / under
            case ChangeMetric():
                return self._change(metric, customer, as_of)
            case EndedMetric():
                ends = [
                    row["ended_on"]
                    for row in _of(self.company.subscriptions, customer)
                    if row["ended_on"] is not None
                ]
                since = as_of - (metric.window_days or 10_000) * DAY
                return float(sum(since < day <= as_of for day in ends))
            case RunningMetric():
                contracts = _of(self.company.subscriptions, customer)
                rows = [row for row in contracts if is_open(row, as_of)]
                return float(sum(_weight(row, metric.of) for row in rows))
            case _:
                return self._over_events(metric, customer, as_of)

    def _get(self, key: str) -> Metric:
        return next(metric for metric in self.metrics if metric.key == key)

    def _change(
        self, metric: ChangeMetric, customer: str, as_of: dt.date
    ) -> float | None:
        base = self._get(metric.of)
        window = base.window_days * DAY
        if first_day(self.company, customer) > as_of - 2 * window + DAY:
            return None
        now = self._over_events(base, customer, as_of)
        before = self._over_events(base, customer, as_of - window, known_by=as_of)
        return now / before - 1 if before else None

    def _over_events(
        self,
        metric: Metric,
        customer: str,
        as_of: dt.date,
        known_by: dt.date | None = None,
    ) -> float | None:
        window = getattr(metric, "window_days", None)
        known_on = {
            row["contact_id"]: row["created_on"] or dt.date.min
            for row in self.company.contacts
            if row["layer"] == "administrator"
        }
        everybody = getattr(metric, "contacts", None) is None
        rows = [
            row
            for row in _of(self.company.events, customer)
            if company_day(row["occurred_at"]) <= as_of
            and _known_day(row) <= (known_by or as_of)
            and (
                everybody
                or known_on.get(row["contact_id"], dt.date.max) <= (known_by or as_of)
            )
            and (
                window is None or company_day(row["occurred_at"]) > as_of - window * DAY
            )
        ]
        if metric.kind == "share":
            hits = [row for row in rows if row["name"] == "login"]
            return len(hits) / len(rows) if rows else None
        if metric.where is not None:
            rows = [row for row in rows if row["name"] == "login"]
        return _summary(metric, rows, as_of)


def _summary(metric: Metric, rows: list[Row], as_of: dt.date) -> float | None:
    days = {company_day(row["occurred_at"]) for row in rows}
    match metric:
        case CountMetric():
            return len(rows)
        case DaysActiveMetric():
            return len(days)
        case DistinctContactsMetric():
            return len({row["contact_id"] for row in rows} - {None})
        case DaysSinceLastMetric(of=None):
            return (as_of - max(days)).days if days else None
        case DaysSinceLastMetric():
            newest = _newest([row for row in rows if due_on(row) is not None])
            return None if newest is None else (as_of - due_on(newest)).days
    values = [row for row in rows if row["value"] is not None]
    numbers = [row["value"] for row in values]
    match metric:
        case SumMetric():
            return sum(numbers)
        case MeanMetric():
            return sum(numbers) / len(numbers) if numbers else None
        case LastMetric():
            newest = _newest(values)
            return None if newest is None else newest["value"]
        case _:
            raise AssertionError(metric.kind)


def due_on(event: Row) -> dt.date | None:
    """Return a date that the event tells: often later than its own, or none."""
    if event["value"] is None:
        return None
    return event["occurred_at"].date() + DAY * int(event["value"] * 10)


def _newest(rows: list[Row]) -> Row | None:
    return max(
        rows, key=lambda row: (row["occurred_at"], row["event_id"]), default=None
    )


def is_there(company: Company, customer: str, as_of: dt.date) -> bool:
    """Return whether a contract line is open."""
    return any(is_open(row, as_of) for row in _of(company.subscriptions, customer))


def is_open(row: Row, as_of: dt.date) -> bool:
    """Return whether a contract line is open."""
    ended = row["ended_on"]
    return row["started_on"] <= as_of and (ended is None or ended > as_of)


def first_day(company: Company, customer: str) -> dt.date:
    """Return the first day of the first contract line."""
    return min(row["started_on"] for row in _of(company.subscriptions, customer))


def company_day(moment: dt.datetime) -> dt.date:
    """Return the day in Tokyo of a UTC time."""
    return (moment + TOKYO).date()


def _known_day(row: Row) -> dt.date:
    known = row["known_at"]
    return company_day(row["occurred_at"] if known is None else known)


def _weight(row: Row, column: str | None) -> float:
    return 1 if column is None else row[column] or 0


def _of(rows: list[Row], customer: str) -> list[Row]:
    return [row for row in rows if row["customer_id"] == customer]
