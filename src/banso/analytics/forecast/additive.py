"""The additive hazard: terms of features, wearing off with time, on a baseline."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.averaging import Varied, fit_averaged
from banso.analytics.forecast.intervals import (
    EDGES,
    INTERVALS,
    LATENESS,
    LENGTHS,
    IntervalRows,
)
from banso.analytics.forecast.preparation import DAYS_TO_RENEWAL, Column
from banso.analytics.forecast.ridge import Groups, Problem, fit_ridge
from banso.analytics.forecast.terms import (
    BENT,
    LEVEL,
    NOTHING,
    STRAIGHT,
    NumberTerm,
    Term,
    number_term,
    term_of,
)

Floats = NDArray[np.float64]
MONTHS = 12
NOTICE = 45  # days before a renewal or an anniversary in which notice is given
AFTERMATH = 31  # days after it in which an ending is still booked
RHYTHM = 3  # columns: soon due, due, just passed
AT_ONCE = 256  # rows whose errors are made at once: they should stay near the processor


@dataclass(frozen=True)
class Known:
    """What the hazard reads of landmarks."""

    values: Floats  # (n, p) prepared
    tenure_days: NDArray[np.int32]
    as_of: NDArray[np.int32]

    def rows(self, places: NDArray[np.intp]) -> "Known":
        """Return the rows at places."""
        return Known(self.values[places], self.tenure_days[places], self.as_of[places])


@dataclass(frozen=True)
class Layout:
    """Which columns the additive model has, in their order.

    ``[1 | interval | rhythm, renewal, calendar | terms | terms that wear off]``. The
    first term is tenure.
    """

    terms: tuple[Term, ...]
    renewal_at: int  # the column of days_to_renewal; -1 without
    has_calendar: bool
    is_plain: bool = False  # straight lines, all of them under one prior

    def plain(self) -> "Layout":
        """Return the layout with as few coefficients as a feature can have."""
        terms = tuple(
            term.straightened() if at and isinstance(term, NumberTerm) else term
            for at, term in enumerate(self.terms)
        )
        return replace(self, terms=terms, has_calendar=False, is_plain=True)

    def narrowed(self, keep: NDArray[np.bool_]) -> "Layout":
        """Return the layout with tenure and only some of the features."""
        terms = tuple(
            term if at == 0 or keep[at - 1] else NOTHING
            for at, term in enumerate(self.terms)
        )
        renewal_at = self.renewal_at if keep[self.renewal_at] else -1
        return replace(self, terms=terms, renewal_at=renewal_at)

    @property
    def kinds(self) -> tuple[tuple[int, str], ...]:
        """The term and the kind of each column of the terms."""
        return tuple(
            (at, kind) for at, term in enumerate(self.terms) for kind in term.kinds
        )

    @property
    def wears_off(self) -> NDArray[np.bool_]:
        """Which columns of the terms have another effect early than late."""
        return np.array([kind != BENT or at == 0 for at, kind in self.kinds], bool)

    @property
    def varying_names(self) -> tuple[tuple[str, int], ...]:
        """What each column that depends on row and interval is."""
        of_all = [("rhythm", at) for at in range(RHYTHM)]
        renewal = [("renewal", at) for at in range(RHYTHM)]
        calendar = [("calendar", at) for at in range(MONTHS)]
        return (
            *of_all,
            *(renewal if self.renewal_at >= 0 else ()),
            *(calendar if self.has_calendar else ()),
        )

    @property
    def varying(self) -> int:
        """How many columns depend on row and interval."""
        return len(self.varying_names)

    @property
    def places(self) -> tuple[int, int, int, int]:
        """Where intervals, varying columns, terms and what wears off begin."""
        varying = 1 + INTERVALS
        terms = varying + self.varying
        return 1, varying, terms, terms + len(self.kinds)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self.places[3] + int(self.wears_off.sum())

    def varied(self, *, with_sizes: bool) -> Varied:
        """Return which columns belong to features, and which are lines of any size."""
        baseline = np.zeros(self.places[2], bool)
        mine = np.array([at > 0 for at, _ in self.kinds], bool)
        alike = np.array([kind in {STRAIGHT, LEVEL} for _, kind in self.kinds], bool)
        later = np.ones(
            int(self.wears_off.sum()), bool
        )  # tenure's, too, when it wears off
        features = np.concatenate([baseline, mine, later])
        lines = np.concatenate([baseline, mine & alike & with_sizes, ~later])
        return Varied(features, lines)

    def of_terms(self, known: Known) -> Floats:
        """Return the columns of the terms, (n, s)."""
        tenure = np.log1p(np.maximum(known.tenure_days, 0).astype(float))
        parts = [self.terms[0].columns(tenure)]
        for at, term in enumerate(self.terms[1:]):
            parts.append(term.columns(known.values[:, at]))
        return np.hstack(parts)

    def of_interval(self, known: Known, number: int) -> Floats:
        """Return the columns that depend on row and interval, (n, v)."""
        tenure = known.tenure_days.astype(float)
        to_anniversary = 365 - tenure % 365
        parts = [_rhythm(to_anniversary, number)]
        parts[0][:, 2] *= tenure >= 365 - EDGES[number]
        if self.renewal_at >= 0:
            parts.append(_rhythm(known.values[:, self.renewal_at], number))
        if self.has_calendar:
            parts.append(_months(known.as_of, number))
        return np.hstack(parts)

    def groups(self) -> Groups:
        """Return which coefficients share a prior."""
        names: list[tuple[str, int | str]] = [("", "")]
        names += [("interval", 0)] * INTERVALS + [("rhythm", 0)] * RHYTHM
        names += [("rhythm", 1)] * (RHYTHM if self.renewal_at >= 0 else 0)
        names += [("calendar", 0)] * (MONTHS if self.has_calendar else 0)
        names += [
            (kind, 0 if self.is_plain else at) if at else ("tenure " + kind, at)
            for at, kind in self.kinds
        ]
        worn = np.flatnonzero(self.wears_off)
        names += [("wears off", self.kinds[column][0]) for column in worn]
        distinct = list(dict.fromkeys(names[1:]))
        kinds = list(dict.fromkeys(name for name, _ in distinct))
        return Groups(
            np.array([-1] + [distinct.index(name) for name in names[1:]]),
            np.array([kinds.index(name) for name, _ in distinct]),
        )


def _rhythm(days: Floats, number: int) -> Floats:
    """Return whether a date that is `days` ahead is soon due, due, or just passed."""
    start, end = EDGES[number], EDGES[number + 1]
    days = np.where(np.isfinite(days), days, -1e9)
    return np.column_stack(
        [
            (days > end) & (days <= end + NOTICE),
            (days > start) & (days <= end),
            (days > start - AFTERMATH) & (days <= start),
        ]
    ).astype(float)


def _months(as_of: NDArray[np.int32], number: int) -> Floats:
    """Return the share of an interval's days in each month of the calendar."""
    dates, place = np.unique(as_of, return_inverse=True)
    days = dates[:, None] + np.arange(EDGES[number] + 1, EDGES[number + 1] + 1)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % MONTHS
    shares = np.stack([(month == number).mean(axis=1) for number in range(MONTHS)], 1)
    return shares[place]


