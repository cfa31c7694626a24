"""What health models must satisfy beyond their shape."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from banso.definitions.drafts import Draft, Placed
from banso.definitions.health import Dimension, Element, HealthModel
from banso.definitions.metric_rules import unknown_column, unknown_metric
from banso.kernel.issues import Issue, Level
from banso.tables.registry import TABLES


class UniqueHealthKeys:
    """Keys name one model, one dimension of a model, and one element of a model."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a key."""
        yield from _repeated("health model", draft.health)
        for model in draft.health:
            inside = model.location
            dimensions = [d for d in draft.dimensions() if _is_in(d, inside)]
            elements = [e for e in draft.elements() if _is_in(e, inside)]
            yield from _repeated("dimension", dimensions)
            yield from _repeated("element", elements)


class KnownMetricOfElement:
    """An element scores a metric that exists."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the names of metrics that nobody has defined."""
        for placed in draft.elements():
            metric = placed.definition.metric
            yield from unknown_metric(draft, placed, metric, at=("metric",))


class WeightsPositive:
    """Something must count: not all weights are 0."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the models and dimensions whose weights are all 0."""
        for model in draft.health:
            if not any(d.weight for d in model.definition.dimensions):
                message = f"all dimensions of '{model.definition.key}' weigh 0"
                yield model.issue("weights_of_zero", message, at=("dimensions",))
        for dimension in draft.dimensions():
            if not any(e.weight for e in dimension.definition.elements):
                message = f"all elements of '{dimension.definition.key}' weigh 0"
                yield dimension.issue("weights_of_zero", message, at=("elements",))


class OneScoring:
    """An element has either thresholds or a percentile."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the elements with both or none."""
        for placed in draft.elements():
            element = placed.definition
            given = [
                name
                for name in ("thresholds", "percentile")
                if getattr(element, name) is not None
            ]
            if not given:
                message = f"element '{element.key}' does not say how it is scored"
                hint = "Give thresholds or percentile."
                yield placed.issue("no_scoring", message, at=("key",), hint=hint)
            if len(given) > 1:
                message = f"element '{element.key}' has thresholds and percentile"
                hint = "Remove one of them."
                yield placed.issue("two_scorings", message, at=(given[1],), hint=hint)


class ThresholdsAscending:
    """Thresholds are two or more corners with values that rise."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield too few thresholds, and each that is not above the one before."""
        for placed in draft.elements():
            corners = placed.definition.thresholds
            if corners is None:
                continue
            if len(corners) < 2:
                message = "a line through thresholds needs two or more"
                yield placed.issue("too_few_thresholds", message, at=("thresholds",))
            for place, (before, here) in enumerate(pairwise(corners), start=1):
                if here.value <= before.value:
                    message = (
                        f"threshold {here.value:g} does not follow {before.value:g}"
                    )
                    yield placed.issue(
                        "thresholds_not_ascending",
                        message,
                        at=("thresholds", place),
                        hint="Write them from the lowest value to the highest.",
                    )


class BandsOrdered:
    """The watch band lies below the healthy one."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the models whose bands leave no room for watch."""
        for model in draft.health:
            bands = model.definition.bands
            if bands.watch >= bands.healthy:
                message = (
                    f"watch from {bands.watch:g} must be below "
                    f"healthy from {bands.healthy:g}"
                )
                yield model.issue("bands_not_ordered", message, at=("bands",))


class ModelReachable:
    """No model stands behind one that takes everyone."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for models that can never score a customer."""
        takes_all = None
        for model in draft.health:
            if takes_all is not None:
                message = (
                    f"'{model.definition.key}' never scores anyone: "
                    f"'{takes_all}' before it has no where"
                )
                hint = "Move it up, or give the one before a where."
                yield model.issue(
                    "unreachable_model",
                    message,
                    at=("key",),
                    hint=hint,
                    level=Level.WARNING,
                )
            elif model.definition.where is None:
                takes_all = model.definition.key


class KnownPeers:
    """Peers are told apart by columns of customers."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for columns that the contract lacks."""
        spec = TABLES["customers"]
        for placed in draft.elements():
            percentile = placed.definition.percentile
            for column in percentile.peers if percentile else ():
                if column not in spec.by_name:
                    at = ("percentile", "peers")
                    yield unknown_column(placed, column, spec, at=at)


def _is_in(placed: Placed[object], inside: tuple[str | int, ...]) -> bool:
    return placed.location[: len(inside)] == inside


def _repeated(
    what: str, items: Sequence[Placed[HealthModel | Dimension | Element]]
) -> Iterator[Issue]:
    first: dict[str, int] = {}
    for placed in items:
        key = placed.definition.key
        if key in first:
            message = f"{what} '{key}' is defined twice; first on line {first[key]}"
            yield placed.issue("duplicate_key", message, at=("key",))
        first.setdefault(key, placed.line("key"))
