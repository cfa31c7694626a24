"""Cohorts as programs read them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import Paged, PageQuery

By = Literal["month", "quarter", "year"]


class CohortsAsked(Schema):
    """Which cohorts."""

    of: Annotated[
        Literal["contracts", "events", "features", "charges"],
        Field(description="What is followed."),
    ] = "contracts"
    name: Annotated[str, Field(max_length=200, description="Of a feature.")] = ""
    group: Annotated[
        str,
        Field(
            max_length=100,
            description="Of contracts: what customers are divided by; one of `groups`.",
        ),
    ] = ""
    segment: Annotated[
        str | None,
        Field(max_length=300, description="Of the group; left out: a line for each."),
    ] = None
    by: By = "quarter"
    measure: Annotated[
        Literal["customers", "money"],
        Field(description="money: of contracts and charges only."),
    ] = "customers"

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as the address of the page says it."""
        said = self.model_dump(include={"of", "name", "group", "by", "measure"})
        # a colon stands before the segment, so that an empty one can be asked for
        own = {} if self.segment is None else {"segment": f":{self.segment}"}
        return {**{key: str(value) for key, value in said.items()}, **own}


class CohortsQuery(PageQuery, CohortsAsked):
    """Which cohorts, and which page of their cells."""


class CellOut(Schema):
    """What is kept of a cohort at an age."""

    cohort: Annotated[str, Field(description="Its name, in the language asked for.")]
    start: Annotated[
        dt.date | None, Field(description="First day; null: several together.")
    ]
    segment: Annotated[str | None, Field(description="Where segments are compared.")]
    is_growing: Annotated[bool, Field(description="Customers still come to it.")]
    age_months: int
    customers: int
    kept: Annotated[float | None, Field(description="0 to 1; of money, more too.")]
    low: float | None
    high: float | None
    reason: Annotated[str | None, Field(description="Why nothing is known.")]


class CohortsPage(Paged[CellOut]):
    """A page of cells, by cohort and age."""

    as_of: dt.date | None
    groups: list[str]
    features: list[str]


class MembersQuery(PageQuery):
    """The customers behind which cell of cohorts of contracts."""

    age: Annotated[int, Field(ge=0, le=9999, description="Months since the first.")]
    start: Annotated[
        dt.date | None, Field(description="Of the cohort; left out: all of them.")
    ] = None
    by: By = "quarter"
    group: Annotated[str, Field(max_length=100)] = ""
    segment: Annotated[str | None, Field(max_length=300)] = None
    state: Literal["", "there", "left"] = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as the address of the page says it."""
        said = {"age": str(self.age), "by": self.by, "group": self.group}
        said |= {"state": self.state}
        said |= {} if self.start is None else {"start": self.start.isoformat()}
        return said | ({} if self.segment is None else {"segment": f":{self.segment}"})


class MemberOut(Schema):
    """A customer of a cohort."""

    customer_id: str
    name: str | None
    owner: str | None
    cohort: Annotated[dt.date, Field(description="Its first month.")]
    is_there: bool
    mrr_first: Decimal | None
    mrr: Decimal | None
    currency: str | None


class MembersPage(Paged[MemberOut]):
    """A page of customers of a cell, those who left first, in scope of the user."""

    customers: Annotated[int, Field(description="All of the cell that the user sees.")]
    there: int
