"""Pricing models, worked out by hand."""

from decimal import Decimal

import pytest

from banso.analytics.simulators.pricing import (
    KINDS,
    Basis,
    Terms,
    missing,
    pricing,
)


def basis(name, pays, seats, *usage, has_module=False):
    return Basis(
        name,
        Decimal(pays),
        None if seats is None else Decimal(seats),
        tuple(map(Decimal, usage)),
        has_module,
    )


# together 600 a month, 20 seats, and 30 units in the first month, 10 in the second
THREE = [
    basis("a", 100, 2, 0, 0),
    basis("b", 200, 8, 10, 6, has_module=True),
    basis("c", 300, 10, 20, 4),
]


def paid(kind, **terms):
    found = pricing(kind, THREE, Terms(**terms))
    return [each.would_pay for each in found.customers]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("one_off", [200, 200, 200]),
        ("flat", [200, 200, 200]),
        ("seat", [60, 240, 300]),  # 30 a seat
        ("tiered", [100, 200, 300]),  # a tier for each
        ("usage", [0, 240, 360]),  # 600 / 20 = 30 a unit; 8 and 12 in the mean month
        ("hybrid", [100, 220, 280]),  # 100 each, and 15 a unit
        ("premium", [100, 220, 300]),
    ],
)
def test_what_each_customer_would_pay(kind, expected):
    assert paid(kind) == expected


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "premium"])
def test_the_start_brings_what_comes_today(kind):
    found = pricing(kind, THREE, Terms())

    assert found.revenue == found.before == 600
    assert pricing(kind, THREE, Terms(level=Decimal("1.1"))).revenue == 660


def test_a_licence_is_paid_once():
    found = pricing("one_off", THREE, Terms(licence_months=36))

    assert found.prices.base == 7_200
    assert found.revenue == 600  # spread over its months


def test_usage_makes_revenue_swing_and_a_base_halves_it():
    usage, hybrid = (pricing(kind, THREE, Terms()) for kind in ("usage", "hybrid"))

    assert usage.months == [900, 300]
    assert hybrid.months == [750, 450]
    # deviation of 900 and 300 is 300 √2, over 600
    assert usage.swing == pytest.approx(2**0.5 / 2)
    assert hybrid.swing == pytest.approx(2**0.5 / 4)
    assert pricing("flat", THREE, Terms()).swing == 0


def test_between_customers():
    assert pricing("flat", THREE, Terms()).spread == 0
    # 100, 200, 300: deviation 100 over 200
    assert pricing("tiered", THREE, Terms()).spread == pytest.approx(0.5)


def test_margin_takes_off_the_cost_of_usage():
    found = pricing("flat", THREE, Terms(variable_cost=Decimal(3)))

    assert (found.cost, found.margin) == (60, 540)  # 20 units in the mean month


def test_who_would_pay_more_comes_with_the_largest_rise_first():
    found = pricing("seat", THREE, Terms())

    assert [(each.customer_id, each.rise) for each in found.rising(0.2)] == [("b", 40)]
    flat = pricing("flat", THREE, Terms(level=Decimal("1.1")))
    assert [each.customer_id for each in flat.rising(0.1)] == ["a", "b"]
    assert flat.customers[0].change == pytest.approx(1.2)


def test_equally_many_seats_are_one_tier():
    alike = [basis(str(n), 10 * n, 5) for n in (1, 2, 3)]

    found = pricing("tiered", alike, Terms())

    assert found.prices.tiers == ((Decimal(5), Decimal(20)),)


@pytest.mark.parametrize(
    ("kind", "customers", "reason"),
    [
        ("flat", [], "no_customers"),
        ("flat", [basis("a", 0, 1)], "no_customers"),
        ("seat", [basis("a", 5, None), basis("b", 5, 1)], "no_seats"),
        ("tiered", [basis("a", 5, 0)], "no_seats"),
        ("usage", [basis("a", 5, 1, 0, 0)], "no_usage"),
        ("hybrid", [basis("a", 5, 1)], "no_usage"),
        ("premium", [basis("a", 5, 1)], "no_module"),
        ("flat", [basis("a", 5, None)], None),
    ],
)
def test_what_a_model_lacks(kind, customers, reason):
    assert missing(kind, customers) == reason


def test_one_month_does_not_swing():
    found = pricing("flat", [basis("a", 5, None)], Terms())

    assert (found.swing, found.spread) == (None, None)
