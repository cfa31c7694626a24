"""A number with its uncertainty, or the reason why there is none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """One figure of a sample.

    ``value``, ``low`` and ``high`` (95 % unless the function says otherwise) are null
    exactly when ``reason`` is set: a code such as ``too_few_events``.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int  # customers or rows that the figure was computed from, as its function says
    events: int = 0
    p_value: float | None = None
    reason: str | None = None

    @classmethod
    def unknown(cls, reason: str, *, n: int, events: int = 0) -> "Estimate":
        """Return the estimate that cannot be had."""
        return cls(None, None, None, n, events, None, reason)
