"""Which care each customer gets, from whom, and how many hours there are for it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.expressions import names_of, parse_expression
from banso.definitions.model import Definition, Key, Text

Touch = Literal["high", "low", "tech"]
# From the most care to the least.
TOUCHES: tuple[Touch, ...] = ("high", "low", "tech")
# What conditions here may read beside what signals may.
VALUE = "value"
VALUE_RANK = "value_rank"
NEED = "need"

Need = Literal[
    "churn_30",
    "churn_90",
    "churn_180",
    "churn_365",
    "contraction_30",
    "contraction_90",
    "contraction_180",
    "contraction_365",
    "score",
]
StaffRole = Literal[
    "csm", "lead", "ops", "support", "sales", "product", "community", "executive"
]


class TouchModel(Definition):
    """A touch model: how much care a customer gets, and what that takes."""

    key: Touch
    """``high``: one to one; ``low``: one to few; ``tech``: one to many."""
    label: Text
    """What people call it."""
    hours_per_month: Annotated[float, Field(ge=0, le=200)]
    """How many hours of a CSM a customer takes in a month."""
    most_customers: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many of its customers one CSM can look after at most."""
    owned: bool = True
    """Whether each of its customers has a CSM of its own."""


class CustomerCondition(Definition):
    """A condition over a customer on a day.

    It reads what a signal may read, any column of ``customers`` as it is today, and
    ``value`` (MRR × 12 in the company's currency), ``value_rank`` (the share of the
    customers under contract that are worth less: 0.9 and more is the top tenth) and
    ``need`` (0 to 1, see `need`).
    """

    key: Key
    """The name by which results refer to it."""
    when: str
    """What must hold of the customer."""

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics and columns that the condition reads, each once."""
        read = names_of(parse_expression(self.when))
        return tuple(dict.fromkeys(name.written for name in read))


class TouchRule(CustomerCondition):
    """A situation of a customer, and the touch model that it calls for.

    The first rule that holds decides. A rule that reads what is not connected holds
    for nobody.
    """

    label: Text
    """Why, as people read it beside a proposal."""
    touch: Touch
    """The touch model."""


class OwnerRule(CustomerCondition):
    """Who looks after which customers; the first rule that holds decides."""

    owners: Annotated[tuple[str, ...], Field(min_length=1)]
    """The e-mails of the people of whom the one with the least load is proposed."""


class TouchCapacity(Definition):
    """How much time there is for customers."""

    hours_per_week: Annotated[float, Field(ge=1, le=60)] = 24
    """So many hours of a person's week go to customers."""
    roles: Annotated[tuple[StaffRole, ...], Field(min_length=1)] = ("csm",)
    """The roles of ``staff`` that look after customers."""


_CAPACITY = TouchCapacity()


class TouchRules(Definition):
    """How touch models and owners are proposed.

    The rules say which touch model a customer should have. Where the hours are not
    enough, those with the highest `value` and `need` come first (``value`` × (1 +
    ``need``)), and the rest fall to the next touch model. A person accepts; nothing is
    changed by itself.
    """

    models: Annotated[tuple[TouchModel, ...], Field(min_length=1)]
    """The touch models, from the most care to the least."""
    rules: tuple[TouchRule, ...] = ()
    """Situations, the most important first."""
    otherwise: Touch
    """The touch model of everybody else."""
    need: Need = "churn_180"
    """What tells how needy a customer is: a chance, or ``score`` (100 is no need).

    Where a run has no forecast, it is the score.
    """
    for_weeks: Annotated[int, Field(ge=1, le=13)] = 4
    """A change is proposed when the rules called for it on so many weekly dates."""
    stay_bonus: Annotated[float, Field(ge=0, le=5)] = 0.25
    """By so much more another must count to take the place of who has it now."""
    capacity: TouchCapacity = _CAPACITY
    """The time that there is."""
    owners: tuple[OwnerRule, ...] = ()
    """Who looks after whom; everybody else goes to the person with the least load."""

    @property
    def model_by_key(self) -> Mapping[str, TouchModel]:
        """Each touch model by its key."""
        return {model.key: model for model in self.models}


class TouchFile(Definition):
    """The file of touch models: ``definitions/touch.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    touch: TouchRules
    """Touch models, rules, capacity and owners."""
