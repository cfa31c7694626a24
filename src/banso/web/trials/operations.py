"""Starting and stopping trials, marks of customers, and decisions about plays."""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction

from banso.analytics.trials.registry import State
from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.customers import queries as customers
from banso.web.trials import drawing_in, queries
from banso.web.trials.models import AlwaysAct, Decision, StartedTrial
from banso.web.webhooks import operations as webhooks
from banso.webkit.permissions import Staff


class SignalOnTrial(BansoError):
    """Refuse a second trial of a signal while one runs."""

    code = "signal_on_trial"


class TrialStopped(BansoError):
    """Refuse to stop a trial that was stopped before."""

    code = "trial_stopped"


@dataclass(frozen=True)
class Design:
    """Everything about a trial that is fixed when it starts."""

    name: str
    signal: str
    play: str
    outcome: str
    window_days: int
    share_held_out: float
    planned_per_arm: int
    smallest_effect: float
    strata: tuple[str, ...]
    guard_rails: dict[str, str]  # measure: whether more or less is better


def start_trial(
    design: Design, *, on: dt.date, by: Staff, at: dt.datetime
) -> StartedTrial:
    """Start a trial: from the next release on, new openings are drawn.

    Parameters
    ----------
    design
        What is fixed from now on.
    on
        Openings from this day on count.
    by, at
        Who, and when.

    Raises
    ------
    SignalOnTrial
        Another trial of the signal runs.

    """
    try:
        with transaction.atomic():
            values = {**asdict(design), "strata": list(design.strata)}
            trial = StartedTrial.objects.create(
                **values,
                seed=secrets.randbelow(1 << 31),
                started_on=on,
                started_at=at,
                started_by_id=by.pk,
            )
            audit.record(
                "trial_started",
                subject=trial,
                by=by,
                at=at,
                details={**values, "seed": trial.seed},
            )
            webhooks.tell("trial.started", [_told(trial)], at=at)
    except IntegrityError as error:
        raise SignalOnTrial(
            f"The signal {design.signal} is on trial already.", signal=design.signal
        ) from error
    return trial


@transaction.atomic
def stop_trial(
    number: int, *, why: str, on: dt.date, by: Staff, at: dt.datetime
) -> StartedTrial:
    """End a trial: from now on nobody is held out any more.

    Raises
    ------
    TrialStopped
        Somebody stopped it before; the first reason stands.

    """
    trial = queries.get_started(number, lock=True)
    if trial.stopped_on is not None:
        raise TrialStopped(
            f"{trial} was stopped on {trial.stopped_on}.", name=trial.name
        )
    trial.stopped_on, trial.stopped_at = on, at
    trial.stopped_by_id, trial.stopped_why = by.pk, why
    trial.save(update_fields=["stopped_on", "stopped_at", "stopped_by", "stopped_why"])
    drawing_in.let_everybody_go(trial)
    audit.record("trial_stopped", subject=trial, by=by, at=at)
    said = {**_told(trial), "stopped_on": on}
    webhooks.tell("trial.stopped", [said], at=at)
    return trial


def _told(trial: StartedTrial) -> dict[str, object]:
    names = ("signal", "play", "outcome", "window_days", "started_on")
    return {"trial_id": trial.trial_id} | {n: getattr(trial, n) for n in names}


@transaction.atomic
def mark_always_act(customer_id: str, *, why: str, by: Staff, at: dt.datetime) -> None:
    """Never hold a customer out, for a reason; saying it again changes the reason."""
    customer = customers.get_customer(customer_id, visible_to=by)
    AlwaysAct.objects.update_or_create(
        customer_id=customer_id, defaults={"why": why, "by_id": by.pk, "at": at}
    )
    subject = audit.Subject("customer", customer_id, customer.name)
    audit.record("always_act_marked", subject=subject, by=by, at=at)


@transaction.atomic
def unmark_always_act(customer_id: str, *, by: Staff, at: dt.datetime) -> None:
    """Let a customer be drawn into trials again; nothing when it was not marked."""
    customer = customers.get_customer(customer_id, visible_to=by)
    found, _each = AlwaysAct.objects.filter(customer_id=customer_id).delete()
    if found:
        subject = audit.Subject("customer", customer_id, customer.name)
        audit.record("always_act_unmarked", subject=subject, by=by, at=at)


@transaction.atomic
def decide(
    *, signal: str, play: str, state: State, why: str, by: Staff, at: dt.datetime
) -> Decision:
    """Promote or retire a play at a signal, for a reason."""
    decision = Decision.objects.create(
        signal=signal, play=play, state=state, why=why, by_id=by.pk, at=at
    )
    audit.record(
        "play_decided", subject=decision, by=by, at=at, details={"state": state}
    )
    return decision
