"""Gamma-gamma: CDNOW as published, means that shrink, the test of independence."""

import numpy as np
import pytest

from banso.analytics.lifetime.likelihood import Maximum
from banso.analytics.lifetime.spending import (
    DOUBTFUL,
    SpendingModel,
    amount_and_frequency,
    spending_model,
)


def test_cdnow_gives_the_published_parameters(cdnow) -> None:
    model = spending_model(cdnow["repeats"], cdnow["mean_amount"])

    # Fader & Hardie (2013), of the 946 customers who bought again
    assert model.parameters == pytest.approx((6.25, 3.74, 15.45), abs=0.006)
    assert model.n == 946


def test_another_currency_changes_nothing_but_v(cdnow) -> None:
    dollars = spending_model(cdnow["repeats"], cdnow["mean_amount"])
    yen = spending_model(cdnow["repeats"], cdnow["mean_amount"] * 150)

    p, q, v = yen.parameters
    assert (p, q, v / 150) == pytest.approx(dollars.parameters, rel=1e-4)
    assert yen.mean == pytest.approx(dollars.mean * 150, rel=1e-4)


def test_few_purchases_say_less_than_many() -> None:
    model = SpendingModel(Maximum(np.array([6.25, 3.74, 15.45]), np.eye(3), 0.0), 946)

    none, few, many = model.expected(
        np.array([0.0, 1.0, 100.0]), np.array([np.nan, 200.0, 200.0])
    )

    assert none == pytest.approx(6.25 * 15.45 / 2.74)
    assert few == pytest.approx(6.25 * (15.45 + 200) / (6.25 + 2.74))
    assert none < few < many < 200


def test_there_is_no_mean_when_large_purchases_are_too_likely() -> None:
    model = SpendingModel(Maximum(np.array([6.0, 0.9, 15.0]), np.eye(3), 0.0), 20)

    assert model.mean is None
    assert np.isnan(model.expected(np.array([0.0]), np.array([0.0]))[0])


def test_independent_amounts_are_not_called_doubtful() -> None:
    lots = np.random.default_rng(3)
    count = lots.poisson(3.0, 800) + 1.0

    same = amount_and_frequency(count, lots.gamma(4.0, 10.0, 800))
    tied = amount_and_frequency(count, count * lots.gamma(4.0, 10.0, 800))

    assert same.low < 0 < same.high
    assert same.p_value > 0.05
    assert tied.low > DOUBTFUL
    assert tied.value == pytest.approx(0.6, abs=0.1)


def test_rows_without_purchases_or_with_refunds_alone_do_not_count() -> None:
    count = np.array([0.0, 1.0, *[2.0] * 9])
    amount = np.array([50.0, -10.0, *np.linspace(10, 90, 9)])

    assert spending_model(count, amount).reason == "too_few_customers"
    assert amount_and_frequency(count, amount).n == 9


def test_equal_counts_say_nothing_of_independence() -> None:
    found = amount_and_frequency(np.full(20, 2.0), np.linspace(1, 9, 20))

    assert (found.value, found.reason) == (None, "one_class")
