"""Health: metrics turned into points, a score and a band, for every as-of date."""

import itertools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir

from banso.analytics.filters import matches
from banso.definitions.expressions import columns_of, parse_expression
from banso.definitions.health import (
    Dimension,
    Element,
    HealthModel,
    Percentile,
    Threshold,
)
from banso.definitions.metrics import (
    AttributeMetric,
    ChangeMetric,
    DaysSinceLastMetric,
    EndedMetric,
    LastMetric,
    Metric,
    RatioMetric,
    RunningMetric,
    WindowMetric,
)


@dataclass(frozen=True)
class PartName:
    """Where one element of one model stands in the wide health table."""

    model: str
    dimension: str
    element: str

    def column(self, what: str) -> str:
        """Return the name of a column: ``standard.adoption.depth.score``."""
        return f"{self.model}.{self.dimension}.{self.element}.{what}"


def health_grid(
    metric_grid: ir.Table,
    customers: ir.Table,
    freshness: ir.Table,
    *,
    models: Sequence[HealthModel],
    metrics: Sequence[Metric],
) -> ir.Table:
    """Return the health of every customer at every as-of date, with all its parts.

    Parameters
    ----------
    metric_grid
        See `metric_grid.metric_grid`.
    customers
        Their attributes: ``customer_id`` and whatever `models` ask for.
    freshness
        One row per ``as_of`` with ``age_<table>``: the days since the newest row of
        that table up to then (int32), null before its first.
    models
        The first whose `where` holds scores a customer.
    metrics
        Those that are switched on; an element of another has no columns at all.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``as_of``: ``model`` (null when none applies),
        ``score`` (0 to 100, null when fewer than `minimum_coverage` of the weights
        have a value), ``band`` (healthy, watch, at_risk, unknown), ``coverage`` (0..1)
        and for each element of each model ``….score`` (0 to 100 or null), ``….weight``
        (its weight after redistribution; 0 without a score) and ``….reason`` (null,
        no_data, stale).

    Notes
    -----
    A missing element leaves its weight to the others of its dimension, a missing
    dimension to the other dimensions. Source: docs/definitions. Checked in
    tests/analytics/test_health.py by hand.

    """
    rows = _with_attributes(metric_grid, customers, models)
    cases = [
        (matches(rows, model.where, prefix=_ATTRIBUTE), ibis.literal(model.key))
        for model in models
    ]
    rows = rows.mutate(model=_first_of(cases, ibis.null("string")))
    rows = rows.left_join(freshness, "as_of").drop("as_of_right")
    tables = tables_of_metrics(metrics)
    stale_after = {model.key: model.stale_after_days for model in models}
    columns: dict[str, ir.Value] = {}
    for name, element in part_names(models).items():
        if element.metric not in tables:
            continue
        mine = rows.model == name.model
        reason = _reason(
            rows,
            element,
            tables[element.metric],
            stale_after=element.stale_after_days or stale_after[name.model],
        )
        columns[name.column("reason")] = ibis.ifelse(mine, reason, _NO_TEXT)
        columns[name.column("score")] = _score(
            rows, element, usable=mine & reason.isnull()
        )
    scored = rows.select("customer_id", "as_of", "model", **columns)
    return _with_totals(_with_weights(scored, models), models)


def tables_of_metrics(metrics: Sequence[Metric]) -> Mapping[str, frozenset[str]]:
    """Return, for each metric, the tables that must be fresh for it to be believed.

    What looks back over days says something false when no rows come in any more; a
    contract that runs on, or an attribute, does not.
    """
    by_key = {metric.key: metric for metric in metrics}

    def tables(metric: Metric) -> frozenset[str]:
        match metric:
            case RatioMetric(of=over, to=under):
                return tables(by_key[over]) | tables(by_key[under])
            case ChangeMetric(of=base):
                return tables(by_key[base])
            case DaysSinceLastMetric(of=None):
                return frozenset({metric.table})
            case EndedMetric():  # most days nothing ends
                return frozenset()
            case LastMetric() | WindowMetric() if metric.window_days is not None:
                return frozenset({metric.table})
            case RunningMetric() | AttributeMetric() | LastMetric() | WindowMetric():
                return frozenset()
            case DaysSinceLastMetric():  # a date that a row tells stays what it is
                return frozenset()

    return {metric.key: tables(metric) for metric in metrics}


