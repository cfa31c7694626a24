"""Renewals as the run told them, as far as a user sees and asks for them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.cohorts.months import month_number
from banso.runs.reading import ReleaseReader, Row
from banso.runs.renewals_reading import RenewalTable, renewal_table
from banso.web.customers import queries as customers
from banso.webkit.permissions import Scope, Staff

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
NOBODY: Final = "-"  # in an address: no owner, no touch model
STAGES: Final = ("noticed", "open")


@dataclass(frozen=True)
class Renewal:
    """A contract line that falls due."""

    customer_id: str
    customer: str
    owner: str
    touch: str
    subscription: str
    product: str
    plan: str
    currency: str
    due_on: dt.date
    mrr: Decimal
    is_noticed: bool
    p_leave: float | None  # null: there is no forecast
    low: float | None
    high: float | None
    basis: str


@dataclass(frozen=True)
class Wanted:
    """Which renewals are asked for."""

    owner: str = ""
    touch: str = ""
    stage: str = ""
    currency: str = ""
    month: dt.date | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Wanted":
        """Return what an address asks for; what cannot be is left out."""
        try:
            month = dt.date.fromisoformat(asked.get("month", "")).replace(day=1)
        except ValueError:
            month = None
        stage = asked.get("stage", "")
        return cls(
            owner=asked.get("owner", ""),
            touch=asked.get("touch", ""),
            stage=stage if stage in STAGES else "",
            currency=asked.get("currency", ""),
            month=month,
        )

    def kept(self, table: RenewalTable) -> Flags:
        """Return which renewals are asked for, whatever their month and stage."""
        found = table.is_in("currency", self.currency)
        for name, value in (("owner", self.owner), ("touch", self.touch)):
            if value:
                found &= table.is_in(name, "" if value == NOBODY else value)
        return found

    def listed(self, table: RenewalTable) -> Whole:
        """Return the places of the renewals ahead that are asked for, in order."""
        found = self.kept(table) & ~table.is_past
        if self.stage:
            found &= table.is_noticed == (self.stage == "noticed")
        if self.month is not None:
            found &= table.month == month_number(self.month)
        return np.asarray(np.flatnonzero(found), dtype=np.int64)


def visible_renewals(reader: ReleaseReader, user: Staff) -> RenewalTable:
    """Return the renewals of the customers that a user sees, by due day."""
    if user.scope == Scope.ALL:
        return renewal_table(reader)
    seen = customers.visible_customers(user).values_list("pk", flat=True)
    return renewal_table(reader, list(seen))


def renewals_of(table: RenewalTable, places: Whole) -> list[Renewal]:
    """Return some renewals of a table."""
    return [_renewal(row) for row in table.some(places)]


def _renewal(row: Row) -> Renewal:
    key, due_on = str(row["customer_id"]), row["due_on"]
    assert isinstance(due_on, dt.date)
    return Renewal(
        customer_id=key,
        customer=str(row["name"] or key),
        owner=str(row["owner"] or ""),
        touch=str(row["touch"] or ""),
        subscription=str(row["subscription_id"]),
        product=str(row["product"] or ""),
        plan=str(row["plan"] or ""),
        currency=str(row["currency"]),
        due_on=due_on,
        mrr=Decimal(str(row["mrr"])),
        is_noticed=bool(row["noticed"]),
        p_leave=_number(row["p_leave"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        basis=str(row["basis"] or ""),
    )


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
