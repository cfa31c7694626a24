"""How many customers a trial needs, against a textbook and by hand."""

import math

import pytest

from banso.analytics.trials.sizes import (
    Inflow,
    arm_sizes,
    detectable_rate,
    planned_total,
)


def test_textbook_example() -> None:
    """Chow, Shao & Wang (2008), 4.2.2: 65 % against 85 % needs 70 in each arm."""
    found = arm_sizes(0.65, 0.85)

    assert (found.treated, found.held_out) == (70, 70)


def test_33_against_28_percent_by_hand() -> None:
    """(1.95996 + 0.84162)² = 7.84886; × (.33·.67 + .28·.72) / .05² = 1,327.1 → 1,328.

    .2211 + .2016 = .4227; 7.84886 · .4227 / .0025 = 1327.09.
    """
    found = arm_sizes(0.33, 0.28)

    assert (found.treated, found.held_out, found.total) == (1328, 1328, 2656)


def test_unequal_arms_cost_more_customers() -> None:
    """By hand: 7.84886 · (.2211 / .2 + .2016 / .8) / .0025 = 4,261.9 in all."""
    found = arm_sizes(0.33, 0.28, share_held_out=0.2)

    assert (found.treated, found.held_out) == (3410, 853)
    assert planned_total(853, 0.2) == 4265


def test_detectable_rate_is_the_inverse_of_the_sizes() -> None:
    lower = detectable_rate(0.33, 2656)
    higher = detectable_rate(0.05, arm_sizes(0.05, 0.12).total, is_good=True)

    assert lower == pytest.approx(0.28, abs=1e-4)
    assert higher == pytest.approx(0.12, abs=1e-3)
    assert detectable_rate(0.05, 20) is None


@pytest.mark.parametrize(
    ("rate", "expected", "share"), [(0.0, 0.1, 0.5), (0.1, 0.1, 0.5), (0.1, 0.2, 1.0)]
)
def test_what_cannot_be_told_is_refused(
    rate: float, expected: float, share: float
) -> None:
    with pytest.raises(ValueError, match=r"within 0 and 1|told apart"):
        arm_sizes(rate, expected, share_held_out=share)


def test_without_repetitions_weeks_are_customers_over_openings() -> None:
    inflow = Inflow(openings=104, customers=104, weeks=104)

    assert inflow.weeks_for(50) == pytest.approx(50)
    assert inflow.customers_within(26) == pytest.approx(26)


def test_openings_at_the_same_customers_bring_ever_fewer_new_ones() -> None:
    """By hand: 200 openings on 100 customers reach 100·(1 − e⁻²) = 86.47 of them."""
    seen = 100 * (1 - math.exp(-2))
    inflow = Inflow(openings=200, customers=round(seen), weeks=100)

    assert inflow.reachable == pytest.approx(100, rel=0.02)
    assert inflow.customers_within(100) == pytest.approx(86, abs=0.1)
    weeks = inflow.weeks_for(50)
    assert weeks is not None
    assert weeks == pytest.approx(50 * math.log(2), rel=0.03)
    assert inflow.weeks_for(101) is None
    assert Inflow(0, 0, 104).weeks_for(1) is None
