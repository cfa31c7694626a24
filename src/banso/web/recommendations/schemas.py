"""Recommendations as programs read them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import Paged, PageQuery

Kind = Literal["feature", "product", "plan"]


class Filters(Schema):
    """Which suggestions, in which order."""

    kind: Literal["", "feature", "product", "plan"] = ""
    item: Annotated[
        str, Field(max_length=300, description="Kind and name: feature:scan.")
    ] = ""
    sort: Literal[
        "chance", "-chance", "customer", "-customer", "item", "-item", "mrr", "-mrr",
        "score", "-score",
    ] = "-chance"  # fmt: skip

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as the address of the page says it."""
        return {"kind": self.kind, "item": self.item, "sort": self.sort}


class SuggestionsQuery(PageQuery, Filters):
    """Which suggestions, of which customer, and which page of them."""

    customer_id: Annotated[str, Field(max_length=200)] = ""


class BecauseOut(Schema):
    """One thing that a suggestion was made from."""

    what: str
    value: str


class SuggestionOut(Schema):
    """Something to suggest to a customer."""

    customer_id: str
    name: str | None
    owner: str | None
    rank: Annotated[int, Field(description="Of the customer; 1: first.")]
    kind: Kind
    item: str
    chance: Annotated[
        float | None,
        Field(description="That it takes it up within 90 days and keeps it, 0 to 1."),
    ]
    low: float | None
    high: float | None
    peers: Annotated[int | None, Field(description="Customers like it that use it.")]
    basis: Annotated[str, Field(description="similar or popular.")]
    reason: Annotated[
        str | None, Field(description="Why the most popular are suggested.")
    ]
    because: list[BecauseOut]
    mrr: Decimal | None
    currency: str | None
    score: float | None
    band: str | None


class SuggestionsPage(Paged[SuggestionOut]):
    """A page of suggestions over the customers that the user sees."""

    as_of: dt.date | None


class ItemOut(Schema):
    """What may be recommended, over all customers."""

    kind: Kind
    item: str
    users: int
    customers: int
    chance: float | None
    low: float | None
    high: float | None
    n: int
    takers: int
    stayed_takers: Annotated[
        float | None, Field(description="Of those who took it up, stayed for 180 days.")
    ]
    stayed_takers_n: int
    stayed_others: float | None
    stayed_others_n: int
    stayed_difference: float | None
    stayed_low: float | None
    stayed_high: float | None
    stayed_q: float | None
    stayed_reason: str | None


class ItemsOut(Schema):
    """All that may be recommended; empty: see `GET /recommendations`."""

    as_of: dt.date | None
    items: list[ItemOut]
