"""The pages of the audit."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import operations, queries
from banso.web.audit import reads as read_queries
from banso.web.audit.forms import FilterForm, ReadsForm
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file, csv_lines


@require_safe
@allowed("see_audit")
@personal(Personal.CONVERSATIONS)
def entries(request: StaffRequest) -> HttpResponse:
    """Show what was done, the newest first."""
    form = FilterForm(request.GET)
    page = queries.entries_page(form.filters(), cursor=request.GET.get("at", ""))
    return render(request, "audit/entries.html", {"form": form, "page": page})


@require_safe
@allowed("see_audit")
def reads(request: StaffRequest) -> HttpResponse:
    """Show who read personal data, the newest first."""
    form = ReadsForm(request.GET)
    page = read_queries.reads_page(form.filters(), cursor=request.GET.get("at", ""))
    return render(request, "audit/reads.html", {"form": form, "page": page})


@require_safe
@allowed("see_audit")
def export_reads(request: StaffRequest) -> HttpResponseBase:
    """Send who read personal data as a CSV file."""
    form = ReadsForm(request.GET)
    lines = operations.export_reads(form.filters(), by=request.user, at=request.now)
    return csv_file(csv_lines(lines), name="reads-of-personal-data")