def part_names(models: Sequence[HealthModel]) -> Mapping[PartName, Element]:
    """Return every element of every model by its place, in the order of definition."""
    return {
        PartName(model.key, dimension.key, element.key): element
        for model in models
        for dimension in model.dimensions
        for element in dimension.elements
    }


def metrics_of_elements(models: Sequence[HealthModel]) -> Mapping[str, str]:
    """Return the metric of each ``<dimension>.<element>``.

    One that several models make of different metrics is not there.
    """
    found: dict[str, set[str]] = {}
    for place, element in part_names(models).items():
        key = f"{place.dimension}.{element.key}"
        found.setdefault(key, set()).add(element.metric)
    return {key: min(metrics) for key, metrics in found.items() if len(metrics) == 1}


def attributes_used(models: Sequence[HealthModel]) -> tuple[str, ...]:
    """Return the columns of ``customers`` that the models read, in order."""
    names = {
        column
        for model in models
        if model.where is not None
        for column in columns_of(parse_expression(model.where))
    }
    for element in part_names(models).values():
        if element.percentile is not None:
            names |= set(element.percentile.peers)
    return tuple(sorted(names - {"tenure_days", "customer_id"}))


# -- points of one element ------------------------------------------------------------

_ATTRIBUTE = "attribute_"
_NO_TEXT = ibis.null("string")
_NO_NUMBER = ibis.null("float64")


def _with_attributes(
    grid: ir.Table, customers: ir.Table, models: Sequence[HealthModel]
) -> ir.Table:
    """Add the attributes under a prefix: a metric may bear the same name."""
    rows = grid.mutate(attribute_tenure_days=grid.tenure_days)
    columns = attributes_used(models)
    if not columns:
        return rows
    attributes = customers.select(
        "customer_id",
        **{
            _ATTRIBUTE + column: customers[column]
            if column in customers.columns
            else _NO_TEXT
            for column in columns
        },
    )
    return rows.left_join(attributes, "customer_id").drop("customer_id_right")


def _reason(
    rows: ir.Table, element: Element, tables: frozenset[str], *, stale_after: int
) -> ir.StringValue:
    """Return why an element has no points; null when it has."""
    stale = [rows[f"age_{table}"] > stale_after for table in sorted(tables)]
    cases = [(is_stale, ibis.literal("stale")) for is_stale in stale]
    cases.append((rows[element.metric].isnull(), ibis.literal("no_data")))
    return ibis.cases(*cases, else_=_NO_TEXT)


def _score(
    rows: ir.Table, element: Element, *, usable: ir.BooleanValue
) -> ir.FloatingValue:
    value = ibis.ifelse(usable, rows[element.metric], _NO_NUMBER)
    if element.thresholds is not None:
        return _on_the_line(value, element.thresholds)
    assert element.percentile is not None
    return _among_peers(rows, value, element.percentile)


def _on_the_line(
    value: ir.FloatingValue, thresholds: Sequence[Threshold]
) -> ir.FloatingValue:
    """Return the points on the line through the corners, level beyond its ends."""
    first, last = thresholds[0], thresholds[-1]
    cases = [(value <= first.value, ibis.literal(first.score, "float64"))]
    for left, right in itertools.pairwise(thresholds):
        slope = (right.score - left.score) / (right.value - left.value)
        cases.append((value <= right.value, (value - left.value) * slope + left.score))
    cases.append((value > last.value, ibis.literal(last.score, "float64")))
    return ibis.cases(*cases, else_=_NO_NUMBER)


def _among_peers(
    rows: ir.Table, value: ir.FloatingValue, percentile: Percentile
) -> ir.FloatingValue:
    """Return the middle rank among the peers that have a value, as 0 to 100."""
    peers = [rows.as_of, rows.model, value.notnull()]
    peers += [rows[_ATTRIBUTE + column] for column in percentile.peers]
    others = value.count().over(ibis.window(group_by=peers)) - 1
    below = ibis.rank().over(ibis.window(group_by=peers, order_by=value))
    ties = value.count().over(ibis.window(group_by=[*peers, value])) - 1
    share = (below + ties / 2) / others.nullif(0)
    points = 100 * (share if percentile.higher_is == "better" else 1 - share)
    return ibis.ifelse(value.notnull(), points, _NO_NUMBER)


