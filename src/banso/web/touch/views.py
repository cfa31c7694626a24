"""The pages of touch models, and what is decided on them."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.customers import queries as customers
from banso.web.touch import operations, pages, queries
from banso.web.touch.forms import OverrideForm, ProposalForm
from banso.web.touch.wanted import Wanted
from banso.webkit import formatting
from banso.webkit.company_names import touch_name
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refusal_text, refuse
from banso.webkit.requests import StaffRequest, get_or_post
from banso.webkit.spreadsheets import csv_file, csv_lines

COLUMNS = (
    "customer_id", "name", "touch_now", "touch_proposed", "touch_by_rules", "rule",
    "basis", "why_ja", "why_en", "value", "need", "place", "hours_now",
    "hours_proposed", "owner_now", "owner_proposed", "owner_basis", "contacted_28",
    "contacted_90", "minutes_90",
)  # fmt: skip


@require_safe
@allowed("see_touch")
def page(request: StaffRequest) -> HttpResponse:
    """Show what customers have, and what is proposed."""
    wanted = Wanted.read(request.GET)
    found = pages.touch_page(wanted, visible_to=request.user)
    offered = found.proposals.offered if found.proposals else {}
    form = ProposalForm.of(offered, request.GET)
    context = {"page": found, "form": form, "query": wanted.query, "tab": "page"}
    return render(request, "touch/page.html", context)


@require_POST
@allowed("assign_touch")
def accept(request: StaffRequest) -> HttpResponse:
    """Accept proposals: the chosen ones, or all that the address asks for."""
    wanted = Wanted.read(request.POST)
    chosen = request.POST.getlist("customer")
    if "all" in request.POST:
        found = queries.source(visible_to=request.user)
        if found.table is not None:
            chosen = [str(row["customer_id"]) for row in queries.listed(found, wanted)]
    back = f"{reverse('touch:page')}?{wanted.query}#proposals"
    if not chosen:
        messages.error(request, _("Choose at least one customer."))
        return redirect(back)
    try:
        count = operations.accept_proposals(
            chosen,
            release_id=request.POST.get("release", ""),
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    said = ngettext(
        "%(n)s proposal is accepted and takes effect with the next run.",
        "%(n)s proposals are accepted and take effect with the next run.",
        count,
    )
    messages.success(request, said % {"n": formatting.number(count)})
    return redirect(back)


@get_or_post
@allowed("assign_touch")
def override(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Set the touch model or the owner of a customer by hand."""
    customer = customers.get_customer(customer_id, visible_to=request.user)
    given: Mapping[str, str] | None = request.POST if request.method == "POST" else None
    form = _override_form(request, given)
    status = 200
    if given is not None:
        status = 422
        if form.is_valid():
            try:
                operations.override(
                    customer_id,
                    operations.Override(**form.cleaned_data),
                    by=request.user,
                    at=request.now,
                )
            except BansoError as error:
                form.add_error(None, refusal_text(error))
            else:
                messages.success(request, _("It takes effect with the next run."))
                return redirect("touch:assignments")
    context = {"form": form, "customer": customer, "touch": touch_name(customer.touch)}
    return render(request, "touch/override.html", context, status=status)


def _override_form(
    request: StaffRequest, given: Mapping[str, str] | None
) -> OverrideForm:
    reader = customers.published_reader()
    rules = reader.catalog.touch if reader else None
    if reader is None or rules is None:
        raise Http404
    names = queries.owner_names(reader, request.user)
    return OverrideForm.of(
        [(model.key, queries.model_name(rules, model.key)) for model in rules.models],
        [(email, names.get(email, email)) for email in queries.people(reader)],
        given,
    )


@require_safe
@allowed("see_touch")
def owners(request: StaffRequest) -> HttpResponse:
    """Show who looks after how many customers."""
    found = pages.owners_page(visible_to=request.user)
    return render(request, "touch/owners.html", {"page": found, "tab": "owners"})


@require_safe
@allowed("see_touch")
def capacity(request: StaffRequest) -> HttpResponse:
    """Show how many people the customers take, today and under growth."""
    found = pages.capacity_page(request.GET.dict(), visible_to=request.user)
    return render(request, "touch/capacity.html", {"page": found, "tab": "capacity"})


@require_safe
@allowed("see_touch")
def assignments(request: StaffRequest) -> HttpResponse:
    """Show what was decided, and what of it holds."""
    at, shown = request.GET.get("at", ""), request.GET.get("show", "")
    rows, count = queries.assignments(
        visible_to=request.user,
        today=timezone.localdate(request.now),
        start=int(at) if at.isdecimal() and len(at) < 10 else 0,
        only_holding=shown != "all",
    )
    context = {"rows": rows, "count": count, "shown": shown, "tab": "assignments"}
    return render(request, "touch/assignments.html", context)


@require_POST
@allowed("assign_touch")
def end(request: StaffRequest, assignment_id: int) -> HttpResponse:
    """End a decision."""
    try:
        operations.end_assignment(assignment_id, by=request.user, at=request.now)
    except BansoError as error:
        return refuse(request, error)
    messages.success(
        request, _("It ends with the next run; what stood before stands again.")
    )
    return redirect("touch:assignments")


@require_safe
@allowed("export_customers")
def export(request: StaffRequest) -> HttpResponseBase:
    """Give the list as a file, filtered as the page is."""
    wanted = Wanted.read(request.GET)
    found = queries.source(visible_to=request.user)
    if found.table is None:
        raise Http404
    operations.record_export(wanted.query, by=request.user, at=request.now)
    rows = ([row[name] for name in COLUMNS] for row in queries.listed(found, wanted))
    lines = csv_lines([COLUMNS, *rows], for_excel=bool(request.GET.get("bom")))
    return csv_file(lines, name=f"touch-{request.now:%Y-%m-%d}")
