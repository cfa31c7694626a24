"""How many customers a trial needs, how long it takes, and what it can see."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
POWER: Final = 0.80
_STEPS = 60  # halvings: far below one customer in a million


@dataclass(frozen=True)
class ArmSizes:
    """Customers in each arm."""

    treated: int
    held_out: int

    @property
    def total(self) -> int:
        """Customers in both arms."""
        return self.treated + self.held_out

    @property
    def smaller(self) -> int:
        """Customers in the smaller arm."""
        return min(self.treated, self.held_out)


def arm_sizes(
    rate: float,
    expected: float,
    *,
    share_held_out: float = 0.5,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> ArmSizes:
    """Return how many customers a trial of two rates needs.

    Parameters
    ----------
    rate
        Share of those held out who will have the outcome, strictly within 0..1.
    expected
        The share of those treated that is to be told from it, strictly within 0..1.
    share_held_out
        Share of the customers who are held out, strictly within 0..1.
    power
        Chance to find the difference when it is there.
    confidence
        Of the two-sided interval that must not contain 0.

    Returns
    -------
    ArmSizes
        Each rounded up: 33 % against 28 % in equal arms needs 1,328 in each.

    Raises
    ------
    ValueError
        A share is not within 0..1, or both rates are the same.

    Notes
    -----
    The normal approximation with unpooled variances: the total is
    ``(z_{1-a/2} + z_power)² · (p0·q0 / s + p1·q1 / (1 - s)) / (p0 - p1)²`` with `s` the
    share held out. Source: Chow, Shao & Wang (2008), Sample Size Calculations in
    Clinical Research, 4.2.2 (65 % against 85 %: 70 in each arm);
    docs/definitions/trials.md. Checked by hand in tests/analytics/trials.

    """
    for share in (rate, expected, share_held_out, power, confidence):
        if not 0 < share < 1:
            raise ValueError(f"{share} is not strictly within 0 and 1")
    if rate == expected:
        raise ValueError("the same rate in both arms cannot be told apart")
    total = (_reach(power, confidence) / (rate - expected)) ** 2
    total *= _spread(rate, expected, share_held_out)
    return ArmSizes(
        treated=math.ceil(round(total * (1 - share_held_out), 9)),
        held_out=math.ceil(round(total * share_held_out, 9)),
    )


def planned_total(smaller: int, share_held_out: float) -> int:
    """Return the customers of both arms, from those of the smaller one."""
    return math.ceil(round(smaller / min(share_held_out, 1 - share_held_out), 9))


def detectable_rate(
    rate: float,
    total: int,
    *,
    share_held_out: float = 0.5,
    is_good: bool = False,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> float | None:
    """Return the nearest rate of the treated that so many customers can tell.

    Parameters
    ----------
    rate
        Share of those held out who will have the outcome, strictly within 0..1.
    total
        Customers in both arms, at least 1.
    share_held_out, power, confidence
        As in `arm_sizes`.
    is_good
        Whether a play is to raise the rate; otherwise it is to lower it.

    Returns
    -------
    float or None
        None when not even everybody or nobody with the outcome could be told.

    """
    near, far = rate, 1.0 if is_good else 0.0
    reach = _reach(power, confidence)

    def is_told(other: float) -> bool:
        error = math.sqrt(_spread(rate, other, share_held_out) / total)
        return abs(other - rate) >= reach * error

    if not is_told(far):
        return None
    for _ in range(_STEPS):
        middle = (near + far) / 2
        near, far = (near, middle) if is_told(middle) else (middle, far)
    return far


@dataclass(frozen=True)
class Inflow:
    """Openings of a signal that were seen."""

    openings: float
    customers: int  # different ones
    weeks: float

    def weeks_for(self, total: int) -> float | None:
        """Return how many weeks bring so many *different* customers.

        A signal opens again at customers who are in the trial already, so the more are
        in, the slower new ones come. Openings are taken to fall on K customers by
        chance, with K such that the different ones seen are those expected:
        ``customers = K (1 - exp(-openings / K))``.

        Returns
        -------
        float or None
            None when there are fewer such customers than wanted, or no openings.

        """
        if self.openings <= 0 or self.weeks <= 0 or self.customers <= 0:
            return None
        a_week = self.openings / self.weeks
        reachable = self.reachable
        if math.isinf(reachable):
            return total / a_week
        if total >= reachable:
            return None
        return -reachable / a_week * math.log(1 - total / reachable)

    def customers_within(self, weeks: float) -> float:
        """Return how many different customers so many weeks bring."""
        if self.openings <= 0 or self.weeks <= 0 or self.customers <= 0:
            return 0.0
        fired = self.openings / self.weeks * weeks
        reachable = self.reachable
        if math.isinf(reachable):
            return fired
        return reachable * (1 - math.exp(-fired / reachable))

    @property
    def reachable(self) -> float:
        """How many different customers the signal can open at, as far as is known."""
        if self.customers >= self.openings:
            return math.inf
        low, high = float(self.customers), float(self.customers)
        while high * (1 - math.exp(-self.openings / high)) < self.customers:
            high *= 2
            if high > self.openings**2 * 2:
                return math.inf
        for _ in range(_STEPS):
            middle = (low + high) / 2
            seen = middle * (1 - math.exp(-self.openings / middle))
            low, high = (middle, high) if seen < self.customers else (low, middle)
        return high


def _reach(power: float, confidence: float) -> float:
    normal = NormalDist()
    return normal.inv_cdf(0.5 + confidence / 2) + normal.inv_cdf(power)


def _spread(rate: float, other: float, share_held_out: float) -> float:
    """Return the variance of the difference, times the customers of both arms."""
    held_out = rate * (1 - rate) / share_held_out
    return held_out + other * (1 - other) / (1 - share_held_out)
