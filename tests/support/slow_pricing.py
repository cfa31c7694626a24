"""Pricing models once more, customer by customer and month by month, in decimals.

Slow, without an array: what `analytics.simulators.pricing` is checked against.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
TIERS = 3


@dataclass(frozen=True)
class Customer:
    """One customer, in decimals."""

    pays: Decimal
    seats: Decimal
    usage: tuple[Decimal, ...]
    outcomes: tuple[Decimal, ...]
    has_module: bool


@dataclass(frozen=True)
class Terms:
    """The same terms, in decimals."""

    level: Decimal
    fixed_share: Decimal
    premium: Decimal
    licence_months: int


def slow_pricing(
    kind: str, customers: Sequence[Customer], terms: Terms
) -> tuple[list[Decimal], list[Decimal]]:
    """Return what each customer pays in the mean month, and all of them by month."""
    months = len(customers[0].outcomes if kind == "outcome" else customers[0].usage)
    table = [
        [_price(kind, customers, one, month, terms) for month in range(months)]
        for one in customers
    ]
    each = [_rounded(sum(row, ZERO) / months) for row in table]
    return each, [sum(column, ZERO) for column in zip(*table, strict=True)]


def _price(
    kind: str, customers: Sequence[Customer], one: Customer, month: int, terms: Terms
) -> Decimal:
    total = sum((each.pays for each in customers), ZERO) * terms.level
    n = len(customers)
    match kind:
        case "one_off" | "flat":
            return total / n
        case "seat":
            return total / sum((each.seats for each in customers), ZERO) * one.seats
        case "tiered":
            return _tier(customers, one) * terms.level
        case "usage":
            return total / _mean([e.usage for e in customers]) * one.usage[month]
        case "outcome":
            units = _mean([each.outcomes for each in customers])
            return total / units * one.outcomes[month]
        case "hybrid":
            fixed = total * terms.fixed_share
            units = _mean([each.usage for each in customers])
            return fixed / n + (total - fixed) / units * one.usage[month]
        case _:
            return one.pays * (1 + terms.premium if one.has_module else Decimal(1))


def _tier(customers: Sequence[Customer], one: Customer) -> Decimal:
    """Return the mean of those in the tier of one."""
    ordered = sorted(each.seats for each in customers)
    tops = [
        ordered[-(-len(ordered) * part // TIERS) - 1] for part in range(1, TIERS + 1)
    ]

    def tier(seats: Decimal) -> int:
        return sum(top < seats for top in sorted(set(tops)))

    mine = [each.pays for each in customers if tier(each.seats) == tier(one.seats)]
    return sum(mine, ZERO) / len(mine)


def _mean(units: Sequence[tuple[Decimal, ...]]) -> Decimal:
    months = len(units[0])
    return sum((sum(each, ZERO) for each in units), ZERO) / months


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)
