"""Recommending what customers like this one take up next, and then stay with."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import normal_quantile
from banso.analytics.figures.proportions import proportion
from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles
from banso.analytics.recommending.examples import (
    LOOK_DAYS,
    WITHIN_DAYS,
    History,
    columns_at,
    examples_of,
    history_of,
    moments,
)
from banso.analytics.recommending.similarity import Similarity, similarity_of

TOP = 5
MOST_EXAMPLES = 10_000
CHUNK = 10_000  # customers at a time
FEWEST_TAKERS = 20  # customers to judge by


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
        Of the choice of examples and the folds of customers.

    Returns
    -------
    tuple[Recommendation, ...]
        At most five for each customer, by chance; never what it has used before.
        Nothing when history is too short, or nothing is taken up often enough.

    Notes
    -----
    Source: docs/definitions/recommendations.md. Checked in
    tests/truth/test_recommendations_found.py.

    """
    history = history_of(adoptions, profiles)
    similarity = _learned(history, profiles, seed)
    if similarity is None:
        return ()
    everyone = history.here(history.as_of)
    found: list[Recommendation] = []
    for start in range(0, len(everyone), CHUNK):
        customers = everyone[start : start + CHUNK]
        lists = _lists(history, profiles, similarity, customers)
        for row, customer in enumerate(customers):
            found += [
                Recommendation(
                    int(customer), history.as_of, rank,
                    adoptions.items[similarity.items[place]], *chance,
                    None if is_better else "no_better",
                )
                for rank, (place, chance) in enumerate(
                    _best(lists, row, is_better=is_better), start=1
                )
            ]  # fmt: skip
    return tuple(found)


def judged_recommendations(
    earlier: Adoptions, later: Adoptions, profiles: Profiles, *, seed: int = 0
) -> tuple[JudgedRecommendations, ...]:
    """Return how often recommendations would have been right, beside the popular ones.

    Parameters
    ----------
    earlier
        What was known on the day of the trial: all that the recommendations see.
    later
        What is known now, at least 174 days later: what came of them. The same items.
    profiles
        The customers.
    seed
        Of the choice of examples and the folds of customers.

    Returns
    -------
    tuple[JudgedRecommendations, ...]
        ``hit_rate_5`` of ``similar``, of ``popular``, and of their difference: the
        share of customers for whom one of the five was taken up and kept, among those
        that took up and kept anything new. Each customer gets its five from fits that
        it had no part in. The reason of the difference is null when similarity is
        better, ``no_better`` when its interval reaches 0; of all three: ``too_short``,
        ``too_few_adoptions``.

    """
    assert earlier.items == later.items, "the same items in the same order"
    then, now = history_of(earlier, profiles), history_of(later, profiles)
    if now.as_of < then.as_of + WITHIN_DAYS + LOOK_DAYS or not moments(then):
        return _unknown("too_short", 0)
    similarity = _learned(then, profiles, seed)
    if similarity is None:
        return _unknown("too_few_adoptions", 0)
    here = then.here(then.as_of)
    kept = now.kept(here, then.as_of) & ~then.used(here, then.as_of)
    takers = kept.any(axis=1)
    if np.count_nonzero(takers) < FEWEST_TAKERS:
        return _unknown("too_few_adoptions", int(np.count_nonzero(takers)))
    here, kept = here[takers], kept[takers][:, similarity.items]
    lists = _lists(then, profiles, similarity, here, is_unseen=True)
    similar, popular = (
        np.array(
            [
                bool(kept[row, _first(shares.order[row], lists.open_to[row])].any())
                for row in range(len(here))
            ]
        )
        for shares in (lists.similar, lists.popular)
    )
    return _hit_rates(similar, popular)


@dataclass(frozen=True)
class _Ranked:
    order: NDArray[np.intp]  # (n, j) places of the items, the best first
    steps: NDArray[np.intp]  # (n, j) the step that each item's chance is read from
    shares: tuple[tuple[Estimate, ...], ...]  # (j,) of each item, by step


@dataclass(frozen=True)
class _Lists:
    similar: _Ranked
    popular: _Ranked
    open_to: NDArray[np.bool_]  # (n, j) not used before


def _learned(history: History, profiles: Profiles, seed: int) -> Similarity | None:
    if not moments(history):
        return None
    examples = examples_of(history, profiles, at_most=MOST_EXAMPLES, seed=seed)
    return similarity_of(examples, customers=len(profiles.first_day), seed=seed)


def _lists(
    history: History,
    profiles: Profiles,
    similarity: Similarity,
    customers: NDArray[np.intp],
    *,
    is_unseen: bool = False,
) -> _Lists:
    columns = columns_at(history, profiles, customers, day=history.as_of)
    scores = similarity.scores(columns, customers, is_unseen=is_unseen)
    steps = similarity.steps_at(scores)
    own = tuple(tuple(step.share for step in item) for item in similarity.steps)
    chances = np.empty(scores.shape)
    for place, shares in enumerate(own):
        chances[:, place] = np.array([_value(share) for share in shares])[
            steps[:, place]
        ]
    usual = np.array([_value(share) for share in similarity.popular])
    by_usual = np.broadcast_to(np.argsort(-usual, kind="stable"), scores.shape)
    return _Lists(
        # By chance, then by score, then in the order of the items.
        similar=_Ranked(np.lexsort((-scores, -chances), axis=1), steps, own),
        popular=_Ranked(
            by_usual,
            np.zeros_like(steps),
            tuple((share,) for share in similarity.popular),
        ),
        open_to=~history.used(customers, history.as_of)[:, similarity.items],
    )


def _best(
    lists: _Lists, row: int, *, is_better: bool
) -> Iterator[tuple[int, tuple[float, float, float, int]]]:
    """Yield place and chance of a customer's items; nothing that nobody took up."""
    ranked = lists.similar if is_better else lists.popular
    for place in _first(ranked.order[row], lists.open_to[row]):
        share = ranked.shares[place][int(ranked.steps[row, place])]
        if share.value and share.low is not None and share.high is not None:
            yield int(place), (share.value, share.low, share.high, share.n)


def _value(share: Estimate) -> float:
    return -1.0 if share.value is None else share.value


def _first(order: NDArray[np.intp], open_to: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the best five places among those that are open to the customer."""
    return order[open_to[order]][:TOP]


def _hit_rates(
    similar: NDArray[np.bool_], popular: NDArray[np.bool_]
) -> tuple[JudgedRecommendations, ...]:
    n = len(similar)
    gain = similar.astype(np.float64) - popular
    value = float(gain.mean())
    reach = normal_quantile() * float(gain.std(ddof=1)) / n**0.5
    rows = [
        (name, proportion(int(hits.sum()), n))
        for name, hits in (("similar", similar), ("popular", popular))
    ]
    reason = None if value - reach > 0 else "no_better"
    return (
        *(
            JudgedRecommendations(
                name, "hit_rate_5", found.value, found.low, found.high, n, found.reason
            )
            for name, found in rows
        ),
        JudgedRecommendations(
            "difference", "hit_rate_5", value, value - reach, value + reach, n, reason
        ),
    )


def _unknown(reason: str, n: int) -> tuple[JudgedRecommendations, ...]:
    return tuple(
        JudgedRecommendations(method, "hit_rate_5", None, None, None, n, reason)
        for method in ("similar", "popular", "difference")
    )
