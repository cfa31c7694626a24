"""What the dates that days are counted from must satisfy."""

from collections.abc import Iterator

from banso.definitions.drafts import Draft, Placed
from banso.definitions.expression_rules import LEARNED_LATER
from banso.definitions.metric_rules import unknown_column
from banso.definitions.metrics import DaysSinceLastMetric, Metric
from banso.kernel.issues import Issue, Level
from banso.tables.registry import TABLES
from banso.tables.spec import Kind, TableSpec

_DATES = frozenset({Kind.DATE, Kind.TIME})


class DateColumn:
    """The column that days are counted from holds dates."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield columns of other kinds; warn of those that the contract lacks."""
        for placed, column, spec in _counted_from(draft):
            known = spec.by_name.get(column)
            if known is None:
                yield unknown_column(placed, column, spec, at=("of",))
            elif known.kind not in _DATES:
                dates = [c.name for c in spec.columns if c.kind in _DATES]
                message = f"'{column}' of '{spec.name}' holds {known.kind}, no dates"
                hint = f"Choose one of {', '.join(dates)}."
                yield placed.issue("not_a_date", message, at=("of",), hint=hint)


class DateKnownThen:
    """The date that days are counted from was known on the row's own day.

    A contract that was renewed in May says today that it renews next year; in April
    it did not, and days counted from that date would know who was going to stay.
    """

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for dates that are filled in or rewritten later."""
        forecast = draft.forecast
        is_fixed = forecast is not None and forecast.definition.renewal_is_fixed
        for placed, column, spec in _counted_from(draft):
            hint = "Past values of this metric know what came later."
            if column in LEARNED_LATER.get(spec.name, ()):
                message = f"'{column}' is filled in after the row's own day"
            elif (spec.name, column) == ("subscriptions", "renews_on") and not is_fixed:
                message = "'renews_on' may be rewritten when a contract is renewed"
                hint += " If it never is, forecast.yaml says renewal_is_fixed: true."
            else:
                continue
            yield placed.issue(
                "learned_later", message, at=("of",), hint=hint, level=Level.WARNING
            )


def _counted_from(draft: Draft) -> Iterator[tuple[Placed[Metric], str, TableSpec]]:
    for placed in draft.metrics:
        metric = placed.definition
        if isinstance(metric, DaysSinceLastMetric) and metric.of is not None:
            spec = TABLES.get(metric.table)
            if spec is not None:
                yield placed, metric.of, spec
