"""What health is: dimensions of elements, each a metric turned into 0 to 100 points."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.model import Definition, Key, Text
from banso.kernel.labels import Label

Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Threshold(Definition):
    """One corner of the line that turns a metric's value into points."""

    value: Annotated[float, Field(allow_inf_nan=False)]
    """The value of the metric."""
    score: Points
    """The points at that value."""


class Percentile(Definition):
    """Points by rank within the peers of the same as-of date.

    ``100 × (peers below + half of the peers with the same value) / all other peers``;
    a customer alone among its peers has no points.
    """

    higher_is: Literal["better", "worse"] = "better"
    """Whether a high value earns many points or few."""
    peers: tuple[str, ...] = ()
    """Columns of ``customers`` within which to rank; none means all customers."""


class Element(Definition):
    """One part of a dimension: a metric and how it is turned into 0 to 100.

    Exactly one of `thresholds` (piecewise linear between the corners, constant
    beyond them) and `percentile` is given.
    """

    key: Key
    """The name by which results refer to it."""
    label: Text
    """What people read."""
    metric: Key
    """The metric that is scored."""
    weight: Weight = 1.0
    """How much it counts, relative to the others beside it."""
    thresholds: tuple[Threshold, ...] | None = None
    """Corners of the line, from the lowest value to the highest."""
    percentile: Percentile | None = None
    """Points by rank instead."""
    stale_after_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    """When its data is too old to count; as the model says when it is not given."""


class Dimension(Definition):
    """A side of health, such as adoption."""

    key: Key
    """The name by which results refer to it."""
    label: Text
    """What people read."""
    weight: Weight = 1.0
    """How much it counts, relative to the others beside it."""
    elements: Annotated[tuple[Element, ...], Field(min_length=1)]
    """What it consists of; two to four is a good number."""


class Bands(Definition):
    """The scores from which a customer is healthy, or to be watched; below: at risk."""

    healthy: Points = 70.0
    """The score from which a customer is healthy."""
    watch: Points = 40.0
    """The score from which a customer is to be watched; below it is at risk."""


class HealthModel(Definition):
    """One health score, for the customers that `where` picks.

    `where` is an expression over the columns of ``customers`` and ``tenure_days``.
    The first model of the file whose `where` holds scores the customer; a model
    without `where` takes everyone. `minimum_coverage` is the share of the weights
    that must have a value; below it a customer has no score, and is grey.
    """

    key: Key
    """The name by which results refer to it."""
    label: Text
    """What people read."""
    where: str | None = None
    """Which customers it scores; all when it is not given."""
    bands: Bands = Bands()
    """Where healthy, watch and at risk begin."""
    minimum_coverage: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.3
    """The share of the weights that must have a value."""
    stale_after_days: Annotated[int, Field(ge=1, le=3660)] = 30
    """When data is too old to count."""
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)]
    """The sides of health."""


def point_labels(models: Iterable[HealthModel]) -> Mapping[str, Label]:
    """Return what the parts of health are called, as conditions name them.

    Dimensions are named by their keys (``adoption``), elements after their dimension
    (``adoption.depth``). Where models differ, the last one has the word.
    """
    labels: dict[str, Label] = {}
    for dimension in (each for model in models for each in model.dimensions):
        above = dimension.label.label
        labels[dimension.key] = above
        for element in dimension.elements:
            own = element.label.label
            labels[f"{dimension.key}.{element.key}"] = Label(
                f"{above.ja}：{own.ja}", f"{above.en}: {own.en}"
            )
    return labels


class HealthFile(Definition):
    """The file of health models: ``definitions/health.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    health: Annotated[tuple[HealthModel, ...], Field(min_length=1)]
    """The models; the first that takes a customer scores it."""
