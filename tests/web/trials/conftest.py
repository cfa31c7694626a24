"""A company with a trial in its release, and signals that open."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from tests.web.customer.conftest import SLASHED, computed
from tests.web.signals.conftest import KNOWN, judged, opened, show

from banso.web.trials.operations import Design

__all__ = ["computed", "show"]
TODAY = dt.date(2026, 11, 23)


def result(**changed: Any) -> dict[str, Any]:
    """Return a row of ``trial_results``: coaching, proven."""
    row: dict[str, Any] = {
        "trial_id": "coaching", "name": "伴走",
        "signal": "no_habit", "play": "revive_use",
        "window_days": 182, "share_held_out": 0.5, "planned": 400,
        "smallest_effect": 0.05, "started_on": dt.date(2025, 1, 5),
        "stopped_on": None, "kind": "outcome", "measure": "churn", "segment_of": "",
        "segment": "", "assigned_treated": 200, "assigned_held_out": 200,
        "n_treated": 200, "n_held_out": 200, "mean_treated": 0.05,
        "mean_held_out": 0.15, "events_treated": 10, "events_held_out": 30,
        "effect": -0.1, "low": -0.16, "high": -0.04, "confidence": 0.95,
        "low_always": -0.21, "high_always": 0.01, "variance_saved": 0.12,
        "verdict": "proven", "basis": "planned_end",
        "decided_on": dt.date(2026, 5, 3), "ends_on": dt.date(2026, 5, 3),
        "reason": None, "said_ja": "効果が証明されました。",
        "said_en": "Proven: it works.",
    }  # fmt: skip
    return row | changed


def tables() -> dict[str, Any]:
    """Return a proven trial with a guard-rail, segments and looks; open signals."""
    segment = {"kind": "segment", "segment_of": "touch", "verdict": "not_enough"}
    return {
        "signals": [
            opened("C1", "use_stopped", TODAY, "Last used 16 days ago."),
            opened(SLASHED, "use_stopped", TODAY, "Last used 20 days ago."),
        ],
        "signals_judged": judged("use_stopped", KNOWN, ""),
        "trial_results": [
            result(),
            result(
                kind="guard_rail", measure="contraction", effect=0.02, low=-0.02,
                high=0.06, verdict="no_worse",
            ),
            result(**segment, segment="high", effect=-0.12),
            result(**segment, segment="low", effect=-0.08),
        ],
        "trial_looks": [
            {
                "trial_id": "coaching", "look_on": dt.date(2026, 4, 26),
                "n_treated": 190, "n_held_out": 191, "effect": -0.09, "low": -0.2,
                "high": 0.02, "reason": None,
            },
        ],
    }  # fmt: skip


def whom(kind: str, number: int = 0, **changed: Any) -> dict[str, Any]:
    """Return a row of ``trial_targeting`` of coaching."""
    row: dict[str, Any] = {
        "trial_id": "coaching", "kind": kind, "number": number, "measure": "churn",
        "verdict": "target_these", "feature": "", "level": "", "value": None,
        "low": None, "high": None, "n": 400, "events": 360, "share": None,
        "p_same": None, "worth_it": None, "reason": None, "said_ja": "", "said_en": "",
        "why_ja": "", "why_en": "",
    }  # fmt: skip
    return row | changed


def targeted() -> list[dict[str, Any]]:
    """Return that those on Pro with a low score are to be treated first."""
    effects = [0.31, 0.2, 0.1, 0.04, -0.05]
    return [
        whom(
            "overall", value=0.1, low=0.04, high=0.16, p_same=0.003, worth_it=4,
            said_ja="効果は顧客によって異なります。", said_en="The effect differs.",
            why_ja="全体の効果は+10.0ポイント。", why_en="For all it is +10.0 points.",
        ),
        whom("qini", value=0.21, low=-0.04, high=0.46, n=120),
        *(
            whom("group", n, value=effect, low=effect - 0.12, high=effect + 0.12, n=80)
            for n, effect in enumerate(effects, 1)
        ),
        whom("feature", 1, feature="plan", level="Pro", value=0.2, share=0.7),
        whom("feature", 2, feature="score", value=-0.1, share=0.2),
    ]  # fmt: skip


def design(**changed: Any) -> Design:
    """Return a trial of the signal that is open at two customers."""
    values: dict[str, Any] = {
        "name": "Win back", "signal": "use_stopped", "play": "revive_use",
        "outcome": "churn", "window_days": 180, "share_held_out": 0.5,
        "planned_per_arm": 300, "smallest_effect": 0.05, "strata": (),
        "guard_rails": {"contraction": "less"},
    }  # fmt: skip
    return Design(**(values | changed))


@pytest.fixture
def answers() -> Mapping[str, str | list[str]]:
    """Return the answers of the form of a new trial."""
    return {
        "signal": "use_stopped", "play": "revive_use", "name": "Win back",
        "outcome": "churn", "window_days": "180", "share_held_out": "0.5",
        "rate": "38", "expected": "28", "strata": ["touch"],
        "guard_rails": ["contraction", "score"],
    }  # fmt: skip
