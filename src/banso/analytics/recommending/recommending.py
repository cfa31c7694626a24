"""Recommending what customers like this one take up next, and then stay with."""

from dataclasses import dataclass

from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles

WITHIN_DAYS = 90  # "next"
STAY_DAYS = 56  # "stay": a use on a day at least so long after the first…
LOOK_DAYS = 84  # …which is known so long after the first
TOP = 5


@dataclass(frozen=True)
class Recommendation:
    """One row of the result table ``recommendations``, with the customer's position."""

    customer: int
    as_of: int
    rank: int  # 1 is the first
    item: Item
    chance: float  # that it is taken up within 90 days and still used 8 weeks later
    low: float
    high: float
    peers: int  # customers that the chance was counted among
    reason: str | None  # no_better: these are simply the most popular


@dataclass(frozen=True)
class JudgedRecommendations:
    """One row of the result table ``recommendations_judged``."""

    method: str  # similar | popular | difference
    figure: str  # hit_rate_5
    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None


def recommend(
    adoptions: Adoptions, profiles: Profiles, *, is_better: bool, seed: int = 0
) -> tuple[Recommendation, ...]:
    """Return what to recommend to each customer that is there.

    Parameters
    ----------
    adoptions
        What is known on the day.
    profiles
        The customers.
    is_better
        Whether `judged_recommendations` found similarity better than popularity;
        otherwise the most popular are recommended, with the reason ``no_better``.
    seed
        Of the folds of customers.

    Returns
    -------
    tuple[Recommendation, ...]
        At most five for each customer, by chance; never what it has used before.
        Nothing when history is too short, or nothing is taken up often enough.

    """
    raise NotImplementedError


def judged_recommendations(
    earlier: Adoptions, later: Adoptions, profiles: Profiles, *, seed: int = 0
) -> tuple[JudgedRecommendations, ...]:
    """Return how often recommendations would have been right, beside the popular ones.

    Parameters
    ----------
    earlier
        What was known on the day of the trial: all that the recommendations see.
    later
        What is known now, at least 174 days later: what came of them.
    profiles
        The customers.
    seed
        Of the folds of customers.

    Returns
    -------
    tuple[JudgedRecommendations, ...]
        ``hit_rate_5`` of ``similar``, of ``popular``, and of their difference: the
        share of customers for whom one of the five was taken up and kept, among those
        that took up and kept anything new. The reason of the difference is null when
        similarity is better, ``no_better`` when its interval reaches 0; of all three:
        ``too_short``, ``too_few_adoptions``.

    """
    raise NotImplementedError