@dataclass(frozen=True)
class Additive:
    """A fitted additive hazard."""

    layout: Layout
    offset: Floats  # (k,) log-odds of the mean daily rate, for the interval's length
    coefficients: Floats  # (p,)
    spread: Floats  # (p, r) spread @ spread.T is the covariance of the coefficients
    overlap: float
    freedom: float
    is_converged: bool
    lean: float  # of true log-odds beside these, in the middle of rows

    def log_odds(self, known: Known, intervals: int) -> Floats:
        """Return the log-odds of the hazard of each interval, (n, k)."""
        return self._odds(_Columns.of(self.layout, known, intervals))

    def score(self, known: Known, intervals: int) -> tuple[Floats, "Leverage"]:
        """Return the log-odds of the hazards, and what their error is made from."""
        columns = _Columns.of(self.layout, known, intervals)
        return self._odds(columns), self._leverage(columns)

    def _odds(self, columns: "_Columns") -> Floats:
        beta = self.coefficients
        first, varying, terms, worn = self.layout.places
        steady = columns.steady @ beta[terms:worn] + beta[0]
        fades = columns.fading @ beta[worn:]
        return np.column_stack(
            [
                self.offset[number]
                + beta[first + number]
                + ours @ beta[varying:terms]
                + steady
                + LATENESS[number] * fades
                for number, ours in enumerate(columns.of_interval)
            ]
        )

    def _leverage(self, columns: "_Columns") -> "Leverage":
        """Return it in single precision: an error needs no more than six digits."""
        count, size = len(columns.steady), 2 + len(columns.of_interval)
        covariance = np.empty((count, size, size), np.float32)
        spread = self.spread.astype(np.float32)
        for begin in range(0, count, AT_ONCE):
            here = slice(begin, begin + AT_ONCE)
            parts = self._gradient(columns.rows(here), spread)
            np.matmul(parts, parts.transpose(0, 2, 1), out=covariance[here])
        return Leverage(covariance)

    def _gradient(
        self, columns: "_Columns", spread: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the parts of the log-odds times the spread, (n, 2 + k, r)."""
        first, varying, terms, worn = self.layout.places
        return np.stack(
            [
                columns.steady.astype(np.float32) @ spread[terms:worn] + spread[0],
                columns.fading.astype(np.float32) @ spread[worn:],
                *(
                    ours.astype(np.float32) @ spread[varying:terms]
                    + spread[first + number]
                    for number, ours in enumerate(columns.of_interval)
                ),
            ],
            axis=1,
        )

    def of_each(self, known: Known, intervals: int) -> Floats:
        """Return what each feature adds to the log-odds of each interval, (n, k, f).

        Tenure, rhythm and calendar are the baseline and not among them; the rhythm of
        renewals belongs to the days to renewal.
        """
        layout, beta = self.layout, self.coefficients
        _, varying, terms, worn = layout.places
        columns = layout.of_terms(known)
        late = np.zeros(columns.shape[1])
        late[layout.wears_off] = beta[worn:]
        of_column = np.array([at for at, _ in layout.kinds])
        out = np.zeros((len(columns), intervals, len(layout.terms) - 1))
        for number in range(intervals):
            added = columns * (beta[terms:worn] + LATENESS[number] * late)
            for at in range(1, len(layout.terms)):
                out[:, number, at - 1] = added[:, of_column == at].sum(axis=1)
            if layout.renewal_at >= 0:
                ours = slice(varying + RHYTHM, varying + 2 * RHYTHM)
                rhythm = _rhythm(known.values[:, layout.renewal_at], number)
                out[:, number, layout.renewal_at] += rhythm @ beta[ours]
        return out


@dataclass(frozen=True)
class _Columns:
    """The columns of rows, apart from those of all alike."""

    steady: Floats  # (n, s) of the terms
    fading: Floats  # (n, w) those of them that wear off
    of_interval: tuple[Floats, ...]  # k of (n, v)

    @classmethod
    def of(cls, layout: Layout, known: Known, intervals: int) -> "_Columns":
        """Return the columns of rows in the first intervals."""
        steady = layout.of_terms(known)
        numbers = range(intervals)
        ours = tuple(layout.of_interval(known, number) for number in numbers)
        return cls(steady, steady[:, layout.wears_off], ours)

    def rows(self, here: slice) -> "_Columns":
        """Return some of the rows."""
        ours = tuple(block[here] for block in self.of_interval)
        return _Columns(self.steady[here], self.fading[here], ours)


@dataclass(frozen=True)
class Leverage:
    """How the errors of the parts of the log-odds go together, row by row."""

    # (n, 2 + k, 2 + k): what is always there, what wears off, each interval's own
    covariance: NDArray[np.float32]

    def variance(self, slope: Floats) -> Floats:
        """Return the variance of ``sum_k slope[:, k] * log_odds[:, k]``, (n,)."""
        lateness = LATENESS[: slope.shape[1]]
        parts = np.column_stack([slope.sum(axis=1), slope @ lateness, slope])
        turned = np.einsum("nij,nj->ni", self.covariance, parts)
        return np.asarray(np.maximum(np.einsum("ni,ni->n", turned, parts), 0.0), float)


@dataclass(frozen=True)
class Training:
    """Rows of customer, date and interval, with what happened in them."""

    known: Known  # of the landmarks
    customer: NDArray[np.int64]  # of the landmarks
    rows: IntervalRows
    weight: Floats  # of the rows, evened out over the year

    def where(self, mask: NDArray[np.bool_]) -> "Training":
        """Return some of the rows."""
        return Training(
            self.known, self.customer, self.rows.where(mask), self.weight[mask]
        )


def layout_of(
    training: Training, columns: tuple[Column, ...], *, has_calendar: bool
) -> Layout:
    """Return the layout for prepared columns, its knots fitted on training rows."""
    row, first = np.unique(training.rows.row, return_index=True)
    weight = training.weight[first]
    known = training.known.rows(row)
    tenure = np.log1p(np.maximum(known.tenure_days, 0).astype(float))
    terms: list[Term] = [number_term(tenure, weight)]
    for at, column in enumerate(columns):
        terms.append(term_of(column, known.values[:, at], weight))
    keys = [column.key for column in columns]
    renewal_at = keys.index(DAYS_TO_RENEWAL) if DAYS_TO_RENEWAL in keys else -1
    return Layout(tuple(terms), renewal_at, has_calendar)


def fit_additive(
    training: Training,
    layout: Layout,
    outcome: NDArray[np.bool_],
    events: int,
    varied: Varied | None = None,
) -> Additive:
    """Return the additive hazard of an outcome of interval rows.

    Parameters
    ----------
    training, layout
        The rows and the columns.
    outcome
        (rows,) whether it happened.
    events
        Distinct customers' endings among them, for the small-sample correction.
    varied
        The columns whose priors are several and averaged; None for none.

    """
    rows, weight = training.rows, training.weight / training.weight.mean()
    offset = _constant_rate(rows, weight, outcome)
    problem = Problem(
        columns=_design(training, layout),
        offset=offset[rows.interval],
        outcome=outcome.astype(float),
        weight=weight,
        customer=training.customer[rows.row],
        groups=layout.groups(),
    )
    fit = fit_averaged(problem, varied) if varied else fit_ridge(problem)
    # Residuals are smaller than errors: as in the sandwich's HC1, by what was spent.
    spent = min(fit.freedom / max(events, 1), 0.5)
    return Additive(
        layout,
        offset,
        fit.coefficients,
        root_of(fit.covariance / (1 - spent)),
        fit.overlap,
        fit.freedom,
        fit.converged,
        fit.lean,
    )


def root_of(covariance: Floats) -> Floats:
    """Return few columns whose outer products add up to a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    keep = values > values[-1] * 1e-6
    return np.asarray(vectors[:, keep] * np.sqrt(values[keep]), float)


def _constant_rate(
    rows: IntervalRows, weight: Floats, outcome: NDArray[np.bool_]
) -> Floats:
    """Return the log-odds to leave in each interval at the mean daily rate of all."""
    days = float(weight @ LENGTHS[rows.interval])
    rate = max(float(weight @ outcome), 1e-6) / days
    chance = -np.expm1(-rate * LENGTHS)
    return np.asarray(np.log(chance / (1 - chance)), float)


def _design(training: Training, layout: Layout) -> NDArray[np.float32]:
    """Return the columns of all rows, made in slices in single precision."""
    rows = training.rows
    out = np.zeros((len(rows), layout.width), np.float32)
    first, varying, terms, worn = layout.places
    out[:, 0] = 1
    out[np.arange(len(rows)), first + rows.interval] = 1
    for start in range(0, len(rows), 50_000):
        here = slice(start, start + 50_000)
        known = training.known.rows(rows.row[here])
        interval = rows.interval[here]
        columns = layout.of_terms(known)
        out[here, terms:worn] = columns
        late = LATENESS[interval][:, None]
        out[here, worn:] = columns[:, layout.wears_off] * late
        for number in range(INTERVALS):
            ours = np.flatnonzero(interval == number)
            block = layout.of_interval(known.rows(ours), number)
            out[start + ours, varying:terms] = block
    return out
