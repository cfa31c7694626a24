"""How a feature enters the additive model: straight, bent, missing, by level."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.preparation import CategoryColumn, Column

Floats = NDArray[np.float64]
KNOTS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)  # quantiles, after the tails are pulled in
LONG_TAIL = 4.0  # standard deviations of a normal of the same quartiles
STRAIGHT, BENT, MISSING, LEVEL = "straight", "bent", "missing", "level"


@dataclass(frozen=True)
class NumberTerm:
    """A straight line, and bends at knots, of a number; one column when missing.

    A number with a long tail, such as a count, is first put on a scale that is linear
    near its median and logarithmic far out (the inverse hyperbolic sine).
    """

    centre: float
    scale: float
    has_long_tail: bool
    knots: Floats  # (k,) on that scale, rising
    shape: Floats  # (k, m) what each column is at each knot
    has_missing: bool

    def straightened(self) -> "NumberTerm":
        """Return the term without its bends."""
        return replace(self, shape=self.shape[:, :1])

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each column is; columns of a kind share their prior."""
        bends = self.shape.shape[1] - 1
        straight = [STRAIGHT] if bends >= 0 else []
        missing = [MISSING] if self.has_missing else []
        return (*straight, *[BENT] * max(bends, 0), *missing)

    def columns(self, values: Floats) -> Floats:
        """Return the columns of the term, (n, len(kinds)); zeros where missing."""
        if not self.kinds:
            return np.zeros((len(values), 0))
        known = np.isfinite(values)
        at = (np.where(known, values, self.centre) - self.centre) / self.scale
        at = np.arcsinh(at) if self.has_long_tail else at
        out = np.zeros((len(values), len(self.kinds)))
        if len(self.knots) > 1:
            out[:, : self.shape.shape[1]] = _hats(at, self.knots) @ self.shape
            out[~known] = 0.0
        if self.has_missing:
            out[:, -1] = ~known
        return out


@dataclass(frozen=True)
class CategoryTerm:
    """One column per level, one for the pooled levels, one for missing."""

    levels: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each column is."""
        return (LEVEL,) * (self.levels + 2)

    def columns(self, values: Floats) -> Floats:
        """Return the columns of the term: 1 in one of them."""
        codes = np.where(np.isfinite(values), values, self.levels + 1).astype(np.intp)
        hot: Floats = np.eye(self.levels + 2)[codes]
        return hot


Term = NumberTerm | CategoryTerm


def term_of(column: Column, values: Floats, weight: Floats) -> Term:
    """Return the term of a prepared column, fitted on its values."""
    if isinstance(column, CategoryColumn):
        return CategoryTerm(len(column.levels))
    return number_term(values, weight)


def number_term(values: Floats, weight: Floats) -> NumberTerm:
    """Return the term of a number, with knots at quantiles of its known values."""
    known = np.isfinite(values)
    has_missing = bool((~known).mean() > 0.002)
    numbers, weight = values[known], weight[known]
    if len(numbers) == 0:
        return _flat(has_missing=True)
    centre = float(np.median(numbers))
    low, high = np.quantile(numbers, [0.25, 0.75])
    scale = float((high - low) / 1.35 or numbers.std() or 1.0)
    at = (numbers - centre) / scale
    has_long_tail = bool(np.abs(at).max() > LONG_TAIL)
    at = np.arcsinh(at) if has_long_tail else at
    knots = np.unique(np.quantile(at, KNOTS))
    if len(knots) < 2:
        return _flat(has_missing=has_missing)
    shape = _shape(at, knots, weight)
    return NumberTerm(centre, scale, has_long_tail, knots, shape, has_missing)


def _flat(*, has_missing: bool) -> NumberTerm:
    return NumberTerm(
        centre=0.0,
        scale=1.0,
        has_long_tail=False,
        knots=np.zeros(0),
        shape=np.zeros((0, 0)),
        has_missing=has_missing,
    )


NOTHING = _flat(has_missing=False)  # the term of a feature that takes no part


def _shape(at: Floats, knots: Floats, weight: Floats) -> Floats:
    """Return the columns at the knots: a standardised line, then bends.

    Bends are the piecewise linear functions through the knots that have no mean and
    no slope on the data, in the order of their roughness and scaled by it (Demmler &
    Reinsch 1975), so that equal priors on them prefer the smooth.
    """
    weight = weight / weight.sum()
    mean = float(weight @ at)
    spread = float(np.sqrt(weight @ (at - mean) ** 2)) or 1.0
    line = (knots - mean) / spread
    if len(knots) < 3:
        return line[:, None]
    hats = _hats(at, knots)
    gram = hats.T @ (hats * weight[:, None])
    gram += 1e-9 * np.eye(len(knots))
    plain = np.column_stack([np.ones(len(knots)), line])
    # A basis of what is orthogonal to a constant and the line, on the data.
    _, _, rows = np.linalg.svd((gram @ plain).T)
    free = rows[2:].T
    kinks = _kinks(knots)
    inner = free.T @ gram @ free
    root = np.linalg.inv(np.linalg.cholesky(inner))
    rough, turned = np.linalg.eigh(root @ free.T @ kinks @ free @ root.T)
    bends = free @ root.T @ turned / np.sqrt(np.maximum(rough, rough[-1] * 1e-3))
    bends *= np.sqrt(bends.shape[1] / np.sum(np.diag(bends.T @ gram @ bends)))
    bends *= np.sign(bends[-1] + 1e-300)  # the same signs on every machine
    return np.column_stack([line, bends])


def _hats(at: Floats, knots: Floats) -> Floats:
    """Return how much each knot counts at a place: two neighbours share it, (n, k)."""
    part = np.zeros(len(at), np.intp)
    for knot in knots[1:-1]:
        part += at > knot
    share = np.clip((at - knots[part]) / np.diff(knots)[part], 0.0, 1.0)
    hats = np.arange(len(knots), dtype=np.float64) - (part + share)[:, None]
    np.abs(hats, out=hats)
    np.subtract(1.0, hats, out=hats)
    return np.maximum(hats, 0.0, out=hats)


def _kinks(knots: Floats) -> Floats:
    """Return the quadratic form of squared changes of slope at the inner knots."""
    gaps = np.diff(knots)
    slopes = np.diff(np.eye(len(knots)), axis=0) / gaps[:, None]
    changes = np.diff(slopes, axis=0)
    form: Floats = changes.T @ changes
    return form
