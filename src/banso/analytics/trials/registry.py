"""Whether a play at a signal is on trial, proven, declining or retired."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from banso.analytics.trials.verdicts import Verdict

State = Literal["trial", "proven", "declining", "retired"]
STATES: Final[tuple[State, ...]] = ("trial", "proven", "declining", "retired")
PROOF_DAYS: Final = 365  # a proof is to be renewed after so many


@dataclass(frozen=True)
class Proof:
    """What the newest trial of a play at a signal says."""

    verdict: Verdict
    is_over: bool  # at its planned end, or stopped
    decided_on: dt.date | None


@dataclass(frozen=True)
class Proposal:
    """What a person is asked to decide, and why."""

    state: State
    reason: Literal[
        "proven", "harmful", "no_effect", "proof_is_old", "no_longer_told", "not_proven"
    ]


def renew_by(decided_on: dt.date | None) -> dt.date | None:
    """Return the day on which a proof is a year old, and is to be renewed."""
    return None if decided_on is None else decided_on + dt.timedelta(days=PROOF_DAYS)


def proposal_of(
    state: State, proof: Proof | None, *, lift_high: float | None, today: dt.date
) -> Proposal | None:
    """Return what is proposed for a play at a signal.

    Parameters
    ----------
    state
        As a person decided last; ``trial`` before anybody did.
    proof
        Of the newest trial; None without one.
    lift_high
        The upper end of the lift's interval of the signal; None when it is unknown.
    today
        The as-of date.

    Returns
    -------
    Proposal or None
        ``proven`` when a trial proved it, ``retired`` when it harms or has no effect.
        Of what is proven: ``declining`` when the proof is older than a year, or when
        the signal no longer tells anything (its lift is surely below 1). Of what is
        declining: ``retired`` when a new trial ended without a proof. None when
        nothing is to be decided.

    """
    if proof is not None and proof.verdict in ("harmful", "no_effect"):
        reason: Literal["harmful", "no_effect"] = (
            "harmful" if proof.verdict == "harmful" else "no_effect"
        )
        return None if state == "retired" else Proposal("retired", reason)
    is_fresh = proof is not None and not is_old(proof.decided_on, today)
    if proof is not None and proof.verdict == "proven" and is_fresh:
        if state == "proven" and lift_high is not None and lift_high < 1:
            return Proposal("declining", "no_longer_told")
        return None if state == "proven" else Proposal("proven", "proven")
    if state == "proven":
        return Proposal("declining", "proof_is_old")
    ended = proof is not None and proof.is_over and proof.verdict == "not_enough"
    return Proposal("retired", "not_proven") if state == "declining" and ended else None


def is_old(decided_on: dt.date | None, today: dt.date) -> bool:
    """Return whether a proof is older than a year."""
    until = renew_by(decided_on)
    return until is not None and until < today


def minutes_per_effect(minutes: int, effect: float | None) -> float | None:
    """Return the work behind one outcome that the play brought or prevented.

    The play's minutes over the size of the effect: 120 minutes and −8 points are 1,500
    minutes for each customer kept. None without an effect.
    """
    return None if not effect else minutes / abs(effect)
