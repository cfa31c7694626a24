"""What is left beside the others: what asks the same is no other."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_companies import Company, landmarks_of

from banso.analytics.drivers.rows import DriverRow
from banso.analytics.drivers.table import driver_table
from banso.analytics.panel.landmarks import Feature, Landmarks

DRIVEN = Company(customers=400, numbers=8, driver=0.7, yearly_churn=0.25, every_weeks=4)
SEEDS = range(6)
ELEMENT = "adoption.depth"


def with_element(landmarks: Landmarks) -> Landmarks:
    """Add points that tell the driver between two limits, and not beyond."""
    points = np.clip(landmarks.column("number_0"), -0.4, 0.4)
    return replace(
        landmarks,
        features=(*landmarks.features, Feature(ELEMENT, "number")),
        values=np.column_stack([landmarks.values, points]),
    )


def of_all(landmarks: Landmarks, *, made_of: dict[str, str]) -> dict[str, DriverRow]:
    rows = driver_table(landmarks, kinds={}, made_of=made_of)
    return {row.element: row for row in rows if row.stratum == "all"}


@pytest.mark.parametrize("seed", SEEDS)
def test_element_and_its_metric_do_not_push_each_other_out(seed: int) -> None:
    landmarks = with_element(landmarks_of(DRIVEN, seed=seed))

    rows = of_all(landmarks, made_of={ELEMENT: "number_0"})

    for key in ("number_0", ELEMENT):
        assert rows[key].is_kept, key
        assert rows[key].adjusted_effect == pytest.approx(rows[key].effect, abs=0.15)
        assert rows[key].reason is None


def test_without_that_knowledge_only_one_of_them_is_left() -> None:
    """The trap is set: they are not so alike that one goes with the other."""
    kept = []
    for seed in SEEDS:
        rows = of_all(with_element(landmarks_of(DRIVEN, seed=seed)), made_of={})
        assert rows[ELEMENT].reason is None
        kept.append(sum(bool(rows[key].is_kept) for key in ("number_0", ELEMENT)))

    assert kept == [1] * len(SEEDS)


def test_element_of_a_metric_that_says_nothing_is_not_left() -> None:
    landmarks = with_element(landmarks_of(replace(DRIVEN, driver=0.0), seed=1))

    rows = of_all(landmarks, made_of={ELEMENT: "number_0"})

    assert not any(row.is_kept for row in rows.values())


def test_elements_do_not_make_the_limit_stricter() -> None:
    """What stands in the place of another is no further question (issue 3)."""
    landmarks = landmarks_of(DRIVEN, seed=2)
    copies = {f"copy_{place}": "number_1" for place in range(40)}
    more = replace(
        landmarks,
        features=(*landmarks.features, *(Feature(key, "number") for key in copies)),
        values=np.column_stack(
            [landmarks.values]
            + [np.clip(landmarks.column("number_1"), -0.5, 0.5)] * len(copies)
        ),
    )

    alone, among = of_all(landmarks, made_of={}), of_all(more, made_of=copies)

    kept = {key for key, row in alone.items() if row.is_kept}
    assert kept == {key for key, row in among.items() if row.is_kept}
