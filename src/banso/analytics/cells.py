"""Which running sums on the grid a metric is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from banso.analytics.measures import Measure, measures_of
from banso.definitions.metrics import (
    ChangeMetric,
    CountMetric,
    DaysActiveMetric,
    DaysSinceLastMetric,
    DistinctContactsMetric,
    EndedMetric,
    LastMetric,
    MeanMetric,
    Metric,
    RunningMetric,
    ShareMetric,
    SumMetric,
)

Style = Literal["sum", "days", "contacts", "since", "value", "has_value", "running"]


@dataclass(frozen=True)
class Cell:
    """A sum on the grid: a measure, how it is counted, and over which days.

    Days are counted back from the as-of date D: ``(D - offset - window, D - offset]``.
    """

    style: Style
    measure: Measure
    window: int | None = None  # days; None has no end
    offset: int = 0  # days

    @property
    def table(self) -> str:
        """The roll-up that is read: of a table, or of a part of its rows."""
        return self.measure.source

    @property
    def column(self) -> str:
        """The name of the sum on the grid."""
        return f"{self.style}_{self.window}_{self.offset}_{self.measure.column}"

    @property
    def bucket(self) -> str:
        """The name of the weekly sum that windows of this kind share."""
        return f"{self.style}_{self.measure.column}"

    @property
    def is_bucketed(self) -> bool:
        """Whether weekly sums make it up."""
        return self.style in {"sum", "days"} and self.window is not None

    @property
    def is_endless(self) -> bool:
        """Whether it looks back over everything."""
        return self.style in {"sum", "days", "contacts"} and self.window is None

    def before(self) -> "Cell":
        """Return the same sum over the window before this one."""
        assert self.window is not None
        return replace(self, offset=self.offset + self.window)


def cells_of(metric: Metric, metrics: Sequence[Metric]) -> list[Cell]:
    """Return the sums that a metric is made of, in the order of `measures_of`.

    A ratio needs none of its own: the metrics it names are among `metrics`.
    """
    match metric:
        case DistinctContactsMetric():
            return [Cell("contacts", measures_of(metric)[0], metric.window_days)]
        case DaysActiveMetric():
            return [Cell("days", measures_of(metric)[0], metric.window_days)]
        case CountMetric() | SumMetric() | MeanMetric() | ShareMetric() | EndedMetric():
            window = metric.window_days
            return [Cell("sum", measure, window) for measure in measures_of(metric)]
        case DaysSinceLastMetric(of=None):
            return [Cell("since", measures_of(metric)[0])]
        case DaysSinceLastMetric():
            return _last_value(metric, None)
        case LastMetric():
            return _last_value(metric, metric.window_days)
        case RunningMetric():
            return [Cell("running", measures_of(metric)[0])]
        case ChangeMetric():
            base = by_key(metrics)[metric.of]
            cells = cells_of(base, metrics)
            return [*cells, *(cell.before() for cell in cells)]
        case _:
            return []


def _last_value(metric: Metric, window: int | None) -> list[Cell]:
    (measure,) = measures_of(metric)
    return [Cell("value", measure, window), Cell("has_value", measure, window)]


def by_key(metrics: Sequence[Metric]) -> Mapping[str, Metric]:
    """Return the metrics by their keys."""
    return {metric.key: metric for metric in metrics}
