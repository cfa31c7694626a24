"""The score and the points of dimensions and elements, one column each."""

from collections.abc import Collection, Sequence

import ibis
import ibis.expr.types as ir

from banso.analytics.health import part_names
from banso.definitions.health import HealthModel


def health_points(
    health: ir.Table, models: Sequence[HealthModel], *, wanted: Collection[str]
) -> ir.Table:
    """Return points by dimension and element, whichever model a customer has.

    Parameters
    ----------
    health
        The wide health table (`health.health_grid`).
    models
        The models that it was made with.
    wanted
        ``score``, ``model``, keys of dimensions (``adoption``) and of elements
        (``adoption.depth``); what the table does not have is left out.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``as_of`` with a column for each, 0 to 100, but
        for ``model``: the key of the model that scores the customer (text). The
        points of a dimension are the mean of its elements by their weights; null
        when no element has points.

    """
    elements: dict[str, list[ir.Value]] = {}
    dimensions: dict[str, dict[str, list[tuple[ir.Value, ir.Value]]]] = {}
    for name in part_names(models):
        if name.column("score") not in health.columns:
            continue
        score, weight = health[name.column("score")], health[name.column("weight")]
        elements.setdefault(f"{name.dimension}.{name.element}", []).append(score)
        by_model = dimensions.setdefault(name.dimension, {})
        by_model.setdefault(name.model, []).append((score, weight))
    values: dict[str, ir.Value] = {"score": health.score, "model": health.model}
    for dimension, by_model in dimensions.items():
        values[dimension] = ibis.coalesce(*(_mean(part) for part in by_model.values()))
    values |= {element: ibis.coalesce(*found) for element, found in elements.items()}
    return health.select(
        "customer_id",
        "as_of",
        **{key: value for key, value in values.items() if key in wanted},
    )


def _mean(pairs: Sequence[tuple[ir.Value, ir.Value]]) -> ir.Value:
    nothing = ibis.literal(0.0)
    total = sum((score.fill_null(0.0) * weight for score, weight in pairs), nothing)
    weights = sum((weight for _score, weight in pairs), nothing)
    return total / weights.nullif(0)


def point_keys(
    columns: Collection[str],
    models: Sequence[HealthModel],
    *,
    without: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the score and the keys of dimensions and elements that have points.

    Parameters
    ----------
    columns
        Those of the wide health table.
    models
        The models that it was made with.
    without
        Metrics that must not be looked at; nor may what is made of them: their
        elements, the dimensions of these, and the score.

    """
    there = {
        name: element
        for name, element in part_names(models).items()
        if name.column("score") in columns
    }
    barred = {name for name, element in there.items() if element.metric in without}
    elements = dict.fromkeys(
        f"{name.dimension}.{name.element}" for name in there if name not in barred
    )
    dimensions = dict.fromkeys(name.dimension for name in there)
    sound = [key for key in dimensions if key not in {n.dimension for n in barred}]
    return (*(() if barred else ("score",)), *sound, *elements)
