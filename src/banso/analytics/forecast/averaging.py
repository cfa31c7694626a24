"""Priors of several widths and tails, averaged by how they tell of other customers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.by_customer import blocks
from banso.analytics.forecast.ridge import (
    Moments,
    Problem,
    RidgeFit,
    errors_of,
    fit_ridge,
    lean_of,
    moments_of,
    undiminished,
)

Floats = NDArray[np.float64]
FOLDS = 10
# Log-likelihoods of a few leavers are luck: half of their difference is believed.
BELIEVED = 0.5
# The variance of log-odds that all lines together make, of which any is as likely.
TOTAL_SQUARES = np.linspace(0.04, 4.0, 100)
TURNS = 6  # of a prior with heavy tails


@dataclass(frozen=True)
class Varied:
    """The columns whose priors vary; those of the baseline keep what was learned."""

    features: NDArray[np.bool_]  # (p,)
    lines: NDArray[np.bool_]  # (p,) among them, those that share one prior


@dataclass(frozen=True)
class Prior:
    """How wide the prior of features is beside the learned one, and its tails."""

    width: float  # standard deviations, in those of the learned prior
    has_heavy_tails: bool  # Cauchy: most effects are small, a few are not

    def precision(self, beta: Floats, learned: Floats, varied: Varied) -> Floats:
        """Return the precision of the normal that has the same slope at `beta`."""
        precision = learned / self.width**2
        if self.has_heavy_tails:
            precision = precision * 2 / (1 + beta**2 * precision)
        return np.where(varied.features, precision, learned)


@dataclass(frozen=True)
class SizeOfLines:
    """A prior that says how large the effects of lines are, whatever was learned."""

    size: float  # standard deviation of log-odds per standard deviation
    has_heavy_tails: bool = False

    def precision(self, beta: Floats, learned: Floats, varied: Varied) -> Floats:
        """Return the precision of each column."""
        assert len(beta) == len(learned)
        return np.where(varied.lines, self.size**-2, learned)


AnyPrior = Prior | SizeOfLines
PRIORS = (
    *(Prior(width, has_heavy_tails=False) for width in (0.25, 0.5, 1.0, 2.0)),
    *(Prior(width, has_heavy_tails=True) for width in (0.125, 0.25, 0.5, 1.0, 2.0)),
)
SIZES = tuple(SizeOfLines(size) for size in (0.05, 0.1, 0.2, 0.4))


def fit_averaged(problem: Problem, varied: Varied) -> RidgeFit:
    """Return coefficients averaged over several priors of the features.

    Parameters
    ----------
    problem
        As for `fit_ridge`, whose priors are where the others begin.
    varied
        The columns whose priors vary.

    Returns
    -------
    RidgeFit
        The mean of the fits; its covariance holds the error of each, and how they
        differ. Lines are expected to be as large as `_Around.square_of_lines` says,
        whatever a prior made of them: where few have left, a prior may be nothing by
        luck, and intervals under it would be far too short.

    Notes
    -----
    Where few have left, how far to shrink is itself learned from luck, and one prior
    for all hides a few strong effects among many that are none. A fit counts by
    exp(`BELIEVED` times its tempered log-likelihood of customers left out), a pseudo
    Bayesian average (Yao et al. 2018). All of them, and those without a tenth of the
    customers, are solved on the quadratic at the learned fit: full fits say the same
    of later days. Checked in `benchmarks/forecast_few_endings.py`.

    """
    learned = fit_ridge(problem)
    around = _Around.of(problem, learned, varied)
    priors: tuple[AnyPrior, ...] = (*PRIORS, *(SIZES if varied.lines.any() else ()))
    betas = np.array([around.fitted(prior) for prior in priors])
    said = np.array([around.told_of_others(prior) for prior in priors])
    share = _shares(BELIEVED * said)
    mean: Floats = share @ betas
    square = around.square_of_lines() if varied.lines.any() else 0.0
    covariance, freedom = np.zeros_like(learned.covariance), 0.0
    for prior, part, beta in zip(priors, share, betas, strict=True):
        precision = around.precision(prior, beta)
        expected = 1 / precision
        expected[varied.lines] = square
        raised = undiminished(around.whole, precision, learned.overlap)
        inverse, error = errors_of(raised, precision, learned.overlap, expected)
        covariance += part * (error + np.outer(beta - mean, beta - mean))
        freedom += part * (len(mean) - float(np.diag(inverse) @ precision))
    return replace(
        learned,
        coefficients=mean,
        covariance=covariance,
        freedom=freedom,
        lean=lean_of(around.whole, covariance),
    )


def _shares(said: Floats) -> Floats:
    share: Floats = np.exp(said - said.max())
    share /= share.sum()
    return share


@dataclass(frozen=True)
class _Around:
    """The likelihood near the learned fit, whole and by tenths of the customers."""

    problem: Problem
    learned: RidgeFit
    varied: Varied
    whole: Moments
    rows: tuple[NDArray[np.intp], ...]  # of each tenth
    tenths: tuple[Moments, ...]

    @classmethod
    def of(cls, problem: Problem, learned: RidgeFit, varied: Varied) -> "_Around":
        """Return it, with leavers and stayers shared out evenly in their order."""
        turn = _turns(problem)
        rows = tuple(np.flatnonzero(turn == number) for number in range(FOLDS))
        beta = learned.coefficients
        tenths = tuple(_moments(problem, here, beta) for here in rows)
        whole = Moments(
            sum(part.likelihood for part in tenths),
            np.sum([part.gradient for part in tenths], axis=0),
            np.sum([part.information for part in tenths], axis=0),
            np.sum([part.scores for part in tenths], axis=0),
        )
        return cls(problem, learned, varied, whole, rows, tenths)

    def fitted(self, prior: AnyPrior) -> Floats:
        """Return the coefficients of all rows under a prior."""
        return self._solved(prior, self.whole.information, self.whole.gradient)

    def precision(self, prior: AnyPrior, beta: Floats) -> Floats:
        """Return the precision of each column under a prior."""
        return prior.precision(beta, self.learned.precision, self.varied)

    def told_of_others(self, prior: AnyPrior) -> float:
        """Return the tempered log-likelihood of customers that were left out."""
        total = 0.0
        for here, log_odds in self._left_out(prior):
            outcome, weight = self.problem.outcome[here], self.problem.weight[here]
            total += float(weight @ (outcome * log_odds - np.logaddexp(0, log_odds)))
        return total / self.learned.overlap

    def square_of_lines(self) -> float:
        """Return the expected square of the effect of a line.

        It is the mean of the posterior of a variance that all lines share, by the
        tempered likelihood of all rows with the lines integrated out, when any variance
        is as likely before. That prior makes intervals hold what they say although the
        variance is not known (Morris & Tang 2011); its best value alone would not.
        """
        lines, overlap = self.varied.lines, self.learned.overlap
        information = self.whole.information / overlap
        start = self.learned.coefficients
        wanted = self.whole.gradient / overlap + information @ start
        squares = TOTAL_SQUARES / np.count_nonzero(lines)
        told = np.empty(len(squares))
        for at, square in enumerate(squares):
            precision = np.where(lines, 1 / square, self.learned.precision)
            curvature = information + np.diag(precision)
            explained = float(wanted @ np.linalg.solve(curvature, wanted))
            room = np.linalg.slogdet(curvature).logabsdet - np.log(precision).sum()
            told[at] = (explained - room) / 2
        return float(_shares(told) @ squares)

    def _left_out(self, prior: AnyPrior) -> Iterator[tuple[NDArray[np.intp], Floats]]:
        """Yield each tenth's rows, with the log-odds that the others give them."""
        for here, part in zip(self.rows, self.tenths, strict=True):
            beta = self._solved(
                prior,
                self.whole.information - part.information,
                self.whole.gradient - part.gradient,
            ).astype(np.float32)
            columns = self.problem.columns[here]
            yield here, self.problem.offset[here] + columns @ beta

    def _solved(self, prior: AnyPrior, information: Floats, gradient: Floats) -> Floats:
        """Return the coefficients that are best on the quadratic, under a prior."""
        start = self.learned.coefficients
        wanted, beta = gradient + information @ start, start
        for _turn in range(TURNS if prior.has_heavy_tails else 1):
            penalty = self.precision(prior, beta) * self.learned.overlap
            solved = np.linalg.solve(information + np.diag(penalty), wanted)
            beta = solved.astype(float)
        return beta


def _turns(problem: Problem) -> NDArray[np.intp]:
    """Return in which tenth each row is left out, with all of its customer."""
    names, place = np.unique(problem.customer, return_inverse=True)
    left = np.bincount(place, problem.outcome) > 0
    turn = np.empty(len(names), np.intp)
    for group in (left, ~left):
        turn[group] = np.arange(np.count_nonzero(group)) % FOLDS
    return turn[place]


def _moments(problem: Problem, here: NDArray[np.intp], beta: Floats) -> Moments:
    part = Problem(
        problem.columns[here],
        problem.offset[here],
        problem.outcome[here],
        problem.weight[here],
        problem.customer[here],
        problem.groups,
    )
    return moments_of(part, blocks(part.customer), beta)
