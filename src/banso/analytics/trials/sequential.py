"""Intervals that hold however often they are looked at."""

import math
from typing import Final

ALPHA: Final = 0.01  # what looking while a trial runs may spend
FEWEST_TO_LOOK: Final = 30  # customers in each arm; before, nothing is said


def always_valid(
    effect: float, error: float, *, n: int, planned: int, alpha: float = ALPHA
) -> tuple[float, float]:
    """Return an interval that covers the effect at all looks at once.

    Parameters
    ----------
    effect, error
        The estimate so far and its standard error.
    n
        Customers behind it, in both arms.
    planned
        How many there are to be at the end: there the interval is narrowest beside
        the ordinary one. It must be fixed beforehand.
    alpha
        The chance that any of all the looks misses the effect.

    Returns
    -------
    tuple[float, float]
        Lower and upper limit.

    Notes
    -----
    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas
    (2024), Annals of Statistics 52:2613, Theorem 2.2 with a normal mixture:
    ``error · sqrt((η + 1) / η · log((η + 1) / α²))`` with ``η = n ρ²``; ρ as in their
    section on the choice of ρ, narrowest at `planned`. It is asymptotic: the customers
    at the first look must be many enough (`FEWEST_TO_LOOK`). False alarms of weekly
    looks are counted in tests/truth.

    """
    reach = error * reach_in_errors(n, planned=planned, alpha=alpha)
    return effect - reach, effect + reach


def reach_in_errors(n: int, *, planned: int, alpha: float = ALPHA) -> float:
    """Return how many standard errors the always-valid interval reaches."""
    assert n >= 1, "an estimate has customers"
    assert planned >= 1, "a plan has customers"
    tail = -2 * math.log(alpha)
    rho2 = (tail + math.log(tail + 1)) / planned
    eta = n * rho2
    return math.sqrt((eta + 1) / eta * math.log((eta + 1) / alpha**2))
