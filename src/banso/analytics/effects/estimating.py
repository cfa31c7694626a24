"""What a play achieves by its history: the effect, and what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import Covariates
from banso.analytics.effects.balance import LIMIT, Balance, balance_of
from banso.analytics.effects.comparing import Compared, compared
from banso.analytics.effects.episodes import Episodes
from banso.analytics.effects.sensitivity import e_value, e_value_of_interval
from banso.analytics.effects.weighing import (
    chances,
    effective_number,
    weights_of_others,
)

FEWEST_CUSTOMERS: Final = 30  # on each side, as in a trial
FEWEST_EVENTS: Final = 10  # customers with the outcome, and as many without
FEWEST_EFFECTIVE: Final = 20.0  # firings of equal weight that tell as much
MOST_OUTSIDE: Final = 0.2  # share of the treated that nobody is like
_ROWS_A_COLUMN: Final = 4  # customers of the smaller side

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Verdict = Literal[
    "seems_to_help", "seems_to_harm", "nothing_seen", "not_credible", "not_enough"
]
VERDICTS: Final[tuple[Verdict, ...]] = (
    "seems_to_help",
    "seems_to_harm",
    "nothing_seen",
    "not_credible",
    "not_enough",
)
Reason = Literal[
    "too_few_customers",
    "too_few_events",
    "no_overlap",
    "unbalanced",
    "no_placebo",
    "placebo_failed",
]


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known of the rows of episodes, and what came of them."""

    outcome: Floats  # (r,) 1.0 and 0.0 within the window; all known
    covariates: Covariates  # of ``r`` rows, from before each week
    placebos: Floats  # (r, p) from a quarter before the firing; NaN is unknown
    placebo_names: tuple[str, ...] = ()  # (p,)

    def rows(self, kept: Flags) -> "Seen":
        """Return what is known of some of the rows."""
        return Seen(
            self.outcome[kept],
            self.covariates.only(kept),
            self.placebos[kept],
            self.placebo_names,
        )


@dataclass(frozen=True)
class Placebo:
    """A difference that the play cannot have made: it lies before the firing."""

    name: str
    rows: int  # with the play, of which it is known
    effect: float | None  # with the play minus the weighted others, in its own unit
    low: float | None  # all placebos hold their intervals together in 95 of 100
    high: float | None

    @property
    def is_failed(self) -> bool:
        """Whether the two sides differed before."""
        if self.low is None or self.high is None:
            return False
        return not self.low <= 0 <= self.high


@dataclass(frozen=True)
class Counts:
    """How many are compared."""

    firings_treated: int
    firings_others: int
    customers_treated: int
    customers_others: int
    begun_late: int  # firings of the others at which the play began after all

    @property
    def smaller(self) -> int:
        """Customers of the smaller side."""
        return min(self.customers_treated, self.customers_others)


@dataclass(frozen=True)
class PlayEffect:
    """An estimate from history, which is no trial.

    Figures of the effect are null exactly when `reason` is set.
    """

    verdict: Verdict
    reason: Reason | None
    counts: Counts
    effective: float | None = None  # firings of equal weight that the others are worth
    outside: float | None = None  # share of those with the play that nobody is like
    treated: float | None = None  # share with the outcome
    others: float | None = None  # the same of those like them, without the play
    effect: float | None = None  # treated minus others
    low: float | None = None  # 95 %, customers being the unit
    high: float | None = None
    ratio: float | None = None  # treated over others; null when it cannot be had
    e_value: float | None = None
    e_value_interval: float | None = None
    naive: float | None = None  # treated minus others as they are
    balance: tuple[Balance, ...] = ()
    placebos: tuple[Placebo, ...] = ()


@dataclass(frozen=True, eq=False)
class _Stage:
    """Rows that are compared, and their weights."""

    episodes: Episodes
    seen: Seen
    columns: Floats
    weights: Floats
    outside: float
    counts: Counts


def play_effect(episodes: Episodes, seen: Seen, *, is_good: bool) -> PlayEffect:
    """Return what a play achieves by its history, or why that cannot be said.

    Those with the play stand for themselves. Those without are weighted by the odds of
    the play, given everything that was known before, so that they look like those with
    it; what is left is taken away by a regression of the outcome among them. A week
    after the firing in which the play never began is not compared. The
    average effect on those who got the play is right if either model is (doubly
    robust), and if nothing that was not recorded moved both.

    Parameters
    ----------
    episodes
        Firings, week by week.
    seen
        What was known of them before, and what came of them.
    is_good
        Whether more of the outcome is better (expansion).

    Returns
    -------
    PlayEffect
        ``not_enough`` with reason ``too_few_customers`` (30 on each side) or
        ``too_few_events`` (10 customers with the outcome, 10 without);
        ``not_credible``, without a figure, with ``no_overlap`` (more than a fifth of
        those with the play are like nobody else, or the others are worth fewer than 20
        firings), ``unbalanced`` (something known differs by more than 0.2 deviations
        still), ``no_placebo`` (there is nothing to check with) or ``placebo_failed``
        (the two sides differed a quarter before, when the play cannot have acted).

    Notes
    -----
    Source: docs/definitions/effects.md, with a case by hand. Checked against planted
    truth in tests/truth/test_effects_planted.py.

    """
    answered = np.isin(episodes.lag, episodes.lag[episodes.treated])
    episodes, seen = episodes.rows(answered), seen.rows(answered)
    counts = _counts(episodes)
    few = _too_few(episodes, seen.outcome, counts)
    if few is not None:
        return PlayEffect("not_enough", few, counts)
    stage = _weighted(episodes, seen, counts)
    balance = balance_of(
        stage.seen.covariates,
        stage.episodes.treated,
        stage.weights > 0,
        stage.weights,
    )
    wrong = _without_overlap(stage)
    if wrong is None and any(abs(b.difference_after) > LIMIT for b in balance):
        wrong = "unbalanced"
    if wrong is not None:
        return _withheld(stage, wrong, balance, ())
    measures = _measures(stage)
    found = compared(stage.episodes, stage.columns, measures)
    placebos = _placebos(stage, found[1:])
    if not any(each.effect is not None for each in placebos):
        return _withheld(stage, "no_placebo", balance, placebos)
    if any(each.is_failed for each in placebos):
        return _withheld(stage, "placebo_failed", balance, placebos)
    return _credible(stage, found[0], balance, placebos, is_good=is_good)


