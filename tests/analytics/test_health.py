"""Health by hand: one screen of metrics, and the points that follow from it."""

import datetime as dt
import json

import ibis
import pyarrow as pa
import pytest
from ibis.expr import types as ir

from banso.analytics.health import PartName, health_grid
from banso.analytics.long_views import health_parts
from banso.definitions.health import HealthFile, HealthModel
from banso.definitions.metrics import MetricsFile

SUNDAY = dt.date(2026, 11, 22)
ONE = {"ja": "一", "en": "one"}

METRICS = MetricsFile.model_validate_json(
    json.dumps(
        {
            "schema_version": 1,
            "metrics": [
                {
                    "key": key,
                    "label": ONE,
                    "unit": "number",
                    "kind": "count",
                    "table": table,
                    "window_days": 28,
                }
                for key, table in (
                    ("days", "events"),
                    ("people", "events"),
                    ("tickets", "tickets"),
                )
            ],
        }
    )
).metrics


def element(key: str, metric: str, **more: object) -> dict[str, object]:
    return {"key": key, "label": ONE, "metric": metric, **more}


def line(*corners: tuple[float, float]) -> list[dict[str, float]]:
    return [{"value": value, "score": score} for value, score in corners]


def model(**more: object) -> dict[str, object]:
    """Two dimensions, 60 to 40; the first has two elements, 2 to 1."""
    return {
        "key": "standard",
        "label": ONE,
        "dimensions": [
            {
                "key": "use",
                "label": ONE,
                "weight": 60,
                "elements": [
                    element(
                        "days",
                        "days",
                        weight=2,
                        thresholds=line((0, 0), (10, 50), (20, 100)),
                    ),
                    element("people", "people", percentile={"peers": ["size"]}),
                ],
            },
            {
                "key": "support",
                "label": ONE,
                "weight": 40,
                "elements": [
                    element("tickets", "tickets", thresholds=line((0, 100), (4, 0)))
                ],
            },
        ],
        **more,
    }


def models(*several: dict[str, object]) -> tuple[HealthModel, ...]:
    text = json.dumps({"schema_version": 1, "health": several})
    return HealthFile.model_validate_json(text).health


def grid(**columns: list[float | None]) -> ir.Table:
    count = len(next(iter(columns.values())))
    return ibis.memtable(
        pa.table(
            {
                "customer_id": [f"c{place}" for place in range(count)],
                "as_of": pa.array([SUNDAY] * count, pa.date32()),
                "tenure_days": pa.array(range(count), pa.int32()),
                **{
                    name: pa.array(values, pa.float64())
                    for name, values in columns.items()
                },
            }
        )
    )


def customers(*sizes: str | None) -> ir.Table:
    ids = [f"c{place}" for place in range(len(sizes))]
    return ibis.memtable(
        pa.table({"customer_id": ids, "size": pa.array(sizes, pa.string())})
    )


def fresh(events: int | None = 0, tickets: int | None = 0) -> ir.Table:
    return ibis.memtable(
        pa.table(
            {
                "as_of": pa.array([SUNDAY], pa.date32()),
                "age_events": pa.array([events], pa.int32()),
                "age_tickets": pa.array([tickets], pa.int32()),
            }
        )
    )


def rows_of(expression: ir.Table) -> list[dict[str, object]]:
    con = ibis.duckdb.connect()
    return con.to_pyarrow(expression.order_by("customer_id")).to_pylist()


DAYS = PartName("standard", "use", "days")
PEOPLE = PartName("standard", "use", "people")
TICKETS = PartName("standard", "support", "tickets")


def scored(
    metrics: ir.Table,
    sizes: ir.Table,
    *several: dict[str, object],
    freshness: ir.Table | None = None,
) -> list[dict[str, object]]:
    return rows_of(
        health_grid(
            metrics,
            sizes,
            fresh() if freshness is None else freshness,
            models=models(*(several or (model(),))),
            metrics=METRICS,
        )
    )


def test_score_is_the_weighted_sum_of_points_on_the_lines() -> None:
    # days 15 → 75; people: the higher of two peers → 100; tickets 1 → 75
    found = scored(
        grid(days=[15, 0], people=[9, 3], tickets=[1, 0]), customers("s", "s")
    )

    first, second = found
    assert first[DAYS.column("score")] == pytest.approx(75)
    assert first[DAYS.column("weight")] == pytest.approx(0.4)
    assert first[PEOPLE.column("score")] == pytest.approx(100)
    assert first["score"] == pytest.approx(0.4 * 75 + 0.2 * 100 + 0.4 * 75)
    assert first["band"] == "healthy"
    assert second["score"] == pytest.approx(0.4 * 0 + 0.2 * 0 + 0.4 * 100)
    assert second["band"] == "watch"
    assert first["coverage"] == pytest.approx(1)


