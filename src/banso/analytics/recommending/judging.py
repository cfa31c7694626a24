"""How often recommendations would have been right, tried on a day long past."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.intervals import normal_quantile
from banso.analytics.figures.proportions import proportion
from banso.analytics.recommending.adoptions import Adoptions, Profiles
from banso.analytics.recommending.examples import (
    LOOK_DAYS,
    WITHIN_DAYS,
    columns_at,
    history_of,
)
from banso.analytics.recommending.recommending import (
    Learned,
    TooLittle,
    learn,
    ranked_lists,
)

FEWEST_TAKERS = 20  # customers to judge by


@dataclass(frozen=True)
class JudgedRecommendations:
    """One row of the result table ``recommendations_judged``."""

    method: str  # similar | popular | difference
    figure: str  # hit_rate_5
    value: float | None
    low: float | None
    high: float | None
    n: int  # customers that took up and kept anything
    reason: str | None
    have: int | None = None  # of what there is too little: days of use, or customers
    need: int | None = None


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

    Notes
    -----
    Source: docs/definitions/recommendations.md. Checked in
    tests/truth/test_recommendations_found.py.

    """
    assert earlier.items == later.items, "the same items in the same order"
    followed, wanted = later.as_of - earlier.as_of, WITHIN_DAYS + LOOK_DAYS
    if followed < wanted:
        return _unknown(TooLittle("too_short", followed, wanted))
    learned = learn(earlier, profiles, seed=seed)
    if isinstance(learned, TooLittle):
        return _unknown(learned)
    similar, popular = _hits(learned, earlier, later, profiles)
    if len(similar) < FEWEST_TAKERS:
        return _unknown(TooLittle("too_few_adoptions", len(similar), FEWEST_TAKERS))
    return _hit_rates(similar, popular)


def _hits(
    learned: Learned, earlier: Adoptions, later: Adoptions, profiles: Profiles
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each customer that took anything up whether one of five was right."""
    then, now = history_of(earlier, profiles), history_of(later, profiles)
    day, items = then.as_of, learned.similarity.items
    here = then.here(day)
    kept = now.kept(here, day) & then.open_to(here, day)
    takers = kept.any(axis=1)
    here, kept = here[takers], kept[takers][:, items]
    columns = columns_at(then, profiles, here, learned.columns, day=day)
    scores = learned.similarity.scores(columns, here, is_unseen=True)
    lists = ranked_lists(learned, scores)
    is_open = ~then.used(here, day)[:, items]
    similar, popular = (
        _any_right(ranked.best(is_open), kept)
        for ranked in (lists.similar, lists.popular)
    )
    return similar, popular


def _any_right(best: NDArray[np.intp], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    right = np.take_along_axis(kept, np.maximum(best, 0), axis=1) & (best >= 0)
    found: NDArray[np.bool_] = np.logical_or.reduce(right, axis=1)
    return found


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


def _unknown(lack: TooLittle) -> tuple[JudgedRecommendations, ...]:
    return tuple(
        JudgedRecommendations(
            method, "hit_rate_5", None, None, None, 0,
            lack.reason, lack.have, lack.need,
        )
        for method in ("similar", "popular", "difference")
    )  # fmt: skip
