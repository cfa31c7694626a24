"""The expected landing: exact sums, and intervals against known distributions."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from banso.analytics.revenue.landing import Landing, Outlook, landing


def landed(
    p: list[float],
    mrr: list[float],
    *,
    customer: list[int] | None = None,
    wide: float = 0.0,
) -> Landing:
    chances = np.array(p, dtype=float)
    odds = np.log(np.clip(chances, 1e-9, 1 - 1e-9) / np.clip(1 - chances, 1e-9, 1))

    def moved(by: float) -> NDArray[np.float64]:
        return 1 / (1 + np.exp(-(odds + by)))

    names = np.array(customer or range(len(p)), dtype=np.int64)
    outlook = Outlook(
        names, np.array(mrr, dtype=float), chances, moved(-wide), moved(wide)
    )
    return landing(outlook, seed=1)


def test_by_hand() -> None:
    """100 stays with 0.9, 50 with 0.5, 30 gave notice: 90 + 25 + 0 of 180."""
    found = landed([0.1, 0.5, 1.0], [100, 50, 30])

    assert found.mrr.value == pytest.approx(115)
    assert found.lines.value == pytest.approx(1.4)
    assert found.by_amount == pytest.approx(115 / 180)
    assert found.by_count == pytest.approx(1.4 / 3)
    assert (found.lines.low, found.lines.high) == (0, 2)
    assert (found.mrr.low, found.mrr.high) == (0, 150)


def test_certain_renewals_have_no_width() -> None:
    found = landed([0.0, 1.0], [10, 20])

    assert (found.mrr.low, found.mrr.value, found.mrr.high) == (10, 10, 10)


def test_equal_chances_are_binomial() -> None:
    found = landed([0.1] * 200, [1.0] * 200)

    expected = stats.binom.ppf([0.025, 0.975], 200, 0.9)
    assert np.abs(np.array([found.lines.low, found.lines.high]) - expected).max() <= 1
    assert found.lines.low == found.mrr.low


def test_lines_of_a_customer_leave_together() -> None:
    together = landed([0.5] * 40, [1.0] * 40, customer=[0] * 40)
    alone = landed([0.5] * 40, [1.0] * 40)

    assert (together.lines.low, together.lines.high) == (0, 40)
    assert alone.lines.high - alone.lines.low < 16
    assert together.lines.value == alone.lines.value == 20


def test_an_unsure_forecast_widens_the_interval() -> None:
    """With the log-odds at -2.197 ± 1, all at once: between 3.9 % and 23 % leave."""
    sure = landed([0.1] * 400, [1.0] * 400)
    unsure = landed([0.1] * 400, [1.0] * 400, wide=1.0)

    assert sure.lines.low > 347
    assert unsure.lines.low == pytest.approx(400 * (1 - 0.2320), abs=14)
    assert unsure.lines.high == pytest.approx(400 * (1 - 0.0393), abs=8)


def test_the_same_renewals_give_the_same_interval() -> None:
    assert landed([0.3, 0.2], [5, 7], wide=0.5) == landed([0.3, 0.2], [5, 7], wide=0.5)


def test_nothing_is_due() -> None:
    found = landed([], [])

    assert (found.due, found.lines.value, found.by_count) == (0, 0.0, None)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("lines", [1, 2])
def test_many_customers_land_as_if_every_line_were_drawn(
    seed: int, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quick way beside the slow one: ends within a tenth of the width."""
    lots = np.random.default_rng(seed)
    customers = 800
    n = customers * lines
    p = np.clip(lots.beta(1, 8, n), 0.001, 0.9)
    p[lots.random(n) < 0.05] = 1.0  # notice
    outlook = Outlook(
        np.arange(n, dtype=np.int64) % customers,
        lots.lognormal(10, 0.7, n),
        p,
        np.where(p < 1, p * 0.7, 1.0),
        np.where(p < 1, np.minimum(p * 1.4, 0.99), 1.0),
    )

    quick = landing(outlook, seed=seed, draws=8_000)
    monkeypatch.setattr("banso.analytics.revenue.landing.LARGE", n + 1)
    drawn = landing(outlook, seed=seed, draws=8_000)

    assert (quick.lines.value, quick.mrr.value) == (drawn.lines.value, drawn.mrr.value)
    for one, other in ((quick.lines, drawn.lines), (quick.mrr, drawn.mrr)):
        width = other.high - other.low
        assert one.low == pytest.approx(other.low, abs=0.1 * width)
        assert one.high == pytest.approx(other.high, abs=0.1 * width)
        assert one.high - one.low == pytest.approx(width, rel=0.08)


def test_many_equal_chances_are_binomial_too() -> None:
    found = landed([0.1] * 2_000, [1.0] * 2_000)

    expected = stats.binom.ppf([0.025, 0.975], 2_000, 0.9)
    assert np.abs(np.array([found.lines.low, found.lines.high]) - expected).max() <= 2


def test_one_customer_that_weighs_much_is_drawn() -> None:
    """Half of the MRR renews or does not: no bell between."""
    found = landed([0.5] * 1_000, [1_000.0, *[1.0] * 999])

    assert found.mrr.low < 560
    assert found.mrr.high > 1_440
