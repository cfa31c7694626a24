import numpy as np

from banso.analytics.drivers.matching import came_of, matched, sampled
from banso.analytics.panel.landmarks import (
    CHURN,
    COMPLETED,
    NO_END,
    NON_PAYMENT,
    REPLACED,
    Landmarks,
)


def landmarks_of(
    rows: list[tuple[int, int, int, int, int]], *, until: int
) -> Landmarks:
    """Each row: customer, as_of, tenure, leaves_on, end_kind."""
    customer, as_of, tenure, leaves_on, kind = np.array(rows).T
    return Landmarks(
        features=(),
        values=np.zeros((len(rows), 0)),
        customer=customer.astype(np.int64),
        as_of=as_of.astype(np.int32),
        tenure_days=tenure.astype(np.int32),
        leaves_on=leaves_on.astype(np.int32),
        end_kind=kind.astype(np.int8),
        seen_until=until,
        weight=np.ones(len(rows)),
    )


def test_each_leaving_counts_once() -> None:
    weekly = [(1, day, 400 + day, 300, CHURN) for day in range(0, 300, 7)]
    weekly += [(2, day, 400 + day, NO_END, -1) for day in range(0, 400, 7)]
    found = matched(landmarks_of(weekly, until=400), window_days=84)

    assert found.left.sum() == 1
    days = sorted(set(np.array(weekly)[found.rows, 1].tolist()))
    assert (np.diff(days) >= 84).all()
    assert max(days) + 84 <= 400


def test_window_is_open_at_its_start_and_closed_at_its_end() -> None:
    rows = [(i, 0, 10, day, CHURN) for i, day in enumerate((1, 84, 85))]
    came = came_of(
        landmarks_of(rows, until=500), np.arange(3), gap_days=0, window_days=84
    )

    assert came.tolist() == [1, 1, 0]


def test_only_an_end_by_choice_is_a_leaving() -> None:
    kinds = (CHURN, COMPLETED, REPLACED, NON_PAYMENT)
    rows = [(i, 0, 10, 50, kind) for i, kind in enumerate(kinds)]
    came = came_of(
        landmarks_of(rows, until=500), np.arange(4), gap_days=0, window_days=84
    )

    assert came.tolist() == [1, -1, 1, -1]


def test_who_left_before_the_window_is_not_compared() -> None:
    rows = [(i, 0, 10, day, CHURN) for i, day in enumerate((28, 29, NO_END))]
    came = came_of(
        landmarks_of(rows, until=500), np.arange(3), gap_days=28, window_days=84
    )

    assert came.tolist() == [-1, 1, 0]


def test_what_is_not_over_yet_is_not_known() -> None:
    rows = [(1, 0, 10, NO_END, -1)]
    landmarks = landmarks_of(rows, until=83)

    assert came_of(landmarks, np.arange(1), gap_days=0, window_days=84).tolist() == [-1]
    assert len(matched(landmarks, window_days=84)) == 0


def test_strata_hold_one_date_and_one_band_of_tenure() -> None:
    random = np.random.default_rng(1)
    rows = [
        (i, day, int(random.integers(0, 2000)), NO_END, -1)
        for i in range(300)
        for day in (0, 100, 200)
    ]
    found = matched(landmarks_of(rows, until=400), window_days=84)

    for stratum in np.unique(found.stratum):
        inside = found.stratum == stratum
        assert len(set(found.date[inside].tolist())) == 1
        assert len(set(found.band[inside].tolist())) == 1
        assert inside.sum() >= 20


def test_many_customers_are_compared_within_a_quarter_of_tenure() -> None:
    rows = [(i, 0, i % 1460, NO_END, -1) for i in range(1460 * 3)]
    found = matched(landmarks_of(rows, until=400), window_days=84)
    tenure = np.array(rows)[found.rows, 2]

    spans = [np.ptp(tenure[found.stratum == s]) for s in np.unique(found.stratum)]

    assert max(spans) <= 92


def test_sample_has_ten_stayers_for_each_leaver_of_a_stratum() -> None:
    rows = [(i, 0, i % 700, 40 if i % 50 == 0 else NO_END, CHURN) for i in range(5000)]
    found = matched(landmarks_of(rows, until=400), window_days=84)

    chosen = found.only(sampled(found, most_rows=2_000, seed=1))
    fewer = found.only(sampled(found, most_rows=550, seed=1))

    assert chosen.left.sum() == 100
    for stratum in np.unique(chosen.stratum):
        inside = chosen.stratum == stratum
        assert (~chosen.left[inside]).sum() == 10 * chosen.left[inside].sum()
    assert fewer.left.sum() == 50
    assert len(fewer) == 550
    assert len(sampled(found, most_rows=5_000, seed=1)) == 5_000
