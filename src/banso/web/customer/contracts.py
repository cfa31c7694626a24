"""What a customer has under contract, and what it was billed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from banso.runs.reading import ReleaseReader, Row, Slice
from banso.web.customer import words
from banso.webkit import formatting

_KINDS = ("recurring", "usage", "one_off", "outcome", "discount", "refund", "")


@dataclass(frozen=True)
class ContractLine:
    """One span of one contract line at one price."""

    product: str
    plan: str
    model: str
    seats: str
    mrr: str
    started: str
    ended: str
    renews: str
    notice: str
    state: str  # running, upcoming, ended
    state_word: str
    subscription_id: str
    reason: str


@dataclass(frozen=True)
class ChargeMonth:
    """What was billed in a month in one currency."""

    month: str
    amounts: Sequence[str]  # by kind, as in `Contracts.kinds`
    total: str


@dataclass(frozen=True)
class Contracts:
    """Contract lines and charges."""

    has_subscriptions: bool
    lines: Sequence[ContractLine]
    has_charges: bool
    kinds: Sequence[str]
    months: Sequence[ChargeMonth]


def contracts_of(reader: ReleaseReader, customer_id: str) -> Contracts:
    """Return the contract of a customer as of the release."""
    as_of = reader.release.as_of
    lines = [_line(row, as_of) for row in reader.facts("subscriptions", customer_id)]
    order = {"running": 0, "upcoming": 1, "ended": 2}
    lines.sort(key=lambda line: order[line.state])
    kinds, months = _charges(reader, customer_id, as_of)
    return Contracts(
        has_subscriptions=reader.has("subscriptions"),
        lines=lines,
        has_charges=reader.has("charges"),
        kinds=kinds,
        months=months,
    )


def line_state(row: Row, as_of: dt.date) -> str:
    """Return whether a contract line is ``running``, ``upcoming`` or ``ended``."""
    started, ended = row["started_on"], row["ended_on"]
    if isinstance(ended, dt.date) and ended <= as_of:
        return "ended"
    if isinstance(started, dt.date) and started > as_of:
        return "upcoming"
    return "running"


def _line(row: Row, as_of: dt.date) -> ContractLine:
    started, ended = row["started_on"], row["ended_on"]
    state = line_state(row, as_of)
    currency = str(row["currency"] or settings.BANSO_CURRENCY)
    return ContractLine(
        product=str(row["product"] or ""),
        plan=str(row["plan"] or ""),
        model=words.choice(row["revenue_model"]),
        seats=formatting.number(row["seats"]),  # type: ignore[arg-type]
        mrr=formatting.money(row["mrr"], currency),  # type: ignore[arg-type]
        started=formatting.day(started),  # type: ignore[arg-type]
        ended=formatting.day(ended) if ended else "",  # type: ignore[arg-type]
        renews=formatting.day(row["renews_on"]) if state != "ended" else "",  # type: ignore[arg-type]
        notice=formatting.day(row["cancelled_on"]) if row["cancelled_on"] else "",  # type: ignore[arg-type]
        state=state,
        state_word=_STATES[state](),
        subscription_id=str(row["subscription_id"]),
        reason=str(row["ended_reason"] or ""),
    )


_STATES = {
    "running": lambda: _("Running"),
    "upcoming": lambda: _("Not started yet"),
    "ended": lambda: _("Ended"),
}


def _charges(
    reader: ReleaseReader, customer_id: str, as_of: dt.date
) -> tuple[list[str], list[ChargeMonth]]:
    """Return the last twelve months, the newest first, with a column per kind."""
    first = _months_before(as_of, 11)
    only = Slice(since=first, until=as_of + dt.timedelta(days=1))
    sums: dict[tuple[dt.date, str], dict[str, Decimal]] = defaultdict(dict)
    for row in reader.facts("charges", customer_id, only=only):
        day, amount = row["charged_on"], row["amount"]
        assert isinstance(day, dt.date)
        assert isinstance(amount, Decimal)
        currency = str(row["currency"] or settings.BANSO_CURRENCY)
        of_month = sums[day.replace(day=1), currency]
        kind = str(row["kind"] or "")
        of_month[kind] = of_month.get(kind, Decimal(0)) + amount
    kinds = [kind for kind in _KINDS if any(kind in of for of in sums.values())]
    months = [
        ChargeMonth(
            month=formatting.month(month),
            amounts=[
                formatting.money(of[kind], currency) if kind in of else ""
                for kind in kinds
            ],
            total=formatting.money(sum(of.values(), Decimal(0)), currency),
        )
        for (month, currency), of in sorted(sums.items(), reverse=True)
    ]
    return [words.choice(kind) or _("Kind not known") for kind in kinds], months


def _months_before(day: dt.date, months: int) -> dt.date:
    place = day.year * 12 + day.month - 1 - months
    return dt.date(place // 12, place % 12 + 1, 1)
