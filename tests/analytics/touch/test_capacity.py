"""How many people growing customers take, worked by hand."""

import pytest

from banso.analytics.touch.capacity import CapacityPlan, Care, capacity


def test_example_of_the_docs():
    # 20 × 6 + 100 × 1 = 220 hours; one person has 24 × 52 ÷ 12 = 104
    care = {"high": Care(20, 6.0, 25), "low": Care(100, 1.0, 150)}
    plan = CapacityPlan(care, people=3, hours_per_week=24, growth=0.5, months=12)

    found = capacity(plan)

    assert found.hours_there == 312
    assert found.months[0].hours_needed == 220
    assert found.months[0].needed == pytest.approx(220 / 104)
    assert found.months[0].head_count == 3
    assert found.last.hours == {"high": pytest.approx(180), "low": pytest.approx(150)}
    assert found.last.head_count == 4
    # 220 × 1.5^(m/12) > 312 from m = 12 × ln(312/220)/ln 1.5 = 10.3 on
    assert found.full_from == 11


def test_most_customers_of_one_person_count_when_they_take_more_people():
    care = {"low": Care(301, 0.1, 100), "tech": Care(5000, 0.0)}
    plan = CapacityPlan(care, people=4, hours_per_week=24, growth=0, months=6)

    found = capacity(plan)

    assert found.last.bound == "places"
    assert found.last.head_count == 4
    assert found.full_from is None


def test_whole_people_are_not_rounded_up():
    plan = CapacityPlan({"low": Care(104, 2.0)}, 2, hours_per_week=24, growth=0)

    assert capacity(plan).last.head_count == 2


def test_without_customers_nobody_is_needed():
    plan = CapacityPlan({"high": Care(0, 6.0)}, 0, hours_per_week=24, growth=1.0)

    assert capacity(plan).last.head_count == 0
    assert capacity(plan).full_from is None
