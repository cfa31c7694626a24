"""Which questions about churn and health are answered from a company's own facts."""

from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.forecast import ColumnName
from banso.definitions.metrics import Days
from banso.definitions.model import Definition, Key, Text

TENURE = "tenure_days"


class Question(Definition):
    """A question: does one group of customers leave more often than the other.

    A customer is looked at once: on the first as-of date on which `counted_by` is at
    least `after_days`. Those who left before are in neither group, so nobody is
    counted as safe for having stayed long enough to be looked at. What followed is
    told from that date on. `where` is an expression over metrics, ``tenure_days`` and
    the columns of the forecast's profile, as they were on that date: who satisfies it
    is in the first group, who does not in the other, and for whom it is unknown (null)
    in neither.
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
    among: str | None = None
    """Whom the question is about; all when it is not given."""
    after_days: Annotated[int, Field(ge=0, le=3660)]
    """On which day a customer is looked at."""
    counted_by: Key = TENURE
    """By what that day is counted: the days as a customer, or a metric in days."""
    within_days: Days = 365
    """How long a customer is followed from that day on."""

    @property
    def others_where(self) -> str:
        """The condition of the other group; unknown where `where` is."""
        return f"not ({self.where})"


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
