"""What the rules of the forecast must satisfy beyond their shape."""

from collections.abc import Iterator

from banso.definitions.drafts import Draft
from banso.definitions.drivers import CONTRACT_COLUMNS, TENURE
from banso.definitions.metric_rules import unknown_column, unknown_metric
from banso.definitions.metrics import AttributeMetric
from banso.definitions.question_rules import repeated_names
from banso.kernel.issues import Issue, Level
from banso.kernel.nearness import nearest
from banso.tables.registry import TABLES
from banso.tables.spec import Kind

_CUSTOMERS = TABLES["customers"]
# They name one customer, and so nothing that customers have in common.
_NAMES = frozenset({"customer_id", "name", "parent_id"})
# They say what became of a customer: a forecast that sees them knows the answer.
_ANSWERS = frozenset(
    {
        *("churn", "churned", "is_churn", "is_churned", "churn_flag", "churn_label"),
        *("churn_value", "churn_date", "churn_reason", "churn_category", "attrition"),
        *("cancelled", "canceled", "cancelled_on", "ended_on", "ended_reason"),
        *("exited", "left", "left_on", "customer_status"),
        *("解約", "解約フラグ", "解約日", "解約理由", "退会", "退会日", "離脱"),
    }
)


class OneEndPerWord:
    """A reason for the end of a contract means one kind of end."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a word; case does not count."""
        if draft.forecast is None:
            return
        first: dict[str, str] = {}
        for end, words in draft.forecast.definition.end_words.items():
            for place, word in enumerate(words):
                meant = word.strip().lower()
                if meant in first:
                    message = f"'{word[:60]}' is already {first[meant]}"
                    at = ("ends", end, place)
                    yield draft.forecast.issue("duplicate_word", message, at=at)
                first.setdefault(meant, end)


class KnownExcluded:
    """A metric that is kept out of the forecast exists."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the names of metrics that nobody has defined."""
        if draft.forecast is None:
            return
        for place, key in enumerate(draft.forecast.definition.exclude):
            at = ("exclude", place)
            yield from unknown_metric(draft, draft.forecast, key, at=at)


class ProfileColumns:
    """The profile is made of columns in which customers can be alike."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield names and dates; warn of likely slips, and of what changes."""
        placed = draft.forecast
        if placed is None:
            return
        yield from repeated_names(placed, placed.definition.profile, key="profile")
        for place, name in enumerate(placed.definition.profile):
            at = ("profile", place)
            column = _CUSTOMERS.by_name.get(name)
            if name == TENURE or name in CONTRACT_COLUMNS:
                message = f"'{name}' is known of every contract"
                hint = "Remove it from the profile."
                yield placed.issue("reserved_key", message, at=at, hint=hint)
            elif name.lower() in _ANSWERS:
                message = f"'{name}' says what became of a customer"
                hint = "A forecast would know the answer. Remove it from the profile."
                yield placed.issue("learned_later", message, at=at, hint=hint)
            elif column is None:
                if nearest(name, _CUSTOMERS.by_name):  # else it is a company's own
                    yield unknown_column(placed, name, _CUSTOMERS, at=at)
            elif name in _NAMES or column.kind is Kind.DATE:
                message = f"'{name}' is nothing that customers have in common"
                yield placed.issue("not_a_profile", message, at=at)
            elif name == "owner":
                message = "'owner' changes when a customer is handed over"
                hint = "Past values know who took over later."
                yield placed.issue(
                    "learned_later", message, at=at, hint=hint, level=Level.WARNING
                )


class ProfileIsNoMetric:
    """No metric has the name of a column of the profile, unless it is that column."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the metrics that cannot be told from such a column."""
        taken = {*draft.profile, *CONTRACT_COLUMNS} if draft.knows_profile else set()
        for placed in draft.metrics:
            metric = placed.definition
            key = metric.key
            is_it = isinstance(metric, AttributeMetric) and metric.column == key
            if key in taken and not is_it:
                message = f"'{key}' is a column of the customer as well"
                hint = "Choose another one."
                yield placed.issue("reserved_key", message, at=("key",), hint=hint)
