"""Renewals ahead of a day, the chance until they are due, and what came of them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from revenue_tables import stored

from banso.analytics.forecast.forecasts import HORIZONS
from banso.analytics.revenue.foretold import (
    Moment,
    chances_by,
    renewals_ahead,
    with_outcome,
)
from banso.kernel.zones import day_number

SAID = dt.date(2025, 3, 30)
NOW = dt.date(2025, 6, 30)
APRIL = Moment(SAID, dt.date(2025, 4, 1), dt.date(2025, 4, 30), is_past=True)
AHEAD = Moment(NOW, dt.date(2025, 7, 1), dt.date(2026, 6, 30), is_past=False)
Row = dict[str, Any]


def line(name: str, start: str, end: str | None = None, **more: Any) -> Row:
    return {
        "subscription_id": name, "customer_id": name.split("-", maxsplit=1)[0],
        "started_on": dt.date.fromisoformat(start),
        "ended_on": dt.date.fromisoformat(end) if end else None,
        "mrr": Decimal(100), "term_months": 12, **more,
    }  # fmt: skip


LINES = [
    line("stays-1", "2024-04-10"),
    line("leaves-1", "2024-04-20", "2025-04-20"),
    line("early-1", "2024-04-25", "2025-04-05"),
    line("swaps-1", "2024-04-12", "2025-04-12"),
    line("swaps-2", "2025-04-14", mrr=Decimal(70)),
    line("done-1", "2024-04-15", "2025-04-15", ended_reason="completed"),
    line("gone-1", "2023-04-15", "2025-01-15"),
    line("noticed-1", "2024-04-28", "2025-04-28", cancelled_on=dt.date(2025, 2, 1)),
    line("later-1", "2024-05-03"),
    line("monthly-1", "2024-01-15", term_months=1),
    line("rolls-1", "2023-04-20", "2024-04-20"),  # a row for each term
    line("rolls-1", "2024-04-20", "2025-04-20"),
    line("rolls-1", "2025-04-20", mrr=Decimal(110)),
    line("free-1", "2024-04-15", mrr=Decimal(0)),
]


def forecast() -> pa.Table:
    """Return 10 % within 30 days, 19 % within 90, 40 % and 64 % after that."""
    chances = dict(zip(HORIZONS, (0.1, 0.19, 0.4, 0.64), strict=True))
    rows = [
        {
            "customer_id": customer, "as_of": said, "basis": "model",
            **{f"churn_{days}": p for days, p in chances.items()},
            **{f"churn_{days}_low": p / 2 for days, p in chances.items()},
            **{f"churn_{days}_high": p * 1.5 for days, p in chances.items()},
        }
        for customer in ("stays", "leaves", "later", "monthly")
        for said in (SAID, NOW)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def computed(*moments: Moment) -> list[Row]:
    facts, chances = stored("subscriptions", LINES), forecast()
    con = duckdb.connect()
    con.register("subscriptions", facts)
    con.register("forecast", chances)
    subscriptions = ibis.table(
        ibis.Schema.from_pyarrow(facts.schema), name="subscriptions"
    )
    grid = ibis.table(ibis.Schema.from_pyarrow(chances.schema), name="forecast")
    told = with_outcome(
        chances_by(renewals_ahead(subscriptions, moments, currency="JPY"), grid),
        subscriptions,
        until=day_number(NOW),
        pause_days=7,
        completed=["completed"],
    )
    found = con.sql(str(ibis.to_sql(told, dialect="duckdb")))
    return found.to_arrow_table().to_pylist()


def by_line(*moments: Moment) -> dict[str, Row]:
    rows = computed(*moments)
    found = {row["subscription_id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_what_lay_ahead_when_the_month_began() -> None:
    found = by_line(APRIL)

    assert set(found) == {
        "stays-1", "leaves-1", "early-1", "swaps-1", "noticed-1", "monthly-1",
        "rolls-1", "done-1",
    }  # fmt: skip
    assert str(found["stays-1"]["due_on"])[:10] == "2025-04-10"
    assert found["stays-1"]["days"] == 11
    assert found["stays-1"]["currency"] == "JPY"


def test_what_came_of_it() -> None:
    found = by_line(APRIL)

    assert {
        key: (row["renewed"], int(row["mrr_after"])) for key, row in found.items()
    } == {
        "stays-1": (True, 100),
        "monthly-1": (True, 100),
        "rolls-1": (True, 110),
        "leaves-1": (False, 0),
        "early-1": (False, 0),
        "swaps-1": (True, 70),
        "noticed-1": (False, 0),
        "done-1": (True, 100),  # nobody left: it ended as agreed
    }
    assert {key for key, row in found.items() if row["agreed_end"]} == {"done-1"}


def test_a_notice_is_certain_and_a_customer_without_forecast_has_none() -> None:
    found = by_line(APRIL)

    assert (found["noticed-1"]["p_leave"], found["noticed-1"]["basis"]) == (1, "notice")
    assert (found["early-1"]["p_leave"], found["early-1"]["basis"]) == (None, None)


def test_between_horizons_the_daily_chance_is_constant() -> None:
    """By hand: 0.9 ^ (11/30) stay 11 days; 0.9 × (0.81/0.9) ^ (4/60) stay 34 days."""
    assert by_line(APRIL)["stays-1"]["p_leave"] == pytest.approx(1 - 0.9 ** (11 / 30))
    may = Moment(SAID, dt.date(2025, 5, 1), dt.date(2025, 5, 31), is_past=True)
    later = by_line(may)["later-1"]
    assert later["days"] == 34
    assert later["p_leave"] == pytest.approx(1 - 0.9 * (0.81 / 0.9) ** (4 / 60))
    assert later["low"] == pytest.approx(1 - 0.95 * (0.905 / 0.95) ** (4 / 60))


def test_what_lies_ahead_has_no_outcome_and_each_line_is_due_once() -> None:
    found = computed(AHEAD)

    assert {row["subscription_id"]: str(row["due_on"])[:10] for row in found} == {
        "stays-1": "2026-04-10",
        "swaps-2": "2026-04-14",
        "later-1": "2026-05-03",
        "monthly-1": "2025-07-15",
        "rolls-1": "2026-04-20",
    }
    unknown = ("renewed", "agreed_end", "mrr_after")
    assert {row[name] for row in found for name in unknown} == {None}
