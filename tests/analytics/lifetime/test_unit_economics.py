"""CAC, margin, payback and LTV/CAC: by hand, and what cannot be said."""

import numpy as np
import pytest

from banso.analytics.figures.estimate import Estimate
from banso.analytics.lifetime.contract_value import Terms, ValueCurve, value_curve
from banso.analytics.lifetime.unit_economics import (
    acquisition_cost,
    payback,
    serving_margin,
    value_to_cost,
)


@pytest.fixture
def curve():
    """100 a month for six months, half of the customers leaving after three."""
    paid = np.full((20, 6), 100.0)
    paid[10:, 3:] = 0.0
    return value_curve(paid, Terms(margin=0.8, rounds=30))


def test_a_customer_has_paid_back_when_its_margin_reaches_the_cost(curve) -> None:
    # 80, 160, 240, 280, 320, 360
    assert payback(curve, acquisition_cost(2_500.0, 10)).months == 4
    assert payback(curve, acquisition_cost(3_600.0, 10)).months == 6


def test_a_cost_that_was_not_reached_has_a_reason(curve) -> None:
    found = payback(curve, acquisition_cost(3_610.0, 10))

    assert (found.months, found.reason) == (None, "not_reached")


def test_value_over_cost_keeps_the_interval_of_the_value(curve) -> None:
    value = curve.within(6)

    found = value_to_cost(value, acquisition_cost(1_200.0, 10))

    assert found.value == pytest.approx(3.0)
    assert found.low == pytest.approx(value.low / 120)


def test_costs_that_are_not_known_are_not_nought(curve) -> None:
    unknown = acquisition_cost(None, 40)

    assert (unknown.value, unknown.reason) == (None, "no_costs")
    assert payback(curve, unknown).reason == "no_costs"
    assert value_to_cost(curve.within(6), unknown).reason == "no_costs"
    assert (
        value_to_cost(curve.within(6), acquisition_cost(0.0, 40)).reason == "no_costs"
    )
    assert serving_margin(100.0, None).reason == "no_costs"


def test_few_new_customers_say_nothing_of_the_cost() -> None:
    assert acquisition_cost(1_000.0, 4).reason == "too_few_customers"


def test_a_value_that_is_not_known_keeps_its_reason() -> None:
    nothing = ValueCurve(n=3, reason="too_few_customers")
    cost = Estimate(10.0, 10.0, 10.0, 20)

    assert payback(nothing, cost).reason == "too_few_customers"
    assert value_to_cost(nothing.within(12), cost).reason == "too_few_customers"


def test_serving_may_cost_more_than_it_brings() -> None:
    assert serving_margin(200.0, 50.0).value == pytest.approx(0.75)
    assert serving_margin(200.0, 300.0).value == pytest.approx(-0.5)
    assert serving_margin(0.0, 10.0).reason == "no_revenue"
