"""Stays, contract lines and moves, worked out by hand."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from banso.analytics.panel.landmarks import CHURN, COMPLETED, NON_PAYMENT, REPLACED
from banso.analytics.panel.line_state import line_state, mrr_moves
from banso.analytics.panel.stays import FAR_DAY, customer_stays
from banso.kernel.zones import day_number

SCHEMA = pa.schema(
    [
        ("subscription_id", pa.string()),
        ("customer_id", pa.string()),
        ("started_on", pa.date32()),
        ("ended_on", pa.date32()),
        ("mrr", pa.decimal128(18, 4)),
        ("currency", pa.string()),
        ("product", pa.string()),
        ("plan", pa.string()),
        ("term_months", pa.int64()),
        ("renews_on", pa.date32()),
        ("cancelled_on", pa.date32()),
        ("ended_reason", pa.string()),
        ("known_at", pa.timestamp("us")),
    ]
)
END_WORDS = {
    "completed": ["completed", "修了"],
    "replaced": ["replaced"],
    "non_payment": ["Involuntary"],
}
TODAY = dt.date(2026, 11, 22)


def line(started: str, ended: str | None = None, **more: Any) -> dict[str, Any]:
    dates = {
        key: dt.date.fromisoformat(value)
        for key, value in more.items()
        if key in {"renews_on", "cancelled_on"}
    }
    return {
        "subscription_id": f"s{started}",
        "customer_id": "a",
        "started_on": dt.date.fromisoformat(started),
        "ended_on": dt.date.fromisoformat(ended) if ended else None,
        "mrr": Decimal(1000),
        "currency": "JPY",
        **more,
        **dates,
    }


def table(*lines: dict[str, Any]) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pylist(list(lines), SCHEMA))


def rows_of(expression: ibis.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        ibis.duckdb.connect().to_pyarrow(expression).to_pylist()
    )
    return found


def stays(*lines: dict[str, Any], until: dt.date = TODAY) -> list[tuple[Any, ...]]:
    found = customer_stays(
        table(*lines), until=day_number(until), pause_days=31, end_words=END_WORDS
    )
    return [
        (
            _day(row["starts"]),
            _day(row["ends"]),
            _day(row["leaves_on"]),
            row["end_kind"],
        )
        for row in rows_of(found.order_by("starts"))
    ]


def _day(number: int) -> str | None:
    if number == FAR_DAY:
        return None
    return (dt.date(1970, 1, 1) + dt.timedelta(days=number)).isoformat()


def test_running_line_has_no_end() -> None:
    assert stays(line("2025-04-01")) == [("2025-04-01", None, None, -1)]


def test_end_is_churn_unless_it_says_otherwise() -> None:
    kinds = {
        reason: stays(line("2025-04-01", "2026-04-01", ended_reason=reason))[0][3]
        for reason in (None, "price", " Completed", "修了", "replaced", "INVOLUNTARY")
    }

    assert kinds == {
        None: CHURN,
        "price": CHURN,
        " Completed": COMPLETED,
        "修了": COMPLETED,
        "replaced": REPLACED,
        "INVOLUNTARY": NON_PAYMENT,
    }


def test_notice_is_the_leaving_day() -> None:
    found = stays(line("2025-04-01", "2026-04-01", cancelled_on="2026-01-15"))

    assert found == [("2025-04-01", "2026-04-01", "2026-01-15", CHURN)]


def test_notice_counts_before_the_end_has_come() -> None:
    noticed = line("2025-04-01", "2027-04-01", cancelled_on="2026-10-01")

    assert stays(noticed) == [("2025-04-01", None, "2026-10-01", CHURN)]
    before = stays(noticed, until=dt.date(2026, 9, 30))
    assert before == [("2025-04-01", None, None, -1)]


def test_other_line_keeps_the_customer() -> None:
    found = stays(
        line("2025-04-01", "2026-04-01", cancelled_on="2026-01-15"),
        line("2025-06-01"),
    )

    assert found == [("2025-04-01", None, None, -1)]


def test_upgrade_by_a_new_line_is_one_stay() -> None:
    found = stays(line("2025-04-01", "2026-01-01"), line("2026-01-01"))

    assert found == [("2025-04-01", None, None, -1)]


@pytest.mark.parametrize(("restart", "count"), [("2026-02-01", 1), ("2026-02-02", 2)])
def test_pause_of_31_days_is_one_stay(restart: str, count: int) -> None:
    assert len(stays(line("2025-04-01", "2026-01-01"), line(restart))) == count


def test_kind_is_that_of_the_line_that_ends_last() -> None:
    found = stays(
        line("2025-04-01", "2026-05-01", ended_reason="replaced"),
        line("2025-05-01", "2026-04-01", ended_reason="completed"),
    )

    assert found == [("2025-04-01", "2026-05-01", "2026-05-01", REPLACED)]


def test_long_line_under_short_ones_keeps_the_stay_together() -> None:
    found = stays(
        line("2024-01-01", "2026-06-01"),
        line("2024-02-01", "2024-03-01"),
        line("2025-09-01", "2025-10-01"),
    )

    assert found == [("2024-01-01", "2026-06-01", "2026-06-01", CHURN)]


def test_what_became_known_later_is_not_there() -> None:
    late = line("2025-04-01", known_at=dt.datetime(2026, 11, 23))

    assert stays(late) == []
    assert stays(line("2025-04-01", "2025-04-01")) == []  # it was never open


# -- the state of the lines -----------------------------------------------------------


def state(
    *lines: dict[str, Any], on: str = "2026-11-22", fixed: bool = False
) -> dict[str, Any]:
    dates = [dt.date.fromisoformat(on)]
    found = rows_of(line_state(table(*lines), dates, renewal_is_fixed=fixed))
    assert len(found) <= 1
    return found[0] if found else {}


def test_lines_of_a_day_are_summed() -> None:
    found = state(
        line("2025-04-01", plan="Pro", product="B"),
        line("2026-04-01", plan="Light", product="A", mrr=Decimal("0.5")),
        line("2024-04-01", "2026-11-22", plan="Old"),
    )

    assert found["mrr"] == 1000.5
    assert (found["plan"], found["product"]) == ("Light", "A")


def test_several_currencies_have_no_sum() -> None:
    found = state(line("2025-04-01"), line("2025-05-01", currency="USD"))

    assert found["mrr"] is None
    assert found["currency"] is None


def test_renewal_is_counted_from_start_and_term() -> None:
    # From 2025-04-01 to 2026-11-22 are 600 days; the second year ends after 730.5.
    found = state(line("2025-04-01", term_months=12, renews_on="2029-04-01"))

    assert found["days_to_renewal"] == 130


def test_renewal_date_is_believed_only_when_it_is_fixed() -> None:
    """A date that is rewritten at each renewal tells the past who renewed later."""
    rewritten = line("2025-04-01", renews_on="2027-04-01")

    assert state(rewritten)["days_to_renewal"] is None
    assert state(rewritten, fixed=True)["days_to_renewal"] == 130


# -- moves ----------------------------------------------------------------------------


def moves(*lines: dict[str, Any]) -> list[tuple[str | None, bool]]:
    found = mrr_moves(table(*lines), until=day_number(TODAY)).order_by("day")
    return [(_day(row["day"]), row["rose"]) for row in rows_of(found)]


def test_moves_are_rises_and_falls_while_the_customer_stays() -> None:
    found = moves(
        line("2024-01-01", "2024-07-01"),
        line("2024-07-01", "2025-01-01", mrr=Decimal(1500)),  # a dearer line follows
        line("2025-01-01", "2025-07-01", mrr=Decimal(1200)),
        line("2025-02-01", "2025-03-01", mrr=Decimal(1)),
    )

    assert found == [
        ("2024-07-01", True),
        ("2025-01-01", False),
        ("2025-02-01", True),
        ("2025-03-01", False),
    ]


def test_moves_tell_how_far_and_in_which_currency() -> None:
    found = mrr_moves(
        table(
            line("2024-01-01", "2024-07-01"),
            line("2024-07-01", mrr=Decimal(1500)),
            line("2025-02-01", "2025-03-01", mrr=Decimal(1)),
        ),
        until=day_number(TODAY),
    )

    rows = [(row["before"], row["step"]) for row in rows_of(found.order_by("day"))]
    assert rows == [(1000, 500), (1500, 1), (1501, 1)]


def test_amounts_in_several_currencies_mean_nothing() -> None:
    found = mrr_moves(
        table(
            line("2024-01-01", currency="JPY"),
            line("2024-07-01", currency="USD"),
        ),
        until=day_number(TODAY),
    )

    assert [row["currency"] for row in rows_of(found)] == [None]


def test_first_line_and_last_end_are_no_moves() -> None:
    assert moves(line("2024-01-01", "2024-07-01"), line("2025-01-01")) == []
