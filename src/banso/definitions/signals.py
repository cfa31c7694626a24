"""Which situations of a customer call for an action, and by what each is judged."""

import re
from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.expressions import names_of, parse_expression
from banso.definitions.metrics import Days
from banso.definitions.model import Definition, Key, Text

# What the forecast says of a customer on a date, as its columns are called.
CHANCES: tuple[str, ...] = tuple(
    f"{target}_{days}"
    for target in ("churn", "expansion", "contraction")
    for days in (30, 90, 180, 365)
)
SCORE = "score"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

Outcome = Literal["churn", "expansion", "contraction"]
# The roles of the app; who has none of those named does not see the signal.
SeenBy = Literal["administrator", "ops", "lead", "csm", "read_only"]


class Signal(Definition):
    """A signal: a situation of a customer in which somebody should do something.

    It is looked at on every weekly as-of date, and on the date of the run. It opens at
    a customer on which `when` has held for `for_weeks` weekly dates in a row, and stays
    open until `until` holds, or the customer leaves or gives notice. What is unknown
    on a date neither opens nor closes it. Conditions read metrics, ``score``, the
    dimensions of health (``adoption``) and their elements (``adoption.depth``), the
    chances of the forecast (such as ``churn_90``), ``tenure_days``, the profile of
    the forecast (columns of ``customers``), and ``plan``, ``product`` and
    ``days_to_renewal`` of the open contract lines, all as they were on that date.
    """

    key: Key
    """The name by which results refer to it."""
    label: Text
    """What people call it."""
    kind: Literal["churn", "upsell", "cross_sell", "onboarding", "advocacy", "saving"]
    """What it is about; ``saving`` is advice to spend less."""
    when: str
    """What must hold for it to open."""
    for_weeks: Annotated[int, Field(ge=1, le=52)] = 1
    """On so many weekly as-of dates in a row."""
    until: str | None = None
    """What closes it; by default, that `when` no longer holds."""
    cooldown_days: Annotated[int, Field(ge=0, le=3660)] = 0
    """For so many days after it closed, it does not open again at that customer."""
    reason: Text
    """Why now; ``{key}`` stands for the value of a metric or column at the opening."""
    outcome: Outcome
    """By what it is judged: what followed at the customers where it opened."""
    within_days: Days = 90
    """Within how many days the outcome is expected."""
    minutes: Annotated[int, Field(ge=1, le=10_000)] = 30
    """How much work one opening means for a CSM."""
    play: Key | None = None
    """The play that it proposes."""
    seen_by: tuple[SeenBy, ...] = ()
    """Which roles see it; by default, everybody who sees the customer."""

    @property
    def meaning(self) -> dict[str, object]:
        """Everything that is said of it; what was left out and came later is not."""
        left_out = {key for key in ("play", "seen_by") if not getattr(self, key)}
        return self.model_dump(mode="json", exclude=left_out)

    @property
    def closes(self) -> str:
        """The condition that closes it."""
        return self.until if self.until is not None else f"not ({self.when})"

    @property
    def told(self) -> tuple[str, ...]:
        """The metrics and columns whose values its reason tells, each once."""
        texts = (self.reason.ja, self.reason.en)
        names = (name for text in texts for name in PLACEHOLDER.findall(text))
        return tuple(dict.fromkeys(names))

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics and columns that it reads, those of its reason last.

        Raises
        ------
        BadExpression
            A condition cannot be parsed; `banso check` refuses such a signal.

        """
        texts = (text for text in (self.when, self.until) if text is not None)
        read = (name for text in texts for name in names_of(parse_expression(text)))
        return tuple(dict.fromkeys((*(name.written for name in read), *self.told)))


class SignalsFile(Definition):
    """The file of signals: ``definitions/signals.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    signals: tuple[Signal, ...]
    """The signals, in the order in which they are shown."""