def test_missing_element_leaves_its_weight_to_its_dimension() -> None:
    # A peer group of one has no rank, so `days` speaks for `use` alone: 0.6 × 50.
    (only,) = scored(grid(days=[10], people=[9], tickets=[0]), customers("s"))

    assert only[PEOPLE.column("score")] is None
    assert only[PEOPLE.column("weight")] == 0
    assert only[DAYS.column("weight")] == pytest.approx(0.6)
    assert only["score"] == pytest.approx(0.6 * 50 + 0.4 * 100)
    assert only["coverage"] == pytest.approx(0.8)


def test_missing_dimension_leaves_its_weight_to_the_others() -> None:
    (only,) = scored(grid(days=[10], people=[None], tickets=[None]), customers("s"))

    assert only["score"] == pytest.approx(50)
    assert only["coverage"] == pytest.approx(0.4)
    assert only[TICKETS.column("reason")] == "no_data"


def test_too_little_coverage_gives_no_score() -> None:
    (only,) = scored(
        grid(days=[10], people=[None], tickets=[None]),
        customers("s"),
        model(minimum_coverage=0.41),
    )

    assert only["score"] is None
    assert only["band"] == "unknown"
    assert only["coverage"] == pytest.approx(0.4)


def test_stale_table_turns_its_elements_off() -> None:
    (only,) = scored(
        grid(days=[10], people=[1], tickets=[0]),
        customers("s"),
        freshness=fresh(events=31, tickets=30),
    )

    assert only[DAYS.column("reason")] == "stale"
    assert only[TICKETS.column("reason")] is None
    assert only["score"] == pytest.approx(100)


def test_ties_share_the_middle_of_their_ranks() -> None:
    found = scored(
        grid(days=[0] * 4, people=[1, 5, 5, 9], tickets=[0] * 4),
        customers("s", "s", "s", "s"),
    )

    points = [row[PEOPLE.column("score")] for row in found]
    assert points == pytest.approx([0, 50, 50, 100])


def test_peers_are_ranked_apart() -> None:
    found = scored(
        grid(days=[0] * 4, people=[1, 2, 100, 200], tickets=[0] * 4),
        customers("small", "small", "large", "large"),
    )

    points = [row[PEOPLE.column("score")] for row in found]
    assert points == pytest.approx([0, 100, 0, 100])


def test_first_model_whose_condition_holds_scores_the_customer() -> None:
    young = model(
        key="young", where="tenure_days < 1", bands={"healthy": 5, "watch": 1}
    )

    found = scored(
        grid(days=[2, 2], people=[None, None], tickets=[4, 4]),
        customers("s", "s"),
        young,
        model(),
    )

    assert [row["model"] for row in found] == ["young", "standard"]
    assert [row["score"] for row in found] == pytest.approx([6, 6])
    assert [row["band"] for row in found] == ["healthy", "at_risk"]


def test_customer_of_no_model_is_unknown() -> None:
    (only,) = scored(
        grid(days=[2], people=[1], tickets=[4]),
        customers(None),
        model(where="size == 'large'"),
    )

    assert only["model"] is None
    assert only["score"] is None
    assert only["band"] == "unknown"
    assert only["coverage"] == 0


def test_element_of_a_metric_that_is_off_takes_no_part() -> None:
    only_days = tuple(metric for metric in METRICS if metric.key == "days")

    (only,) = rows_of(
        health_grid(
            grid(days=[20]),
            customers("s"),
            fresh(),
            models=models(model()),
            metrics=only_days,
        )
    )

    assert TICKETS.column("score") not in only
    assert only["score"] == pytest.approx(100)


def test_element_of_a_metric_that_is_off_says_so_in_the_parts() -> None:
    only_days = tuple(metric for metric in METRICS if metric.key == "days")
    metrics = grid(days=[20])
    wide = health_grid(
        metrics, customers("s"), fresh(), models=models(model()), metrics=only_days
    )

    long = rows_of(health_parts(wide, metrics, models=models(model())))

    assert {part["element"]: part["reason"] for part in long} == {
        "days": None,
        "people": "table_missing",
        "tickets": "table_missing",
    }


def test_points_of_the_parts_add_up_to_the_score() -> None:
    metrics = grid(days=[15, 3], people=[9, 3], tickets=[1, None])
    wide = health_grid(
        metrics,
        customers("s", "s"),
        fresh(),
        models=models(model()),
        metrics=METRICS,
    )

    long = rows_of(health_parts(wide, metrics, models=models(model())))

    for row in rows_of(wide):
        mine = [part for part in long if part["customer_id"] == row["customer_id"]]
        assert len(mine) == 3
        assert sum(part["points"] or 0 for part in mine) == pytest.approx(row["score"])
        assert sum(part["weight"] for part in mine) == pytest.approx(1)
