"""One figure of how well something told what would happen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Judged:
    """One row of the result table ``judged``.

    ``n`` counts the customers that the figure was computed from and ``events`` those
    among them with the outcome; of ``caught`` they are those that left and those that
    were caught, of ``at_risk`` those that were at risk. Intervals are at 95 %, by
    customer; value, low and high are null exactly when there is a reason.
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
