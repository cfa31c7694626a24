"""The fish: a year by hand, its edges, and what makes it smaller."""

from dataclasses import replace

import pytest

from banso.analytics.simulators.fish import LEVERS, FishPlan, fish, smaller_fish

# Ten new customers a month pay 50 a month instead of 1,200 at once.
PLAN = FishPlan(
    won=10,
    licence_price=1_200,
    maintenance=0.0,
    base=0,
    monthly_price=50,
    setup_fee=0,
    churn=0.0,
    shift_months=0,
    migration_months=0,
    fixed_cost=8_000,
    serving_cost=10,
    extra_cost=1_000,
)


def test_it_is_the_fish_worked_out_by_hand() -> None:
    found = fish(PLAN)

    # month t: revenue 500 t, cost 9,000 + 100 t, gap 9,000 - 400 t until t = 22
    assert [each.revenue for each in found.months[:3]] == [500, 1_000, 1_500]
    assert [each.cost for each in found.months[:3]] == [9_100, 9_200, 9_300]
    assert (found.depth, found.deepest) == (8_600, 1)
    assert (found.begins, found.ends, found.length) == (1, 23, 22)
    assert found.size == sum(9_000 - 400 * month for month in range(1, 23)) == 96_800
    assert found.reason is None
    # it would have kept 4,000 a month: 200 t (t + 1) reaches 13,000 t in month 64
    assert found.overtakes is None
    assert fish(replace(PLAN, months=70)).overtakes == 64


def test_a_shift_spread_over_months_moves_its_share_of_new_customers() -> None:
    found = fish(replace(PLAN, shift_months=4, churn=0.1))

    first, second, third = found.months[:3]
    # a quarter subscribes: 7.5 licences of 1,200, 2.5 subscriptions of 50
    assert first.licence_revenue == pytest.approx(9_000)
    assert first.subscribers == pytest.approx(2.5)
    assert second.subscribers == pytest.approx(2.5 * 0.9 + 5)
    assert first.cost == pytest.approx(8_000 + 25 + 250)
    assert third.licence_revenue == pytest.approx(2.5 * 1_200)


def test_the_base_pays_maintenance_until_it_has_migrated() -> None:
    plan = replace(PLAN, base=120, maintenance=0.1, won=0, migration_months=3)

    months = fish(plan).months

    # 10 a month each: a third of what is left of three, then of two, then all
    assert [each.licence_revenue for each in months[:4]] == pytest.approx(
        [800, 400, 0, 0]
    )
    assert [each.subscribers for each in months[:4]] == pytest.approx(
        [40, 80, 120, 120]
    )
    assert months[0].unchanged_revenue == pytest.approx(1_200)


def test_without_a_shift_of_anybody_the_months_are_those_without_it() -> None:
    plan = replace(PLAN, base=50, maintenance=0.2, churn=0.02, shift_months=10**9)

    last = fish(replace(plan, extra_cost=0)).months[-1]

    assert last.revenue == pytest.approx(last.unchanged_revenue, rel=1e-4)
    assert last.cost == pytest.approx(last.unchanged_cost, rel=1e-4)


def test_a_fish_that_does_not_end_has_no_length() -> None:
    found = fish(replace(PLAN, months=12))

    assert (found.ends, found.length, found.reason) == (None, None, "not_within")
    assert found.size == sum(9_000 - 400 * month for month in range(1, 13))


def test_revenue_that_never_falls_below_cost_is_no_fish() -> None:
    found = fish(replace(PLAN, fixed_cost=0, extra_cost=0))

    assert (found.reason, found.size, found.begins, found.depth) == (
        "no_fish",
        0,
        None,
        0,
    )


def test_each_lever_alone_makes_this_fish_smaller() -> None:
    plan = replace(PLAN, churn=0.03, shift_months=6, base=200, maintenance=0.15)

    levers = smaller_fish(plan)

    assert {key for key, _fish in levers} == set(LEVERS)
    sizes = [found.size for _key, found in levers]
    assert sizes == sorted(sizes)
    assert sizes[-1] < fish(plan).size


def test_a_lever_that_changes_nothing_is_not_offered() -> None:
    keys = {key for key, _fish in smaller_fish(replace(PLAN, extra_cost=0))}

    assert keys == set(LEVERS) - {"lower_extra_cost", "migrated_base", "lower_churn"}
