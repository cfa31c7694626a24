"""Shrinkage against the eight schools, and what is said in words."""

import numpy as np
import pytest

from banso.analytics.trials.guard_rails import GuardRail, guard_rails_of
from banso.analytics.trials.segments import shrunken
from banso.analytics.trials.sentences import Said, verdict_in_words
from banso.analytics.trials.verdicts import rail_verdict


def test_eight_schools() -> None:
    """Rubin (1981); the medians of Gelman et al., BDA3, table 5.3."""
    effects = np.array([28, 8, -3, 7, -1, 1, 18, 12], dtype=float)
    errors = np.array([15, 10, 16, 11, 9, 11, 10, 18], dtype=float)

    found = shrunken(effects, errors, scale=20.0)  # as good as flat

    medians = np.array([10, 8, 7, 8, 5, 6, 10, 8], dtype=float)
    assert np.abs(found.effect - medians).max() < 1.6
    assert found.low[0] == pytest.approx(-2, abs=4)  # the book: −2 to 31
    assert found.high[0] == pytest.approx(31, abs=5)


def test_a_segment_with_many_customers_keeps_its_effect() -> None:
    found = shrunken(
        np.array([-0.10, 0.00, 0.02]), np.array([0.005, 0.05, 0.05]), scale=0.1
    )

    assert found.effect[0] == pytest.approx(-0.10, abs=0.002)
    assert -0.05 < found.effect[1] < 0.0


def test_guard_rails_are_read_from_either_form() -> None:
    assert guard_rails_of('{"tickets_90": "less", "score": "more"}') == (
        GuardRail("tickets_90", is_good=False), GuardRail("score", is_good=True),
    )  # fmt: skip
    assert guard_rails_of('["contraction", "nps_last"]') == (
        GuardRail("contraction", is_good=False), GuardRail("nps_last", is_good=None),
    )  # fmt: skip
    assert guard_rails_of(None) == guard_rails_of("{") == guard_rails_of("3") == ()


@pytest.mark.parametrize(
    ("interval", "is_good", "verdict"),
    [
        ((0.1, 0.2), False, "worse"),
        ((-0.2, -0.1), True, "worse"),
        ((0.1, 0.2), True, "no_worse"),
        ((-0.1, 0.2), False, "no_worse"),
        ((0.1, 0.2), None, "changed"),
        ((-0.1, 0.2), None, "no_worse"),
    ],
)
def test_rail_is_worse_only_on_its_bad_side(
    *, interval: tuple[float, float], is_good: bool | None, verdict: str
) -> None:
    assert rail_verdict(*interval, is_good=is_good) == verdict


def test_verdicts_in_both_languages() -> None:
    said = Said(
        outcome="churn", window_days=182, n=498, treated=0.0492, held_out=0.1496,
        effect=-0.0879, low=-0.1385, high=-0.0372, confidence=0.95, smallest=0.05,
        reason=None,
    )  # fmt: skip
    nothing = Said(
        outcome="churn", window_days=182, n=12, treated=None, held_out=None,
        effect=None, low=None, high=None, confidence=0.99, smallest=None,
        reason="too_few_events",
    )  # fmt: skip

    proven, unknown = (
        verdict_in_words("proven", said),
        verdict_in_words("not_enough", nothing),
    )

    assert proven.en == (
        "Proven: within 182 days the share who leave is 4.9% with the play and 15.0% "
        "without, a difference of −8.8 points (95% interval −13.9 to −3.7)."
    )
    assert "効果が証明されました" in proven.ja
    assert "−13.9〜−3.7" in proven.ja
    assert "12 customers are over" in unknown.en
    assert "12社" in unknown.ja
