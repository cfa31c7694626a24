"""What health is: dimensions of elements, each a metric turned into 0 to 100 points."""

from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.model import Definition, Key, Text

Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Threshold(Definition):
    """One corner of the line that turns a metric's value into points."""

    value: Annotated[float, Field(allow_inf_nan=False)]
    score: Points


class Percentile(Definition):
    """Points by rank within the peers of the same as-of date.

    ``100 × (peers below + half of the ties) / (peers − 1 others)``; a customer alone
    among its peers has no points.
    """

    higher_is: Literal["better", "worse"] = "better"
    peers: tuple[str, ...] = ()  # columns of `customers`; none = all customers


class Element(Definition):
    """One part of a dimension: a metric and how it is turned into 0 to 100.

    Exactly one of `thresholds` (piecewise linear between the corners, constant
    beyond them) and `percentile` is given.
    """

    key: Key
    label: Text
    metric: Key
    weight: Weight = 1.0
    thresholds: tuple[Threshold, ...] | None = None
    percentile: Percentile | None = None
    stale_after_days: Annotated[int, Field(ge=1, le=3660)] | None = None


class Dimension(Definition):
    """A side of health, such as adoption."""

    key: Key
    label: Text
    weight: Weight = 1.0
    elements: Annotated[tuple[Element, ...], Field(min_length=1)]


class Bands(Definition):
    """The scores from which a customer is healthy, or to be watched; below: at risk."""

    healthy: Points = 70.0
    watch: Points = 40.0


class HealthModel(Definition):
    """One health score, for the customers that `where` picks.

    `where` is an expression over the columns of ``customers`` and ``tenure_days``.
    The first model of the file whose `where` holds scores the customer; a model
    without `where` takes everyone. `minimum_coverage` is the share of the weights
    that must have a value; below it a customer has no score, and is grey.
    """

    key: Key
    label: Text
    where: str | None = None
    bands: Bands = Bands()
    minimum_coverage: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.3
    stale_after_days: Annotated[int, Field(ge=1, le=3660)] = 30
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)]


class HealthFile(Definition):
    """The file of health models: ``definitions/health.yaml``."""

    schema_version: Literal[1]
    health: Annotated[tuple[HealthModel, ...], Field(min_length=1)]
