"""Revenue as programs read it."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import Paged, PageQuery


class PeriodsQuery(Schema):
    """Which periods."""

    grain: Literal["month", "quarter", "year"] = "month"
    grouping: Annotated[
        str, Field(max_length=100, description="Empty: the whole; plan, size, …")
    ] = ""


class PeriodOut(Schema):
    """MRR of a period, and what moved it, in one currency."""

    period: Annotated[dt.date, Field(description="Its first day.")]
    segment: str | None
    currency: str
    amounts: Annotated[
        dict[str, Decimal],
        Field(description="opening, new, expansion, contraction, churn, closing, …"),
    ]
    customers: Annotated[dict[str, int], Field(description="By the same kinds.")]
    arr: Decimal
    cmrr: Decimal
    arpa: float | None
    quick_ratio: float | None


class PeriodsOut(Schema):
    """Periods ascending, over the customers that the user sees."""

    as_of: dt.date | None
    groupings: list[str]
    items: list[PeriodOut]


class RetentionOut(Schema):
    """Retention of a period."""

    period: dt.date
    grouping: str
    segment: str | None
    variant: str
    currency: str
    window_months: int
    customers_start: int
    customers_kept: int
    mrr_start: Decimal
    nrr: float | None
    grr: float | None
    logo_retention: float | None
    logo_low: float | None
    logo_high: float | None
    cmrr: Decimal | None


class RetentionsOut(Schema):
    """Retention of all periods, over all customers."""

    as_of: dt.date | None
    items: list[RetentionOut]


Grain = Literal["month", "quarter", "year"]
Currency = Annotated[
    str, Field(max_length=3, description="Left out: that of the company.")
]


class DifferentQuery(PageQuery):
    """In which currency, and which page."""

    currency: Currency = ""


class VariantFiguresOut(Schema):
    """Retention over the last twelve months, of the customers that the user sees."""

    currency: str
    customers_start: int
    customers_kept: int
    mrr_start: Decimal
    logo_retention: float | None
    grr: float | None
    nrr: float | None


class CountedOut(Schema):
    """What of a customer counts in one reading."""

    mrr_start: Decimal
    mrr_gross: Annotated[Decimal, Field(description="Kept, without expansion.")]
    mrr_kept: Decimal
    is_kept: bool


class DifferentOut(Schema):
    """A customer that counts differently."""

    customer_id: str
    name: str | None
    standard: CountedOut
    variant: CountedOut


class DifferentPage(Paged[DifferentOut]):
    """A page of customers, the largest differences first."""

    variant: str
    month: Annotated[dt.date, Field(description="At whose end the window ends.")]
    standard: VariantFiguresOut | None
    figures: Annotated[VariantFiguresOut | None, Field(description="Of the variant.")]
    customers: Annotated[int, Field(description="How many, on all pages.")]


class LinesAsked(Schema):
    """The contract lines behind which figure of `listRevenuePeriods`."""

    by: Grain = "month"
    period: Annotated[
        dt.date | None, Field(description="A day of it; left out: the newest.")
    ] = None
    kind: Annotated[
        Literal[
            "", "opening", "new", "reactivation", "expansion", "contraction", "churn",
            "exchange", "transfer", "closing",
        ],
        Field(description="Left out: every movement."),
    ] = ""  # fmt: skip
    grouping: Annotated[str, Field(max_length=100)] = ""
    segment: Annotated[
        str,
        Field(
            max_length=300,
            description="Of the grouping; left out: all; “-”: those of whom nothing is"
            " said.",
        ),
    ] = ""
    currency: Currency = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as the address of the page says it."""
        said = self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)
        return {name: str(value) for name, value in said.items()}


class LinesQuery(PageQuery, LinesAsked):
    """The lines behind which figure, and which page of them."""


class LineOut(Schema):
    """A contract line with its share of a figure."""

    customer_id: str
    name: str | None
    owner: str | None
    subscription_id: str | None
    product: str | None
    plan: str | None
    kind: str
    amount: Annotated[Decimal, Field(description="A month, signed.")]
    currency: str


class SumOut(Schema):
    """What the rows behind a figure add up to."""

    currency: str
    amount: Decimal
    lines: int
    customers: int


class LinesPage(Paged[LineOut]):
    """A page of lines, the largest amounts first, over the user's customers."""

    period: dt.date
    total: Annotated[SumOut | None, Field(description="null: there is no line.")]


class ReconciledOut(Schema):
    """What was billed in a month, and what leads from MRR to recurring charges."""

    month: dt.date
    currency: str
    charges: int
    difference: Annotated[Decimal, Field(description="Recurring charges less MRR.")]
    amounts: Annotated[
        dict[str, Decimal],
        Field(
            description="billed_total; recurring, usage, one_off, outcome, discount,"
            " refund, no_kind; mrr; mid_month, price_change, several_months,"
            " no_contract, not_billed, other_amount, exchange, mrr_discount;"
            " unexplained."
        ),
    ]


class ReconciliationOut(Schema):
    """Months ascending by currency, over the customers that the user sees."""

    as_of: dt.date | None
    items: list[ReconciledOut]


class BehindAsked(Schema):
    """The rows behind which figure of the reconciliation."""

    item: Literal[
        "billed_total", "recurring", "usage", "one_off", "outcome", "discount",
        "refund", "no_kind", "mid_month", "price_change", "several_months",
        "no_contract", "not_billed", "other_amount", "exchange", "mrr_discount",
    ]  # fmt: skip
    month: Annotated[
        dt.date | None, Field(description="A day of it; left out: the newest.")
    ] = None
    currency: Currency = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as the address of the page says it."""
        said = self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)
        return {name: str(value) for name, value in said.items()}


class BehindQuery(PageQuery, BehindAsked):
    """The rows behind which figure, and which page of them."""


class BehindOut(Schema):
    """A charge, or a contract line with what it was billed."""

    customer_id: str
    name: str | None
    owner: str | None
    subscription_id: str | None
    amount: Decimal
    billed: Annotated[Decimal | None, Field(description="Of a line.")] = None
    expected: Annotated[Decimal | None, Field(description="Of a line.")] = None
    charge_id: Annotated[str | None, Field(description="Of a charge.")] = None
    charged_on: dt.date | None = None
    product: str | None = None
    kind: str | None = None
    stated: Annotated[
        Decimal | None, Field(description="As the charge has it, in `line_currency`.")
    ] = None
    line_currency: str | None = None


class BehindPage(Paged[BehindOut]):
    """A page of rows, the largest amounts first, over the user's customers."""

    month: dt.date
    total: SumOut | None
