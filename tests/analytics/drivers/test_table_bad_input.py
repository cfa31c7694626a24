"""Bad input has a reason, never a traceback and never a number."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_companies import Company, landmarks_of

from banso.analytics.drivers.rows import DriverRow
from banso.analytics.drivers.table import driver_table
from banso.analytics.drivers.tenure import tenure_profile
from banso.analytics.panel.landmarks import CHURN, NO_END, Feature, Landmarks

COMPANY = Company(customers=120, every_weeks=4, numbers=3, driver=1.0)
FIGURES = (
    "mean_churned", "mean_renewed", "effect", "low", "high", "p_value", "q_value",
    "auc", "adjusted_effect", "adjusted_low", "adjusted_high", "adjusted_q",
    "lead_days", "stability",
)  # fmt: skip


@pytest.fixture
def landmarks() -> Landmarks:
    return landmarks_of(COMPANY, seed=1)


def of_all(landmarks: Landmarks) -> dict[str, DriverRow]:
    rows = driver_table(landmarks, kinds={"number_0": "element"}, adjust_for=["gone"])
    assert len(rows) == 4 * len(landmarks.features)
    return {row.element: row for row in rows if row.stratum == "all"}


def assert_unknown(row: DriverRow, reason: str) -> None:
    assert row.reason == reason
    assert all(getattr(row, name) is None for name in FIGURES)
    assert not row.is_kept
    assert row.direction == "none"


def test_nobody_left(landmarks: Landmarks) -> None:
    n = len(landmarks)
    all_stay = replace(
        landmarks,
        leaves_on=np.full(n, NO_END, dtype=np.int32),
        end_kind=np.full(n, -1, dtype=np.int8),
    )

    for row in of_all(all_stay).values():
        assert_unknown(row, "one_class")


def test_everybody_left(landmarks: Landmarks) -> None:
    n = len(landmarks)
    all_leave = replace(
        landmarks,
        leaves_on=landmarks.as_of + np.int32(3),
        end_kind=np.full(n, CHURN, dtype=np.int8),
    )

    for row in of_all(all_leave).values():
        assert_unknown(row, "one_class")


def test_nothing_is_followed_long_enough(landmarks: Landmarks) -> None:
    day = int(landmarks.as_of.min())

    for row in of_all(landmarks.known_by(day)).values():
        assert_unknown(row, "no_follow_up")


def test_no_rows(landmarks: Landmarks) -> None:
    empty = landmarks.rows(np.zeros(len(landmarks), dtype=bool))

    for row in of_all(empty).values():
        assert_unknown(row, "no_follow_up")


def test_no_features(landmarks: Landmarks) -> None:
    assert driver_table(landmarks.only([]), kinds={}) == ()


def test_five_customers(landmarks: Landmarks) -> None:
    five = landmarks.rows(np.isin(landmarks.customer, np.arange(5)))

    for row in of_all(five).values():
        assert_unknown(row, "too_few_customers")


def test_few_leavers(landmarks: Landmarks) -> None:
    gone = np.unique(landmarks.customer[landmarks.leaves_on != NO_END])

    for row in of_all(landmarks.rows(~np.isin(landmarks.customer, gone[6:]))).values():
        assert_unknown(row, "too_few_events")


def test_tenure_zero_throughout(landmarks: Landmarks) -> None:
    at_once = replace(landmarks, tenure_days=np.zeros_like(landmarks.tenure_days))

    table = {(row.element, row.stratum): row for row in driver_table(at_once, kinds={})}

    assert table["number_0", "all"].effect is not None
    assert table["number_0", "tenure:0-1"].effect == table["number_0", "all"].effect
    assert_unknown(table["number_0", "tenure:2+"], "too_few_customers")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("same", "constant"),
        ("same_category", "constant"),
        ("blank", "mostly_missing"),
        ("nine_in_ten_blank", "mostly_missing"),
        ("all_different", "constant"),
        ("tenure_days", "compared_within"),
    ],
)
def test_column_without_a_comparison(
    landmarks: Landmarks, key: str, reason: str
) -> None:
    n = len(landmarks)
    random = np.random.default_rng(1)
    odd = {
        "same": np.full(n, 3.0),
        "same_category": np.zeros(n),
        "blank": np.full(n, np.nan),
        "nine_in_ten_blank": np.where(random.random(n) < 0.93, np.nan, 1.0),
        "all_different": landmarks.customer.astype(float),
        "tenure_days": landmarks.tenure_days.astype(float),
    }
    kind = "category" if key in ("same_category", "all_different") else "number"
    wider = replace(
        landmarks,
        features=(*landmarks.features, Feature(key, kind)),  # type: ignore[arg-type]
        values=np.column_stack([landmarks.values, odd[key]]),
    )

    table = of_all(wider)

    assert_unknown(table[key], reason)
    assert table["number_0"].effect is not None
    assert table["number_0"].kind == "element"


def test_infinity_is_unknown(landmarks: Landmarks) -> None:
    values = landmarks.values.copy()
    values[::3, 0] = np.inf

    row = of_all(replace(landmarks, values=values))["number_0"]

    assert row.missing_share == pytest.approx(0.3, abs=0.1)
    assert row.mean_churned is not None
    assert np.isfinite(row.mean_churned)


def test_copies_do_not_break_the_adjusted_part(landmarks: Landmarks) -> None:
    values = landmarks.values
    tripled = replace(
        landmarks,
        features=tuple(
            replace(feature, key=f"{feature.key}_{copy}")
            for copy in range(3)
            for feature in landmarks.features
        ),
        values=np.hstack([values, values, values]),
    )

    table = of_all(tripled)

    assert sum(bool(row.is_kept) for row in table.values()) <= 1
    assert table["number_0_0"].effect == table["number_0_2"].effect


def test_tenure_profile_of_five_customers(landmarks: Landmarks) -> None:
    five = landmarks.rows(np.isin(landmarks.customer, np.arange(5)))

    rows = tenure_profile(five, ["number_0"])

    assert rows
    for row in rows:
        assert row.reason is not None
        assert row.mean is row.low is row.high is None


def test_what_is_made_of_another_column_is_asked_once(landmarks: Landmarks) -> None:
    """Ten scores made of one metric neither hide nor make a finding elsewhere."""
    copies = tuple(Feature(f"part.{place}", "number") for place in range(10))
    column = landmarks.column("number_1")
    wider = replace(
        landmarks,
        features=(*landmarks.features, *copies),
        values=np.column_stack([landmarks.values, *[column * 2 + 1] * 10]),
    )
    made_of = {copy.key: "number_1" for copy in copies}

    alone = {
        (row.element, row.stratum): row.q_value
        for row in driver_table(landmarks, kinds={})
    }
    beside = {
        (row.element, row.stratum): row.q_value
        for row in driver_table(wider, kinds={}, made_of=made_of)
    }

    assert {key: beside[key] for key in alone} == alone
    assert beside["part.3", "all"] == pytest.approx(alone["number_1", "all"])
