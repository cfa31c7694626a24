"""Trials for programs."""

from collections.abc import Mapping

from django.http import Http404
from ninja import Query, Router

from banso.web.customers import queries as customers
from banso.web.trials import designing, operations, queries, records, registry
from banso.web.trials.forms import DesignForm
from banso.web.trials.schemas import (
    DesignIn,
    DrawnPage,
    MarkIn,
    MarkOut,
    OneTrialOut,
    PlayDecisionIn,
    PreviewOut,
    StandingOut,
    StandingsOut,
    TrialCustomersQuery,
    TrialsOut,
    TrialStopIn,
)
from banso.webkit.api.forms import check
from banso.webkit.api.paging import following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Trials"])


@router.get("trials", response=TrialsOut, operation_id="listTrials")
@allowed("see_trials")
def trials(request: StaffRequest) -> object:
    """List what each trial says of each measure."""
    del request
    release = customers.published_release()
    return {
        "as_of": release.as_of if release else None,
        "trials": records.trials(),
        "items": records.list_results(),
    }


@router.post("trials", response=OneTrialOut, operation_id="startTrial")
@allowed("run_trials")
def start(request: StaffRequest, body: DesignIn) -> object:
    """Start a trial: from the next release on, new openings of the signal are drawn.

    All but its stop is fixed from then on. 404 before the first run.
    """
    trial = operations.start_trial(
        designing.design_of(_answers(body)),
        on=request.now.date(),
        by=request.user,
        at=request.now,
    )
    return records.one_trial(trial.trial_id)


@router.post("trials/preview", response=PreviewOut, operation_id="previewTrial")
@allowed("run_trials")
def preview(request: StaffRequest, body: DesignIn) -> object:
    """Return how many customers and how long a trial would take; nothing is kept."""
    del request
    found = designing.preview_of(_answers(body))
    if found is None:
        raise Http404
    names = ("weeks", "window_weeks", "ends_on", "reachable", "in_half_a_year")
    plain = {name: getattr(found, name) for name in names}
    return {
        "treated": found.sizes.treated,
        "held_out": found.sizes.held_out,
        **plain,
    }


@router.get("trials/{key:trial_id}", response=OneTrialOut, operation_id="getTrial")
@allowed("see_trials")
def trial(request: StaffRequest, trial_id: str) -> object:
    """Return a trial, how many were drawn, and what it says of each measure."""
    del request
    return records.one_trial(trial_id)


@router.get(
    "trials/{key:trial_id}/customers",
    response=DrawnPage,
    operation_id="listTrialCustomers",
)
@allowed("see_trials")
def drawn(
    request: StaffRequest, trial_id: str, asked: Query[TrialCustomersQuery]
) -> object:
    """List who was drawn into which arm, as far as the user sees them."""
    start = start_of(asked.cursor)
    found = records.list_drawn(trial_id, visible_to=request.user)
    rows = found[start : start + asked.limit]
    is_more = len(found) > start + asked.limit
    return paged(request, rows, following(start + len(rows)) if is_more else "")


@router.post(
    "trials/{key:trial_id}/stop", response=OneTrialOut, operation_id="stopTrial"
)
@allowed("run_trials")
def stop(request: StaffRequest, trial_id: str, body: TrialStopIn) -> object:
    """Stop a trial for a reason: nobody is held out any more."""
    operations.stop_trial(
        queries.get_number(trial_id),
        why=body.why,
        on=request.now.date(),
        by=request.user,
        at=request.now,
    )
    return records.one_trial(trial_id)


@router.get("play-standings", response=StandingsOut, operation_id="listPlayStandings")
@allowed("see_trials")
def standings(request: StaffRequest) -> object:
    """List how each play stands at each signal, and who decided that."""
    del request
    return {"items": registry.standings()}


@router.post("play-standings", response=StandingOut, operation_id="decidePlay")
@allowed("run_trials")
def decide(request: StaffRequest, body: PlayDecisionIn) -> object:
    """Decide how a play stands at a signal, for a reason; 404 for what there is not."""
    registry.check_pair(body.signal, body.play)
    operations.decide(
        **body.model_dump(),
        by=request.user,
        at=request.now,
    )
    return registry.standing(body.signal, body.play)


@router.get(
    "customers/{key:customer_id}/always-act",
    response=MarkOut,
    operation_id="getAlwaysAct",
)
@allowed("see_customers")
def mark_of(request: StaffRequest, customer_id: str) -> object:
    """Return whether a customer is never held out, and why."""
    return records.mark(customer_id, visible_to=request.user)


@router.put(
    "customers/{key:customer_id}/always-act",
    response=MarkOut,
    operation_id="markAlwaysAct",
)
@allowed("mark_always_act")
def mark(request: StaffRequest, customer_id: str, body: MarkIn) -> object:
    """Never hold a customer out, for a reason."""
    operations.mark_always_act(
        customer_id, why=body.why, by=request.user, at=request.now
    )
    return records.mark(customer_id, visible_to=request.user)


@router.delete(
    "customers/{key:customer_id}/always-act",
    response=MarkOut,
    operation_id="unmarkAlwaysAct",
)
@allowed("mark_always_act")
def unmark(request: StaffRequest, customer_id: str) -> object:
    """Let a customer be drawn into trials again."""
    operations.unmark_always_act(customer_id, by=request.user, at=request.now)
    return records.mark(customer_id, visible_to=request.user)


def _answers(body: DesignIn) -> Mapping[str, object]:
    """Return what the form of the page makes of a design, by the same rules."""
    begun = designing.start_of(body.signal)
    if begun is None:
        raise Http404
    form = DesignForm(
        body.answers, initial=begun.values, signals=begun.signals, plays=begun.plays
    )
    check(form)
    return form.cleaned_data
