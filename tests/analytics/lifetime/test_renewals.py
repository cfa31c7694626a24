"""The shifted-beta-geometric model: the figures of its paper, by hand, bad input."""

import numpy as np
import pytest

from banso.analytics.lifetime.renewals import renewal_model, survival

# Fader & Hardie (2007): survivors in per cent, years 0..12.
REGULAR = (100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3)
HIGH_END = (100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4)
KNOWN = 7


def _fitted(shares, *, scale=10):
    """Return the model of a thousand customers who were followed for seven years."""
    left = -np.diff(shares[: KNOWN + 1]) * scale
    return renewal_model(
        np.array([*range(1, KNOWN + 1), KNOWN]),
        np.array([*[1] * KNOWN, 0]),
        weights=np.array([*left, shares[KNOWN] * scale]),
    )


@pytest.mark.parametrize(
    ("shares", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)]
)
def test_it_has_the_parameters_of_the_paper(shares, alpha, beta) -> None:
    model = _fitted(shares)

    assert model.alpha == pytest.approx(alpha, abs=0.0005)
    assert model.beta == pytest.approx(beta, abs=0.0005)
    assert model.n == 1000


@pytest.mark.parametrize("shares", [REGULAR, HIGH_END])
def test_years_that_it_did_not_know_come_out_as_published(shares) -> None:
    model = _fitted(shares)

    for year in range(KNOWN + 1, 13):
        assert model.survival(year).value * 100 == pytest.approx(shares[year], abs=1.7)


def test_survival_is_the_recursion_of_the_paper() -> None:
    alpha, beta = 0.704, 1.182
    left = [alpha / (alpha + beta)]
    for year in range(2, 13):
        left.append(left[-1] * (beta + year - 2) / (alpha + beta + year - 1))

    assert survival(np.array([alpha, beta]), np.arange(13)) == pytest.approx(
        [1, *(1 - np.cumsum(left))], abs=1e-12
    )


def test_retention_rises_as_those_who_leave_are_gone() -> None:
    model = _fitted(HIGH_END)

    rates = [model.retention(year).value for year in range(1, 6)]
    assert rates == sorted(rates)
    assert rates[1] == pytest.approx(
        model.survival(2).value / model.survival(1).value, abs=1e-12
    )


def test_lifetime_is_the_sum_of_discounted_terms() -> None:
    model = _fitted(REGULAR)
    both = np.array([model.alpha, model.beta])
    terms = np.arange(4_000.0)

    by_hand = survival(both, terms) / 1.1**terms
    assert model.lifetime(discount=0.1).value == pytest.approx(by_hand.sum(), rel=1e-9)
    # after two renewals, just before the third: terms 3, 4, … of those who had 2
    later = survival(both, terms + 3) / survival(both, np.array([2])) / 1.1**terms
    assert model.residual_lifetime(discount=0.1, renewed=2).value == pytest.approx(
        later.sum(), rel=1e-9
    )


def test_intervals_cover_the_truth_of_simulated_customers() -> None:
    lots = np.random.default_rng(4)
    truth = float(survival(np.array([1.0, 4.0]), np.array([6]))[0])
    held = 0
    for _ in range(40):
        chance = lots.beta(1.0, 4.0, 600)
        left_at = lots.geometric(chance)
        model = renewal_model(np.minimum(left_at, 4), left_at <= 4)
        found = model.survival(6)
        held += found.low <= truth <= found.high
    assert held >= 35


def test_customers_that_came_into_sight_late_count_from_then_on() -> None:
    lots = np.random.default_rng(7)
    left_at = lots.geometric(lots.beta(2.0, 6.0, 20_000))
    entered = lots.integers(0, 2, 20_000)
    seen = left_at > entered  # who had left by then is not in the data
    until = entered + 4
    terms = np.minimum(left_at, until)[seen]
    lost = (left_at <= until)[seen]

    told = renewal_model(terms, lost, entered=entered[seen])
    untold = renewal_model(terms, lost)

    truth = float(survival(np.array([2.0, 6.0]), np.array([4]))[0])
    assert told.survival(4).value == pytest.approx(truth, abs=0.015)
    # without it, early losses are missing and customers look all alike
    assert untold.reason == "no_maximum"


@pytest.mark.parametrize(
    ("terms", "lost", "reason"),
    [
        ([], [], "too_few_customers"),
        ([1] * 9, [1] * 9, "too_few_customers"),
        ([3] * 40, [0] * 40, "too_few_events"),
        # the same chance for everybody, to the customer: nothing is spread
        ([*[1] * 64, *[2] * 32, *[3] * 16, 3, *[3] * 15], [1] * 112 + [0] * 16, None),
    ],
)
def test_what_cannot_be_said_is_a_reason(terms, lost, reason) -> None:
    model = renewal_model(np.array(terms, float), np.array(lost, float))

    assert model.reason == (reason or "no_maximum")
    assert model.alpha is None
    assert model.survival(3).value is None
    assert model.survival(3).reason == model.reason
    assert model.lifetime(discount=0.1).value is None
