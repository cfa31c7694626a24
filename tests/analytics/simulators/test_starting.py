"""The twelve months in which simulations begin, by hand."""

from collections import defaultdict

import numpy as np
import pytest

from banso.analytics.lifetime.paid import Steps, paid_by_age
from banso.analytics.simulators.starting import starting_point

NEVER = -(10**6)


def _paid(*steps: tuple[int, int, float], last: int = 24, watched: int = NEVER):
    customer, month, mrr = (np.array(each) for each in zip(*steps, strict=True))
    present, level = [], defaultdict(float)
    for who, _month, change in steps:  # in order; who pays is there
        before, level[who] = level[who], level[who] + change
        present.append((level[who] > 1e-9) - (before > 1e-9))
    return paid_by_age(
        Steps(customer, month, mrr.astype(float), np.array(present)),
        customers=int(customer.max()) + 1,
        last=last,
        watched=watched,
    )


def test_the_year_is_counted_by_hand() -> None:
    paid = _paid(
        (0, 3, 100.0),  # stays, and pays 20 more later
        (0, 20, 20.0),
        (1, 5, 60.0),  # leaves
        (1, 18, -60.0),
        (2, 6, 40.0),  # is gone for a while, but there at the end
        (2, 14, -40.0),
        (2, 22, 40.0),
        (3, 15, 90.0),  # comes, and pays less now
        (3, 21, -10.0),
        (4, 13, 30.0),  # comes and goes within the year
        (4, 16, -30.0),
    )

    found = starting_point(paid)

    assert (found.customers, found.mrr) == (3, 240)
    assert (found.customers_before, found.mrr_before) == (3, 200)
    assert (found.won, found.won_mrr) == (2, 120)
    assert found.churn == pytest.approx(60 / 200)
    assert found.customer_churn == pytest.approx(1 / 3)
    assert found.expansion == pytest.approx(160 / 140 - 1)


def test_less_than_a_year_has_no_rate() -> None:
    found = starting_point(_paid((0, 20, 100.0)))

    assert (found.customers, found.mrr, found.won) == (1, 100, 1)
    assert (found.churn, found.reason) == (None, "less_than_a_year")


def test_a_year_in_which_leavings_were_not_written_down_has_no_rate() -> None:
    found = starting_point(_paid((0, 3, 100.0), watched=20))

    assert (found.churn, found.reason) == (None, "less_than_a_year")


def test_steps_that_cancel_leave_nothing_behind() -> None:
    paid = _paid((0, 0, 0.1), (0, 1, 0.2), (0, 2, -0.3), last=4)

    assert paid.by_age[0].tolist() == [0.1, 0.3, 0.0, 0.0, 0.0]
    assert paid.at(-1).tolist() == [0.0]


def test_who_goes_on_for_nothing_has_not_left() -> None:
    paid = paid_by_age(
        Steps(
            customer=np.array([0, 0, 1, 1]),
            month=np.array([0, 20, 0, 21]),
            mrr=np.array([100.0, -100.0, 60.0, -60.0]),
            present=np.array([1, 0, 1, -1]),
        ),
        customers=2,
        last=24,
        watched=NEVER,
    )

    found = starting_point(paid)

    assert (found.customers, found.customers_before) == (1, 2)
    assert paid.is_there(24).tolist() == [True, False]
    assert paid.is_there(-1).tolist() == [False, False]
