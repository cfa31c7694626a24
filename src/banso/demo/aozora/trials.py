"""The plays whose customers were drawn by lot, as the tables of trials."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from banso.demo.aozora.lives import PLAYS, Lives
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import WEEKS_BEFORE, Block
from banso.demo.aozora.writing import NO_DAY, Tables, dates


@dataclass(frozen=True)
class _Trial:
    name: str
    signal: str
    outcome: str
    window_days: int
    smallest_effect: float
    guard_rails: Mapping[str, str]  # measure: whether more or less is better


_CALM: Final = {"contraction": "less", "tickets_90": "less", "score": "more"}
_TRIALS: Final[Mapping[str, _Trial]] = {
    "digitization_coaching": _Trial(
        "活用伴走プログラム", "outcome_missed", "churn", 182, 0.05, _CALM
    ),
    "monthly_newsletter": _Trial(
        "お役立ち通信", "no_contact", "churn", 182, 0.05, _CALM
    ),
    "seat_review": _Trial(
        "席数の見直し",
        "seats_full",
        "expansion",
        91,
        0.05,
        {"churn": "less", "contraction": "less", "score": "more"},
    ),
    "courtesy_call": _Trial(
        "ご機嫌伺いの電話", "single_threaded", "churn", 182, 0.05, _CALM
    ),
}


def write_trials(setting: Setting, tables: Tables) -> None:
    """Write the four trials, which end with the history."""
    trials = [_TRIALS[play] for play in PLAYS]
    count = len(trials)
    begins = np.full(count, 0, dtype=np.int32)
    ends = np.full(count, setting.days - 1, dtype=np.int32)
    tables.add(
        "trials",
        {
            "trial_id": list(PLAYS),
            "name": [trial.name for trial in trials],
            "signal": [trial.signal for trial in trials],
            "play": list(PLAYS),
            "outcome": [trial.outcome for trial in trials],
            "window_days": [trial.window_days for trial in trials],
            "share_held_out": [0.5] * count,
            "smallest_effect": [trial.smallest_effect for trial in trials],
            "started_on": dates(setting, begins),
            "stopped_on": dates(setting, ends),
            "guard_rails": [
                json.dumps(dict(trial.guard_rails), ensure_ascii=False)
                for trial in trials
            ],
        },
    )


def write_assignments(
    setting: Setting, tables: Tables, *, block: Block, lives: Lives
) -> None:
    """Write who was drawn into the trials from a block."""
    lots = lives.assignments
    first = ((lots.week - WEEKS_BEFORE) * 7).astype(np.int32)
    assert (first < NO_DAY).all()
    tables.add(
        "trial_assignments",
        {
            "trial_id": [PLAYS[play] for play in lots.play],
            "customer_id": [block.ids[i] for i in lots.customer],
            "assigned_on": dates(setting, first),
            "arm": ["treated" if treated else "held_out" for treated in lots.treated],
        },
    )
