"""Scores of any weights are those that health gives with these weights."""

import datetime as dt
import json

import ibis
import numpy as np
import pyarrow as pa
import pytest

from banso.analytics.health import PartName, health_grid
from banso.analytics.weights.halving import whole_percents
from banso.analytics.weights.weighting import rescored, weighting_of
from banso.definitions.health import HealthFile, HealthModel
from banso.definitions.metrics import MetricsFile

SUNDAY = dt.date(2026, 11, 22)
ONE = {"ja": "一", "en": "one"}
KEYS = ("a", "b", "c", "d", "e")
NAN = float("nan")


def model(*weights: float, coverage: float = 0.3) -> HealthModel:
    """Three dimensions: (a, b), (c, d), (e); the first three weights are theirs."""
    inside = {"use": "ab", "result": "cd", "voice": "e"}
    dimensions = [
        {
            "key": name,
            "label": ONE,
            "weight": weights[place],
            "elements": [
                {
                    "key": key,
                    "label": ONE,
                    "metric": key,
                    "weight": weights[3 + KEYS.index(key)],
                    "thresholds": [
                        {"value": 0, "score": 0},
                        {"value": 100, "score": 100},
                    ],
                }
                for key in inside[name]
            ],
        }
        for place, name in enumerate(inside)
    ]
    return HealthFile.model_validate_json(
        json.dumps(
            {
                "schema_version": 1,
                "health": [
                    {
                        "key": "standard",
                        "label": ONE,
                        "minimum_coverage": coverage,
                        "dimensions": dimensions,
                    }
                ],
            }
        )
    ).health[0]


def health_scores(points: np.ndarray, health: HealthModel) -> np.ndarray:
    metrics = MetricsFile.model_validate_json(
        json.dumps(
            {
                "schema_version": 1,
                "metrics": [
                    {
                        "key": key,
                        "label": ONE,
                        "unit": "number",
                        "kind": "count",
                        "table": "events",
                        "window_days": 28,
                    }
                    for key in KEYS
                ],
            }
        )
    ).metrics
    ids = [f"c{place:04}" for place in range(len(points))]
    columns = {
        key: pa.array([None if np.isnan(v) else v for v in points[:, place]], "float64")
        for place, key in enumerate(KEYS)
    }
    rows = ibis.memtable(
        pa.table(
            {
                "customer_id": ids,
                "as_of": pa.array([SUNDAY] * len(ids), pa.date32()),
                "tenure_days": pa.array([9] * len(ids), pa.int32()),
                **columns,
            }
        )
    )
    fresh = ibis.memtable(
        pa.table(
            {
                "as_of": pa.array([SUNDAY], pa.date32()),
                "age_events": pa.array([0], pa.int32()),
            }
        )
    )
    customers = ibis.memtable(pa.table({"customer_id": ids}))
    grid = health_grid(rows, customers, fresh, models=[health], metrics=metrics)
    assert PartName("standard", "use", "a").column("score") in grid.columns
    found = ibis.duckdb.connect().to_pyarrow(grid.order_by("customer_id"))
    scores = found["score"].to_pylist()
    return np.array([NAN if value is None else value for value in scores])


@pytest.mark.parametrize(
    "weights",
    [
        (60, 30, 10, 2, 1, 1, 1, 1),
        (1, 1, 1, 1, 1, 1, 1, 1),
        (50, 0, 50, 1, 3, 1, 1, 1),  # a dimension that does not count
        (50, 25, 25, 1, 0, 0, 0, 1),  # elements that do not, and a dimension of such
    ],
)
@pytest.mark.parametrize("coverage", [0.0, 0.5])
def test_scores_are_those_of_the_health_grid(
    weights: tuple[float, ...], coverage: float
) -> None:
    rng = np.random.default_rng(1)
    points = np.round(rng.uniform(0, 100, (200, 5)), 1)
    points[rng.random(points.shape) < 0.4] = NAN
    health = model(*weights, coverage=coverage)

    found = rescored(points, weighting_of(health))

    np.testing.assert_allclose(found, health_scores(points, health), atol=1e-9)
    assert np.isnan(found).any()
    assert np.isfinite(found).any()


def test_shares_put_back_into_weights_give_the_same_scores() -> None:
    rng = np.random.default_rng(2)
    points = rng.uniform(0, 100, (50, 5))
    points[rng.random(points.shape) < 0.4] = NAN
    weighting = weighting_of(model(60, 30, 10, 2, 1, 1, 1, 1))

    again = weighting.with_shares(weighting.shares)

    assert weighting.shares == pytest.approx([0.4, 0.2, 0.15, 0.15, 0.1])
    np.testing.assert_allclose(rescored(points, again), rescored(points, weighting))


def test_each_row_can_have_shares_of_its_own() -> None:
    weighting = weighting_of(model(60, 30, 10, 2, 1, 1, 1, 1))
    points = np.array([[10.0, 20.0, 30.0, 40.0, 50.0]] * 2)

    found = rescored(points, weighting, shares=np.eye(5)[[1, 4]])

    assert found.tolist() == [20.0, 50.0]


def test_percents_add_up_to_the_whole() -> None:
    assert whole_percents(np.array([1.0, 1.0, 1.0])).tolist() == [0.34, 0.33, 0.33]
    assert whole_percents(np.zeros(3)).tolist() == [0, 0, 0]
