"""Result tables as others read them: one row per number, from the wide tables."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.health import PartName, part_names
from banso.analytics.metric_grid import RESERVED
from banso.definitions.health import HealthModel

_NO_TEXT = ibis.null("string")
_NO_NUMBER = ibis.null("float64")
_PART_COLUMNS = [
    *("customer_id", "as_of", "dimension", "element"),
    *("value", "score", "weight", "points", "reason"),
]


def metrics_long(metric_grid: ir.Table) -> ir.Table:
    """Return ``customer_id``, ``as_of``, ``metric``, ``value``, without the undefined.

    Parameters
    ----------
    metric_grid
        See `metric_grid.metric_grid`: one column per metric.

    """
    pairs = [
        ibis.struct({"metric": ibis.literal(name), "value": metric_grid[name]})
        for name in metric_grid.columns
        if name not in RESERVED
    ]
    return _unnested(metric_grid, pairs).filter(_.value.notnull())


def health_long(health_grid: ir.Table) -> ir.Table:
    """Return the score alone: ``model``, ``score``, ``band`` and ``coverage``."""
    return health_grid.select(
        "customer_id", "as_of", "model", "score", "band", "coverage"
    )


def health_parts(
    health_grid: ir.Table, metric_grid: ir.Table, *, models: Sequence[HealthModel]
) -> ir.Table:
    """Return one row per customer, as-of date and element of the customer's model.

    Parameters
    ----------
    health_grid, metric_grid
        The wide tables of a release.
    models
        The models that the health grid was made with.

    Returns
    -------
    ir.Table
        ``customer_id``, ``as_of``, ``dimension``, ``element``, ``value`` (of its
        metric), ``score`` (0 to 100), ``weight`` (0..1, after redistribution),
        ``points`` (score × weight: they add up to the health score), ``reason`` (why
        it has no score: no_data, stale, table_missing; else null).

    """
    parts = part_names(models)
    if not parts:
        return _no_points(health_grid).mutate(
            value=_NO_NUMBER, score=_NO_NUMBER, weight=_NO_NUMBER, reason=_NO_TEXT
        )[_PART_COLUMNS]
    wanted = sorted({e.metric for e in parts.values()} & set(metric_grid.columns))
    values = metric_grid.select("customer_id", "as_of", *wanted)
    rows = health_grid.left_join(values, ["customer_id", "as_of"])
    structs = [
        ibis.struct(
            {
                "part_model": ibis.literal(name.model),
                "dimension": ibis.literal(name.dimension),
                "element": ibis.literal(name.element),
                "value": rows[element.metric]
                if element.metric in wanted
                else ibis.null("float64"),
                **_stored(rows, name),
            }
        )
        for name, element in parts.items()
    ]
    long = _unnested(rows, structs, "model").filter(_.part_model == _.model)
    return long.mutate(points=long.score * long.weight)[_PART_COLUMNS]


def element_points(health_grid: ir.Table, *, models: Sequence[HealthModel]) -> ir.Table:
    """Return what each element contributes, without the elements that are off.

    Returns
    -------
    ir.Table
        ``customer_id``, ``as_of``, ``dimension``, ``element`` and ``points`` (null
        without a score), for the elements of the model of each row.

    """
    structs = [
        ibis.struct(
            {
                "part_model": ibis.literal(name.model),
                "dimension": ibis.literal(name.dimension),
                "element": ibis.literal(name.element),
                "points": health_grid[name.column("score")]
                * health_grid[name.column("weight")],
            }
        )
        for name in part_names(models)
        if name.column("score") in health_grid.columns
    ]
    if not structs:
        return _no_points(health_grid)
    long = _unnested(health_grid, structs, "model").filter(_.part_model == _.model)
    return long.drop("model", "part_model")


def _no_points(health_grid: ir.Table) -> ir.Table:
    nothing = health_grid.filter(ibis.literal(value=False))
    return nothing.select(
        "customer_id",
        "as_of",
        dimension=_NO_TEXT,
        element=_NO_TEXT,
        points=_NO_NUMBER,
    )


def _stored(rows: ir.Table, name: PartName) -> dict[str, ir.Value]:
    """Return what the wide table holds of an element; it has no column when off."""
    if name.column("score") not in rows.columns:
        return {
            "score": ibis.null("float64"),
            "weight": ibis.literal(0.0),
            "reason": ibis.literal("table_missing"),
        }
    return {what: rows[name.column(what)] for what in ("score", "weight", "reason")}


def _unnested(
    rows: ir.Table, structs: Sequence[ir.StructValue], *keep: str
) -> ir.Table:
    """Return a row for each struct of each row; keys and `keep` are repeated."""
    keys = ("customer_id", "as_of", *keep)
    listed = rows.select(*keys, part=ibis.array(list(structs)))
    long = listed.select(*keys, part=listed.part.unnest())
    fields = long.part.type().names
    return long.select(*keys, **{name: long.part[name] for name in fields})


def forecast_long(grid: ir.Table, *, horizons: Sequence[int]) -> ir.Table:
    """Return one row per customer, as-of date and horizon of a forecast.

    Parameters
    ----------
    grid
        One row per ``customer_id`` and ``as_of``: ``mrr``, ``currency``, ``basis``,
        ``reason``, and for churn, expansion and contraction and each horizon the
        chance and its interval (``churn_90``, ``churn_90_low``, ``churn_90_high``);
        ``expansion_size`` and ``contraction_size``, the share of MRR of such a move.
    horizons
        The days of the horizons.

    Returns
    -------
    ir.Table
        ``customer_id``, ``as_of``, ``horizon_days``, ``p_churn``, ``low``, ``high``,
        the same for expansion and contraction (``p_expansion``, ``expansion_low``…),
        ``mrr_at_risk`` (what is expected to be lost: MRR × chance; null when the
        customer pays in several currencies), ``mrr_expansion`` and
        ``mrr_contraction`` (what is expected to be added or taken off by the next such
        move: MRR × chance × size; null likewise, and below 20 moves), ``currency``,
        ``basis`` (model, notice, rate) and ``reason``. Chances are 0..1, null where
        there is none.

    """
    structs = [
        ibis.struct(
            {
                "horizon_days": ibis.literal(days, "int64"),
                **_chances(grid, "churn", days, names=("p_churn", "low", "high")),
                **{
                    name: value
                    for target in ("expansion", "contraction")
                    for name, value in _chances(
                        grid,
                        target,
                        days,
                        names=(f"p_{target}", f"{target}_low", f"{target}_high"),
                    ).items()
                },
            }
        )
        for days in horizons
    ]
    sizes = ("expansion_size", "contraction_size")
    long = _unnested(grid, structs, "mrr", *sizes, "currency", "basis", "reason")
    return long.mutate(
        mrr_at_risk=long.mrr * long.p_churn,
        mrr_expansion=long.mrr * long.p_expansion * long.expansion_size,
        mrr_contraction=long.mrr * long.p_contraction * long.contraction_size,
    ).select(
        "customer_id",
        "as_of",
        "horizon_days",
        "p_churn",
        "low",
        "high",
        "p_expansion",
        "expansion_low",
        "expansion_high",
        "p_contraction",
        "contraction_low",
        "contraction_high",
        "mrr_at_risk",
        "mrr_expansion",
        "mrr_contraction",
        "currency",
        "basis",
        "reason",
    )


def _chances(
    grid: ir.Table, target: str, days: int, *, names: tuple[str, str, str]
) -> dict[str, ir.Value]:
    stored = (f"{target}_{days}", f"{target}_{days}_low", f"{target}_{days}_high")
    return {
        name: grid[column].cast("float64")
        for name, column in zip(names, stored, strict=True)
    }
