"""Keeping beside winning: months by hand, the ceiling, and both levers."""

from dataclasses import replace

import pytest

from banso.analytics.simulators.growth import GrowthPlan, both_levers, growth

# One per cent of revenue is lost a month, two of today's are won.
PLAN = GrowthPlan(
    mrr=100.0,
    churn=1 - 0.99**12,
    acquisition=0.24,
    acquisition_growth=0.0,
    expansion=0.0,
)


def test_the_first_months_are_those_worked_out_by_hand() -> None:
    found = growth(PLAN)

    assert found.mrr[:3] == pytest.approx([100, 101, 101.99])
    assert found.won[:2] == pytest.approx([2, 2])
    assert found.lost[:2] == pytest.approx([1, 1.01])


def test_twelve_months_of_churn_make_the_year() -> None:
    found = growth(replace(PLAN, acquisition=0.0, churn=0.2, expansion=0.05, months=12))

    assert found.last == pytest.approx(100 * 0.8 * 1.05)


def test_growth_ends_at_the_ceiling() -> None:
    found = growth(replace(PLAN, months=240))

    # 2 won a month is what 200 lose; 200 - 100 x .99^t reaches 180 in month 161
    assert found.ceiling == pytest.approx(200)
    assert found.nears == 161
    assert max(found.mrr) < 200
    assert found.stalls is None


def test_a_business_above_its_ceiling_shrinks_from_the_first_month() -> None:
    found = growth(replace(PLAN, acquisition=0.06))

    assert found.ceiling == pytest.approx(50)
    assert found.stalls == 1
    assert found.nears is None
    assert found.last < 100


def test_falling_sales_stop_outrunning_churn_in_a_month() -> None:
    found = growth(replace(PLAN, acquisition_growth=-0.5))

    assert found.ceiling is None
    month = found.stalls
    assert month is not None
    assert found.won[month - 2] > found.lost[month - 2]
    assert found.won[month - 1] <= found.lost[month - 1]
    assert found.mrr[month - 1] == max(found.mrr)


def test_revenue_that_grows_by_itself_has_no_ceiling() -> None:
    found = growth(replace(PLAN, expansion=0.3))

    assert found.ceiling is None
    assert found.lost[0] < 0
    assert found.stalls is None


def test_a_point_of_churn_is_worth_more_when_much_is_there_to_keep() -> None:
    found = both_levers(PLAN)

    assert found.kept > 0
    assert found.gained == pytest.approx(
        growth(replace(PLAN, acquisition=0.25)).last - growth(PLAN).last
    )
    assert found.points_worth == pytest.approx(found.kept / found.gained)
    # it grows, so a point of what is there is more than a point of what was
    assert found.points_worth > 1


def test_churn_below_a_point_is_taken_off_whole() -> None:
    found = both_levers(replace(PLAN, churn=0.004))

    assert found.keeping.mrr == growth(replace(PLAN, churn=0.0)).mrr
