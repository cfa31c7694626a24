"""Choosing and recalibrating on later days and other customers than were fitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Known
from banso.analytics.forecast.card import JudgedRule
from banso.analytics.forecast.families import (
    Fitted,
    Terms,
    affordable_terms,
    fit_families,
)
from banso.analytics.forecast.incidence import incidence, logistic
from banso.analytics.forecast.intervals import EDGES, IntervalRows, interval_rows
from banso.analytics.forecast.naive_rules import naive_chances
from banso.analytics.forecast.requirements import endings, missing_needs
from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
LATER_SHARE = 3  # the last third of the days
LATER_DAYS = (60, 270)
FOLDS = 3
ENOUGH_FOR_ONE_FOLD = 1000  # endings; fewer customers each take their turn
ENOUGH_FOR_TREES = 400
ENOUGH_LATER = 20
MOST_LATER_ROWS = 60_000  # landmarks; thinned by date, never by what came
CLEARLY = 2.5  # standard errors by which trees must help
WORTH = 0.001  # and share of the log loss that they must save
AVERAGED = "averaged"
EVEN = 0.5  # share of each of two families, unless later days say otherwise
TYPICAL_SHARE = 0.25  # standard deviation of the best share about that
TYPICAL_SLOPE = 0.15  # standard deviation of slopes about 1
STEPS = 20


@dataclass(frozen=True)
class Validation:
    """What later days say of the families."""

    families: tuple[Terms, ...]  # of terms; the log-odds of two are averaged
    bends: float = EVEN  # share of the log-odds that the additive one of two gets
    share: float = 0.0  # of the log-odds that trees get
    slope: float = 1.0  # recalibration; only where its interval leaves out 1
    slope_error: float = 0.0
    widening: float = 0.0  # variance of log-odds that terms miss, as far as trees show
    rules: tuple[JudgedRule, ...] = ()
    reason: str | None = None  # why there was no validation

    @property
    def terms(self) -> str:
        """What the terms are called: the family, or ``averaged``."""
        return self.families[0] if len(self.families) == 1 else AVERAGED


@dataclass(frozen=True)
class _Later:
    """Interval rows of the later days, scored by what never saw their customers."""

    terms: Floats  # log-odds of the hazard, by the terms that were chosen
    trees: Floats  # the same of the trees; equal where there are none
    outcome: Floats
    weight: Floats
    customer: NDArray[np.int64]
    interval: NDArray[np.int8]

    def by_customer(self, values: Floats) -> Floats:
        """Return the sums of values over each customer's rows."""
        _, place = np.unique(self.customer, return_inverse=True)
        return np.asarray(np.bincount(place, values), float)

    def log_loss(self, odds: Floats) -> float:
        """Return the weighted mean log loss."""
        losses = np.logaddexp(0, odds) - self.outcome * odds
        return float(self.weight @ losses / self.weight.sum())


@dataclass(frozen=True)
class _Fold:
    """One fold's fit, and its customers' later landmarks with their scores."""

    rows: Landmarks
    terms: Mapping[Terms, Floats]  # (n, k) each
    trees: Floats | None  # (n, k)
    naive: dict[str, Floats]  # chances at the horizon that is judged

    def averaged(self, bends: float) -> Floats:
        """Return the log-odds of the terms, a share from the additive of two."""
        if len(self.terms) == 1:
            return next(iter(self.terms.values()))
        return (1 - bends) * self.terms["plain"] + bends * self.terms["additive"]

    def with_trees(self, bends: float, share: float) -> Floats:
        """Return the log-odds of terms, a share of them from the trees if any."""
        odds = self.averaged(bends)
        return odds if self.trees is None else odds + share * (self.trees - odds)


