"""What a forecast may use, and which ends of a contract count as churn."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.model import Definition, Key

Word = Annotated[str, Field(min_length=1, max_length=200)]
ColumnName = Annotated[str, Field(min_length=1, max_length=200)]


class Ends(Definition):
    """The words of ``ended_reason`` that tell which kind of end it was.

    A word in none of the lists, and no word at all, is churn. ``replaced`` is the
    customer's choice as churn is; ``completed`` and ``non_payment`` are not, and end
    the chance to churn.
    """

    completed: tuple[Word, ...] = ("completed", "修了", "完了")
    """What was agreed was done: there is nothing left to renew."""
    replaced: tuple[Word, ...] = ("replaced", "リプレイス", "乗り換え")
    """The customer went over to something else."""
    non_payment: tuple[Word, ...] = ("non_payment", "involuntary", "未払い", "滞納")
    """The customer did not pay, or a payment failed."""


class ForecastRules(Definition):
    """What the forecast of churn, expansion and contraction is made from.

    A metric has a value for every day of the past. A column of ``customers`` has not:
    it holds what is true today, and may tell what came later. So only the columns of
    `profile` enter a forecast, and they must be set at the start and never rewritten.
    """

    ends: Ends = Ends()
    """Which ends are churn."""
    pause_days: Annotated[int, Field(ge=0, le=366)] = 31
    """Contracts with a gap of at most so many days are one stay."""
    profile: tuple[ColumnName, ...] = (
        "industry",
        "country",
        "size",
        "purpose",
        "touch",
    )
    """Columns of ``customers`` that are set at the start."""
    renewal_is_fixed: bool = False
    """Whether ``renews_on`` is never rewritten after the contract line began."""
    exclude: tuple[Key, ...] = ()
    """Metrics that must not be used."""
    refit: Literal["monthly", "quarterly"] = "quarterly"
    """How often the forecast is fitted again."""

    @property
    def end_words(self) -> Mapping[str, Sequence[str]]:
        """The words of each kind of end; case does not count, other words are churn."""
        return {
            "completed": self.ends.completed,
            "replaced": self.ends.replaced,
            "non_payment": self.ends.non_payment,
        }


class ForecastFile(Definition):
    """The file of the forecast: ``definitions/forecast.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    forecast: ForecastRules
    """What the forecast is made from."""
