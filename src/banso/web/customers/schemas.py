"""Customers as programs read them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.web.customers.figures import CHANCES
from banso.web.customers.selection import (
    ATTRIBUTE,
    MAX_ATTRIBUTES,
    Selection,
    attribute_of,
)
from banso.webkit.api.bodies import Body
from banso.webkit.api.paging import PageQuery

Text = Annotated[str, Field(max_length=200)]
Band = Literal["healthy", "watch", "at_risk", "unknown"]
Status = Literal["active", "upcoming", "churned"]
Sharing = Literal["private", "team", "all"]
CHANCE = "^$|^({})$".format(
    "|".join(f"{low}-{high}" for low in CHANCES for high in CHANCES if low < high)
)
Sort = Literal[
    "score", "-score", "change", "-change", "mrr", "-mrr", "renews", "-renews",
    "active", "-active", "chance", "-chance", "loss", "-loss", "name", "-name",
    "owner", "-owner",
]  # fmt: skip


class CustomerFilters(Schema):
    """The filters and orders of the list of customers; all that are given must hold."""

    q: Annotated[Text, Field(description="Words of the name or the ID.")] = ""
    status: Literal["active", "upcoming", "churned", "all"] = "active"
    band: Literal["", "healthy", "watch", "at_risk", "unknown"] = ""
    owner: Annotated[Text, Field(description="E-mail; “-”: nobody.")] = ""
    touch: Text = ""
    plan: Text = ""
    industry: Text = ""
    size: Text = ""
    renews: Annotated[
        Literal["", "30", "60", "90", "180"],
        Field(description="Renews within so many days of the as-of date."),
    ] = ""
    chance: Annotated[
        str,
        Field(
            pattern=CHANCE,
            description="Chance to leave within 90 days, in percent: 20-50.",
        ),
    ] = ""
    month: Annotated[
        str,
        Field(
            pattern=r"^$|^20[0-9]{2}-(0[1-9]|1[0-2])$",
            description="Renews in this month: 2026-12.",
        ),
    ] = ""
    notice: Annotated[Literal["", "given"], Field(description="Has given notice.")] = ""
    why: Annotated[
        Literal["", "no_model", "not_connected", "stale", "no_data"],
        Field(description="Why there is no health score."),
    ] = ""
    success: Literal[
        "", "unknown", "early", "not_onboarded", "left", "not_adopting", "successful"
    ] = ""
    sort: Annotated[
        Sort, Field(description="“-”: descending; the unknown come last.")
    ] = "score"


class CustomerQuery(PageQuery, CustomerFilters):
    """The filters and orders of the list of customers, and which page of it."""

    def selection(self, query: Mapping[str, str]) -> Selection:
        """Return what is asked for as the pages know it.

        Columns of the company's own are only in the query of the address.
        """
        asked = self.model_dump(exclude={"limit", "cursor"})
        own = {key: query[key] for key in query if attribute_of(key)}
        return Selection.read({**own, **{key: str(asked[key]) for key in asked}})


class CustomerOut(Schema):
    """A customer as the newest release left it; null: not known."""

    customer_id: str
    name: str
    status: Status
    owner: str
    touch: str
    industry: str
    country: str
    size: str
    purpose: str
    parent_id: str
    partner_id: str
    products: str
    plan: str
    seats: int | None
    mrr: Annotated[
        Decimal | None,
        Field(description="A month, in `currency`; null while in several currencies."),
    ]
    currency: str
    started_on: dt.date | None
    renews_on: dt.date | None
    notice_on: dt.date | None
    ended_on: dt.date | None
    ended_reason: str
    tenure_days: int | None
    model: Annotated[str, Field(description="Health model.")]
    score: Annotated[float | None, Field(description="Health, 0 to 100.")]
    band: Band
    coverage: Annotated[
        float | None, Field(description="Share of the weight of health with data.")
    ]
    no_score: str
    score_before: float | None
    change: Annotated[
        float | None, Field(description="Points since at least 28 days earlier.")
    ]
    worst_element: str
    worst_points: float | None
    best_element: str
    best_points: float | None
    last_active_on: dt.date | None
    p_churn: Annotated[
        float | None, Field(description="Chance to leave within 90 days, 0 to 1.")
    ]
    p_churn_low: float | None
    p_churn_high: float | None
    p_churn_basis: str
    mrr_at_risk: float | None
    success: str
    attributes: Annotated[
        dict[str, str | int | float | bool | None],
        Field(description="Columns of your own."),
    ]


class CustomersPage(Schema):
    """A page of customers."""

    as_of: Annotated[
        dt.date | None, Field(description="Of the release; null before the first run.")
    ]
    release_id: str | None
    items: list[CustomerOut]
    cursor: str | None
    next: str | None


SHOWN = tuple(CustomerOut.model_fields)


class ViewFilters(CustomerFilters, Body):
    """What a saved view shows: the filters of `listCustomers`."""

    attributes: Annotated[
        dict[Annotated[str, Field(pattern=r"^[^\W\d]\w{0,199}$")], Text],
        Field(
            max_length=MAX_ATTRIBUTES,
            default_factory=dict,
            description="Columns of your own, and the value that each has to have.",
        ),
    ]

    @property
    def query(self) -> str:
        """What is asked for, as the page of customers keeps it."""
        plain = self.model_dump(exclude={"attributes"})
        own = {ATTRIBUTE + name: value for name, value in self.attributes.items()}
        return Selection.read({**plain, **own}).query


class ViewIn(Body):
    """A saved view."""

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
    sharing: Annotated[
        Sharing, Field(description="Who else sees it; leads and operations share.")
    ] = "private"
    filters: ViewFilters


class ViewOut(Schema):
    """A saved view that the user sees."""

    view_id: int
    name: str
    sharing: Sharing
    by: Annotated[str, Field(description="E-mail of whoever made it.")]
    changed_at: dt.datetime
    may_change: bool
    is_default: Annotated[
        bool, Field(description="The user's list of customers opens with it.")
    ]
    filters: ViewFilters


class ViewsOut(Schema):
    """The saved views that the user sees, by name."""

    items: list[ViewOut]


class DefaultViewIn(Body):
    """With which view the user's list opens."""

    view_id: Annotated[
        int | None,
        Field(ge=1, le=(1 << 63) - 1, description="null: with all customers."),
    ]


class MergerIn(Body):
    """Which customer stays."""

    kept: Annotated[str, Field(min_length=1, max_length=200)]
