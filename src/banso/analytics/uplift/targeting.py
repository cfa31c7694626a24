"""Whom to treat: everybody, nobody, or those whom it helps most."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.uplift.arms import Arms, effect
from banso.analytics.uplift.differing import chance_of_no_difference
from banso.analytics.uplift.qini import Qini, mean_qini, qini
from banso.analytics.uplift.scoring import (
    Scoring,
    column_reading,
    fitted_line,
    fitted_scoring,
)

Floats = NDArray[np.float64]
Verdict = Literal["target_these", "treat_everybody", "treat_nobody", "not_enough_data"]

LEVEL = 0.05
HELD_OUT = 0.3  # of the customers, to judge by
SEEDS = 5  # hold-outs
FOLDS = 5
GROUPS = 5
FEWEST_AN_ARM = 200  # customers; below, an order cannot be judged
FEWEST_OUTCOMES = 20  # of either kind, in all


@dataclass(frozen=True)
class GroupEffect:
    """What the treatment adds for a fifth of the customers."""

    number: int  # 1 is scored highest
    effect: Estimate


@dataclass(frozen=True, eq=False)
class Targeting:
    """Whom to treat after a trial, and why."""

    verdict: Verdict
    effect: Estimate  # for all, in the unit of the outcome
    cost: float  # that a treatment must add to be worth it
    p_same: float | None  # of the effect being the same for all; null: cannot be asked
    qini: Qini  # of customers on whom nothing was fitted
    groups: tuple[GroupEffect, ...]  # by scores of others' making; () when not asked
    scoring: Scoring | None  # of all customers, to order new ones; only to target
    reason: str | None = None  # why whom to treat cannot be asked

    @property
    def differs(self) -> bool:
        """Whether the effect is shown to differ among the customers."""
        return self.p_same is not None and self.p_same < LEVEL

    @property
    def worth_it(self) -> int:
        """How many of the groups, from the first on, are expected to gain."""
        gains = [(g.effect.value or 0.0) > self.cost for g in self.groups]
        return gains.index(False) if False in gains else len(gains)


def targeting(
    arms: Arms, *, cost: float = 0.0, seed: int = 0, overall: Estimate | None = None
) -> Targeting:
    """Return whom to treat.

    Parameters
    ----------
    arms
        The customers of a trial.
    cost
        What a treatment costs, in the unit of the outcome: with 0.01 of a share, a
        treatment is worth it when it adds more than a point.
    seed
        Of the hold-outs and draws.
    overall
        The effect for all where a sharper estimate is at hand, in the sense of `arms`;
        else it is the difference of the arms.

    Returns
    -------
    Targeting
        ``target_these`` when the effect is shown to differ (p below 0.05) and the order
        is worth something on customers on whom it was not fitted. Otherwise the answer
        is the same for all: ``treat_everybody`` when the interval of the effect lies
        above `cost`, ``treat_nobody`` when it lies below, else ``not_enough_data``.
        Below 200 customers an arm or 20 outcomes of either kind nobody is singled out,
        with a `reason`.

    Notes
    -----
    Source: docs/definitions/uplift.md. At most 5 % of trials without a difference end
    in ``target_these``; checked in tests/truth/test_uplift_planted.py.

    """
    overall = effect(arms) if overall is None else overall
    reason = too_little(arms)
    if reason is not None:
        none = Estimate.unknown(reason, n=len(arms))
        nothing = Qini(none, none)
        return Targeting(
            _all_or_none(overall, cost),
            *(overall, cost, None, nothing, (), None, reason),
        )
    p_same = chance_of_no_difference(arms, seed=seed)
    judged = mean_qini([qini(s, held) for s, held in held_out(arms, seed=seed)])
    groups = _groups(arms, seed=seed)
    found = Targeting(
        _all_or_none(overall, cost), overall, cost, p_same, judged, groups, None
    )
    if not found.differs or (judged.area.value or 0.0) <= 0:
        return found
    return replace(found, verdict="target_these", scoring=fitted_scoring(arms))


def held_out(
    arms: Arms, *, seed: int, share: float = HELD_OUT
) -> Iterator[tuple[Floats, Arms]]:
    """Yield some hold-outs with the scores that the other customers taught."""
    columns = _columns(arms)
    for draw in range(SEEDS):
        apart = _folds(arms, 1 / share, seed=seed + draw) == 0
        yield _taught(arms, columns, apart), arms.rows(apart)


def _columns(arms: Arms) -> Floats:
    """Return the standardised columns; no outcome plays a part in them."""
    return column_reading(arms.values, arms.features).transform(arms.values)


def _taught(arms: Arms, columns: Floats, apart: NDArray[np.bool_]) -> Floats:
    """Return the scores of the customers apart, learned of all others."""
    return fitted_line(arms.rows(~apart), columns[~apart]).predict(columns[apart])


def _folds(arms: Arms, folds: float, *, seed: int) -> NDArray[np.intp]:
    """Return a number for each customer, each as frequent in both arms."""
    random = np.random.default_rng(seed)
    fold = np.empty(len(arms), np.intp)
    for arm in (arms.treated, ~arms.treated):
        size = int(arm.sum())
        fold[arm] = (random.permutation(size) * folds / size).astype(np.intp)
    return fold


def _groups(arms: Arms, *, seed: int) -> tuple[GroupEffect, ...]:
    """Return the effect by fifths of scores that others taught (cross-fitting).

    A customer's fifth is that among those scored by the same fit, by the mean rank of
    several divisions into parts.
    """
    rank, columns = np.zeros(len(arms)), _columns(arms)
    for draw in range(SEEDS):
        fold = _folds(arms, FOLDS, seed=seed + draw)
        for part in range(FOLDS):
            apart = fold == part
            scores = _taught(arms, columns, apart)
            rank[apart] += np.argsort(np.argsort(-scores, kind="stable")) / apart.sum()
    order = np.argsort(rank, kind="stable")
    return tuple(
        GroupEffect(number + 1, effect(arms.rows(np.sort(rows))))
        for number, rows in enumerate(np.array_split(order, GROUPS))
    )


def _all_or_none(overall: Estimate, cost: float) -> Verdict:
    if overall.low is None or overall.high is None:
        return "not_enough_data"
    if overall.low > cost:
        return "treat_everybody"
    return "treat_nobody" if overall.high < cost else "not_enough_data"


def too_little(arms: Arms) -> str | None:
    """Return why whom to target cannot be asked; None when there is enough.

    Parameters
    ----------
    arms
        The customers; what was known of them plays no part.

    Returns
    -------
    str | None
        ``too_few_customers`` below 200 an arm, ``too_few_events`` below 20 outcomes of
        either kind.

    """
    treated = int(arms.treated.sum())
    if min(treated, len(arms) - treated) < FEWEST_AN_ARM:
        return "too_few_customers"
    happened = int((arms.outcome > 0).sum())
    if arms.is_share and min(happened, len(arms) - happened) < FEWEST_OUTCOMES:
        return "too_few_events"
    return None
