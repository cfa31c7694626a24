"""Pricing models, worked out by hand, and against a slow program in decimals."""

import random
from decimal import Decimal

import numpy as np
import pytest
from slow_pricing import Customer, slow_pricing
from slow_pricing import Terms as SlowTerms

from banso.analytics.simulators.pricing import (
    KINDS,
    UNITS,
    Basis,
    Terms,
    missing,
    pricing,
)


def basis(*rows, usage=(), outcomes=(), has_module=None):
    """Return customers from (pays, seats), and what they used by month."""
    pays = np.array([round(pays * UNITS) for pays, _seats in rows], dtype=np.int64)
    seats = np.array([np.nan if seats is None else seats for _pays, seats in rows])
    flags = [False] * len(rows) if has_module is None else has_module
    return Basis(
        pays,
        seats.astype(float),
        np.array(usage, dtype=float).reshape(len(rows), len(usage and usage[0])),
        np.array(outcomes, dtype=float).reshape(
            len(rows), len(outcomes and outcomes[0])
        ),
        np.array(flags, dtype=bool),
    )


# together 600 a month, 20 seats; 30 units in the first month, 10 in the second; 12
# outcomes in each of three months
THREE = basis(
    (100, 2),
    (200, 8),
    (300, 10),
    usage=[[0, 0], [10, 6], [20, 4]],
    outcomes=[[6, 6, 6], [0, 6, 0], [6, 0, 6]],
    has_module=[False, True, False],
)


def paid(kind, **terms):
    return (pricing(kind, THREE, Terms(**terms)).would_pay / UNITS).tolist()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("one_off", [200, 200, 200]),
        ("flat", [200, 200, 200]),
        ("seat", [60, 240, 300]),  # 30 a seat
        ("tiered", [100, 200, 300]),  # a tier for each
        ("usage", [0, 240, 360]),  # 600 / 20 = 30 a unit; 8 and 12 in the mean month
        ("hybrid", [100, 220, 280]),  # 100 each, and 15 a unit
        ("outcome", [300, 100, 200]),  # 600 / 12 = 50 an outcome; 6, 2 and 4
        ("premium", [100, 220, 300]),
    ],
)
def test_what_each_customer_would_pay(kind, expected):
    assert paid(kind) == expected


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "premium"])
def test_the_start_brings_what_comes_today(kind):
    found = pricing(kind, THREE, Terms())

    assert found.revenue == found.before == 600
    assert pricing(kind, THREE, Terms(level=1.1)).revenue == 660


def test_a_licence_is_paid_once():
    found = pricing("one_off", THREE, Terms(licence_months=36))

    assert found.prices.base == 7_200
    assert found.revenue == 600  # spread over its months


def test_usage_makes_revenue_swing_and_a_base_halves_it():
    usage, hybrid = (pricing(kind, THREE, Terms()) for kind in ("usage", "hybrid"))

    assert usage.months.tolist() == [900, 300]
    assert hybrid.months.tolist() == [750, 450]
    # deviation of 900 and 300 is 300 √2, over 600
    assert usage.swing == pytest.approx(2**0.5 / 2)
    assert hybrid.swing == pytest.approx(2**0.5 / 4)
    assert pricing("flat", THREE, Terms()).swing == 0


def test_outcomes_have_months_of_their_own():
    found = pricing("outcome", THREE, Terms())

    assert found.months.tolist() == [600, 600, 600]
    assert found.swing == 0


def test_between_customers():
    assert pricing("flat", THREE, Terms()).spread == 0
    # 100, 200, 300: deviation 100 over 200
    assert pricing("tiered", THREE, Terms()).spread == pytest.approx(0.5)


def test_margin_takes_off_the_cost_of_usage():
    found = pricing("flat", THREE, Terms(variable_cost=3.0))

    assert (found.cost, found.margin) == (60, 540)  # 20 units in the mean month


def test_who_would_pay_more_comes_with_the_largest_rise_first():
    everybody = np.ones(3, dtype=bool)
    seat = pricing("seat", THREE, Terms())
    flat = pricing("flat", THREE, Terms(level=1.1))

    assert seat.rising(0.2).tolist() == [False, True, False]
    assert seat.largest(everybody, most=9).tolist() == [1]
    assert (seat.rise / UNITS).tolist() == [-40, 40, 0]
    assert flat.largest(everybody, most=9).tolist() == [0, 1]
    assert flat.largest(everybody, most=9, falls=True).tolist() == [2]
    assert flat.largest(np.array([False, True, True]), most=9).tolist() == [1]
    assert flat.change[0] == pytest.approx(1.2)


def test_of_equal_rises_the_first_customers_are_listed():
    alike = basis(*[(100, 1)] * 7, (500, 1))

    found = pricing("flat", alike, Terms(level=2.0))

    assert found.largest(np.ones(8, dtype=bool), most=3).tolist() == [0, 1, 2]


def test_equally_many_seats_are_one_tier():
    found = pricing("tiered", basis((10, 5), (20, 5), (30, 5)), Terms())

    assert found.prices.tiers == ((5, 20),)


@pytest.mark.parametrize(
    ("kind", "customers", "reason"),
    [
        ("flat", basis(), "no_customers"),
        ("flat", basis((0, 1)), "no_customers"),
        ("seat", basis((5, None), (5, 1)), "no_seats"),
        ("tiered", basis((5, 0)), "no_seats"),
        ("usage", basis((5, 1), usage=[[0, 0]]), "no_usage"),
        ("hybrid", basis((5, 1)), "no_usage"),
        ("outcome", basis((5, 1), usage=[[3, 4]]), "no_outcomes"),
        ("premium", basis((5, 1)), "no_module"),
        ("flat", basis((5, None)), None),
        ("outcome", basis((5, 1), outcomes=[[1]]), None),
    ],
)
def test_what_a_model_lacks(kind, customers, reason):
    assert missing(kind, customers) == reason


def test_one_month_does_not_swing():
    found = pricing("flat", basis((5, None)), Terms())

    assert (found.swing, found.spread) == (None, None)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_it_agrees_with_a_slow_program_in_decimals(kind, seed):
    lots = random.Random(seed)
    rows = [
        Customer(
            pays=Decimal(lots.randint(1, 10**9)) / UNITS,
            seats=Decimal(lots.randint(1, 40)),
            usage=tuple(Decimal(lots.randint(0, 9)) for _ in range(12)),
            outcomes=tuple(Decimal(lots.randint(0, 3)) for _ in range(7)),
            has_module=lots.random() < 0.3,
        )
        for _ in range(60)
    ]
    level, fixed, premium = (Decimal(lots.randint(50, 200)) / 100 for _ in range(3))
    fast = basis(
        *((float(each.pays), float(each.seats)) for each in rows),
        usage=[[float(units) for units in each.usage] for each in rows],
        outcomes=[[float(units) for units in each.outcomes] for each in rows],
        has_module=[each.has_module for each in rows],
    )

    found = pricing(kind, fast, Terms(float(level), float(fixed), float(premium)))

    each, months = slow_pricing(kind, rows, SlowTerms(level, fixed, premium, 36))
    away = [
        abs(a - Decimal(int(b)) / UNITS)
        for a, b in zip(each, found.would_pay, strict=True)
    ]
    assert max(away) <= Decimal("0.0001")
    assert found.months == pytest.approx([float(month) for month in months])
