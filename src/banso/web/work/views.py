"""The page of today, and acting on its cards."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.accounts import queries as accounts
from banso.web.work import operations, today, words
from banso.web.work.claims import company_day
from banso.web.work.forms import DelegationForm, DismissalForm, SnoozeForm, read_claims
from banso.webkit import formatting
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal, told
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest, get_or_post


@require_safe
@allowed("see_work")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS)
def page(request: StaffRequest) -> HttpResponse:
    """Show what to do now, and what is due beside it."""
    found = today.today_page(request.GET, user=request.user, at=request.now)
    told(request, customers=found.customer_ids)
    return render(request, "work/today.html", {"page": found})


@require_safe
@allowed("see_work")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS)
def item(request: StaffRequest, item_id: int) -> HttpResponse:
    """Show one opening: why, what it is worth, and a message to start from."""
    found = today.item_page(item_id, user=request.user, at=request.now)
    told(request, customers=[found.card.customer_id])
    template = "work/_detail.html" if request.htmx else "work/item.html"
    return render(request, template, {"page": found})


@get_or_post
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def play(request: StaffRequest, item_id: int) -> HttpResponse:
    """Choose a play, and start it."""
    if request.method != "POST":
        found = today.item_page(item_id, user=request.user, at=request.now)
        told(request, customers=[found.card.customer_id])
        return _form(request, "play", {"page": found})
    try:
        started = operations.start_play(
            _claims(request, item_id),
            play=request.POST.get("play", ""),
            by=request.user,
            at=request.now,
        )
    except BansoError as refusal:
        return _refused(request, refusal)
    address = reverse("work:play", args=[started.pk])
    _say(request, _("Started: %(what)s."), words.said(started.label), address)
    return redirect(address if request.POST.get("then") == "open" else _next(request))


@get_or_post
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def delegation(request: StaffRequest, item_id: int) -> HttpResponse:
    """Let somebody else act."""
    form = DelegationForm(_posted(request), by=request.user)
    if not form.is_valid():
        return _item_form(request, item_id, "delegation", form)
    to = accounts.find_user_by_email(form.cleaned_data["to"])
    assert to is not None
    try:
        operations.delegate(
            _claims(request, item_id),
            to=to,
            note=form.cleaned_data["note"],
            by=request.user,
            at=request.now,
        )
    except BansoError as refusal:
        return _refused(request, refusal)
    _say_item(request, item_id, _("Delegated to %(what)s."), to.name)
    return redirect(_next(request))


@get_or_post
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def snooze(request: StaffRequest, item_id: int) -> HttpResponse:
    """Put aside until a day."""
    form = SnoozeForm(_posted(request), today=company_day(request.now))
    if not form.is_valid():
        return _item_form(request, item_id, "snooze", form)
    try:
        operations.snooze(
            _claims(request, item_id),
            until=form.cleaned_data["until"],
            why=form.cleaned_data["why"],
            by=request.user,
            at=request.now,
        )
    except operations.SnoozeOutOfRange as refusal:
        form.add_error("until", refusal_text(refusal))
        return _item_form(request, item_id, "snooze", form)
    except BansoError as refusal:
        return _refused(request, refusal)
    day = formatting.day(form.cleaned_data["until"])
    _say_item(request, item_id, _("Snoozed until %(what)s."), day)
    return redirect(_next(request))


@get_or_post
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def dismissal(request: StaffRequest, item_id: int) -> HttpResponse:
    """Decide that nothing is to be done, and why."""
    form = DismissalForm(_posted(request))
    if not form.is_valid():
        return _item_form(request, item_id, "dismissal", form)
    reason = operations.Dismissal(form.cleaned_data["reason"])
    try:
        operations.dismiss(
            _claims(request, item_id),
            reason=reason,
            why=form.cleaned_data["why"],
            by=request.user,
            at=request.now,
        )
    except BansoError as refusal:
        return _refused(request, refusal)
    _say_item(request, item_id, _("Dismissed: %(what)s."), str(reason.label))
    return redirect(_next(request))


@require_POST
@allowed("do_work")
def opening(request: StaffRequest, item_id: int) -> HttpResponse:
    """Take back what was decided."""
    try:
        operations.reopen(_claims(request, item_id), by=request.user, at=request.now)
    except BansoError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("It is on the page of today again."))
    return redirect(_next(request))


def _claims(request: StaffRequest, item_id: int) -> dict[int, int]:
    """Return what the form names; the opening of the address, should it name none."""
    named = read_claims(request.POST.getlist("item"))
    return named or {item_id: -1}


def _item_form(
    request: StaffRequest, item_id: int, name: str, form: object
) -> HttpResponse:
    found = today.item_page(item_id, user=request.user, at=request.now)
    told(request, customers=[found.card.customer_id])
    return _form(request, name, {"page": found, "form": form})


def _form(request: StaffRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """Return a form in a page of its own, or what a dialog shows of it."""
    status = 422 if request.method == "POST" else 200
    context |= {
        "form_template": f"work/_{name}_form.html",
        "next": _next(request),
    }
    template = context["form_template"] if request.htmx else "work/form.html"
    return render(request, str(template), context, status=status)


def _posted(request: StaffRequest) -> dict[str, str] | None:
    return request.POST if request.method == "POST" else None


def _refused(request: StaffRequest, refusal: BansoError) -> HttpResponse:
    """Lead back to what there is now, and say what came in between."""
    messages.error(request, refusal_text(refusal))
    return redirect(_next(request))


def _say_item(request: StaffRequest, item_id: int, said: str, what: str) -> None:
    _say(request, said, what, reverse("work:item", args=[item_id]))


def _say(request: HttpRequest, said: str, what: str, address: str) -> None:
    """Say what was done, with a link to it."""
    sentence = said % {"what": what}
    link = format_html('<a href="{}">{}</a>', address, _("Look at it"))
    messages.success(request, format_html("{} {}", sentence, link))


def _next(request: HttpRequest) -> str:
    """Return the page of work to go back to."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours and asked.startswith("/") else reverse("work:today")
