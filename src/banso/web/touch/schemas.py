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
