"""Reading customers: which ones a user may see, and how they stand."""

from django.db.models import QuerySet
from django.http import Http404

from banso.web.accounts import queries as accounts
from banso.web.customers.models import CustomerNow, PublishedRelease
from banso.webkit.permissions import Scope, Staff


def visible_customers(user: Staff) -> QuerySet[CustomerNow]:
    """Return the customers that a user may see; every page reads through this."""
    customers = CustomerNow.objects.all()
    if user.scope == Scope.ALL:
        return customers
    if user.scope == Scope.TEAM:
        return customers.filter(owner__in=accounts.team_emails(user))
    return customers.filter(owner=user.email)


def get_customer(customer_id: str, *, visible_to: Staff) -> CustomerNow:
    """Return a customer, or answer 404: it is not there, or not the user's to see."""
    customer = visible_customers(visible_to).filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    return customer


def published_release() -> PublishedRelease | None:
    """Return the release that the pages show; None before the first run."""
    return PublishedRelease.objects.first()
