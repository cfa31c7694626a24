"""Recommending what customers like this one take up next, and then stay with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles
from banso.analytics.recommending.examples import (
    TENURE_DAYS,
    Columns,
    History,
    columns_at,
    examples_of,
    history_of,
    moments,
    telling_items,
)
from banso.analytics.recommending.similarity import (
    FEWEST_KEPT,
    Similarity,
    most_takers,
    similarity_of,
)

Floats = NDArray[np.float64]
TOP = 5
MOST_EXAMPLES = 10_000
CHUNK = 2_000  # customers at a time
MOST_REASONS = 3
WORTH_SAYING = 0.005  # half a percentage point


@dataclass(frozen=True)
class Learned:
    """What past moments taught: all that is needed to recommend on a later day."""

    items: tuple[Item, ...]
    columns: Columns
    usual: Floats  # (p,) the mean of each column, which reasons are measured from
    similarity: Similarity

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What each column names: a kind of item or a trait, and which of them.

        The columns of breadth and of years in use have no value.
        """
        telling = [self.items[place] for place in self.columns.telling]
        levels = [
            (key, level) for key, levels in self.columns.traits for level in levels
        ]
        return (
            *((item.kind, item.name) for item in telling),
            ("breadth", ""),
            *(("tenure", "") for _age in range(len(TENURE_DAYS) + 1)),
            *levels,
        )


@dataclass(frozen=True)
class TooLittle:
    """Why nothing can be learned: what there is, and what is needed."""

    reason: Literal["too_short", "too_few_adoptions"]
    have: int  # days of use that are known; customers that kept the most kept item
    need: int


@dataclass(frozen=True)
class Recommended:
    """Recommendations: m rows in the order of customer and rank."""

    customer: NDArray[np.intp]  # (m,) position in the profiles
    rank: NDArray[np.intp]  # (m,) 1 is the first
    item: NDArray[np.intp]  # (m,) position in the items
    chance: Floats  # (m,) that it is taken up within 90 days and kept
    low: Floats
    high: Floats
    peers: NDArray[np.int64]  # (m,) customers that the chance was counted among
    because: NDArray[np.int64]  # (m, 3) columns that speak for it most; -1: none
    points: Floats  # (m, 3) what each adds to the score, against what is usual

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.customer)


def learn(
    adoptions: Adoptions, profiles: Profiles, *, seed: int = 0
) -> Learned | TooLittle:
    """Return what past moments teach, or why they teach nothing.

    Parameters
    ----------
    adoptions
        What is known on the day.
    profiles
        The customers.
    seed
        Of the choice of examples and the folds of customers.

    Returns
    -------
    Learned | TooLittle
        ``too_short``: there is no moment whose outcome is known.
        ``too_few_adoptions``: nothing is taken up, and kept, by enough customers.

    """
    history = history_of(adoptions, profiles)
    days = moments(history)
    if not any(len(history.here(day)) for day in days):
        return TooLittle("too_short", *history.days_of_use)
    traits = tuple((trait.key, trait.levels) for trait in profiles.traits)
    columns = Columns(telling_items(history), traits)
    examples = examples_of(history, profiles, columns, at_most=MOST_EXAMPLES, seed=seed)
    similarity = similarity_of(examples, customers=len(profiles.first_day), seed=seed)
    if similarity is None:
        return TooLittle("too_few_adoptions", most_takers(examples), FEWEST_KEPT)
    usual: Floats = examples.columns.mean(axis=0)
    return Learned(adoptions.items, columns, usual, similarity)


def recommend(
    learned: Learned, adoptions: Adoptions, profiles: Profiles, *, is_better: bool
) -> Recommended:
    """Return what to recommend to each customer that is there.

    Parameters
    ----------
    learned
        From an earlier day, or this one; of the same items and traits.
    adoptions
        What is known on the day.
    profiles
        The customers.
    is_better
        Whether `judged_recommendations` found similarity better than popularity;
        otherwise the most popular are recommended, and nothing speaks for them.

    Returns
    -------
    Recommended
        At most five for each customer, by chance; never what it has used before, nor
        what nobody took up.

    Notes
    -----
    Source: docs/definitions/recommendations.md. Checked in
    tests/truth/test_recommendations_found.py.

    """
    assert learned.items == adoptions.items, "the same items in the same order"
    history = history_of(adoptions, profiles)
    everyone = history.here(history.as_of)
    found = [
        _recommended(learned, history, profiles, part, is_better=is_better)
        for part in _chunks(everyone)
    ]
    names = list(Recommended.__dataclass_fields__)
    return Recommended(
        *(np.concatenate([getattr(part, name) for part in found]) for name in names)
    )


def users_of(adoptions: Adoptions, profiles: Profiles) -> tuple[NDArray[np.int64], int]:
    """Return how many of those there use each item or have used it; and how many all.

    The day is that of the adoptions; what a customer has ever used counts.
    """
    history = history_of(adoptions, profiles)
    here = history.here(history.as_of)
    return history.used(here, history.as_of).sum(axis=0), len(here)


