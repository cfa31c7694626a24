"""How revenue is read from contracts: one standard reading, and named variants."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.forecast import ColumnName
from banso.definitions.model import Definition, Key, Text

STANDARD = "standard"  # the key of the reading that no variant changes
# What a contract line says of itself; every other grouping is a column of `customers`.
LINE_GROUPINGS = ("product", "plan")
COHORT = "cohort"  # the year of a customer's first payment
CurrencyCode = Annotated[str, Field(min_length=3, max_length=3)]
PauseDays = Annotated[int, Field(ge=0, le=366)]


class Reading(Definition):
    """The choices on which the field disagrees, each made.

    Two companies that publish "NRR" may differ in every one of them.
    """

    churn_at: Literal["end", "notice"] = "end"
    """Whether a line stops counting on the day of its end, or of its notice."""
    pause_days: PauseDays = 7
    """A gap of at most so many days is none: the MRR before it counts through it."""
    free_plan: Literal["churn", "contraction"] = "churn"
    """What going down to an open line of zero MRR is."""
    within_period: Literal["netted", "shown"] = "netted"
    """Whether moves within a period cancel out, or each day counts by itself."""
    discounts: Literal["agreed", "billed"] = "agreed"
    """MRR as agreed, or less the discounts that were billed in the month."""
    currency_rate: Literal["contract", "period"] = "contract"
    """The rate of the day on which a line began, or of the day that is looked at."""
    reactivation: Literal["none", "returned", "all"] = "returned"
    """Who counts in NRR after having left: nobody, who paid at the start, or all."""
    contraction: Literal["counted", "ignored"] = "counted"
    """Whether contraction lowers NRR."""
    quick_ratio: Literal["with_reactivation", "without_reactivation"] = (
        "with_reactivation"
    )
    """Whether reactivation counts as growth in the quick ratio."""


class Variant(Definition):
    """Another reading with a name: what it leaves out is as in the standard one."""

    key: Key
    """The name by which results refer to it."""
    label: Text
    """The name, as people read it."""
    churn_at: Literal["end", "notice"] | None = None
    """As in the standard reading when not given; so are the keys below."""
    pause_days: PauseDays | None = None
    """A gap of at most so many days is none."""
    free_plan: Literal["churn", "contraction"] | None = None
    """What going down to zero MRR is."""
    within_period: Literal["netted", "shown"] | None = None
    """Whether moves within a period cancel out."""
    discounts: Literal["agreed", "billed"] | None = None
    """MRR as agreed, or less the discounts that were billed."""
    currency_rate: Literal["contract", "period"] | None = None
    """Whose day's rate counts."""
    reactivation: Literal["none", "returned", "all"] | None = None
    """Who counts in NRR after having left within the window."""
    contraction: Literal["counted", "ignored"] | None = None
    """Whether contraction lowers NRR."""
    quick_ratio: Literal["with_reactivation", "without_reactivation"] | None = None
    """Whether reactivation counts in the quick ratio."""

    def reading(self, standard: Reading) -> Reading:
        """Return the whole reading that this variant stands for."""
        changed = self.model_dump(exclude={"key", "label"}, exclude_none=True)
        return standard.model_copy(update=changed)


class Rate(Definition):
    """What one unit of a currency is worth in the company's currency, from a day on."""

    currency: CurrencyCode
    """The currency that is converted (ISO 4217)."""
    since: dt.date
    """The first day on which the rate is in force; it is until the next one is."""
    rate: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=8)]
    """Units of the company's currency for one unit."""


class RevenueRules(Definition):
    """How MRR, its movements and retention are read from contracts."""

    standard: Reading = Reading()
    """The reading that pages and reports show unless a variant is asked for."""
    variants: tuple[Variant, ...] = ()
    """Other readings, shown beside the standard one."""
    groupings: tuple[ColumnName, ...] = (
        "product",
        "plan",
        "touch",
        "size",
        "partner_id",
        "cohort",
    )
    """Splits: product, plan, columns of ``customers``, cohort (year of first pay)."""
    rates: tuple[Rate, ...] = ()
    """Rates of exchange. A currency without one in time is kept apart, not guessed."""

    def reading(self, key: str) -> Reading:
        """Return the standard reading, or that of a variant."""
        if key == STANDARD:
            return self.standard
        (found,) = [each for each in self.variants if each.key == key]
        return found.reading(self.standard)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all readings, the standard one first."""
        return (STANDARD, *(variant.key for variant in self.variants))


class RevenueFile(Definition):
    """The file of revenue: ``definitions/revenue.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    revenue: RevenueRules
    """How revenue is read."""
