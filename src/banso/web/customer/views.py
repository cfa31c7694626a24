"""The pages of one customer."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.customer import queries
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file, csv_lines


@require_safe
@allowed("see_customers")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS, Personal.ANSWERS)
def page(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Show how a customer stands and why its health moved."""
    found = queries.health_page(
        customer_id, request.GET, visible_to=request.user, at=request.now
    )
    return render(request, "customer/health.html", {"page": found, "tab": "health"})


@require_safe
@allowed("see_customers")
@personal(Personal.USE)
def element(
    request: StaffRequest, customer_id: str, dimension: str, element: str
) -> HttpResponse:
    """Show one element of health down to its rows."""
    found = queries.element_page(
        customer_id,
        (dimension, element),
        request.GET,
        visible_to=request.user,
        at=request.now,
    )
    return render(request, "customer/metric.html", {"page": found, "tab": "health"})


@require_safe
@allowed("see_customers")
def metrics(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Show all metrics of a customer."""
    found = queries.metrics_page(customer_id, request.GET, visible_to=request.user)
    return render(request, "customer/metrics.html", {"page": found, "tab": "metrics"})


@require_safe
@allowed("see_customers")
@personal(Personal.USE)
def metric(request: StaffRequest, customer_id: str, metric: str) -> HttpResponse:
    """Show one metric down to its rows."""
    found = queries.metric_page(
        customer_id, metric, request.GET, visible_to=request.user, at=request.now
    )
    return render(request, "customer/metric.html", {"page": found, "tab": "metrics"})


@require_safe
@allowed("export_customers")
@personal(Personal.USE)
def rows(request: StaffRequest, customer_id: str, metric: str) -> HttpResponseBase:
    """Send all rows behind a metric as CSV."""
    found = queries.metric_rows(
        customer_id, metric, request.GET, visible_to=request.user, at=request.now
    )
    return csv_file(csv_lines(found), name=metric)


@require_safe
@allowed("see_customers")
def contracts(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Show the contract lines and charges of a customer."""
    found = queries.contracts_page(customer_id, visible_to=request.user)
    context = {"page": found, "tab": "contracts"}
    return render(request, "customer/contracts.html", context)


@require_safe
@allowed("see_customers")
@personal(Personal.CONTACTS)
def contacts(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Show the people of a customer."""
    found = queries.contacts_page(customer_id, visible_to=request.user, at=request.now)
    return render(request, "customer/contacts.html", {"page": found, "tab": "contacts"})


@require_safe
@allowed("see_customers")
@personal(Personal.CONVERSATIONS, Personal.ANSWERS)
def timeline(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Show what happened with a customer."""
    found = queries.timeline_page(
        customer_id, request.GET, visible_to=request.user, at=request.now
    )
    template = "customer/_stream.html" if request.htmx else "customer/timeline.html"
    return render(request, template, {"page": found, "tab": "timeline"})


@require_safe
@allowed("see_customers")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS, Personal.ANSWERS)
def brief(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Show what somebody has to know who takes a customer over, to be printed."""
    found = queries.brief_page(customer_id, visible_to=request.user, at=request.now)
    return render(request, "customer/brief.html", {"page": found})
