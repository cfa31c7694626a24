"""Which columns a panel may have, and which are barred because they tell the future."""

from collections.abc import Sequence
from dataclasses import dataclass

from banso.definitions.catalog import Catalog
from banso.definitions.metrics import AttributeMetric, Metric

# What is told of a customer's contract lines, by the column of `line_state`.
TERMS = {
    "line_mrr": "mrr",
    "line_currency": "currency",
    "line_renewal": "days_to_renewal",
}
CONTRACT_FEATURES = ("plan", "product", "days_to_renewal")


@dataclass(frozen=True)
class Columns:
    """Which columns a panel has, by where they come from."""

    metrics: tuple[str, ...] = ()
    health: tuple[str, ...] = ()  # "score", "adoption", "adoption.depth": 0 to 100
    contract: tuple[str, ...] = ()  # of `CONTRACT_FEATURES`
    profile: tuple[str, ...] = ()  # of customers

    @property
    def keys(self) -> tuple[str, ...]:
        """The feature keys, in the order of the columns."""
        return (*self.metrics, *self.health, *self.contract, *self.profile)


def dated_metrics(
    metrics: Sequence[Metric], catalog: Catalog, gridded_columns: Sequence[str]
) -> tuple[str, ...]:
    """Return the metrics that may be looked at: dated ones, and the profile's.

    The value of an attribute has no history: what is written there today may have
    been learned after a customer left. Only columns that the definitions name as set
    at the start are believed for the past.
    """
    rules = catalog.forecast
    return tuple(
        metric.key
        for metric in metrics
        if metric.key in gridded_columns
        and not _reads_attributes(metric, metrics, allowed=rules.profile)
    )


def _reads_attributes(
    metric: Metric, metrics: Sequence[Metric], *, allowed: Sequence[str]
) -> bool:
    if isinstance(metric, AttributeMetric):
        return metric.column not in allowed
    by_key = {other.key: other for other in metrics}
    others = [getattr(metric, name, None) for name in ("of", "to")]
    return any(
        _reads_attributes(by_key[other], metrics, allowed=allowed)
        for other in others
        if isinstance(other, str) and other in by_key and other != metric.key
    )
