"""The page of what a person allows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banso.kernel.errors import BansoError
from banso.web.consents import operations, queries
from banso.web.consents.forms import DecisionForm
from banso.webkit.permissions import allowed, may
from banso.webkit.personal import Personal, personal
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_customers")
@personal(Personal.CONTACTS)
def page(request: StaffRequest, customer_id: str, contact_id: str) -> HttpResponse:
    """Show what a person allows, and how that came."""
    return _page(request, customer_id, contact_id, DecisionForm())


@require_POST
@allowed("record_consents")
@personal(Personal.CONTACTS)
def record(request: StaffRequest, customer_id: str, contact_id: str) -> HttpResponse:
    """Record what a person allows or refuses."""
    contact = queries.get_contact(customer_id, contact_id, visible_to=request.user)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, customer_id, contact_id, form, status=422)
    try:
        operations.record_decision(
            contact, form.said(), by=request.user, at=request.now
        )
    except BansoError as error:
        form.add_error("decided_at", refusal_text(error))
        return _page(request, customer_id, contact_id, form, status=422)
    messages.success(request, _("It is recorded and counts from now on."))
    return redirect("consents:page", customer_id=customer_id, contact_id=contact_id)


def _page(
    request: StaffRequest,
    customer_id: str,
    contact_id: str,
    form: DecisionForm,
    *,
    status: int = 200,
) -> HttpResponse:
    found = queries.consents_page(
        customer_id, contact_id, visible_to=request.user, at=request.now
    )
    context = {
        "page": found,
        "form": form if may(request.user, "record_consents") else None,
    }
    return render(request, "consents/page.html", context, status=status)
