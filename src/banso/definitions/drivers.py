"""Which questions about churn and health are answered from a company's own facts."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.expressions import names_of, parse_expression
from banso.definitions.forecast import ColumnName
from banso.definitions.metrics import Days
from banso.definitions.model import Definition, Key, Text
from banso.tables.spec import Kind

# What a condition may read of the contract lines that are open on the day.
CONTRACT_COLUMNS: Mapping[str, Kind] = {
    "plan": Kind.TEXT,
    "product": Kind.TEXT,
    "days_to_renewal": Kind.INTEGER,
}
TENURE = "tenure_days"


class Question(Definition):
    """A question: does one group of customers leave more often than the other.

    A customer is looked at once: on the first as-of date on which it has been there
    for `after_days` and `when` holds. Who left before is in neither group, so that
    nobody counts as safe for having stayed long enough to be looked at. What follows
    is told from that date on. `where` and `when` are expressions over metrics,
    ``tenure_days``, the profile of the forecast (columns of ``customers``), and
    ``plan``, ``product`` and ``days_to_renewal`` of the open contract lines, all as
    they were on that date. Who satisfies `where` is in the first group, who does not
    in the other, and for whom that is unknown in neither.
    """

    key: Key
    """The name by which results refer to it."""
    label: Text
    """The question, as people read it."""
    about: Text | None = None
    """How to read the answer, in a sentence."""
    exposed: Text
    """What the customers that satisfy `where` are called."""
    others: Text
    """What the customers that do not satisfy it are called."""
    where: str
    """Who is in the first group."""
    after_days: Annotated[int, Field(ge=0, le=3660)] = 0
    """How many days after its start a customer is looked at, at the earliest."""
    when: str | None = None
    """What must hold on that date as well; nothing more when it is not given."""
    within_days: Days = 365
    """How long a customer is followed from that day on."""

    @property
    def others_where(self) -> str:
        """The condition of the other group; unknown where `where` is."""
        return f"not ({self.where})"

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics and columns that its conditions read, each once.

        Raises
        ------
        BadExpression
            A condition cannot be parsed; `banso check` refuses such a question.

        """
        texts = (text for text in (self.where, self.when) if text is not None)
        read = (name for text in texts for name in names_of(parse_expression(text)))
        return tuple(dict.fromkeys(name.column for name in read))


class DriverRules(Definition):
    """What the page of drivers answers beside the table of all elements."""

    adjust_for: tuple[ColumnName, ...] = ("touch", "plan", "size")
    """What is held equal between the groups, beside tenure."""
    questions: tuple[Question, ...] = ()
    """The questions, in the order in which they are shown."""


class DriversFile(Definition):
    """The file of questions: ``definitions/drivers.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    drivers: DriverRules
    """The questions, and what is held equal."""