def validate(landmarks: Landmarks, *, seed: int) -> Validation:
    """Return what the last third of the days says of fits on the days before it.

    Customers take turns: those that are scored were not fitted on. Landmarks of the
    later days are thinned by date and at random, never by what became of them, so
    that every figure is one of the customers as they are.
    """
    days = landmarks.seen_until - int(landmarks.as_of.min())
    begins = landmarks.seen_until - int(np.clip(days // LATER_SHARE, *LATER_DAYS))
    earlier = landmarks.known_by(begins)
    later = _thinned(landmarks.rows(landmarks.as_of >= begins), seed)
    turn_of = _turns(landmarks.customer, seed)
    turns = 1 if endings(earlier) >= ENOUGH_FOR_ONE_FOLD else FOLDS
    with_trees = endings(earlier) >= ENOUGH_FOR_TREES
    families = affordable_terms(endings(landmarks))
    folds = []
    for turn in range(turns):
        trained = earlier.rows(turn_of.of(earlier) != turn)
        scored = later.rows(turn_of.of(later) == turn)
        if missing_needs(trained) or endings(scored) < ENOUGH_LATER / turns:
            return Validation(families, reason="too_few_events")
        fit = fit_families(trained, seed=seed, terms=families, with_trees=with_trees)
        folds.append(_fold(fit, trained, scored))
    bends = _share_of_bends(_together(folds, 0.0), _together(folds, 1.0))
    rows = _together(folds, bends)
    share, widening = _share_of_trees(rows) if with_trees else (0.0, 0.0)
    chosen = rows.terms + share * (rows.trees - rows.terms)
    slope, slope_error = _slope(rows, chosen)
    found = Validation(families, bends, share, slope, slope_error, widening)
    return replace(found, rules=_judged(_Judging.of(folds), found))


@dataclass(frozen=True)
class _Turns:
    """When each customer is scored instead of fitted."""

    customer: NDArray[np.int64]  # rising
    turn: NDArray[np.intp]

    def of(self, landmarks: Landmarks) -> NDArray[np.intp]:
        """Return the turn of each row."""
        return self.turn[np.searchsorted(self.customer, landmarks.customer)]


def _turns(customer: NDArray[np.int64], seed: int) -> _Turns:
    names = np.unique(customer)
    turn = np.random.default_rng(seed).permutation(len(names)) % FOLDS
    return _Turns(names, turn)


def _thinned(later: Landmarks, seed: int) -> Landmarks:
    if len(later) <= MOST_LATER_ROWS:
        return later
    random = np.random.default_rng(seed + 2)
    return later.rows(random.random(len(later)) < MOST_LATER_ROWS / len(later))


def _fold(fit: Fitted, trained: Landmarks, scored: Landmarks) -> _Fold:
    known = Known(fit.preparation.read(scored), scored.tenure_days, scored.as_of)
    trees = None
    if fit.boosted is not None:
        trees = fit.boosted.log_odds(known, fit.intervals)
    horizon = _judged_horizon(scored)
    return _Fold(
        scored,
        {
            family: terms.log_odds(known, fit.intervals)
            for family, terms in fit.terms.items()
        },
        trees,
        naive_chances(trained, scored, horizon=horizon),
    )


def _judged_horizon(scored: Landmarks) -> int:
    """Return 90 days where they can be seen on at least four weeks of dates."""
    first = int(scored.as_of.min())
    return 90 if first + 90 + 28 <= scored.seen_until else 30


def _together(folds: Sequence[_Fold], bends: float) -> _Later:
    intervals = min(fold.averaged(bends).shape[1] for fold in folds)
    parts: list[tuple[_Fold, IntervalRows]] = [
        (fold, interval_rows(fold.rows, intervals=intervals)) for fold in folds
    ]

    def of_rows(odds: Callable[[_Fold], Floats]) -> Floats:
        return np.concatenate(
            [odds(fold)[rows.row, rows.interval] for fold, rows in parts]
        )

    return _Later(
        of_rows(lambda fold: fold.averaged(bends)),
        of_rows(lambda fold: fold.with_trees(bends, 1.0)),
        np.concatenate([rows.churned for _, rows in parts]).astype(float),
        np.concatenate([rows.weight for _, rows in parts]),
        np.concatenate([fold.rows.customer[rows.row] for fold, rows in parts]),
        np.concatenate([rows.interval for _, rows in parts]),
    )


def _share_of_bends(plain: _Later, additive: _Later) -> float:
    """Return the share of the additive family beside the plain one.

    It is the one of maximum likelihood on later days, pulled towards an even share by
    how little these tell: few endings say nearly nothing of which is better, and the
    mean of two is seldom worse than the better of them.
    """
    found, error = _line(plain, plain.terms, additive.terms - plain.terms)
    kept = TYPICAL_SHARE**2 / (TYPICAL_SHARE**2 + error**2)
    return round(float(np.clip(EVEN + kept * (found - EVEN), 0.0, 1.0)), 2)


def _share_of_trees(rows: _Later) -> tuple[float, float]:
    """Return the share that trees earn, and the variance that terms miss.

    The share is fitted by maximum likelihood. It stays 0 unless the first step away
    from the terms gains by ``CLEARLY`` standard errors (a score test by customer) and
    the gain is worth the trouble. What terms then miss is the part of the trees'
    disagreement that proved right: ``(share^2 - error^2) * variance``.
    """
    differ = rows.trees - rows.terms
    p = logistic(rows.terms)
    score = rows.by_customer(rows.weight * (rows.outcome - p) * differ)
    sum_of_squares = float(np.sum(score**2))
    if sum_of_squares == 0:
        return 0.0, 0.0
    distance = float(score.sum()) / np.sqrt(sum_of_squares)
    share, error = _line(rows, rows.terms, differ)
    share = float(np.clip(share, 0.0, 1.0))
    before = rows.log_loss(rows.terms)
    after = rows.log_loss(rows.terms + share * differ)
    if distance > CLEARLY and before - after > WORTH * before:
        return round(share, 2), 0.0
    mean = float(rows.weight @ differ / rows.weight.sum())
    spread = float(rows.weight @ (differ - mean) ** 2 / rows.weight.sum())
    return 0.0, max(0.0, share**2 - error**2) * spread


def _line(rows: _Later, offset: Floats, along: Floats) -> tuple[float, float]:
    """Return the coefficient of `along` beside an offset, and its error by customer."""
    beta = 0.0
    for _step in range(STEPS):
        p = logistic(offset + beta * along)
        gradient = float(rows.weight @ ((rows.outcome - p) * along))
        information = float(rows.weight @ (p * (1 - p) * along**2))
        if information <= 0:
            return 0.0, np.inf
        change = float(np.clip(gradient / information, -1.0, 1.0))
        beta += change
        if abs(change) < 1e-9:
            break
    p = logistic(offset + beta * along)
    scores = rows.by_customer(rows.weight * (rows.outcome - p) * along)
    return beta, float(np.sqrt(np.sum(scores**2)) / information)


def _slope(rows: _Later, odds: Floats) -> tuple[float, float]:
    """Return the slope of the log-odds on later days, and its error.

    It is 1, for sure, unless that is ruled out; then it is pulled towards 1 by how
    little the later days tell beside what slopes typically are. The level is not
    moved: later days are part of a year, and its season is no rate.
    """
    held = np.maximum(np.bincount(rows.interval, rows.weight), 1e-12)
    level = np.bincount(rows.interval, rows.weight * odds) / held
    centred = odds - level[rows.interval]
    wanted = float(rows.weight @ rows.outcome)
    offset = odds
    for _round in range(30):  # let the level of these days be what it was
        p = logistic(offset)
        off = (wanted - float(rows.weight @ p)) / float(rows.weight @ (p * (1 - p)))
        offset = offset + np.clip(off, -1, 1)
        if abs(off) < 1e-9:
            break
    more, error = _line(rows, offset, centred)
    if abs(more) <= 1.96 * error:
        return 1.0, 0.0
    kept = TYPICAL_SLOPE**2 / (TYPICAL_SLOPE**2 + error**2)
    return 1 + kept * more, float(np.sqrt(kept) * error)


@dataclass(frozen=True)
class _Judging:
    """What became of the later landmarks that were followed for the horizon."""

    folds: Sequence[_Fold]
    horizon: int
    followed: Sequence[NDArray[np.bool_]]  # by fold
    outcome: NDArray[np.bool_]
    customer: NDArray[np.int64]

    @classmethod
    def of(cls, folds: Sequence[_Fold]) -> "_Judging":
        """Return how folds are judged."""
        horizon = min(_judged_horizon(fold.rows) for fold in folds)
        followed = [fold.rows.followed(horizon) for fold in folds]
        pairs = list(zip(folds, followed, strict=True))
        outcome = [fold.rows.churned(horizon)[keep] for fold, keep in pairs]
        customer = [fold.rows.customer[keep] for fold, keep in pairs]
        return cls(
            folds, horizon, followed, np.concatenate(outcome), np.concatenate(customer)
        )

    def chances(self, odds: Callable[[_Fold], Floats]) -> list[Floats]:
        """Return the chances that log-odds of hazards give, by fold."""
        return [_chance(odds(fold), self.horizon) for fold in self.folds]

    def rule(self, name: str, chances: Sequence[Floats]) -> JudgedRule | None:
        """Return AUC and log loss of a rule; none when it speaks not for all."""
        from banso.analytics.figures.calibration import log_loss  # noqa: PLC0415
        from banso.analytics.figures.ranking import auc  # noqa: PLC0415

        if len(chances) < len(self.folds):
            return None
        pairs = zip(chances, self.followed, strict=True)
        kept = [chance[keep] for chance, keep in pairs]
        ranks = np.concatenate([_ranks(chance) for chance in kept])
        clusters = self.customer
        return JudgedRule(
            name,
            auc(ranks, self.outcome, clusters=clusters),
            log_loss(np.concatenate(kept), self.outcome, clusters=clusters),
            self.horizon,
        )


def _judged(judging: _Judging, found: Validation) -> tuple[JudgedRule, ...]:
    """Return AUC and log loss of each rule on later landmarks that were followed."""
    folds = judging.folds
    rules: dict[str, Callable[[_Fold], Floats]] = {
        family: partial(_of_terms, family=family) for family in found.families
    }
    rules[found.terms] = lambda fold: fold.averaged(found.bends)
    if folds[0].trees is not None:
        rules["boosted"] = lambda fold: fold.with_trees(found.bends, 1.0)
    if found.share > 0:
        rules["blended"] = lambda fold: fold.with_trees(found.bends, found.share)
    judged = [judging.rule(name, judging.chances(odds)) for name, odds in rules.items()]
    for name in folds[0].naive:
        said = [fold.naive[name] for fold in folds if name in fold.naive]
        judged.append(judging.rule(name, said))
    return tuple(rule for rule in judged if rule is not None)


def _of_terms(fold: _Fold, *, family: Terms) -> Floats:
    return fold.terms[family]


def _ranks(chance: Floats) -> Floats:
    """Return the share of rows with a lower chance: folds have levels of their own.

    Where many left by luck, the others' fit expects few; compared across folds, that
    would make any ranking look worse than chance.
    """
    below = np.searchsorted(np.sort(chance), chance, side="left")
    return below / max(len(chance), 1)


def _chance(odds: Floats, horizon: int) -> Floats:
    hazard = logistic(odds)
    days = np.full(len(odds), float(min(horizon, EDGES[odds.shape[1]])))
    return incidence(hazard, np.zeros_like(hazard), days).chance
