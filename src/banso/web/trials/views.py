"""The pages of trials: the registry, a new one, one with what it says."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.customers import queries as customers
from banso.web.trials import designing, history, operations, queries, registry, whom
from banso.web.trials.forms import DecisionForm, DesignForm, WhyForm
from banso.webkit import spreadsheets
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refuse
from banso.webkit.requests import StaffRequest, get_or_post

_COLUMNS = (
    "customer_id", "name", "arm", "assigned_on", "opened_on", "stratum", "position",
)  # fmt: skip


@require_safe
@allowed("see_trials")
def list_trials(request: StaffRequest) -> HttpResponse:
    """Show all trials, how each play stands, and what history says without a trial."""
    context = {
        "lines": queries.trial_lines(),
        "registered": registry.registered(),
        "history": history.history_page(),
    }
    return render(request, "trials/list.html", context)


@get_or_post
@allowed("run_trials")
def new(request: StaffRequest) -> HttpResponse:
    """Show what a trial would take, and start it."""
    asked = request.POST if request.method == "POST" else request.GET
    start = designing.start_of(asked.get("signal", ""))
    if start is None:
        return render(request, "trials/new.html", {"start": None})
    is_answered = "rate" in asked
    form = DesignForm(
        asked if is_answered else None,
        initial=start.values,
        signals=start.signals,
        plays=start.plays,
    )
    preview = None
    if is_answered and form.is_valid():
        if request.method == "POST":
            return _start(request, form)
        preview = designing.preview_of(form.cleaned_data)
    context = {
        "start": start,
        "form": form,
        "preview": preview,
        "answers": [
            (name, value) for name in form.fields for value in asked.getlist(name)
        ],
    }
    status = 422 if is_answered and not form.is_valid() else 200
    return render(request, "trials/new.html", context, status=status)


def _start(request: StaffRequest, form: DesignForm) -> HttpResponse:
    release = customers.published_release()
    assert release is not None, "there is a form only with a release"
    try:
        trial = operations.start_trial(
            designing.design_of(form.cleaned_data),
            on=request.now.date(),
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("The trial runs: the next release draws."))
    return redirect("trials:trial", trial.trial_id)


@require_safe
@allowed("see_trials")
def trial(request: StaffRequest, trial_id: str) -> HttpResponse:
    """Show one trial: how far it is, what it says, who was drawn."""
    page = queries.trial_page(trial_id, visible_to=request.user)
    context = {
        "page": page,
        "whom": whom.whom_to_treat(trial_id),
        "stop_form": WhyForm(),
    }
    return render(request, "trials/trial.html", context)


@require_POST
@allowed("run_trials")
def stop(request: StaffRequest, trial_id: str) -> HttpResponse:
    """Stop a trial for a reason."""
    started = queries.find_started(trial_id)
    if started is None:
        raise Http404
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays with the trial."))
        return redirect("trials:trial", trial_id)
    try:
        operations.stop_trial(
            started.pk,
            why=form.cleaned_data["why"],
            on=request.now.date(),
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("The trial is stopped: nobody is held out any more."))
    return redirect("trials:trial", trial_id)


@require_safe
@allowed("export_customers")
def customers_csv(request: StaffRequest, trial_id: str) -> HttpResponseBase:
    """Give who was drawn, as far as the user sees them, as a file."""
    started = queries.find_started(trial_id)
    if started is None:
        raise Http404
    members = queries.visible_members(started, visible_to=request.user)
    rows = ([getattr(each, name) for name in _COLUMNS] for each in members)
    text = spreadsheets.csv_table(_COLUMNS, rows, for_excel=True)
    noted = audit.export_figures(
        text,
        name="trials/customers",
        wanted={"trial": trial_id},
        by=request.user,
        at=request.now,
    )
    return spreadsheets.csv_file(noted, name="trial")


@require_POST
@allowed("run_trials")
def decide(request: StaffRequest) -> HttpResponse:
    """Decide how a play stands at a signal."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays with the decision."))
        return redirect("trials:list")
    operations.decide(
        signal=form.cleaned_data["signal"],
        play=form.cleaned_data["play"],
        state=form.chosen,
        why=form.cleaned_data["why"],
        by=request.user,
        at=request.now,
    )
    messages.success(request, _("The decision is kept."))
    return redirect("trials:list")


@require_safe
@allowed("see_customers")
def always_act(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Show whether a customer may be held out, and change it."""
    customer = customers.get_customer(customer_id, visible_to=request.user)
    context = {
        "customer": customer,
        "mark": queries.why_always_act(customer_id),
        "form": WhyForm(),
    }
    return render(request, "trials/always_act.html", context)


@require_POST
@allowed("mark_always_act")
def mark(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Never hold a customer out, for a reason."""
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays with the mark."))
        return redirect("trials:always_act", customer_id)
    operations.mark_always_act(
        customer_id, why=form.cleaned_data["why"], by=request.user, at=request.now
    )
    messages.success(request, _("This customer is never held out."))
    return redirect("trials:always_act", customer_id)


@require_POST
@allowed("mark_always_act")
def unmark(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Let a customer be drawn again."""
    operations.unmark_always_act(customer_id, by=request.user, at=request.now)
    messages.success(request, _("This customer can be drawn into trials again."))
    return redirect("trials:always_act", customer_id)
