"""What the rules of revenue must satisfy beyond their shape."""

import datetime as dt
from collections.abc import Iterator

from banso.definitions.drafts import Draft
from banso.definitions.metric_rules import unknown_column
from banso.definitions.question_rules import repeated_names
from banso.definitions.revenue import COHORT, LINE_GROUPINGS, STANDARD
from banso.kernel.issues import Issue, Level
from banso.kernel.nearness import nearest
from banso.tables.registry import TABLES
from banso.tables.spec import Kind

_CUSTOMERS = TABLES["customers"]
# They name one customer, and so no group.
_NAMES = frozenset({"customer_id", "name"})


class UniqueVariants:
    """Every variant has a key of its own, and differs from the standard reading."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield keys that are taken; warn of a variant that changes nothing."""
        if draft.revenue is None:
            return
        rules = draft.revenue.definition
        taken = {STANDARD}
        for place, variant in enumerate(rules.variants):
            if variant.key in taken:
                at = ("variants", place, "key")
                message = f"'{variant.key}' is already a reading of revenue"
                yield draft.revenue.issue("duplicate_key", message, at=at)
            taken.add(variant.key)
            if variant.reading(rules.standard) == rules.standard:
                message = f"'{variant.key}' is the standard reading"
                hint = "Say in what it differs."
                yield draft.revenue.issue(
                    "no_difference",
                    message,
                    at=("variants", place),
                    hint=hint,
                    level=Level.WARNING,
                )


class GroupingsGroup:
    """Revenue is split by what customers or contract lines have in common."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield names and dates; warn of likely slips."""
        placed = draft.revenue
        if placed is None:
            return
        yield from repeated_names(placed, placed.definition.groupings, key="groupings")
        for place, name in enumerate(placed.definition.groupings):
            at = ("groupings", place)
            column = _CUSTOMERS.by_name.get(name)
            if name in LINE_GROUPINGS or name == COHORT:
                continue
            if column is None:
                if nearest(name, _CUSTOMERS.by_name):  # else it is a company's own
                    yield unknown_column(placed, name, _CUSTOMERS, at=at)
            elif name in _NAMES or column.kind is Kind.DATE:
                message = f"'{name}' is nothing that customers have in common"
                yield placed.issue("not_a_profile", message, at=at)


class CurrencyCodes:
    """A currency is written as its code, as contracts write it."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield what can be no code of ISO 4217."""
        if draft.revenue is None:
            return
        for place, rate in enumerate(draft.revenue.definition.rates):
            code = rate.currency
            if not (code.isascii() and code.isalpha() and code.isupper()):
                message = f"'{code}' is no code of a currency"
                hint = "Expected e.g. USD."
                at = ("rates", place, "currency")
                yield draft.revenue.issue("wrong_currency", message, at=at, hint=hint)


class OneRatePerDay:
    """A currency has one rate on each day."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later rates of a currency and day."""
        if draft.revenue is None:
            return
        seen: set[tuple[str, dt.date]] = set()
        for place, rate in enumerate(draft.revenue.definition.rates):
            key = (rate.currency, rate.since)
            if key in seen:
                message = f"{rate.currency} has another rate on {rate.since}"
                at = ("rates", place)
                yield draft.revenue.issue("duplicate_rate", message, at=at)
            seen.add(key)