# -- from points to the score ---------------------------------------------------------


def _with_weights(rows: ir.Table, models: Sequence[HealthModel]) -> ir.Table:
    """Add each element's weight after redistribution; 0 when it has no points."""
    weights = {}
    for model in models:
        present_dimensions = _total(
            ibis.ifelse(_has_any(rows, model, dimension), dimension.weight, 0.0)
            for dimension in model.dimensions
        )
        for dimension in model.dimensions:
            found = _found(rows, model, dimension)
            present = _total(
                ibis.ifelse(has_points, element.weight, 0.0)
                for element, _name, has_points in found
            )
            for element, name, has_points in found:
                share = (dimension.weight / present_dimensions.nullif(0)) * (
                    element.weight / present.nullif(0)
                )
                weights[name.column("weight")] = ibis.ifelse(
                    has_points, share.fill_null(0.0), 0.0
                )
    return rows.mutate(**weights)


def _with_totals(rows: ir.Table, models: Sequence[HealthModel]) -> ir.Table:
    """Add score, coverage and band, from the parts of the model of each row."""
    scores, coverages = [], []
    for model in models:
        shares = nominal_shares(model)
        found = [
            name
            for dimension in model.dimensions
            for _element, name, _has in _found(rows, model, dimension)
        ]
        score = _total(
            rows[name.column("score")].fill_null(0.0) * rows[name.column("weight")]
            for name in found
        )
        covered = _total(
            ibis.ifelse(rows[name.column("score")].notnull(), shares[name], 0.0)
            for name in found
            if name in shares
        )
        # A hair's breadth for the last bit of a sum of shares.
        enough = (covered > 0) & (covered >= model.minimum_coverage - 1e-9)
        mine = rows.model == model.key
        scores.append((mine & enough, score))
        coverages.append((mine, covered))
    rows = rows.mutate(
        score=_first_of(scores, _NO_NUMBER),
        coverage=_first_of(coverages, ibis.literal(0.0)),
    )
    rows = rows.mutate(band=_band(rows, models))
    parts = [name for name in rows.columns if "." in name]
    return rows.select(
        "customer_id", "as_of", "model", "score", "band", "coverage", *parts
    )


def nominal_shares(model: HealthModel) -> Mapping[PartName, float]:
    """Return each element's share of the model's weights when nothing is missing."""
    all_weights = sum(dimension.weight for dimension in model.dimensions)
    return {
        PartName(model.key, dimension.key, element.key): (
            dimension.weight
            / all_weights
            * element.weight
            / sum(other.weight for other in dimension.elements)
        )
        for dimension in model.dimensions
        for element in dimension.elements
        if dimension.weight and element.weight
    }


def _band(rows: ir.Table, models: Sequence[HealthModel]) -> ir.StringValue:
    cases = [(rows.score.isnull(), ibis.literal("unknown"))]
    for model in models:
        mine = rows.model == model.key
        cases += [
            (mine & (rows.score >= model.bands.healthy), ibis.literal("healthy")),
            (mine & (rows.score >= model.bands.watch), ibis.literal("watch")),
        ]
    return ibis.cases(*cases, else_=ibis.literal("at_risk"))


def _found(
    rows: ir.Table, model: HealthModel, dimension: Dimension
) -> list[tuple[Element, PartName, ir.BooleanValue]]:
    """Return the elements that can have points, and whether a row has them."""
    named = [
        (element, PartName(model.key, dimension.key, element.key))
        for element in dimension.elements
    ]
    return [
        (element, name, rows[name.column("score")].notnull())
        for element, name in named
        if name.column("score") in rows.columns
    ]


def _has_any(
    rows: ir.Table, model: HealthModel, dimension: Dimension
) -> ir.BooleanValue:
    found = _found(rows, model, dimension)
    present = [has for element, _name, has in found if element.weight > 0]
    return reduce(operator.or_, present, ibis.literal(value=False))


def _total(values: Iterable[ir.Value]) -> ir.Value:
    several = list(values)
    return reduce(operator.add, several) if several else ibis.literal(0.0)


def _first_of(
    cases: Sequence[tuple[ir.BooleanValue, ir.Value]], nothing: ir.Value
) -> ir.Value:
    """Return the value of the first case that holds; a company may have no model."""
    return ibis.cases(*cases, else_=nothing) if cases else nothing
