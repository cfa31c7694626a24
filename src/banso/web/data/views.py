"""The pages of the data."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from banso.web.data import operations, quarantine_page, queries, table_page
from banso.web.data.forms import FilterForm
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, kinds_of_table, personal, told
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_data")
def tables(request: StaffRequest) -> HttpResponse:
    """Show what is connected, and what is switched off for lack of something."""
    page = queries.tables_page(today=timezone.localdate(request.now))
    return render(request, "data/tables.html", {"page": page})


@require_safe
@allowed("see_data")
@personal(Personal.ROWS)
def table(request: StaffRequest, table: str) -> HttpResponse:
    """Show one table: its columns, how full they are, its newest rows."""
    page = table_page.table_page(table, user=request.user)
    kinds = kinds_of_table(table) if page.sample else ()
    told(request, kinds=kinds, table=table)
    return render(request, "data/table.html", {"page": page})


@require_safe
@allowed("see_data")
def history(request: StaffRequest) -> HttpResponse:
    """Show what each load, run and publication changed."""
    return render(request, "data/history.html", {"versions": queries.list_history()})


@require_safe
@allowed("see_quarantine")
@personal(Personal.ROWS)
def quarantine(request: StaffRequest) -> HttpResponse:
    """Show the rows that were not taken in, and why."""
    summary = queries.quarantine_summary()
    form = FilterForm(request.GET, summary=summary)
    page = quarantine_page.quarantine_page(
        form.wanted(), cursor=request.GET.get("at", "")
    )
    return render(request, "data/quarantine.html", {"page": page, "form": form})


@require_safe
@allowed("see_quarantine")
@personal(Personal.ROWS)
def export(request: StaffRequest) -> HttpResponseBase:
    """Send the rows that match as a CSV file."""
    form = FilterForm(request.GET, summary=queries.quarantine_summary())
    lines = operations.export_quarantine(
        wanted=form.wanted(),
        language=request.LANGUAGE_CODE,
        by=request.user,
        at=request.now,
    )
    return csv_file(lines, name="quarantine")
