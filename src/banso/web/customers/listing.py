"""A page of the list of customers, in the same few queries whatever there is."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from banso.web.customers.models import CustomerNow
from banso.web.customers.presentation import SHOWN
from banso.web.customers.queries import visible_customers
from banso.web.customers.search import IdQuery, containing, ids_of
from banso.web.customers.selection import Condition, Selection
from banso.web.customers.walking import fulfilling
from banso.webkit.paging import MAX_COUNT, PAGE_SIZE, Page, page_of
from banso.webkit.permissions import Staff
from banso.webkit.searching import words_of

CustomerValues = Mapping[str, object]


@dataclass(frozen=True)
class Listing:
    """One page of customers, and how many there are in all."""

    page: Page[CustomerValues]
    count: int  # up to `MAX_COUNT`
    more: bool  # than `count`


def list_customers(
    selection: Selection,
    *,
    visible_to: Staff,
    as_of: dt.date,
    cursor: str = "",
    size: int = PAGE_SIZE,
    shown: Sequence[str] = SHOWN,
) -> Listing:
    """Return a page of the customers that a user may see and asks for.

    Parameters
    ----------
    selection
        Filters and sort.
    visible_to
        The user.
    as_of
        The day from which renewals are counted.
    cursor
        Of the page, as `webkit.paging` has it.
    size, shown
        Customers a page, and their columns.

    Notes
    -----
    No index fits every filter and sort. So the ids that match are found first, up to
    1,000, in an index that holds all filters. When that is all, they are fetched and
    sorted. When there are more, a walk along the index of the sort soon meets a page.

    """
    sought = _sought(selection, visible_to=visible_to, as_of=as_of)
    matching = sought.customers()
    found = matching.values_list("customer_id", flat=True)[: MAX_COUNT + 1]
    ids = list(found)
    if len(ids) <= MAX_COUNT:
        rows = CustomerNow.objects.filter(pk__in=ids)
    else:
        rows = sought.customers(walking=True)
    order = selection.order
    columns = {*shown, order.column, order.key}
    page = page_of(rows.values(*sorted(columns)), order, cursor=cursor, size=size)
    return Listing(page=page, count=min(len(ids), MAX_COUNT), more=len(ids) > MAX_COUNT)


def matching_customers(
    selection: Selection, *, visible_to: Staff, as_of: dt.date
) -> QuerySet[CustomerNow]:
    """Return the customers that a user may see and asks for, in no order."""
    return _sought(selection, visible_to=visible_to, as_of=as_of).customers()


@dataclass(frozen=True)
class _Sought:
    """What is asked of customers, ready to be asked in either way."""

    visible_to: Staff
    conditions: Sequence[Condition]
    words: Sequence[str]
    ids: IdQuery | Sequence[str] | None

    def customers(self, *, walking: bool = False) -> QuerySet[CustomerNow]:
        """Return the query; `walking` leaves the database no index but the sort's."""
        customers = visible_customers(self.visible_to).order_by()
        asked = list(self.conditions)
        if self.ids is not None and not walking:
            asked.append(Condition("customer_id", "in", self.ids))
        elif self.words:
            customers = containing(customers, self.words)
        for condition in asked:
            column, lookup, value = condition.column, condition.lookup, condition.value
            if condition.attribute:
                # the cast makes it a text; JSON would be compared with JSON
                own = KeyTextTransform(condition.attribute, "attributes")
                text = Cast(own, TextField())
                name = f"attribute_{condition.attribute}"
                customers = customers.alias(**{name: text})
                customers = customers.filter(**{f"{name}__{lookup}": value})
            elif walking:
                customers = fulfilling(customers, column, lookup, value)
            else:
                customers = customers.filter(**{f"{column}__{lookup}": value})
        return customers


def _sought(selection: Selection, *, visible_to: Staff, as_of: dt.date) -> _Sought:
    words = words_of(selection.q)
    return _Sought(
        visible_to=visible_to,
        conditions=selection.conditions(as_of=as_of),
        words=words,
        ids=ids_of(words) if words else None,
    )
