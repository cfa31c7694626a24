"""What the pages of entries show: one call each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.http import Http404

from banso.web.customers import queries as customers
from banso.web.timeline import attachments, queries
from banso.web.timeline.models import Attachment
from banso.webkit.permissions import Staff


@dataclass(frozen=True)
class FormPage:
    """The form alone on a page."""

    name: str  # of the customer
    draft: queries.Draft

    def sent_back(
        self, posted: Mapping[str, str], errors: Mapping[str, Sequence[str]]
    ) -> "FormPage":
        """Return the page with what was typed, and what is wrong with it."""
        return replace(self, draft=self.draft.sent_back(posted, errors))


def form_page(customer_id: str, *, visible_to: Staff, at: dt.datetime) -> FormPage:
    """Return the empty form for a customer, or answer 404."""
    customer = customers.get_customer(customer_id, visible_to=visible_to)
    reader = customers.published_reader()
    draft = queries.new_draft(customer.pk, customer.owner, reader=reader, at=at)
    return FormPage(customer.name, draft)


def change_page(entry_id: int, *, visible_to: Staff, at: dt.datetime) -> FormPage:
    """Return the form of an entry of the user's own, or answer 404."""
    entry = queries.get_entry(entry_id, visible_to=visible_to)
    if entry.by_id != visible_to.pk:
        raise Http404
    page = form_page(entry.customer_id, visible_to=visible_to, at=at)
    return FormPage(page.name, queries.draft_of(entry, page.draft))


def draft_for(customer_id: str, *, visible_to: Staff, at: dt.datetime) -> queries.Draft:
    """Return the empty form for a customer, without its page, or answer 404."""
    return form_page(customer_id, visible_to=visible_to, at=at).draft


def draft_of_entry(
    entry_id: int, *, visible_to: Staff, at: dt.datetime
) -> queries.Draft:
    """Return the form for the customer of an entry that the user sees, or answer 404.

    Whose entry it is, the operation asks.
    """
    entry = queries.get_entry(entry_id, visible_to=visible_to)
    return draft_for(entry.customer_id, visible_to=visible_to, at=at)


def file_of(attachment_id: int, *, visible_to: Staff) -> tuple[Attachment, Path]:
    """Return a file of an entry and where it lies, or answer 404."""
    found = queries.get_attachment(attachment_id, visible_to=visible_to)
    path = attachments.path_of(found)
    if not path.exists():
        raise Http404
    return found, path
