"""The pages of plays, tasks and hand-overs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.accounts import queries as accounts
from banso.web.customers import queries as customers
from banso.web.work import operations, playbook, rules
from banso.web.work.claims import company_day
from banso.web.work.forms import HandOverForm, ResultForm, StepForm, StopForm, TaskForm
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal, told
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest, get_or_post


@require_safe
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def plays(request: StaffRequest) -> HttpResponse:
    """Show what is under way, who has how much to do, or the plays there are."""
    found = playbook.plays_page(request.GET, user=request.user, at=request.now)
    told(request, customers=found.customer_ids)
    return render(request, "work/plays.html", {"page": found})


@require_safe
@allowed("see_work")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS)
def play(request: StaffRequest, play_id: int) -> HttpResponse:
    """Show one play: what was done, what is to be done, and by when."""
    return _play_page(request, play_id)


@require_POST
@allowed("do_work")
def step(request: StaffRequest, task_id: int) -> HttpResponse:
    """End a step of a play, or a task."""
    task = playbook.get_task(task_id, visible_to=request.user)
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Minutes are a whole number up to 1440."))
        return redirect(_at(task))
    try:
        operations.do_step(
            task_id,
            version=_version(request),
            outcome=operations.Outcome(
                note=form.cleaned_data["note"],
                minutes=form.cleaned_data["minutes"],
                then=form.cleaned_data["then"],
            ),
            by=request.user,
            at=request.now,
        )
    except BansoError as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _("Done."))
    return redirect(_at(task))


@require_POST
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def result(request: StaffRequest, play_id: int) -> HttpResponse:
    """Finish a play with what came of it."""
    form = ResultForm(request.POST)
    if not form.is_valid():
        return _play_page(request, play_id, result_form=form)
    try:
        operations.finish_play(
            play_id,
            version=_version(request),
            result=operations.Result(form.cleaned_data["result"]),
            note=form.cleaned_data["note"],
            by=request.user,
            at=request.now,
        )
    except BansoError as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _("The play is finished."))
    return redirect("work:play", play_id)


@require_POST
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def stop(request: StaffRequest, play_id: int) -> HttpResponse:
    """Stop a play before its end."""
    form = StopForm(request.POST)
    if not form.is_valid():
        return _play_page(request, play_id, stop_form=form)
    try:
        operations.stop_play(
            play_id,
            version=_version(request),
            note=form.cleaned_data["note"],
            by=request.user,
            at=request.now,
        )
    except BansoError as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(
            request, _("The play was stopped. What it answered is open again.")
        )
    return redirect("work:play", play_id)


@require_safe
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def task(request: StaffRequest, task_id: int) -> HttpResponse:
    """Show a task that was made by hand."""
    found = playbook.get_task(task_id, visible_to=request.user)
    if found.open_play_id is not None:
        return redirect("work:play", found.open_play_id)
    told(request, customers=[str(found.customer_id)])
    context = {"task": found, "form": StepForm(), "today": company_day(request.now)}
    return render(request, "work/task.html", context)


@get_or_post
@allowed("do_work")
def new_task(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Add a task at a customer."""
    customer = customers.get_customer(customer_id, visible_to=request.user)
    due = rules.business_day_after(company_day(request.now), 1)
    posted = request.POST if request.method == "POST" else None
    form = TaskForm(posted, by=request.user, due=due)
    if not form.is_valid():
        context = {"form": form, "customer": customer}
        status = 422 if posted else 200
        return render(request, "work/new_task.html", context, status=status)
    assignee = accounts.find_user_by_email(form.cleaned_data["assignee"])
    assert assignee is not None
    operations.add_task(
        customer.pk,
        form.cleaned_data["title"],
        due_on=form.cleaned_data["due_on"],
        assignee=assignee,
        by=request.user,
        at=request.now,
    )
    messages.success(request, _("The task was added."))
    return redirect("customer:page", customer.pk)


@get_or_post
@allowed("do_work")
def hand_over(request: StaffRequest) -> HttpResponse:
    """Hand work over: a play, a customer, or everything of a person."""
    asked = request.POST if request.method == "POST" else request.GET
    giver = (asked.get("from") or request.user.email).strip().lower()[:254]
    operations.check_giver(giver, by=request.user)
    play_id = asked.get("play", "")
    customer_id = asked.get("customer", "")
    posted = request.POST if request.method == "POST" else None
    form = HandOverForm(posted, giver=giver, may_stand=not play_id)
    handed = _handed(form, giver, play_id, customer_id) if form.is_valid() else None
    if handed is not None:
        try:
            kept = operations.hand_over(handed, by=request.user, at=request.now)
        except BansoError as refusal:
            form.add_error("to", refusal_text(refusal))
        else:
            return redirect("work:brief", kept.pk)
    person = accounts.find_user_by_email(giver)
    context = {
        "form": form,
        "giver": giver,
        "giver_name": person.name if person else giver,
        "play_id": play_id,
        "customer_id": customer_id,
        "customer": customers.visible_name(customer_id, request.user),
    }
    status = 422 if posted else 200
    return render(request, "work/hand_over.html", context, status=status)


def _handed(
    form: HandOverForm, giver: str, play_id: str, customer_id: str
) -> operations.Handed | None:
    taker = accounts.find_user_by_email(form.cleaned_data["to"])
    if taker is None:
        return None
    return operations.Handed(
        giver=giver,
        taker=taker,
        customer_id=customer_id,
        play_id=int(play_id) if play_id.isdecimal() else None,
        note=form.cleaned_data["note"],
        is_standing=bool(form.cleaned_data.get("is_standing")),
    )


@require_safe
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def brief(request: StaffRequest, hand_over_id: int) -> HttpResponse:
    """Show what was handed over, customer by customer."""
    found = playbook.brief(hand_over_id, user=request.user)
    told(request, customers=(each.customer_id for each in found.customers))
    context = {"brief": found, "today": company_day(request.now)}
    return render(request, "work/brief.html", context)


@require_POST
@allowed("do_work")
def standing_end(request: StaffRequest, hand_over_id: int) -> HttpResponse:
    """Let what opens from now on be its owner's again."""
    playbook.brief(hand_over_id, user=request.user)
    operations.end_standing(hand_over_id, by=request.user, at=request.now)
    messages.success(request, _("What opens from now on is its owner's again."))
    return redirect("work:brief", hand_over_id)


def _play_page(
    request: StaffRequest, play_id: int, **forms: ResultForm | StopForm
) -> HttpResponse:
    found = playbook.play_page(play_id, user=request.user, at=request.now)
    told(request, customers=[str(found.play.customer_id)])
    context = {
        "page": found,
        "step_form": StepForm(
            initial={"minutes": found.now.minutes_planned if found.now else None}
        ),
        "result_form": ResultForm(),
        "stop_form": StopForm(),
        **forms,
    }
    status = 422 if forms else 200
    return render(request, "work/play.html", context, status=status)


def _version(request: StaffRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _at(task: object) -> str:
    play_id = getattr(task, "open_play_id", None)
    if play_id is not None:
        return reverse("work:play", args=[play_id])
    return reverse("work:task", args=[task.pk])  # type: ignore[attr-defined]
