"""Months put together into quarters and years, by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from banso.analytics.cohorts.shares import (
    CohortMonth,
    cohort_lines,
    pooled_line,
)

LAST = dt.date(2026, 4, 30)


def month(number, age, customers, people, money=None, **more):
    return CohortMonth(
        cohort=dt.date(2026, number, 1),
        age=age,
        customers=customers,
        people=people,
        money=None if money is None else Decimal(money),
        currency=more.get("currency", "JPY"),
        reason=more.get("reason"),
        is_early=more.get("is_early", False),
    )


# January 8 customers, February 4, April 12; May is not over
ROWS = [
    month(1, 0, 8, 8, 800),
    month(1, 1, 8, 7, 900),
    month(1, 2, 8, 6, 600),
    month(1, 3, 8, 6, 660),
    month(1, 4, 8, None, reason="month_not_over"),
    month(2, 0, 4, 4, 400),
    month(2, 1, 4, 4, 400),
    month(2, 2, 4, 3, 300),
    month(2, 3, 4, None, reason="month_not_over"),
    month(4, 0, 12, 12, 1200),
    month(4, 1, 12, None, reason="month_not_over"),
]


def test_a_quarter_adds_its_months_at_the_same_age():
    first, second = cohort_lines(ROWS, period="quarter", measure="customers", last=LAST)

    assert (first.start, first.customers) == (dt.date(2026, 1, 1), 12)
    assert [cell.value for cell in first.cells[:3]] == [1, 11 / 12, 9 / 12]
    assert first.cells[2].low == pytest.approx(0.4677, abs=1e-4)  # Wilson, 9 of 12
    assert first.cells[2].high == pytest.approx(0.9111, abs=1e-4)
    assert (second.customers, len(second.cells)) == (12, 1)


def test_an_age_that_some_months_have_not_reached_has_no_number():
    first, _second = cohort_lines(
        ROWS, period="quarter", measure="customers", last=LAST
    )

    assert first.at(3).value is None
    assert first.at(3).reason == "not_all_reached"
    assert first.at(4) is None


def test_a_period_that_is_not_over_still_grows():
    lines = cohort_lines(ROWS, period="quarter", measure="customers", last=LAST)

    assert [line.is_growing for line in lines] == [False, True]
    (year,) = cohort_lines(ROWS, period="year", measure="customers", last=LAST)
    assert (year.customers, year.is_growing) == (24, True)


def test_money_is_over_that_of_age_zero_and_may_exceed_it():
    first, _second = cohort_lines(ROWS, period="quarter", measure="money", last=LAST)

    assert [cell.value for cell in first.cells[:3]] == [1, 1300 / 1200, 900 / 1200]
    assert first.cells[1].low is None


def test_few_customers_have_no_share():
    january, february, april = cohort_lines(
        ROWS, period="month", measure="customers", last=LAST
    )

    assert {cell.reason for cell in january.cells} == {"too_few_customers"}
    assert {cell.reason for cell in february.cells} == {"too_few_customers"}
    assert april.cells[0].value == 1


def test_all_together_counts_at_each_age_who_has_reached_it():
    line = pooled_line(ROWS, measure="customers")

    assert [cell.customers for cell in line.cells] == [24, 12, 12, 8]
    assert [cell.value for cell in line.cells] == [1, 11 / 12, 9 / 12, None]
    # money at age 2 over what the same customers paid at age 0
    assert pooled_line(ROWS, measure="money").cells[2].value == 900 / 1200


def test_survivors_are_not_in_the_sum():
    early = [month(3, age, 50, 50, 5000, is_early=True) for age in (0, 1)]

    line = pooled_line([*ROWS, *early], measure="customers")

    assert line.customers == 24
    assert line.is_early


def test_currencies_are_not_added():
    abroad = [
        month(1, 0, 20, 20, 90, currency="USD"),
        month(2, 0, 20, 20, 90, currency="JPY"),
    ]

    (line,) = cohort_lines(abroad, period="quarter", measure="money", last=LAST)

    assert line.cells[0].reason == "several_currencies"


def test_without_revenue_at_the_beginning_there_is_no_share_of_it():
    (line,) = cohort_lines(
        [month(4, 0, 10, 10, 0)], period="month", measure="money", last=LAST
    )

    assert line.cells[0].reason == "no_revenue"


def test_nobody_has_no_lines():
    assert not cohort_lines([], period="year", measure="money", last=LAST)
    assert pooled_line([], measure="customers").cells == ()
