"""What a draft would do, as the app database keeps it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from banso.analytics.weights.comparing import JudgedWeights
from banso.runs.drafting import Effect, Move


def as_json(effect: Effect) -> dict[str, object]:
    """Return an effect as JSON-like values."""
    return {
        "release_id": effect.release_id,
        "as_of": effect.as_of.isoformat(),
        "horizon_days": effect.horizon_days,
        "bands_before": dict(effect.bands_before),
        "bands_after": dict(effect.bands_after),
        "moves": [[*pair, count] for pair, count in effect.moves.items()],
        "listed": [
            [m.customer_id, m.before, m.after, m.score_before, m.score_after]
            for m in effect.listed
        ],
        "judged": [asdict(row) for row in effect.judged],
        "first_date": effect.first_date and effect.first_date.isoformat(),
        "last_date": effect.last_date and effect.last_date.isoformat(),
        "reason": effect.reason,
    }


def from_json(kept: Mapping[str, Any]) -> Effect:
    """Return the effect that `as_json` made."""
    return Effect(
        release_id=kept["release_id"],
        as_of=dt.date.fromisoformat(kept["as_of"]),
        horizon_days=kept["horizon_days"],
        bands_before=kept["bands_before"],
        bands_after=kept["bands_after"],
        moves={(before, after): n for before, after, n in kept["moves"]},
        listed=tuple(Move(*row) for row in kept["listed"]),
        # what was kept by earlier versions does not name its model
        judged=tuple(JudgedWeights(**{"model": "", **row}) for row in kept["judged"]),
        first_date=_day(kept["first_date"]),
        last_date=_day(kept["last_date"]),
        reason=kept["reason"],
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
