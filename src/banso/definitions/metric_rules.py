"""What metrics must satisfy beyond their shape."""

from collections.abc import Iterator, Mapping

from banso.definitions.availability import parts_of
from banso.definitions.drafts import Draft, Placed
from banso.definitions.metrics import (
    AttributeMetric,
    ChangeMetric,
    CountMetric,
    DaysActiveMetric,
    DaysSinceLastMetric,
    DistinctContactsMetric,
    EndedMetric,
    Metric,
    OfContacts,
    RatioMetric,
    RunningMetric,
    SumMetric,
    TableMetric,
)
from banso.kernel.issues import Issue, Level
from banso.kernel.nearness import did_you_mean
from banso.tables.registry import TABLES
from banso.tables.spec import Kind, TableSpec

# Results have one column per metric beside these.
_RESERVED = frozenset({"customer_id", "as_of", "tenure_days", "model"})
_RESERVED_STARTS = ("age_", "attribute_")
_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY})


class UniqueMetricKeys:
    """A key names one metric, in all files together, and no column of the results."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a key, and reserved keys."""
        first: dict[str, Placed[Metric]] = {}
        for placed in draft.metrics:
            key = placed.definition.key
            if key in _RESERVED or key.startswith(_RESERVED_STARTS):
                message = f"'{key}' is the name of a column that results need"
                hint = "Choose another one."
                yield placed.issue("reserved_key", message, at=("key",), hint=hint)
            if key in first:
                there = first[key]
                place = f"{there.document.path}:{there.line('key')}"
                message = f"metric '{key}' is defined twice; first at {place}"
                yield placed.issue("duplicate_key", message, at=("key",))
            first.setdefault(key, placed)


class KnownParts:
    """A ratio or change is made of metrics that exist."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the names of metrics that nobody has defined."""
        for placed in draft.metrics:
            metric = placed.definition
            if isinstance(metric, RatioMetric):
                yield from unknown_metric(draft, placed, metric.to, at=("to",))
            if isinstance(metric, RatioMetric | ChangeMetric):
                yield from unknown_metric(draft, placed, metric.of, at=("of",))


class NoCycle:
    """No metric is made of itself."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield each ring of metrics once, at its first metric."""
        known = draft.metric_by_key
        told: set[str] = set()
        for placed in draft.metrics:
            ring = _ring_from(placed.definition.key, known)
            if ring and not told & set(ring):
                told |= set(ring)
                message = f"a metric is made of itself: {' → '.join((*ring, ring[0]))}"
                yield placed.issue("cycle", message, at=("of",))


class ChangeOfWindowed:
    """A change compares a window with the one before, so its metric has a window."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the changes of metrics that have no window, or cannot be compared."""
        known = draft.metric_by_key
        for placed in draft.metrics:
            metric = placed.definition
            if isinstance(metric, ChangeMetric) and metric.of in known:
                reason = _why_no_change(known[metric.of])
                if reason:
                    message = f"no change of '{metric.of}' can be had: {reason}"
                    hint = (
                        "Choose a count, sum, distinct_contacts or days_active "
                        "with window_days."
                    )
                    yield placed.issue("no_change", message, at=("of",), hint=hint)


class TableFits:
    """The table of a metric exists, and has what this kind of metric needs."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield unknown tables, and tables without customer, time, span or contact."""
        for placed in draft.metrics:
            metric = placed.definition
            if not isinstance(metric, TableMetric):
                continue
            spec = TABLES.get(metric.table)
            if spec is None:
                message = f"unknown table '{metric.table[:60]}'"
                hint = did_you_mean(metric.table, TABLES) or "See the list of tables."
                yield placed.issue("unknown_table", message, at=("table",), hint=hint)
            elif fault := _what_lacks(metric, spec):
                code, lack, needed = fault
                message = f"table '{spec.name}' {lack}"
                hint = f"Choose one of {', '.join(needed)}."
                yield placed.issue(code, message, at=("table",), hint=hint)


class ContactsOfRows:
    """Whose rows count is asked where rows are counted by contact and day."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield what asks for contacts and for the last date of a column at once."""
        for placed in draft.metrics:
            metric = placed.definition
            is_both = isinstance(metric, DaysSinceLastMetric) and metric.of is not None
            if is_both and getattr(metric, "contacts", None) is not None:
                message = "'contacts' and 'of' do not go together"
                hint = "Leave out 'of': the days are then counted from the row's day."
                yield placed.issue(
                    "contacts_and_of", message, at=("contacts",), hint=hint
                )


