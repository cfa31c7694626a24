"""What is proposed for a play at a signal, from its newest trial."""

import datetime as dt

import pytest

from banso.analytics.trials.registry import (
    Proof,
    Proposal,
    State,
    minutes_per_effect,
    proposal_of,
    renew_by,
)

TODAY = dt.date(2026, 11, 22)
FRESH = Proof("proven", is_over=True, decided_on=dt.date(2026, 5, 3))
OLD = Proof("proven", is_over=True, decided_on=dt.date(2025, 11, 21))
HARMFUL = Proof("harmful", is_over=False, decided_on=dt.date(2026, 9, 6))
NONE = Proof("no_effect", is_over=True, decided_on=dt.date(2026, 9, 6))
RUNNING = Proof("not_enough", is_over=False, decided_on=None)
ENDED = Proof("not_enough", is_over=True, decided_on=None)


@pytest.mark.parametrize(
    ("state", "proof", "proposal"),
    [
        ("trial", None, None),
        ("trial", RUNNING, None),
        ("trial", ENDED, None),
        ("trial", FRESH, Proposal("proven", "proven")),
        ("trial", HARMFUL, Proposal("retired", "harmful")),
        ("trial", NONE, Proposal("retired", "no_effect")),
        ("proven", FRESH, None),
        ("proven", OLD, Proposal("declining", "proof_is_old")),
        ("proven", None, Proposal("declining", "proof_is_old")),
        ("proven", HARMFUL, Proposal("retired", "harmful")),
        ("declining", FRESH, Proposal("proven", "proven")),
        ("declining", OLD, None),
        ("declining", RUNNING, None),
        ("declining", ENDED, Proposal("retired", "not_proven")),
        ("retired", FRESH, Proposal("proven", "proven")),
        ("retired", HARMFUL, None),
    ],
)
def test_proposal(state: State, proof: Proof | None, proposal: Proposal | None) -> None:
    assert proposal_of(state, proof, lift_high=3.0, today=TODAY) == proposal
    assert proposal_of(state, proof, lift_high=None, today=TODAY) == proposal


def test_a_signal_that_surely_tells_nothing_any_more_declines() -> None:
    found = proposal_of("proven", FRESH, lift_high=0.9, today=TODAY)

    assert found == Proposal("declining", "no_longer_told")


def test_a_proof_is_to_be_renewed_after_a_year() -> None:
    assert renew_by(dt.date(2026, 5, 3)) == dt.date(2027, 5, 3)
    assert renew_by(None) is None


def test_work_behind_one_outcome_by_hand() -> None:
    """120 minutes each, 8 of 100 more stay: 1,500 minutes for each of them."""
    assert minutes_per_effect(120, -0.08) == pytest.approx(1500)
    assert minutes_per_effect(120, 0.0) is None
    assert minutes_per_effect(120, None) is None
