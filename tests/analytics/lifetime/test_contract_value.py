"""Value by month of life: a table by hand, lifelines, late entry, intervals."""

import warnings

import numpy as np
import pytest

from banso.analytics.lifetime.contract_value import Terms, value_curve

NAN = np.nan
QUICK = Terms(rounds=40)


def test_it_is_the_table_worked_out_by_hand() -> None:
    paid = np.array(
        [
            *[[100, 100, 100]] * 4,  # stay
            *[[100, 120, NAN]] * 4,  # are new, so the third month is not seen
            *[[100, 0, 0]] * 2,  # leave in the second month
            *[[100, 100, 0]] * 2,  # leave in the third
        ],
        dtype=float,
    )
    paid = np.vstack([paid, paid])  # 24 customers, so that 10 are seen in each month

    found = value_curve(paid, QUICK)

    # month 2: 20 of 24 stay, paying (8·100 + 8·120 + 4·100) / 20 = 108
    # month 3: 8 of the 12 who were seen stay, paying 100
    assert found.at_risk == pytest.approx([24, 24, 12])
    assert found.there == pytest.approx([1, 20 / 24, 20 / 24 * 8 / 12])
    assert found.paid == pytest.approx([100, 108, 100])
    assert found.value == pytest.approx([100, 190, 190 + 500 / 9])
    assert (found.n, found.losses) == (24, 8)


def test_margin_and_discount_are_by_month() -> None:
    paid = np.full((12, 3), 100.0)

    found = value_curve(paid, Terms(margin=0.8, discount=0.01, rounds=5))

    assert found.value[-1] == pytest.approx(80 + 80 / 1.01 + 80 / 1.01**2)
    assert found.low == pytest.approx(found.value)  # nobody differs


def test_with_equal_payments_it_is_the_mean_time_of_lifelines() -> None:
    lifelines = pytest.importorskip("lifelines")
    lots = np.random.default_rng(5)
    left, last = lots.geometric(0.1, 300), lots.integers(1, 25, 300)
    months = np.arange(24)
    paid = np.where(months < left[:, None], 1.0, 0.0)
    paid[months >= last[:, None]] = NAN

    found = value_curve(paid, QUICK)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # in the month of index k it is seen that a customer left after k months
        fit = lifelines.KaplanMeierFitter().fit(
            np.minimum(left, last - 1), left <= last - 1
        )
    curve = fit.survival_function_at_times(np.arange(found.months)).to_numpy()
    assert found.there == pytest.approx(curve, abs=1e-12)
    assert found.value[-1] == pytest.approx(curve.sum(), abs=1e-9)


def test_customers_that_were_watched_late_count_from_then_on() -> None:
    late = [NAN, NAN, 100.0, 0.0]
    paid = np.array([*[[100.0, 100.0, 100.0, 100.0]] * 10, *[late] * 10])

    found = value_curve(paid, QUICK)

    assert found.at_risk == pytest.approx([10, 10, 10, 20])
    assert found.there == pytest.approx([1, 1, 1, 0.5])


def test_what_a_customer_pays_when_it_returns_is_not_in_it() -> None:
    paid = np.array([*[[100.0, 100.0, 100.0]] * 10, *[[100.0, 0.0, 500.0]] * 10])

    found = value_curve(paid, QUICK)

    assert found.value == pytest.approx([100, 150, 200])
    assert found.losses == 10


def test_intervals_cover_the_truth_of_simulated_customers() -> None:
    lots = np.random.default_rng(8)
    truth = sum(0.94**month for month in range(12)) * 50
    held = 0
    for seed in range(60):
        left = lots.geometric(0.06, 150)
        price = lots.gamma(2.0, 25.0, 150)
        paid = np.where(np.arange(12) < left[:, None], price[:, None], 0.0)
        paid[:75, 8:] = NAN
        found = value_curve(paid, Terms(rounds=200, seed=seed)).within(12)
        held += found.low <= truth <= found.high
    assert held >= 52


def test_the_same_seed_gives_the_same_interval() -> None:
    lots = np.random.default_rng(1)
    paid = np.where(np.arange(6) < lots.geometric(0.2, 40)[:, None], 10.0, 0.0)

    first, again = (value_curve(paid, Terms(rounds=50, seed=3)) for _ in range(2))

    assert np.array_equal(first.low, again.low)
    assert first.low[-1] < first.value[-1] < first.high[-1]


def test_it_ends_where_too_few_were_seen() -> None:
    paid = np.full((30, 4), 10.0)
    paid[9:, 2:] = NAN  # nine are seen in the third month

    found = value_curve(paid, QUICK)

    assert found.months == 2
    assert found.within(2).value == pytest.approx(20)
    assert (found.within(3).value, found.within(3).reason) == (None, "no_follow_up")
    assert found.month_reaching(20) == 2
    assert found.month_reaching(21) is None


@pytest.mark.parametrize("paid", [np.empty((0, 3)), np.full((9, 3), 10.0)])
def test_too_few_customers_have_no_value(paid) -> None:
    found = value_curve(paid, QUICK)

    assert found.reason == "too_few_customers"
    assert found.within(1).value is None
    assert found.within(1).n == len(paid)


def test_who_goes_on_for_nothing_has_not_left_where_it_is_told() -> None:
    paid = np.array([[100.0, 100.0]] * 9 + [[100.0, 0.0]] * 3)
    there = np.ones_like(paid, dtype=bool)

    kept = value_curve(paid, QUICK, there=there)

    assert (kept.losses, value_curve(paid, QUICK).losses) == (0, 3)
    assert kept.there == pytest.approx([1, 1])
    assert kept.paid == pytest.approx([100, 75])