def _chunks(everyone: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    for start in range(0, max(len(everyone), 1), CHUNK):
        yield everyone[start : start + CHUNK]


def _recommended(
    learned: Learned,
    history: History,
    profiles: Profiles,
    customers: NDArray[np.intp],
    *,
    is_better: bool,
) -> Recommended:
    similarity = learned.similarity
    columns = columns_at(
        history, profiles, customers, learned.columns, day=history.as_of
    )
    scores = similarity.scores(columns, customers, is_unseen=False)
    lists = ranked_lists(learned, scores)
    is_open = ~history.used(customers, history.as_of)[:, similarity.items]
    ranked = lists.similar if is_better else lists.popular
    best = ranked.best(is_open)
    row, place = np.nonzero(best >= 0)
    chosen = best[row, place]
    of_share = ranked.figures(row, chosen)
    because, points = _reasons(learned, columns[row], chosen, is_better=is_better)
    return Recommended(
        customer=customers[row],
        rank=place + 1,
        item=similarity.items[chosen],
        chance=of_share[:, 0],
        low=of_share[:, 1],
        high=of_share[:, 2],
        peers=of_share[:, 3].astype(np.int64),
        because=because,
        points=points,
    )


def _reasons(
    learned: Learned, columns: Floats, chosen: NDArray[np.intp], *, is_better: bool
) -> tuple[NDArray[np.int64], Floats]:
    """Return the columns that speak most for each row's item, and their points.

    Only what the customer has or is may speak for an item, not what it lacks.
    """
    weights = learned.similarity.weights[-1][chosen][:, 1:]
    points = np.where(columns > 0, (columns - learned.usual) * weights, 0.0)
    # How much it uses, and for how long, names nothing to tell.
    first = len(learned.columns.telling)
    points[:, first : first + 1 + len(TENURE_DAYS) + 1] = 0.0
    if not is_better:
        points[:] = 0.0
    width = min(MOST_REASONS, points.shape[1])
    strongest = np.argsort(-points, axis=1, kind="stable")[:, :width]
    found = np.take_along_axis(points, strongest, axis=1)
    is_said = found >= WORTH_SAYING
    because = np.where(is_said, strongest, -1).astype(np.int64)
    return because, np.where(is_said, found, 0.0)


@dataclass(frozen=True)
class Ranked:
    """A way to order the items for each of n customers."""

    order: NDArray[np.intp]  # (n, j) places of the items, the best first
    steps: NDArray[np.intp]  # (n, j) the step that each item's chance is read from
    shares: Floats  # (j, steps, 4) value, low, high and n; NaN: nobody took it up

    def best(self, is_open: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return (n, 5): the best places of those open to each; -1: no more."""
        known = np.isfinite(self._of(self.order)[:, :, 0])
        fits = np.take_along_axis(is_open, self.order, axis=1) & known
        # Those that fit come first, in their order.
        first = np.argsort(~fits, axis=1, kind="stable")[:, :TOP]
        places = np.take_along_axis(self.order, first, axis=1)
        return np.where(np.take_along_axis(fits, first, axis=1), places, -1)

    def figures(self, row: NDArray[np.intp], place: NDArray[np.intp]) -> Floats:
        """Return (m, 4): chance, low, high and n of items for rows."""
        found: Floats = self.shares[place, self.steps[row, place]]
        return found

    def _of(self, places: NDArray[np.intp]) -> Floats:
        found: Floats = self.shares[
            places, np.take_along_axis(self.steps, places, axis=1)
        ]
        return found


@dataclass(frozen=True)
class RankedLists:
    """The items for each of n customers, in two orders."""

    similar: Ranked
    popular: Ranked


def ranked_lists(learned: Learned, scores: Floats) -> RankedLists:
    """Return the items ordered by scores, and by how many take them up."""
    similarity = learned.similarity
    steps = similarity.steps_at(scores)
    own = _shares([tuple(step.share for step in item) for item in similarity.steps])
    usual = _shares([(share,) for share in similarity.popular])
    places = np.arange(len(similarity.items))
    chances = np.nan_to_num(own[places, steps][:, :, 0], nan=-1.0)
    by_usual = np.argsort(-np.nan_to_num(usual[:, 0, 0], nan=-1.0), kind="stable")
    return RankedLists(
        # By chance, then by score, then in the order of the items.
        similar=Ranked(np.lexsort((-scores, -chances), axis=1), steps, own),
        popular=Ranked(
            np.tile(by_usual, (len(scores), 1)), np.zeros_like(steps), usual
        ),
    )


def _shares(several: list[tuple[Estimate, ...]]) -> Floats:
    width = max((len(shares) for shares in several), default=1)
    found = np.full((len(several), width, 4), np.nan)
    for place, shares in enumerate(several):
        for step, share in enumerate(shares):
            if share.value:  # none, or nobody took it up: nothing to recommend
                found[place, step] = share.value, share.low, share.high, share.n
    return found
