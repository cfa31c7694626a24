"""What success is: when a customer counts as onboarded, and when as adopting."""

from typing import Literal

from banso.definitions.expressions import names_of, parse_expression
from banso.definitions.metrics import Days
from banso.definitions.model import Definition


class SuccessStep(Definition):
    """A condition over a customer on an as-of date, as of a question.

    It reads metrics, ``tenure_days``, the profile of the forecast, and ``plan``,
    ``product`` and ``days_to_renewal`` of the open contract lines.
    """

    where: str
    """What must hold of the customer."""

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics and columns that the condition reads, each once."""
        read = names_of(parse_expression(self.where))
        return tuple(dict.fromkeys(name.column for name in read))


class Onboarded(SuccessStep):
    """When onboarding has succeeded: the condition holds early enough."""

    within_days: Days = 120
    """By which day after its start a customer must have got there."""


class Adopted(SuccessStep):
    """When a customer uses what it bought: the condition holds on the day itself."""


class SuccessRules(Definition):
    """The two steps from a customer to a successful one.

    A customer is successful on a day when it was onboarded in time, is still there,
    and adopts on that day. What a customer says of itself (satisfaction) is neither.
    """

    onboarded: Onboarded
    """The first step."""
    adopted: Adopted
    """The second step."""


class SuccessFile(Definition):
    """The file of success: ``definitions/success.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    success: SuccessRules
    """What success is."""
