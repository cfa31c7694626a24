"""A fit keeps whole customers, and knows how many rows each stands for."""

import numpy as np
import pytest
from simulated_points import simulated_points

from banso.analytics.judgement.outcome import churn
from banso.analytics.weights.splitting import split_day, thinned

COMPANY = simulated_points(["a.x"], [6], customers=600, seed=6)


def test_thinned_rows_stand_for_all_of_their_kind() -> None:
    happened = COMPANY.churned(90)

    rows, weight = thinned(COMPANY, happened, at_most=2000, seed=0)

    kept = COMPANY.customer[rows]
    assert len(rows) <= 2000
    assert weight.sum() == pytest.approx(len(COMPANY))
    assert (np.isin(COMPANY.customer, kept).sum()) == len(rows)
    left = np.unique(COMPANY.customer[happened])
    assert weight[np.isin(kept, left)].sum() == pytest.approx(
        np.isin(COMPANY.customer, left).sum()
    )


def test_nothing_is_left_out_when_there_is_room() -> None:
    rows, weight = thinned(COMPANY, COMPANY.churned(90), at_most=10**6, seed=0)

    assert rows.tolist() == list(range(len(COMPANY)))
    assert set(weight) == {1.0}


def test_a_third_of_the_leavers_come_after_the_split() -> None:
    day = split_day(COMPANY, churn(COMPANY), horizon_days=90)

    happened = COMPANY.churned(90) & COMPANY.followed(90)
    later = happened & (COMPANY.as_of >= day)
    share = len(np.unique(COMPANY.customer[later])) / len(
        np.unique(COMPANY.customer[happened])
    )
    assert share == pytest.approx(1 / 3, abs=0.06)
