"""What questions and other conditions over customers must satisfy beyond shape."""

from collections.abc import Iterator, Sequence

from banso.definitions.availability import sources_of
from banso.definitions.drafts import Draft, Placed
from banso.definitions.drivers import CONTRACT_COLUMNS, TENURE
from banso.definitions.expressions import (
    BadExpression,
    names_of,
    parse_expression,
)
from banso.definitions.signals import CHANCES, PLACEHOLDER, SCORE, Signal
from banso.definitions.touch import NEED, VALUE, VALUE_RANK, CustomerCondition
from banso.kernel.issues import Issue, Level
from banso.kernel.nearness import did_you_mean
from banso.tables.registry import TABLES

_IF_SET = "If it is set at the start and never rewritten, add it to the profile."


class UniqueQuestionKeys:
    """A key names one question."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a key."""
        first: dict[str, int] = {}
        for placed in draft.questions:
            key = placed.definition.key
            if key in first:
                message = (
                    f"question '{key}' is defined twice; first on line {first[key]}"
                )
                yield placed.issue("duplicate_key", message, at=("key",))
            first.setdefault(key, placed.line("key"))


class KnownNames:
    """What is asked of customers: metrics, tenure, the contract, the profile.

    A signal may ask for health and for the chances of the forecast as well, a rule of
    touch also for value and need.
    """

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield names that are nothing of that."""
        known = {*draft.known_keys, TENURE, *CONTRACT_COLUMNS, *draft.profile}
        of_signals = known | {SCORE, *CHANCES, *draft.point_labels}
        for placed, at, name in _names(draft):
            is_signal = isinstance(placed.definition, Signal | CustomerCondition)
            there = of_signals if is_signal else known
            if isinstance(placed.definition, CustomerCondition):
                there = there | {VALUE, VALUE_RANK, NEED}
            is_column = name in TABLES["customers"].by_name  # see `SetAtTheStart`
            if name in there or is_column or not draft.knows_profile:
                continue
            if is_signal and not draft.knows_health:
                continue
            base = name.partition(".")[0]
            if is_signal and base != name and base in draft.point_labels:
                yield _unknown_element(placed, name, draft, at=at)
                continue
            if base != name and (base in there or base in TABLES["customers"].by_name):
                continue  # inside JSON, or `KnownColumns` tells that it is none
            hint = did_you_mean(name, there)
            hint = hint or f"A column of 'customers'? {_IF_SET}"
            message = f"unknown metric '{name[:60]}'"
            yield placed.issue("unknown_metric", message, at=at, hint=hint)


class SetAtTheStart:
    """What is read of a customer's own row is in the profile, so it was known then.

    A column of ``customers`` holds what is true today. A status that turns to
    "leaving" with the notice would answer every question, and wrongly. Rules of touch
    are about today, and read today's row.
    """

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield columns, and metrics made of columns, that are not in the profile."""
        if not draft.knows_profile:
            return
        for placed, at, name in _names(draft):
            if isinstance(placed.definition, CustomerCondition):
                continue
            for column in _columns_behind(name, draft):
                yield _not_in_profile(placed, column, at=at)
        if draft.drivers is None or "adjust_for" not in _given(draft):
            return
        allowed = {*draft.profile, "plan", "product"}
        for place, column in enumerate(draft.drivers.definition.adjust_for):
            if column not in allowed:
                yield _not_in_profile(draft.drivers, column, at=("adjust_for", place))


class LookedAtLater:
    """A question about what customers do is asked after they had time to do it."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for metrics that are looked at on the first day."""
        for placed in draft.questions:
            question = placed.definition
            if question.after_days or question.when is not None:
                continue
            if any(name in draft.metric_by_key for name in _read(question.where)):
                message = f"'{question.key}' looks at metrics on a customer's first day"
                hint = "Give after_days, or when."
                yield placed.issue(
                    "too_early", message, at=("where",), hint=hint, level=Level.WARNING
                )


class AdjustedOnce:
    """What is held equal is named once."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a name."""
        if draft.drivers is not None:
            names = draft.drivers.definition.adjust_for
            yield from repeated_names(draft.drivers, names, key="adjust_for")


def repeated_names(
    placed: Placed[object], names: Sequence[str], *, key: str
) -> Iterator[Issue]:
    """Yield the second and later uses of a name in a list."""
    for place, name in enumerate(names):
        if name in names[:place]:
            message = f"'{name[:60]}' stands twice in '{key}'"
            yield placed.issue("duplicate_key", message, at=(key, place))


def _unknown_element(
    placed: Placed[object], name: str, draft: Draft, *, at: tuple[str | int, ...]
) -> Issue:
    base = name.partition(".")[0]
    there = [key for key in draft.point_labels if key.startswith(f"{base}.")]
    hint = did_you_mean(name, there) or f"There are {', '.join(there)}."
    message = f"unknown element '{name[:60]}' of health"
    return placed.issue("unknown_element", message, at=at, hint=hint)


def _names(draft: Draft) -> Iterator[tuple[Placed[object], tuple[str, ...], str]]:
    """Yield each name once that a condition or a reason reads, with its place."""
    for placed in draft.asked_of_customers():
        for key in ("where", "when", "until"):
            text = getattr(placed.definition, key, None)
            for name in _read(text) if text is not None else ():
                yield placed, (key,), name
    for signal in draft.signals:
        reason = signal.definition.reason
        for language, text in (("ja", reason.ja), ("en", reason.en)):
            for name in dict.fromkeys(PLACEHOLDER.findall(text)):
                yield signal, ("reason", language), name


def _read(text: str) -> tuple[str, ...]:
    try:
        names = names_of(parse_expression(text))
    except BadExpression:
        return ()
    return tuple(dict.fromkeys(name.written for name in names))


def _columns_behind(name: str, draft: Draft) -> tuple[str, ...]:
    """Return the columns of ``customers`` behind a name that are not in the profile."""
    name = name.partition(".")[0] if name not in draft.point_labels else name
    metric = draft.metric_by_key.get(name)
    customers = TABLES["customers"].by_name
    if metric is not None:
        sources = sources_of(metric, draft.metric_by_key)
        found = {column for table, column in sources if table == "customers" and column}
    elif name in customers and name not in {TENURE, *CONTRACT_COLUMNS}:
        found = {name}
    else:
        found = set()
    return tuple(sorted(found - set(draft.profile)))


def _not_in_profile(
    placed: Placed[object], column: str, *, at: tuple[str | int, ...]
) -> Issue:
    message = f"'{column[:60]}' of 'customers' may hold what came later"
    return placed.issue("not_in_profile", message, at=at, hint=_IF_SET)


def _given(draft: Draft) -> frozenset[str]:
    assert draft.drivers is not None
    return frozenset(draft.drivers.definition.model_fields_set)
