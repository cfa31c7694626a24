"""Weights, drafts of them and decisions, as programs read and send them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body
from banso.webkit.api.paging import Paged, PageQuery

Why = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
Shares = Annotated[
    dict[Annotated[str, Field(max_length=200)], Annotated[float, Field(ge=0, le=1000)]],
    Field(
        min_length=1,
        max_length=500,
        description="By `dimension.element`, every one of the model; they need not add"
        " up to anything.",
    ),
]


class ElementOut(Schema):
    """An element with its weights, as parts of the score."""

    key: Annotated[str, Field(description="dimension.element")]
    label: str
    present: float
    proposed: Annotated[float | None, Field(description="By the last run.")]


class ModelOut(Schema):
    """A health model in force with its weights."""

    model: str
    label: str
    is_better: Annotated[
        bool, Field(description="What is proposed tells better than what is in force.")
    ]
    elements: list[ElementOut]


class WeightsOut(Schema):
    """The weights of all health models in force."""

    in_force: Annotated[str, Field(description="Digest of the definitions.")]
    is_ahead: Annotated[
        bool, Field(description="The next run computes with other definitions.")
    ]
    items: list[ModelOut]


class JudgedOut(Schema):
    """How well weights would have told leavers from stayers."""

    draft: Annotated[str, Field(description="present, draft or difference.")]
    figure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: str | None


class MoveOut(Schema):
    """A customer who would change band; only those whom the user sees."""

    customer_id: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None


class NoteOut(Schema):
    """What somebody said about a draft."""

    by: str
    at: dt.datetime
    text: str


class DraftOut(Schema):
    """Other weights for a model, and what they would do."""

    draft_id: int
    model: str
    status: Literal["open", "accepted", "rejected"]
    origin: Literal["proposed", "typed"]
    shares: dict[str, float]
    present: dict[str, float]
    based_on: Annotated[str, Field(description="Digest of the definitions.")]
    is_outdated: Annotated[
        bool, Field(description="Other definitions or results are there: compute it.")
    ]
    by: str
    at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    why: str
    published: Annotated[str, Field(description="Digest of what it became.")]
    as_of: dt.date
    bands_before: dict[str, int]
    bands_after: dict[str, int]
    moved: Annotated[int, Field(description="Customers who would change band.")]
    reason: Annotated[str | None, Field(description="Why nothing could be judged.")]


class OneDraftOut(DraftOut):
    """A draft with the customers it would move, how it tells, and what was said."""

    customers: list[MoveOut]
    judged: list[JudgedOut]
    notes: list[NoteOut]


class DraftsQuery(PageQuery):
    """Which page of drafts."""


class DraftsPage(Paged[DraftOut]):
    """A page of drafts, the newest first."""


class DraftIn(Body):
    """Other weights for a health model in force."""

    model: Annotated[str, Field(max_length=200)]
    shares: Shares


class NoteIn(Body):
    """Something to say about a draft."""

    text: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class DraftAcceptanceIn(Body):
    """Why the weights of a draft are to be in force."""

    why: Why


class RejectionIn(Body):
    """Why a draft is not to be used."""

    why: Annotated[str, Field(max_length=500)] = ""


class RestorationIn(Body):
    """Why an earlier version is to be in force, and what it replaces."""

    why: Why
    based_on: Annotated[
        str,
        Field(
            max_length=100,
            description="Digest that is in force, as it was read: if others are by now,"
            " this is refused.",
        ),
    ]


class RestoredOut(Schema):
    """What is in force now."""

    digest: str


class AccuracyQuery(Schema):
    """Of which horizon and customers."""

    days: Annotated[
        int | None,
        Field(ge=1, le=10_000, description="One of `horizons`; default: the shortest."),
    ] = None
    stratum: Annotated[
        str, Field(max_length=200, description="One of `strata`; empty: all.")
    ] = ""


class StratumOut(Schema):
    """Some of the customers."""

    key: str
    label: str


class AccuracyFigure(Schema):
    """How well a score, a part of it, the forecast or a naive rule told."""

    subject: str
    label: str
    kind: str
    outcome: Literal["churn", "expansion"]
    figure: Annotated[
        str, Field(description="auc, lift_10, greens_left, base_rate, caught_90 …")
    ]
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: Annotated[str | None, Field(description="Why there is no number.")]


class AccuracyOut(Schema):
    """How well the score told what happened, on periods after those it learned from."""

    as_of: dt.date | None
    known_by: Annotated[
        dt.date | None, Field(description="The last day that the figures know.")
    ]
    why_not: Annotated[str, Field(description="Why nothing was judged; else empty.")]
    days: int | None
    stratum: str | None
    horizons: list[int]
    strata: list[StratumOut]
    items: list[AccuracyFigure]
