"""One figure of how well something told what would happen."""

from dataclasses import dataclass

from banso.analytics.figures.estimate import Estimate


@dataclass(frozen=True)
class Judged:
    """One row of the result table ``judged``.

    ``n`` counts the rows (for ``caught``: the events) that the figure was computed
    from, ``events`` those in which the outcome happened. Intervals are at 95 %, by
    customer.
    """

    subject: str
    kind: str
    outcome: str
    stratum: str
    horizon_days: int
    figure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: str | None


@dataclass(frozen=True)
class CalibrationRow:
    """One row of the result table ``calibration``: what happened to a bin of rows."""

    subject: str
    horizon_days: int
    bin: int
    n: int
    predicted: float | None  # null for points, which promise no probability
    observed: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Figure:
    """A named estimate, before it is known whose it is."""

    key: str
    horizon_days: int
    estimate: Estimate
