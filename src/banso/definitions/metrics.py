"""What a metric is: one number per customer and as-of date, declared in YAML."""

from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.model import Definition, Key, Text

Days = Annotated[int, Field(ge=1, le=3660)]
Unit = Literal[
    "count", "people", "days", "minutes", "ratio", "points", "money", "seats", "number"
]


def _is_none(value: object) -> bool:
    return value is None


class MetricBase(Definition):
    """What every metric says of itself."""

    key: Key
    """The name by which health models and results refer to it."""
    label: Text
    """What people read."""
    unit: Unit
    """How the number is shown."""
    about: Text | None = None
    """How to read it, in a sentence."""


class WindowMetric(MetricBase):
    """A metric over the rows of one table within the last `window_days` days.

    The window of as-of date D holds the days ``(D - window_days, D]``; without
    `window_days` it holds everything up to D. `where` is an expression over the
    columns of the table; a row for which it is unknown (null) does not count.
    Before the first row of the table, of any customer, nothing is known yet, and the
    value is undefined instead of 0.
    """

    table: str
    """The table whose rows count."""
    where: str | None = None
    """Which rows count; all when it is not given."""
    window_days: Days | None = None
    """How many days back, the as-of date included; all when it is not given."""


class OfContacts(Definition):
    """What a metric over rows that name a contact may ask of that contact.

    `contacts` is an expression over the columns of ``contacts``, such as
    ``layer == 'administrator'``: a row counts when its contact satisfies it, and from
    the day on which both are known. Rows that name no contact, or one that is not in
    ``contacts``, do not count.
    """

    # Left out of the hash when not given: older definitions keep theirs.
    contacts: Annotated[str | None, Field(exclude_if=_is_none)] = None
    """Whose rows count; everybody's when it is not given."""


class CountMetric(WindowMetric, OfContacts):
    """The number of rows; 0 when there is none."""

    kind: Literal["count"]
    """What kind of metric this is."""


class SumMetric(WindowMetric, OfContacts):
    """The sum of column `of`; 0 when there is no row."""

    kind: Literal["sum"]
    """What kind of metric this is."""
    of: str
    """The column that holds the number."""


class MeanMetric(WindowMetric, OfContacts):
    """The mean of column `of`; undefined when no row has a value."""

    kind: Literal["mean"]
    """What kind of metric this is."""
    of: str
    """The column that holds the number."""


class DistinctContactsMetric(WindowMetric, OfContacts):
    """The number of different contacts with at least one row; 0 when there is none."""

    kind: Literal["distinct_contacts"]
    """What kind of metric this is."""


class DaysActiveMetric(WindowMetric, OfContacts):
    """The number of different days with at least one row; 0 when there is none."""

    kind: Literal["days_active"]
    """What kind of metric this is."""


class ShareMetric(WindowMetric, OfContacts):
    """The share of rows that satisfy `where` among the rows that satisfy `among`.

    Undefined when no row satisfies `among` (every row does when it is not given).
    """

    kind: Literal["share"]
    """What kind of metric this is."""
    where: str
    """Which rows are the part."""
    among: str | None = None
    """Which rows are the whole; all when it is not given."""


class DaysSinceLastMetric(MetricBase, OfContacts):
    """The days from the last row to the as-of date; undefined before the first row.

    With `of`, the days are counted from the date in that column of the last row that
    has one: from the day on which the service began, where a row is dated by the day
    of signing. A date that is still to come gives a negative number.
    """

    kind: Literal["days_since_last"]
    """What kind of metric this is."""
    table: str
    """The table whose rows count."""
    # Left out of the hash when not given: older definitions keep theirs.
    of: Annotated[str | None, Field(exclude_if=_is_none)] = None
    """The column of dates to count from; the row's own day when it is not given."""
    where: str | None = None
    """Which rows count; all when it is not given."""


class LastMetric(MetricBase):
    """The value of column `of` in the last row; undefined before the first row.

    With `window_days`, a row older than that no longer counts.
    """

    kind: Literal["last"]
    """What kind of metric this is."""
    table: str
    """The table whose rows count."""
    of: str
    """The column that holds the number."""
    where: str | None = None
    """Which rows count; all when it is not given."""
    window_days: Days | None = None
    """How many days back, the as-of date included; all when it is not given."""


class RunningMetric(MetricBase):
    """What is open on the as-of date: rows of a table whose span holds that day.

    The number of such rows, or the sum of column `of` over them; 0 when none is open.
    Only tables with a span have it: subscriptions, tickets, contacts, deals.
    """

    kind: Literal["running"]
    """What kind of metric this is."""
    table: str
    """The table whose rows count."""
    of: str | None = None
    """The column to sum; the rows are counted when it is not given."""
    where: str | None = None
    """Which rows count; all when it is not given."""


class EndedMetric(WindowMetric):
    """The number of rows whose span ended within the window; 0 when none did.

    The day of the end counts, not the row's own: contacts that left, contract lines
    that ended, tickets that were closed. Before the first end of any row, of any
    customer, nothing is known yet, and the value is undefined instead of 0. Only tables
    with a span have it.
    """

    kind: Literal["ended"]
    """What kind of metric this is."""


class RatioMetric(MetricBase):
    """One metric over another; undefined when either is, or the lower one is 0."""

    kind: Literal["ratio"]
    """What kind of metric this is."""
    of: Key
    """The metric above the line."""
    to: Key
    """The metric below the line."""


class ChangeMetric(MetricBase):
    """The relative change of a windowed metric against the window before.

    ``now / before - 1``; undefined when the window before is 0 or undefined, or
    when the customer was not there on the first day of that window.
    """

    kind: Literal["change"]
    """What kind of metric this is."""
    of: Key
    """A count, sum, distinct_contacts or days_active with window_days."""


class AttributeMetric(MetricBase):
    """The number in a column of ``customers``; undefined when it is empty."""

    kind: Literal["attribute"]
    """What kind of metric this is."""
    column: str
    """The column of ``customers``."""


Metric = Annotated[
    CountMetric
    | SumMetric
    | MeanMetric
    | DistinctContactsMetric
    | DaysActiveMetric
    | ShareMetric
    | DaysSinceLastMetric
    | LastMetric
    | RunningMetric
    | EndedMetric
    | RatioMetric
    | ChangeMetric
    | AttributeMetric,
    Field(discriminator="kind"),
]

# The kinds that read rows of a table, and so need that table to be connected.
TableMetric = (
    CountMetric
    | SumMetric
    | MeanMetric
    | DistinctContactsMetric
    | DaysActiveMetric
    | ShareMetric
    | DaysSinceLastMetric
    | LastMetric
    | RunningMetric
    | EndedMetric
)


class MetricsFile(Definition):
    """A file of metrics: ``definitions/metrics/*.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    metrics: tuple[Metric, ...]
    """The metrics of this file."""
