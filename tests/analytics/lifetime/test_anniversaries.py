"""Who came to an anniversary and who left at it, by hand."""

import numpy as np
import pytest

from banso.analytics.lifetime.anniversaries import anniversaries, renewal_years
from banso.analytics.lifetime.paid import Paid

MONTHS = 37  # from the first month to the last one, three whole years


def paid(*lengths, cohort=None):
    """Return customers who paid 100 for some months; None: they are there."""
    ages = np.arange(MONTHS)
    came = np.zeros(len(lengths), dtype=np.int64) if cohort is None else cohort
    by_age = np.array(
        [np.where(ages < (MONTHS if n is None else n), 100.0, 0.0) for n in lengths]
    )
    by_age[came[:, None] + ages > MONTHS - 1] = np.nan
    return Paid(came, by_age, by_age > 0, MONTHS - 1)


def test_who_leaves_within_a_year_leaves_at_its_end():
    found = anniversaries(paid(None, 12, 13, 25), last=36)

    # month 12 is the first of the second year; 13 months end within the second year
    assert found.terms.tolist() == [3, 1, 2, 3]
    assert found.lost.tolist() == [False, True, True, True]
    assert found.due(2).tolist() == [True, False, True, True]
    assert found.left_at(2).tolist() == [False, False, True, False]


def test_of_a_year_before_the_end_nothing_later_is_known():
    found = anniversaries(paid(None, 12, 13, 30), last=24)

    assert found.terms.tolist() == [2, 1, 2, 2]
    assert found.lost.tolist() == [False, True, True, False]


def test_customers_who_came_later_are_not_known_before():
    later = paid(None, None, cohort=np.array([0, 30]))

    assert anniversaries(later, last=24).known.tolist() == [True, False]
    assert anniversaries(later, last=36).terms.tolist() == [3, 0]


def test_the_last_year_stands_beside_what_was_expected_of_it():
    # 100 customers: 20 leave in each of the first two years, 30 in the third
    lengths = [6] * 20 + [18] * 20 + [30] * 30 + [None] * 30
    *years, together = renewal_years(paid(*lengths), renewals=(1, 2, 3, 4))

    assert [year.renewed.value for year in years[:3]] == [0.8, 0.75, 0.5]
    assert years[3].renewed.reason == "too_few_customers"
    # only the third anniversary lies in the last twelve months
    assert (together.later_renewed.n, together.later_renewed.value) == (60, 0.5)
    assert years[2].later_renewed.value == 0.5
    assert years[1].later_renewed.reason == "too_few_customers"
    # from two years of 80 % and 75 %, the model of then cannot know of the 50 %
    assert together.forecast.value is None or together.forecast.value > 0.7


def test_a_forecast_is_the_mean_over_those_who_came_to_an_anniversary():
    rng = np.random.default_rng(7)
    chance = rng.beta(1.0, 4.0, 600)  # to leave at each anniversary
    years = rng.geometric(chance)
    lengths = [min(12 * int(n), MONTHS) or None for n in years]

    *_years, together = renewal_years(paid(*lengths), renewals=(1, 2))

    truth = (4 + 2) / (1 + 4 + 2)  # at the third anniversary
    assert together.later_renewed.low < truth < together.later_renewed.high
    assert together.forecast.low < truth < together.forecast.high <= 1


def test_nobody_gives_reasons():
    *years, together = renewal_years(paid(None, None), renewals=(1,))

    assert years[0].renewed.reason == "too_few_customers"
    assert years[0].fitted.reason == "too_few_customers"
    assert together.forecast.reason == "too_few_customers"


@pytest.mark.parametrize("last", [12, 24, 36])
def test_due_less_left_is_who_comes_to_the_next_one(last):
    found = anniversaries(paid(None, 12, 13, 25, 30, None), last=last)

    for renewal in range(1, last // 12):
        stayed = found.due(renewal) & ~found.left_at(renewal)
        assert (stayed == found.due(renewal + 1)).all()
