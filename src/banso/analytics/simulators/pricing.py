"""Pricing models on a company's own customers: what each would bring, and from whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

Kind = Literal["one_off", "flat", "seat", "tiered", "usage", "hybrid", "premium"]
KINDS: Final[tuple[Kind, ...]] = (
    "one_off", "flat", "seat", "tiered", "usage", "hybrid", "premium",
)  # fmt: skip
TIERS: Final = 3  # of customers by seats, about as many in each
PLACES: Final = Decimal("0.0001")
ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class Basis:
    """One customer: what it pays a month today, and what could be charged for."""

    customer_id: str
    pays: Decimal  # recurring revenue of a month, in one currency
    seats: Decimal | None = None
    usage: tuple[Decimal, ...] = ()  # by month, the oldest first; all equally many
    has_module: bool = False


@dataclass(frozen=True)
class Terms:
    """How far from revenue-neutral a model is priced, and what serving costs."""

    level: Decimal = Decimal(1)  # times the revenue-neutral price
    fixed_share: Decimal = Decimal("0.5")  # of a hybrid's revenue, from its base price
    premium: Decimal = Decimal("0.1")  # on what users of the module pay
    licence_months: int = 36  # over which a one-off licence is spread
    variable_cost: Decimal = ZERO  # per unit of usage


@dataclass(frozen=True)
class Prices:
    """The prices of a model; what a kind does not use is 0 or empty."""

    base: Decimal = ZERO  # a month, of every customer; of one-off: the licence, once
    unit: Decimal = ZERO  # per seat, or per unit of usage
    tiers: tuple[tuple[Decimal, Decimal], ...] = ()  # (up to so many seats, a month)


@dataclass(frozen=True)
class Priced:
    """One customer under a model: the mean month."""

    customer_id: str
    pays: Decimal
    would_pay: Decimal

    @property
    def rise(self) -> Decimal:
        """By how much it would pay more a month; below 0: less."""
        return self.would_pay - self.pays

    @property
    def change(self) -> float:
        """The rise as a share of what it pays."""
        return float(self.rise / self.pays)


@dataclass(frozen=True)
class Pricing:
    """What a model would bring."""

    prices: Prices
    customers: Sequence[Priced]  # in their order
    months: Sequence[Decimal]  # revenue by month; one month without usage
    cost: Decimal  # variable, of the mean month
    before: Decimal  # revenue of a month today

    @property
    def revenue(self) -> Decimal:
        """Revenue of the mean month."""
        return sum((each.would_pay for each in self.customers), ZERO)

    @property
    def margin(self) -> Decimal:
        """Revenue less the variable cost."""
        return self.revenue - self.cost

    @property
    def swing(self) -> float | None:
        """Standard deviation of revenue from month to month over its mean."""
        return _variation(self.months)

    @property
    def spread(self) -> float | None:
        """Standard deviation between customers over their mean."""
        return _variation([each.would_pay for each in self.customers])

    def rising(self, share: float) -> list[Priced]:
        """Return who would pay more by at least a share, the largest rise first."""
        found = [each for each in self.customers if each.change >= share]
        return sorted(found, key=lambda each: (-each.rise, each.customer_id))


def missing(kind: Kind, customers: Sequence[Basis]) -> str | None:
    """Return what a model needs and the data do not have; null: nothing.

    ``no_customers``, ``no_seats``, ``no_usage`` or ``no_module``. Seats must be known
    of every customer: one without them would pay nothing.
    """
    if not customers or sum((each.pays for each in customers), ZERO) <= 0:
        return "no_customers"
    if kind in {"seat", "tiered"} and not all(each.seats for each in customers):
        return "no_seats"
    if kind in {"usage", "hybrid"} and not _mean_usage(customers):
        return "no_usage"
    if kind == "premium" and not any(each.has_module for each in customers):
        return "no_module"
    return None


def pricing(kind: Kind, customers: Sequence[Basis], terms: Terms) -> Pricing:
    """Return what a model would bring from the customers of today.

    Parameters
    ----------
    kind
        One that nothing is `missing` for.
    customers
        All that pay today, in one currency, each more than 0.
    terms
        At a level of 1 revenue is that of today (but for the premium).

    Notes
    -----
    Source: docs/definitions/pricing-models.md. Nobody is taken to use less, or to
    leave, because of the price. Checked in tests/analytics/simulators by hand.

    """
    assert missing(kind, customers) is None, "a model that the data suffice for"
    prices = _prices(kind, customers, terms)
    months = max(1, len(customers[0].usage))
    table = [
        [_price(kind, prices, each, month, terms) for month in range(months)]
        for each in customers
    ]
    return Pricing(
        prices=prices,
        customers=[
            Priced(each.customer_id, each.pays, _rounded(sum(row, ZERO) / months))
            for each, row in zip(customers, table, strict=True)
        ],
        months=[_rounded(sum(column, ZERO)) for column in zip(*table, strict=True)],
        cost=_rounded(terms.variable_cost * _mean_usage(customers)),
        before=sum((each.pays for each in customers), ZERO),
    )


def _prices(kind: Kind, customers: Sequence[Basis], terms: Terms) -> Prices:
    total = sum((each.pays for each in customers), ZERO) * terms.level
    n = len(customers)
    match kind:
        case "one_off":
            return Prices(base=total / n * terms.licence_months)
        case "flat":
            return Prices(base=total / n)
        case "seat":
            seats = sum((each.seats or ZERO for each in customers), ZERO)
            return Prices(unit=total / seats)
        case "tiered":
            return Prices(tiers=_tiers(customers, terms.level))
        case "usage":
            return Prices(unit=total / _mean_usage(customers))
        case "hybrid":
            fixed = total * terms.fixed_share
            return Prices(fixed / n, (total - fixed) / _mean_usage(customers))
        case "premium":
            return Prices()


def _tiers(
    customers: Sequence[Basis], level: Decimal
) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return tiers by seats: who has equally many is in one; each pays its mean."""
    ordered = sorted(each.seats or ZERO for each in customers)
    tops = [
        ordered[-(-len(ordered) * part // TIERS) - 1] for part in range(1, TIERS + 1)
    ]
    found, below = [], ZERO
    for top in dict.fromkeys(tops):
        mine = [e.pays for e in customers if below < (e.seats or ZERO) <= top]
        if mine:
            found.append((top, sum(mine, ZERO) / len(mine) * level))
        below = top
    return tuple(found)


def _price(kind: Kind, prices: Prices, one: Basis, month: int, terms: Terms) -> Decimal:
    used = one.usage[month] if one.usage else ZERO
    match kind:
        case "one_off":
            return prices.base / terms.licence_months
        case "flat":
            return prices.base
        case "seat":
            return prices.unit * (one.seats or ZERO)
        case "tiered":
            return next(
                price for top, price in prices.tiers if (one.seats or ZERO) <= top
            )
        case "usage" | "hybrid":
            return prices.base + prices.unit * used
        case "premium":
            return one.pays * (1 + terms.premium if one.has_module else Decimal(1))


def _mean_usage(customers: Sequence[Basis]) -> Decimal:
    """Return the usage of all customers in the mean month."""
    months = max((len(each.usage) for each in customers), default=0)
    return sum((sum(each.usage, ZERO) for each in customers), ZERO) / max(1, months)


def _variation(values: Sequence[Decimal]) -> float | None:
    if len(values) < 2:
        return None
    mean = sum(values, ZERO) / len(values)
    if not mean:
        return None
    square = sum(((each - mean) ** 2 for each in values), ZERO) / (len(values) - 1)
    return float(square.sqrt() / mean)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)
