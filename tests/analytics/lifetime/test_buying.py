"""BG/NBD: CDNOW as published, known customers, formulas by simulation, bad input."""

import numpy as np
import pytest

from banso.analytics.lifetime.buying import Buyers, BuyingModel, buying_model
from banso.analytics.lifetime.holdout import by_period, by_tenth
from banso.analytics.lifetime.likelihood import Maximum

PUBLISHED = (0.2426, 4.4135, 0.7929, 2.4258)


def _model(*parameters):
    found = Maximum(np.array(parameters), np.eye(4), 0.0)
    return BuyingModel(found, 100, 50)


def _one(repeats, recency, age):
    return Buyers(np.array([repeats]), np.array([recency]), np.array([age]))


@pytest.fixture(scope="module")
def fitted(cdnow):
    return buying_model(Buyers(cdnow["repeats"], cdnow["recency"], cdnow["age"]))


def test_cdnow_gives_the_published_parameters(fitted) -> None:
    assert fitted.parameters == pytest.approx(PUBLISHED, abs=0.0001)
    assert fitted.found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert fitted.n == 2357


def test_the_unit_of_time_changes_nothing_but_alpha(cdnow, fitted) -> None:
    days = Buyers(cdnow["repeats"], cdnow["recency"] * 7, cdnow["age"] * 7)

    r, alpha, a, b = buying_model(days).parameters

    assert (r, alpha / 7, a, b) == pytest.approx(fitted.parameters, rel=1e-4)


def test_one_known_customer_is_expected_to_buy_as_published() -> None:
    # Fader, Hardie & Lee (2005), the customer with x = 2, t = 30.43, T = 38.86
    found = _model(*PUBLISHED).expected(_one(2.0, 30.43, 38.86), within=39.0)

    assert found[0] == pytest.approx(1.226, abs=0.0005)


def test_who_never_bought_again_counts_as_there() -> None:
    assert _model(*PUBLISHED).chance_alive(_one(0.0, 0.0, 38.86))[0] == 1.0


def test_the_chance_to_be_there_falls_while_a_frequent_buyer_is_silent() -> None:
    model = _model(*PUBLISHED)
    chances = [model.chance_alive(_one(10.0, 20.0, age))[0] for age in (20, 24, 30, 40)]

    assert chances == sorted(chances, reverse=True)
    # by hand: a/(b+x-1) ((alpha+T)/(alpha+t))^(r+x)
    odds = 0.7929 / (2.4258 + 9) * ((4.4135 + 40) / (4.4135 + 20)) ** 10.2426
    assert chances[-1] == pytest.approx(1 / (1 + odds), abs=1e-12)


def test_expected_purchases_are_those_of_simulated_customers() -> None:
    r, alpha, a, b = 0.8, 5.0, 0.9, 2.0
    lots = np.random.default_rng(11)
    rate, gone = lots.gamma(r, 1 / alpha, 60_000), lots.beta(a, b, 60_000)
    counts = np.zeros(60_000)
    clock, alive = np.zeros(60_000), np.ones(60_000, bool)
    while alive.any():
        clock = clock + np.where(alive, lots.exponential(1 / rate), np.inf)
        alive &= clock < 30.0
        counts += alive
        alive &= lots.random(60_000) >= gone

    found = _model(r, alpha, a, b).expected_since_first(np.array([0.0, 30.0]))

    assert found[0] == 0.0
    assert found[1] == pytest.approx(counts.mean(), rel=0.02)


def test_the_formulas_have_no_hole_where_a_is_one() -> None:
    buyers = _one(2.0, 30.0, 38.0)
    near = [
        _model(0.3, 4.0, a, 2.5).expected(buyers, within=10.0)[0] for a in (1, 1.001)
    ]

    assert near[0] == pytest.approx(near[1], rel=2e-3)


def test_discounted_purchases_without_a_discount_are_the_expected_ones() -> None:
    model, buyers = _model(*PUBLISHED), _one(4.0, 30.0, 38.0)

    plain = model.discounted(buyers, periods=12, discount=0.0)
    assert plain == pytest.approx(model.expected(buyers, within=12.0), rel=1e-9)
    assert model.discounted(buyers, periods=12, discount=0.01)[0] < plain[0]


def test_what_cannot_be_said_is_a_reason() -> None:
    nobody = Buyers(np.empty(0), np.empty(0), np.empty(0))
    once = Buyers(np.zeros(50), np.zeros(50), np.full(50, 30.0))

    assert buying_model(nobody).reason == "too_few_customers"
    assert buying_model(once).reason == "too_few_repeats"
    with pytest.raises(AssertionError):
        buying_model(once).parameters  # noqa: B018


def test_purchases_by_period_add_up_to_the_curve_of_the_model() -> None:
    model = _model(*PUBLISHED)
    born = np.array([0.0, 0.5, 2.0])

    rows = by_period(model, born, np.array([1.0, 0.0, 2.0, 1.0, 0.0]), known=3)

    total = model.expected_since_first(5 - born).sum()
    assert sum(row.expected for row in rows) == pytest.approx(total)
    assert [row.is_later for row in rows] == [False, False, False, True, True]
    assert [row.observed for row in rows] == [1, 0, 2, 1, 0]
    # in the third period the third customer has only just come
    begun = model.expected_since_first(np.array([3.0, 2.5, 1.0])).sum()
    before = model.expected_since_first(np.array([2.0, 1.5])).sum()
    assert rows[2].expected == pytest.approx(begun - before)


def test_tenths_go_from_the_least_expected_to_the_most() -> None:
    model = _model(*PUBLISHED)
    repeats = np.arange(1.0, 41.0)
    buyers = Buyers(repeats, np.full(40, 38.0), np.full(40, 38.86))

    rows = by_tenth(model, buyers, repeats, within=10.0)

    assert [row.customers for row in rows] == [4] * 10
    assert [row.observed for row in rows] == [2.5 + 4 * place for place in range(10)]
    assert [row.expected for row in rows] == sorted(row.expected for row in rows)
