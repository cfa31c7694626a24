"""Touch models, proposals and decisions as programs read and make them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body
from banso.webkit.api.paging import Paged, PageQuery


class ListAsked(Schema):
    """Which customers of the list."""

    show: Annotated[
        Literal["", "touch", "owner", "held_back", "everybody"],
        Field(description="Left out: those with a proposal."),
    ] = ""
    now: Annotated[
        str, Field(max_length=100, description="Touch model today; “-”: none.")
    ] = ""
    proposed: Annotated[str, Field(max_length=100)] = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as the address of the page says it."""
        return self.model_dump(include={"show", "now", "proposed"})


class ListQuery(PageQuery, ListAsked):
    """Which customers, and which page of them."""


class ProposalOut(Schema):
    """What a customer has, and what the run proposes."""

    customer_id: str
    touch_now: str | None
    touch_proposed: str | None
    touch_by_rules: str | None
    rule: str | None
    basis: str | None
    why_ja: str | None
    why_en: str | None
    value: float | None
    need: float | None
    hours_now: float | None
    hours_proposed: float | None
    owner_now: str | None
    owner_proposed: str | None
    owner_basis: str | None
    contacted_28: bool | None
    contacted_90: bool | None
    minutes_90: float | None
    is_decided: Annotated[
        bool, Field(description="Somebody decided since; it holds with the next run.")
    ]


class ProposalsPage(Paged[ProposalOut]):
    """A page of customers in scope, in the order of the page."""

    state: Annotated[
        Literal["nothing_yet", "no_contracts", "none_defined", "not_computed", "ready"],
        Field(description="Why there is none, unless `ready`."),
    ]
    release_id: Annotated[
        str | None, Field(description="To be named when proposals are accepted.")
    ]


class TouchAcceptanceIn(Body):
    """Which proposals are accepted."""

    release_id: Annotated[
        str, Field(max_length=200, description="As it was read with the proposals.")
    ]
    customer_ids: Annotated[
        list[Annotated[str, Field(max_length=200)]],
        Field(min_length=1, max_length=10_000),
    ]


class AcceptedOut(Schema):
    """For how many customers a proposal was accepted."""

    count: int


class OverrideIn(Body):
    """What is set by hand; the run proposes no other touch model until then."""

    touch: Annotated[
        str, Field(max_length=100, description="Empty: it stays as it is.")
    ] = ""
    owner: Annotated[
        str, Field(max_length=254, description="E-mail; empty: likewise.")
    ] = ""
    why: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    until: Annotated[
        dt.date | None, Field(description="The last day; null: until it is ended.")
    ] = None


class AssignmentOut(Schema):
    """A decision about the touch model or the owner of a customer."""

    assignment_id: int
    customer_id: str
    kind: Literal["accepted", "override"]
    touch: str
    owner: str
    why: str
    assigned_on: dt.date
    until: dt.date | None
    by: str
    at: dt.datetime
    ended_by: str | None


class AssignmentsQuery(PageQuery):
    """Which decisions."""

    holding: Annotated[bool, Field(description="Only those that hold.")] = True


class AssignmentsPage(Paged[AssignmentOut]):
    """A page of decisions on customers in scope, the newest first."""


class OwnerLoadOut(Schema):
    """What one person looks after."""

    owner: Annotated[str | None, Field(description="E-mail; null: nobody.")]
    is_there: Annotated[bool, Field(description="Among those who take customers.")]
    customers: int
    by_touch: dict[str, int]
    mrr: Annotated[float, Field(description="In the currency of the company.")]
    hours: Annotated[float, Field(description="A month.")]
    customers_proposed: int
    hours_proposed: float


class OwnersOut(Schema):
    """Who looks after how many of the customers that the user sees."""

    state: str
    hours_each: Annotated[
        float | None, Field(description="A month, for customers; null: not known.")
    ]
    waiting: Annotated[
        int, Field(description="Customers for which another owner is proposed.")
    ]
    items: list[OwnerLoadOut]


Hours = Annotated[float | None, Field(ge=0, le=200, allow_inf_nan=False)]


class CapacityQuery(Schema):
    """Under which assumptions; what is left out begins as on the page."""

    basis: Annotated[
        Literal["now", "proposed"],
        Field(description="Of touch models."),
    ] = "now"
    growth: Annotated[
        float | None,
        Field(ge=-90, le=1000, allow_inf_nan=False, description="% a year."),
    ] = None
    months: Annotated[int | None, Field(ge=1, le=60)] = None
    people: Annotated[int | None, Field(ge=0, le=100_000)] = None
    hours_per_week: Annotated[float | None, Field(ge=1, le=60, allow_inf_nan=False)] = (
        None
    )
    hours_high: Hours = None
    hours_low: Hours = None
    hours_tech: Hours = None

    @property
    def given(self) -> dict[str, object]:
        """What is asked for, as the page calls it."""
        said = self.model_dump(exclude_none=True)
        return {**said, "basis": said["basis"] if self.basis == "proposed" else ""}


class CapacityMonthOut(Schema):
    """What a month takes."""

    month: Annotated[int, Field(description="From now; 0 is today.")]
    customers: Annotated[dict[str, float], Field(description="By touch model.")]
    hours: dict[str, float]
    hours_needed: float
    needed: Annotated[float, Field(description="People, as a fraction.")]
    head_count: int
    bound: Annotated[str, Field(description="What takes the most people.")]


class CapacityOut(Schema):
    """How many people the customers take, month by month."""

    state: str
    assumptions: dict[str, float | str]
    people: int | None
    hours_there: Annotated[float | None, Field(description="Of the people of today.")]
    full_from: Annotated[
        int | None, Field(description="First month that takes more people than today.")
    ]
    items: list[CapacityMonthOut]
