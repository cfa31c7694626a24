"""What has to be summed up from each table so that all metrics can be had from it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from banso.definitions.metrics import (
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
from banso.kernel.digests import digest_of_value

Aggregate = Literal["count", "sum", "last", "running"]


@dataclass(frozen=True, order=True)
class Measure:
    """One column of a roll-up: rows counted or a column summed, for some rows.

    ``count`` with `of` counts the rows in which that column is not null. With
    `is_day` the column holds dates, and its value is the number of the day. With
    `contacts` only the rows of contacts that satisfy it count; `at_end` dates a row by
    the end of its span.
    """

    table: str
    aggregate: Aggregate
    where: str | None = None
    of: str | None = None
    is_day: bool = False
    contacts: str | None = None
    at_end: bool = False

    @property
    def column(self) -> str:
        """The column's name: the same measure has the same name in every run."""
        meaning: list[object] = [self.table, self.aggregate, self.where, self.of]
        if self.is_day:
            meaning.append("day")
        if self.contacts is not None:
            meaning.append(["contacts", self.contacts])
        if self.at_end:
            meaning.append("end")
        return f"{self.aggregate}_{digest_of_value(meaning)[:12]}"

    @property
    def source(self) -> str:
        """The roll-up by day in which the measure stands."""
        if self.at_end:
            return f"{self.table}.ended"
        if self.contacts is not None:
            return f"{self.table}.of_{digest_of_value(self.contacts)[:12]}"
        return self.table

    @property
    def of_everybody(self) -> "Measure":
        """The same over the rows of all contacts."""
        return replace(self, contacts=None)


def measures_of(metric: Metric) -> tuple[Measure, ...]:
    """Return the measures that a metric is computed from.

    A share gives the part and then the whole; a mean the sum and then the count. A
    metric that is made of other metrics, or of an attribute, needs none.
    """
    match metric:
        case DaysSinceLastMetric(of=str() as column):
            return (Measure(metric.table, "last", metric.where, column, is_day=True),)
        case (
            CountMetric()
            | DistinctContactsMetric()
            | DaysActiveMetric()
            | DaysSinceLastMetric()
        ):
            whose = metric.contacts
            return (Measure(metric.table, "count", metric.where, contacts=whose),)
        case EndedMetric():
            return (Measure(metric.table, "count", metric.where, at_end=True),)
        case SumMetric():
            summed = Measure(metric.table, "sum", metric.where, metric.of)
            return (replace(summed, contacts=metric.contacts),)
        case MeanMetric():
            summed = Measure(metric.table, "sum", metric.where, metric.of)
            both = (summed, replace(summed, aggregate="count"))
            return tuple(replace(each, contacts=metric.contacts) for each in both)
        case ShareMetric():
            part = (
                metric.where
                if metric.among is None
                else f"({metric.where}) and ({metric.among})"
            )
            return tuple(
                Measure(metric.table, "count", where, contacts=metric.contacts)
                for where in (part, metric.among)
            )
        case LastMetric():
            return (Measure(metric.table, "last", metric.where, metric.of),)
        case RunningMetric():
            return (Measure(metric.table, "running", metric.where, metric.of),)
        case _:
            return ()


def measures_for(metrics: Iterable[Metric], *, table: str) -> tuple[Measure, ...]:
    """Return the different measures that `metrics` need of one table, in a fixed order.

    Texts and nulls are ordered as texts, so that the order is total.
    """
    wanted = {
        measure
        for metric in metrics
        for measure in measures_of(metric)
        if measure.table == table
    }
    return tuple(sorted(wanted, key=lambda measure: measure.column))