def _counts(episodes: Episodes) -> Counts:
    others = ~(episodes.treated | episodes.begins_later)
    # A firing that was answered in a later week is no example of doing nothing.
    late = np.unique(episodes.firing[others & episodes.begins_late])
    return Counts(
        firings_treated=_different(episodes.firing[episodes.treated]),
        firings_others=_different(episodes.firing[others]),
        customers_treated=_different(episodes.customer[episodes.treated]),
        customers_others=_different(episodes.customer[others]),
        begun_late=len(late),
    )


def _too_few(episodes: Episodes, outcome: Floats, counts: Counts) -> Reason | None:
    if counts.smaller < FEWEST_CUSTOMERS:
        return "too_few_customers"
    used = ~episodes.begins_later
    happened = _different(episodes.customer[used & (outcome > 0)])
    stayed = _different(episodes.customer[used & (outcome == 0)])
    return "too_few_events" if min(happened, stayed) < FEWEST_EVENTS else None


def _weighted(episodes: Episodes, seen: Seen, counts: Counts) -> _Stage:
    """Leave out those whom nobody is like, and weigh the others."""
    columns = _columns(episodes, seen, most=max(counts.smaller // _ROWS_A_COLUMN, 3))
    chance = chances(columns, episodes.treated).chance
    others = ~(episodes.treated | episodes.begins_later)
    most = float(chance[others].max())
    alone = episodes.treated & (chance > most)
    outside = float(alone.sum() / episodes.treated.sum())
    kept = ~alone
    episodes, seen, columns = episodes.rows(kept), seen.rows(kept), columns[kept]
    weights = weights_of_others(chance[kept], episodes)
    return _Stage(episodes, seen, columns, weights, outside, counts)


def _columns(episodes: Episodes, seen: Seen, *, most: int) -> Floats:
    """Return what the models see: the week, then what was known, as far as rows allow.

    The weeks are always there, for who is left in a later week differs.
    """
    weeks = [
        (episodes.lag == lag).astype(np.float64) for lag in np.unique(episodes.lag)[1:]
    ]
    known = seen.covariates.design[:, :most]
    return np.column_stack([np.zeros((len(episodes), 0)), *weeks, known])


def _without_overlap(stage: _Stage) -> Reason | None:
    worth = effective_number(stage.weights)
    too_few = worth < FEWEST_EFFECTIVE
    return "no_overlap" if too_few or stage.outside > MOST_OUTSIDE else None


def _measures(stage: _Stage) -> list[Floats]:
    """Return the outcome, and the placebos of which enough is known (else empty)."""
    return [stage.seen.outcome, *stage.seen.placebos.T]


def _placebos(stage: _Stage, found: Sequence[Compared | None]) -> tuple[Placebo, ...]:
    told = sum(each is not None for each in found)
    rows = []
    names = stage.seen.placebo_names
    for name, each, values in zip(names, found, stage.seen.placebos.T, strict=True):
        known = int(np.isfinite(values[stage.episodes.treated]).sum())
        if each is None:
            rows.append(Placebo(name, known, None, None, None))
            continue
        low, high = each.interval(1 - 0.05 / told)
        rows.append(Placebo(name, known, each.effect, low, high))
    return tuple(rows)


def _credible(
    stage: _Stage,
    found: Compared | None,
    balance: tuple[Balance, ...],
    placebos: tuple[Placebo, ...],
    *,
    is_good: bool,
) -> PlayEffect:
    assert found is not None, "the outcome of every row is known"
    low, high = found.interval()
    verdict: Verdict = "nothing_seen"
    if low > 0 or high < 0:
        verdict = "seems_to_help" if (low > 0) == is_good else "seems_to_harm"
    span = found.ratio_interval()
    return PlayEffect(
        verdict=verdict,
        reason=None,
        counts=stage.counts,
        effective=effective_number(stage.weights),
        outside=stage.outside,
        treated=found.treated,
        others=found.others,
        effect=found.effect,
        low=low,
        high=high,
        ratio=None if span is None else found.ratio,
        e_value=None if span is None else e_value(found.ratio),
        e_value_interval=None if span is None else e_value_of_interval(*span),
        naive=_naive(stage),
        balance=balance,
        placebos=placebos,
    )


def _withheld(
    stage: _Stage,
    reason: Reason,
    balance: tuple[Balance, ...],
    placebos: tuple[Placebo, ...],
) -> PlayEffect:
    return PlayEffect(
        verdict="not_credible",
        reason=reason,
        counts=stage.counts,
        effective=effective_number(stage.weights),
        outside=stage.outside,
        balance=balance,
        placebos=placebos,
    )


def _naive(stage: _Stage) -> float:
    outcome, treated = stage.seen.outcome, stage.episodes.treated
    return float(outcome[treated].mean() - outcome[stage.weights > 0].mean())


def _different(values: NDArray[np.generic]) -> int:
    return len(np.unique(values))
