"""Renewals as the run told them, as far as a user sees and asks for them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from banso.runs.foretelling import FORETOLD
from banso.runs.reading import ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.webkit.permissions import Scope, Staff

NOBODY: Final = "-"  # in an address: no owner, no touch model
STAGES: Final = ("noticed", "open")


@dataclass(frozen=True)
class Renewal:
    """A contract line that falls due, or fell due."""

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
    is_past: bool
    is_noticed: bool
    p_leave: float | None  # null: there is no forecast
    low: float | None
    high: float | None
    basis: str
    renewed: bool | None  # null: the day is not over
    mrr_after: Decimal | None

    @property
    def month(self) -> dt.date:
        """The month in which it is due."""
        return self.due_on.replace(day=1)

    @property
    def mrr_renewed(self) -> Decimal:
        """What renewed of what was due, never more than it; 0 when it did not."""
        if not self.renewed or self.mrr_after is None:
            return Decimal(0)
        return min(self.mrr, self.mrr_after)


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

    def keeps(self, renewal: Renewal) -> bool:
        """Return whether a renewal is asked for, whatever its month."""
        return (
            renewal.currency == self.currency
            and self.owner in ("", renewal.owner or NOBODY)
            and self.touch in ("", renewal.touch or NOBODY)
        )

    def keeps_stage(self, renewal: Renewal) -> bool:
        """Return whether a renewal is in the stage that is asked for."""
        return self.stage in ("", "noticed" if renewal.is_noticed else "open")


def visible_renewals(reader: ReleaseReader, user: Staff) -> list[Renewal]:
    """Return the renewals of the customers that a user sees, by due day."""
    table, now = reader.result(FORETOLD), reader.result("customer_now")
    if table is None or now is None:
        return []
    if user.scope != Scope.ALL:
        seen = customers.visible_customers(user).values_list("pk", flat=True)
        table = table.filter(table.customer_id.isin(sorted(seen)))
    named = now.select("customer_id", "name", "owner", "touch")
    joined = table.left_join(named, "customer_id").drop("customer_id_right")
    ordered = joined.order_by("due_on", "customer_id", "subscription_id")
    return [_renewal(row) for row in reader.fetch(ordered)]


def _renewal(row: Row) -> Renewal:
    key, after, due_on = str(row["customer_id"]), row["mrr_after"], row["due_on"]
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
        is_past=bool(row["is_past"]),
        is_noticed=bool(row["noticed"]),
        p_leave=_number(row["p_leave"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        basis=str(row["basis"] or ""),
        renewed=None if row["renewed"] is None else bool(row["renewed"]),
        mrr_after=None if after is None else Decimal(str(after)),
    )


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