class NumberColumn:
    """The column that is summed, averaged or read holds numbers."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield columns of other kinds; warn of those that the contract lacks."""
        for placed in draft.metrics:
            metric = placed.definition
            if isinstance(metric, AttributeMetric):
                spec = TABLES["customers"]
                yield from _column_issues(placed, metric.column, spec, key="column")
            elif isinstance(metric, DaysSinceLastMetric):
                continue  # holds dates
            elif isinstance(metric, TableMetric) and metric.table in TABLES:
                column = getattr(metric, "of", None)
                if column is not None:
                    yield from _column_issues(
                        placed, column, TABLES[metric.table], key="of"
                    )


def unknown_metric(
    draft: Draft, placed: Placed[object], key: str, *, at: tuple[str | int, ...]
) -> Iterator[Issue]:
    """Yield a finding when `key` names no metric."""
    if key not in draft.known_keys:
        hint = did_you_mean(key, draft.known_keys)
        yield placed.issue(
            "unknown_metric", f"unknown metric '{key}'", at=at, hint=hint
        )


def unknown_column(
    placed: Placed[object], column: str, spec: TableSpec, *, at: tuple[str | int, ...]
) -> Issue:
    """Return the warning for a column that only the company's own files can have."""
    message = f"'{column[:60]}' is no column of '{spec.name}' that Banso knows"
    near = did_you_mean(column, spec.by_name)
    hint = f"{near} Fine if your own files bring it.".strip()
    return placed.issue(
        "unknown_column", message, at=at, hint=hint, level=Level.WARNING
    )


def _column_issues(
    placed: Placed[Metric], column: str, spec: TableSpec, *, key: str
) -> Iterator[Issue]:
    known = spec.by_name.get(column)
    if known is None:
        yield unknown_column(placed, column, spec, at=(key,))
    elif known.kind not in _NUMBERS:
        numbers = [c.name for c in spec.columns if c.kind in _NUMBERS]
        message = f"'{column}' of '{spec.name}' holds {known.kind}, no numbers"
        hint = f"Choose one of {', '.join(numbers)}." if numbers else ""
        yield placed.issue("not_a_number", message, at=(key,), hint=hint)


def _ring_from(key: str, known: Mapping[str, Metric]) -> tuple[str, ...]:
    """Return the ring of metrics that leads from `key` back to it, or nothing."""
    ways: list[tuple[str, ...]] = [(key,)]
    seen: set[str] = set()
    for way in ways:  # grows while it is read
        metric = known.get(way[-1])
        for part in parts_of(metric) if metric else ():
            if part == key:
                return way
            if part not in seen:
                seen.add(part)
                ways.append((*way, part))
    return ()


def _why_no_change(metric: Metric) -> str:
    comparable = CountMetric | SumMetric | DistinctContactsMetric | DaysActiveMetric
    if not isinstance(metric, comparable):
        return f"its kind is {metric.kind}"
    return "it has no window_days" if metric.window_days is None else ""


def _what_lacks(
    metric: TableMetric, spec: TableSpec
) -> tuple[str, str, tuple[str, ...]] | None:
    """Return code, lack and the tables without it; None when nothing lacks."""
    customers = [s for s in TABLES.values() if s.has_customer and s.time is not None]
    if spec not in customers:
        lack = "has no customer" if spec.time else "has neither customer nor time"
        return "no_customer", lack, tuple(s.name for s in customers)
    if isinstance(metric, RunningMetric | EndedMetric) and spec.span is None:
        needed = (s.name for s in customers if s.span is not None)
        return "no_span", "has no start and end", tuple(needed)
    asks_contacts = isinstance(metric, OfContacts) and metric.contacts is not None
    if asks_contacts and spec.name == "contacts":
        needed = (s.name for s in customers if s.has_contact and s is not spec)
        return "no_contact", "is read by 'where', not by 'contacts'", tuple(needed)
    names_one = isinstance(metric, DistinctContactsMetric) or asks_contacts
    if names_one and not spec.has_contact:
        needed = (s.name for s in customers if s.has_contact)
        return "no_contact", "names no contact", tuple(needed)
    return None
