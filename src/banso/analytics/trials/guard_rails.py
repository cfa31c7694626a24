"""What must not get worse while a play is tried."""

import json
from dataclasses import dataclass
from typing import Final

OUTCOMES: Final = ("churn", "expansion", "contraction")
SCORE: Final = "score"
_BETTER: Final = {
    "expansion": True,
    SCORE: True,
    "churn": False,
    "contraction": False,
}


@dataclass(frozen=True)
class GuardRail:
    """A measure that must not get worse."""

    measure: str  # an outcome, ``score``, or the key of a metric
    is_good: bool | None  # whether more is better; None: nobody said


def guard_rails_of(stored: str | None) -> tuple[GuardRail, ...]:
    """Return the guard-rails of a trial from the text that its row has.

    Parameters
    ----------
    stored
        JSON: ``{"tickets_90": "less", "score": "more"}``, which says what is better, or
        a list of measures. Of ``churn``, ``contraction``, ``expansion`` and ``score``
        it is known; of another measure in a list it is not, so a change is shown and
        never called worse. Null, and what is neither of both, is none.

    """
    try:
        found = json.loads(stored or "[]")
    except ValueError:
        return ()
    if isinstance(found, dict):
        better = {"more": True, "less": False}
        return tuple(
            GuardRail(str(name), better.get(str(said), _BETTER.get(str(name))))
            for name, said in found.items()
        )
    if not isinstance(found, list):
        return ()
    return tuple(GuardRail(str(name), _BETTER.get(str(name))) for name in found)
