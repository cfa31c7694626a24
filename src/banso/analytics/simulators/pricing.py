"""Pricing models on a company's own customers: what each would bring, and from whom."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal[
    "one_off", "flat", "seat", "tiered", "usage", "hybrid", "outcome", "premium"
]
KINDS: Final[tuple[Kind, ...]] = (
    "one_off", "flat", "seat", "tiered", "usage", "hybrid", "outcome", "premium",
)  # fmt: skip
TIERS: Final = 3  # of customers by seats, about as many in each
UNITS: Final = 10_000  # of money in 1: amounts are whole numbers of four places
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


def _no_months() -> Floats:
    return np.empty((0, 0))


@dataclass(frozen=True, eq=False)
class Basis:
    """Customers: what they pay a month today, and what could be charged for."""

    pays: Whole  # (n,) recurring revenue of a month, in one currency and `UNITS`
    seats: Floats  # (n,) NaN or 0: not known
    usage: Floats = field(default_factory=_no_months)  # (n, m) by month, oldest first
    outcomes: Floats = field(default_factory=_no_months)  # (n, k) likewise
    has_module: Flags = field(default_factory=lambda: np.empty(0, dtype=np.bool_))

    @property
    def total(self) -> float:
        """What all of them pay a month."""
        return float(self.pays.sum()) / UNITS

    @cached_property
    def mean_usage(self) -> Floats:
        """(n,) usage of the mean month; 0 without any."""
        return _mean_month(self.usage, len(self.pays))

    @cached_property
    def mean_outcomes(self) -> Floats:
        """(n,) outcomes of the mean month; 0 without any."""
        return _mean_month(self.outcomes, len(self.pays))

    @property
    def all_usage(self) -> float:
        """Usage of all customers in the mean month."""
        return float(self.mean_usage.sum())

    @property
    def all_outcomes(self) -> float:
        """Outcomes of all customers in the mean month."""
        return float(self.mean_outcomes.sum())


def _mean_month(months: Floats, customers: int) -> Floats:
    if not months.size:
        return np.zeros(customers)
    return np.asarray(months.mean(axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Terms:
    """How far from revenue-neutral a model is priced, and what serving costs."""

    level: float = 1.0  # times the revenue-neutral price
    fixed_share: float = 0.5  # of a hybrid's revenue, from its base price
    premium: float = 0.1  # on what users of the module pay
    licence_months: int = 36  # over which a one-off licence is spread
    variable_cost: float = 0.0  # per unit of usage


@dataclass(frozen=True)
class Prices:
    """The prices of a model; what a kind does not use is 0 or empty."""

    base: float = 0.0  # a month, of every customer; of one-off: the licence, once
    unit: float = 0.0  # per seat, or per unit of usage or outcome
    tiers: tuple[tuple[float, float], ...] = ()  # (up to so many seats, a month)


@dataclass(frozen=True, eq=False)
class Pricing:
    """What a model would bring."""

    prices: Prices
    pays: Whole  # (n,) today, in `UNITS`
    would_pay: Whole  # (n,) in the mean month, in `UNITS`
    months: Floats  # revenue by month; one month without usage
    cost: float  # variable, of the mean month

    @property
    def before(self) -> Decimal:
        """Revenue of a month today."""
        return Decimal(int(self.pays.sum())) / UNITS

    @property
    def revenue(self) -> Decimal:
        """Revenue of the mean month."""
        return Decimal(int(self.would_pay.sum())) / UNITS

    @property
    def margin(self) -> float:
        """Revenue less the variable cost."""
        return float(self.revenue) - self.cost

    @cached_property
    def rise(self) -> Whole:
        """(n,) by how much each would pay more a month, in `UNITS`; below 0: less."""
        return self.would_pay - self.pays

    @cached_property
    def change(self) -> Floats:
        """(n,) the rise as a share of what each pays."""
        return np.asarray(self.rise / self.pays, dtype=np.float64)

    @property
    def swing(self) -> float | None:
        """Standard deviation of revenue from month to month over its mean."""
        return _variation(self.months)

    @property
    def spread(self) -> float | None:
        """Standard deviation between customers over their mean."""
        return _variation(self.would_pay / UNITS)

    def rising(self, share: float) -> Flags:
        """Return (n,) who would pay more by at least a share."""
        return np.asarray(self.change >= share, dtype=np.bool_)

    def largest(self, chosen: Flags, *, most: int, falls: bool = False) -> Whole:
        """Return the places of those whose price rises (or falls) most.

        Parameters
        ----------
        chosen
            (n,) of whom.
        most
            How many at most; nobody whose price stays.
        falls
            Those that would pay less.

        """
        size = -self.rise if falls else self.rise
        places = np.flatnonzero(chosen & (size > 0))
        if len(places) > most:
            # A tie at the end is decided by the order of the customers.
            edge = np.partition(size[places], -most)[-most]
            places = places[size[places] >= edge]
        ordered = places[np.argsort(-size[places], kind="stable")]
        return np.asarray(ordered[:most], dtype=np.int64)


def missing(kind: Kind, basis: Basis) -> str | None:
    """Return what a model needs and the data do not have; null: nothing.

    ``no_customers``, ``no_seats``, ``no_usage``, ``no_outcomes`` or ``no_module``.
    Seats must be known of every customer: one without them would pay nothing.
    """
    if not len(basis.pays) or basis.total <= 0:
        return "no_customers"
    if kind in {"seat", "tiered"} and not (np.nan_to_num(basis.seats) > 0).all():
        return "no_seats"
    if kind in {"usage", "hybrid"} and not basis.all_usage:
        return "no_usage"
    if kind == "outcome" and not basis.all_outcomes:
        return "no_outcomes"
    if kind == "premium" and not basis.has_module.any():
        return "no_module"
    return None


def pricing(kind: Kind, basis: Basis, terms: Terms) -> Pricing:
    """Return what a model would bring from the customers of today.

    Parameters
    ----------
    kind
        One that nothing is `missing` for.
    basis
        All that pay today, in one currency, each more than 0.
    terms
        At a level of 1 revenue is that of today (but for the premium).

    Notes
    -----
    Source: docs/definitions/pricing-models.md. Nobody is taken to use less, or to
    leave, because of the price. What each customer would pay is rounded half up to four
    places and added up as whole numbers. Checked in tests/analytics/simulators by hand
    and against a slow program in decimals.

    """
    assert missing(kind, basis) is None, "a model that the data suffice for"
    prices = _prices(kind, basis, terms)
    mean = _would_pay(kind, prices, basis, terms)
    return Pricing(
        prices=prices,
        pays=basis.pays,
        would_pay=np.asarray(np.floor(mean * UNITS + 0.5), dtype=np.int64),
        months=_months(kind, prices, basis, float(mean.sum())),
        cost=terms.variable_cost * basis.all_usage,
    )


def _prices(kind: Kind, basis: Basis, terms: Terms) -> Prices:
    total, n = basis.total * terms.level, len(basis.pays)
    match kind:
        case "one_off":
            return Prices(base=total / n * terms.licence_months)
        case "flat":
            return Prices(base=total / n)
        case "seat":
            return Prices(unit=total / float(basis.seats.sum()))
        case "tiered":
            return Prices(tiers=_tiers(basis, terms.level))
        case "usage":
            return Prices(unit=total / basis.all_usage)
        case "hybrid":
            fixed = total * terms.fixed_share
            return Prices(fixed / n, (total - fixed) / basis.all_usage)
        case "outcome":
            return Prices(unit=total / basis.all_outcomes)
        case "premium":
            return Prices()


def _tiers(basis: Basis, level: float) -> tuple[tuple[float, float], ...]:
    """Return tiers by seats: who has equally many is in one; each pays its mean."""
    ordered = np.sort(basis.seats)
    n = len(ordered)
    tops = [float(ordered[-(-n * part // TIERS) - 1]) for part in range(1, TIERS + 1)]
    found, below = [], 0.0
    for top in dict.fromkeys(tops):
        mine = (basis.seats > below) & (basis.seats <= top)
        if mine.any():
            found.append((top, float(basis.pays[mine].mean()) / UNITS * level))
        below = top
    return tuple(found)


def _would_pay(kind: Kind, prices: Prices, basis: Basis, terms: Terms) -> Floats:
    """Return (n,) what each customer pays in the mean month."""
    match kind:
        case "one_off":
            return np.full(len(basis.pays), prices.base / terms.licence_months)
        case "flat":
            return np.full(len(basis.pays), prices.base)
        case "seat":
            return prices.unit * basis.seats
        case "tiered":
            tops, each = (np.array(part) for part in zip(*prices.tiers, strict=True))
            place = np.searchsorted(tops, basis.seats)
            return np.asarray(each[place], dtype=np.float64)
        case "usage" | "hybrid":
            return prices.base + prices.unit * basis.mean_usage
        case "outcome":
            return prices.unit * basis.mean_outcomes
        case "premium":
            factor = np.where(basis.has_module, 1 + terms.premium, 1.0)
            return np.asarray(basis.pays * factor / UNITS, dtype=np.float64)


def _months(kind: Kind, prices: Prices, basis: Basis, mean: float) -> Floats:
    """Return revenue by month: what does not follow a unit is the same in each."""
    match kind:
        case "usage" | "hybrid":
            units = basis.usage.sum(axis=0)
        case "outcome":
            units = basis.outcomes.sum(axis=0)
        case _:
            return np.full(max(1, basis.usage.shape[1]), mean)
    found = prices.base * len(basis.pays) + prices.unit * units
    return np.asarray(found, dtype=np.float64)


def _variation(values: Floats) -> float | None:
    if len(values) < 2:
        return None
    mean = float(values.mean())
    return float(values.std(ddof=1)) / mean if mean else None
