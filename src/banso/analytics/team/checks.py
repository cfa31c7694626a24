"""The four pitfalls of customer success as checks, each with its figure and limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Pitfall = Literal["bound", "bloated", "reactive", "wandering"]
LIMITS: Final[Mapping[Pitfall, float]] = {
    "bound": 0.3,  # at most this share of customers hangs on one person
    "bloated": 0.1,  # at most this share costs more than `DEAR` of what it pays
    "reactive": 0.5,  # at least this share of the work is begun by us
    "wandering": 6.0,  # at most so many versions of definitions in 90 days
}
DEAR: Final = 0.25  # of what a customer pays in a year
FEWEST_CONTACTS: Final = 3  # below, one contact or one CSM alone says nothing
FEWEST: Final = 10  # customers, or contacts, below which a check says nothing


@dataclass(frozen=True)
class TeamCheck:
    """A row of ``team_checks``."""

    pitfall: str
    figure: float | None
    limit: float
    is_over: bool | None  # null: nothing can be said
    k: int  # of `n`, those that count
    n: int
    reason: str | None  # too_few, no_costs, no_initiative


def checked(
    pitfall: Pitfall, k: int, n: int, *, reason: str | None = None
) -> TeamCheck:
    """Return a check of a share, or that too little is known.

    Parameters
    ----------
    pitfall
        Which.
    k, n
        So many of so many. Of ``reactive`` a share below the limit is a finding, of
        the others one above it.
    reason
        Why there is nothing to count, when there is not.

    """
    limit = LIMITS[pitfall]
    if reason is None and n < FEWEST:
        reason = "too_few"
    if reason is not None:
        return TeamCheck(pitfall, None, limit, None, k, n, reason)
    share = k / n
    over = share < limit if pitfall == "reactive" else share > limit
    return TeamCheck(pitfall, share, limit, over, k, n, None)


def wandering(versions: int) -> TeamCheck:
    """Return whether the definitions were changed too often within 90 days."""
    limit = LIMITS["wandering"]
    over = versions > limit
    return TeamCheck(
        "wandering", float(versions), limit, over, versions, versions, None
    )
