"""Purchases judged by what came later, and carried on."""

import numpy as np
import pytest

from banso.analytics.lifetime.buying import Buyers, buying_model
from banso.analytics.lifetime.purchases import (
    Purchases,
    independence,
    judged_purchases,
    purchase_models,
)

YEAR = 364


def bought(rows, *, last):
    """Return purchases from (customer, day, amount)."""
    customer, day, amount = (np.array(each) for each in zip(*rows, strict=True))
    return Purchases(customer, day, amount.astype(float), int(customer.max()) + 1, last)


def shop(*, customers=400, season=1.0, leave=0.05, seed=1):
    """Return a year of a shop; in its second half, buying is `season` times as fast."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        day = int(rng.integers(0, 100))
        rate, typical = rng.gamma(1.5, 1 / 30), rng.gamma(8.0, 10.0)
        chance = rng.beta(leave * 20, (1 - leave) * 20) if leave else 0.0
        while day < YEAR:
            rows.append((customer, day, float(rng.gamma(4.0, typical / 4.0)) + 1))
            if rng.random() < chance:
                break
            pace = rate * (season if day >= YEAR // 2 else 1.0)
            day += max(1, int(rng.exponential(1 / pace)))
    return bought(rows, last=YEAR - 1)


def test_what_is_known_of_each_customer_by_hand():
    rows = [(0, 0, 10), (0, 14, 30), (0, 21, 20), (1, 7, 5)]

    found = bought(rows, last=28)

    assert found.buyers.repeats.tolist() == [2, 0]
    assert found.buyers.recency.tolist() == [3, 0]  # weeks
    assert found.buyers.age.tolist() == [4, 3]
    assert found.means.tolist() == [20, 5]
    before = found.until(6)
    assert (before.customers, before.counts.tolist()) == (1, [1])


def test_steady_buying_is_expected_about_as_it_comes():
    found = judged_purchases(shop())

    assert (found.held_back, len(found.weeks)) == (26, 52)
    assert [week.is_later for week in found.weeks] == [False] * 26 + [True] * 26
    assert 0.85 < found.ratio < 1.15
    assert 0.8 < found.expected_value / found.observed_value < 1.25
    later = sum(week.observed for week in found.weeks if week.is_later)
    assert later == found.observed
    tenths = found.tenths
    assert tenths[0].observed < tenths[-1].observed
    held = sum(tenth.customers * tenth.observed for tenth in tenths)
    assert held == pytest.approx(found.observed)


def test_a_season_that_the_model_knew_is_carried_on():
    after_christmas = judged_purchases(shop(season=0.5))

    assert after_christmas.ratio > 1.4


def test_who_came_later_is_in_neither_number():
    rows = [(n, day, 10) for n in range(30) for day in range(n % 7, 300, 11 + n)]
    late = [(30, 290, 1_000), (30, 295, 1_000)]

    with_late = judged_purchases(bought([*rows, *late], last=300))
    without = judged_purchases(bought(rows, last=300))

    assert (with_late.n, with_late.observed) == (without.n, without.observed)


def test_a_short_history_is_not_judged():
    found = judged_purchases(bought([(0, 0, 1), (1, 50, 1)], last=60))

    assert (found.reason, found.weeks, found.ratio) == ("too_short", (), None)


def test_where_nobody_is_seen_to_leave_the_chance_to_leave_is_nothing():
    rows = [(n, day, 10) for n in range(60) for day in range(0, 150, 5 + n)]
    known = bought(rows, last=150)

    model = buying_model(known.buyers)

    assert model.nobody_leaves
    assert model.chance_alive(known.buyers).min() > 0.99
    # the mean number of repeats is what was seen
    r, alpha, _a, _b = model.parameters
    expected = r / alpha * known.buyers.age.sum()
    assert expected == pytest.approx(known.buyers.repeats.sum(), rel=0.1)


def test_where_customers_leave_the_edge_is_not_taken():
    assert not buying_model(shop(leave=0.3).buyers).nobody_leaves


def test_figures_of_segments_lie_around_those_of_all():
    models = purchase_models(shop())
    everybody = np.ones(models.known.customers, dtype=bool)
    half = np.arange(models.known.customers) % 2 == 0

    whole, one, other = (
        models.figures(mine, within=52.0) for mine in (everybody, half, ~half)
    )

    for name in ("alive", "purchases", "amount", "value"):
        mean = (one[name].value * half.sum() + other[name].value * (~half).sum()) / 400
        assert whole[name].value == pytest.approx(mean)
        assert whole[name].low < whole[name].value <= whole[name].high
    assert whole["alive"].high <= 1
    total = models.expected_value(within=52.0)
    assert total == pytest.approx(whole["value"].value * 400)


def test_few_customers_have_reasons():
    found = purchase_models(bought([(0, 0, 10), (1, 3, 10)], last=100))

    figures = found.figures(np.array([True, True]), within=52.0)

    assert {each.reason for each in figures.values()} == {"too_few_customers"}
    assert independence(found.known).reason == "too_few_customers"
    nobody = found.figures(np.array([False, False]), within=52.0)
    assert nobody["value"].n == 0


def test_one_purchase_each_is_too_few_repeats():
    one = Buyers(np.zeros(20), np.zeros(20), np.full(20, 5.0))

    assert buying_model(one).reason == "too_few_repeats"
