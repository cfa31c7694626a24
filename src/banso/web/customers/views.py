"""Pages of the list of customers and its saved views."""

import datetime as dt
import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.customers import operations, queries, view_operations
from banso.web.customers.forms import (
    MergeForm,
    ViewForm,
    extras_of,
    filters_of,
    sorts_of,
)
from banso.web.customers.listing import list_customers
from banso.web.customers.presentation import RowMaker
from banso.web.customers.selection import Selection
from banso.web.customers.shelf import NO_VIEW, list_url, shelf_for, view_url
from banso.webkit.features import what_moves
from banso.webkit.permissions import Scope, allowed
from banso.webkit.refusals import refusal_text, refuse
from banso.webkit.requests import StaffRequest, get_or_post
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_customers")
def customer_list(request: StaffRequest) -> HttpResponse:
    """Show the customers that the user sees, filtered and sorted as the URL says."""
    if (target := _cleaner_url(request)) is not None:
        return HttpResponseRedirect(target)
    selection = Selection.read(request.GET)
    found = queries.read_consistently(
        lambda release: list_customers(
            selection,
            visible_to=request.user,
            as_of=release.as_of,
            cursor=request.GET.get("at", ""),
        )
    )
    if found is None:
        nothing = {"has_facts": queries.has_facts()}
        return render(request, "customers/nothing_yet.html", nothing)
    release, listing = found
    owners = queries.owner_names(request.user)
    rows = RowMaker(release, owners, request.LANGUAGE_CODE or "en")
    filters = filters_of(
        selection,
        choices=release.choices,
        owners={} if request.user.scope == Scope.OWN else owners,
        labels=release.labels,
        has_forecast=release.has_forecast,
    )
    context = {
        "release": release,
        "selection": selection,
        "filters": [one for one in filters if not one.is_rare],
        "rare": [one for one in filters if one.is_rare],
        "rare_used": any(one.is_used for one in filters if one.is_rare),
        "extras": extras_of(selection),
        "sorts": sorts_of(selection),
        "listing": listing,
        "page": listing.page,
        "rows": rows.rows(listing.page.rows),
        "has_forecast": release.has_forecast,
        "shelf": shelf_for(
            request.user, selection, view_id=request.GET.get("view", "")
        ),
        "scope": request.user.scope,
    }
    return render(request, "customers/list.html", context)


@require_safe
@allowed("export_customers")
def customer_csv(request: StaffRequest) -> HttpResponseBase:
    """Give the same customers as a file."""
    lines = operations.export_customers(
        Selection.read(request.GET),
        by=request.user,
        at=request.now,
        for_excel=bool(request.GET.get("bom")),
    )
    return csv_file(lines, name=f"customers-{request.now:%Y-%m-%d}")


@get_or_post
@allowed("save_views")
def new_view(request: StaffRequest) -> HttpResponse:
    """Ask for the name of a view, and save it."""
    query = Selection.read(request.GET).query
    form = ViewForm(request.POST or None, initial={"sharing": "private"})
    if request.method == "POST" and form.is_valid():
        try:
            view = view_operations.save_view(
                _content(form, query), by=request.user, at=request.now
            )
        except BansoError as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.success(request, _("The view was saved."))
            return redirect(view_url(view))
    status = 422 if form.is_bound else 200
    context = {"form": form, "back": list_url(query)}
    return render(request, "customers/view_form.html", context, status=status)


@get_or_post
@allowed("save_views")
def edit_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Rename a view, share it otherwise, or let it hold what the URL says."""
    view = queries.get_view(view_id, visible_to=request.user)
    query = Selection.read(request.GET).query if request.GET else view.query
    form = ViewForm(
        request.POST or None, initial={"name": view.name, "sharing": view.sharing}
    )
    if request.method == "POST" and form.is_valid():
        try:
            view = view_operations.change_view(
                view_id, _content(form, query), by=request.user, at=request.now
            )
        except view_operations.ViewNotYours as refusal:
            return refuse(request, refusal)
        except BansoError as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.success(request, _("The view was saved."))
            return redirect(view_url(view))
    context = {
        "form": form,
        "view": view,
        "back": view_url(view),
        "may_change": view_operations.may_change(view, request.user),
        "is_other_selection": query != view.query,
    }
    status = 422 if form.is_bound else 200
    return render(request, "customers/view_form.html", context, status=status)


@require_POST
@allowed("save_views")
def delete_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Delete a view."""
    try:
        view_operations.delete_view(view_id, by=request.user, at=request.now)
    except view_operations.ViewNotYours as refusal:
        return refuse(request, refusal)
    messages.success(request, _("The view was deleted."))
    return redirect(list_url(""))


@require_POST
@allowed("save_views")
def default_view(request: StaffRequest) -> HttpResponse:
    """Choose the view with which the user's list opens."""
    asked = request.POST.get("view", "")
    view_id = int(asked) if asked.isdecimal() and asked != NO_VIEW else None
    view_operations.choose_default_view(view_id, by=request.user, at=request.now)
    messages.success(request, _("The list of customers opens like this from now on."))
    return redirect("customers:list")


def _cleaner_url(request: StaffRequest) -> str | None:
    """Return where a bare address leads, or one with empty parameters."""
    if not request.GET:
        view = queries.find_default_view(request.user)
        return view_url(view) if view else None
    said = [(name, value) for name, value in request.GET.items() if value]
    if len(said) == len(request.GET):
        return None
    return f"{request.path}?{urlencode(said or [('view', NO_VIEW)])}"


def _content(form: ViewForm, query: str) -> view_operations.ViewContent:
    return view_operations.ViewContent(
        name=form.cleaned_data["name"],
        sharing=form.cleaned_data["sharing"],
        query=query,
    )


@get_or_post
@allowed("merge_customers")
def merger(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Merge a customer into another one."""
    customer = queries.get_customer(customer_id, visible_to=request.user)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alias = operations.merge_customers(
                customer.pk,
                form.cleaned_data["kept"].strip(),
                by=request.user,
                at=request.now,
            )
        except BansoError as refusal:
            form.add_error("kept", refusal_text(refusal))
        else:
            messages.success(request, _("The customers were merged."))
            return redirect("customer:page", alias.kept)
    kept_id = (request.POST.get("kept") or "").strip()[:200]
    context = {
        "form": form,
        "customer": customer,
        "kept": queries.find_visible(kept_id, request.user),
        "moves": what_moves(customer.pk),
    }
    status = 422 if form.is_bound else 200
    return render(request, "customers/merge.html", context, status=status)


@require_safe
@allowed("see_customers")
def newer(request: StaffRequest) -> HttpResponse:
    """Tell an open page that there are newer numbers; 204 when there are none."""
    since = request.GET.get("since", "")
    if not re.fullmatch(r"\d{1,11}", since):
        return HttpResponse(status=400)
    made = dt.datetime.fromtimestamp(int(since) + 1, dt.UTC)
    if not queries.is_newer_than(made):
        return HttpResponse(status=204)
    return render(request, "customers/_newer.html")
