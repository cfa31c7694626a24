"""Reading who read personal data."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banso.tables.registry import TABLES
from banso.web.audit.models import PersonalRead
from banso.webkit.paging import PAGE_SIZE, Order, Page, page_of
from banso.webkit.personal import Personal, Way

NEWEST_FIRST = Order("pk", descending=True)


@dataclass(frozen=True)
class Filters:
    """What to show; empty values show everything."""

    person: str = ""  # a part of a name or e-mail, of a token or of a login
    customer: str = ""  # its key, or a part of its name
    kind: str = ""
    way: str = ""
    since: dt.date | None = None
    until: dt.date | None = None  # inclusive


@dataclass(frozen=True)
class Row:
    """What somebody read on a day, as a person reads it."""

    first_at: dt.datetime
    last_at: dt.datetime
    times: int
    by: str  # empty: the command line
    by_email: str
    through: str
    way: str
    kind: str
    table: str
    customer_id: str  # empty: of many
    customer: str
    customers: int | None
    contact_id: str
    address: str

    @property
    def kind_label(self) -> str:
        """What was read, in words."""
        return str(Personal(self.kind).label)

    @property
    def table_label(self) -> str:
        """The table whose rows were read, in words; empty: none, or of many."""
        return _table(self.table)

    @property
    def way_label(self) -> str:
        """By what, in words."""
        return str(Way(self.way).label)


def reads_page(
    filters: Filters, *, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """Return one page of reads, the newest days first."""
    page = page_of(_matching(filters), NEWEST_FIRST, cursor=cursor, size=size)
    return Page([_row(read) for read in page.rows], page.previous, page.next)


def lines(filters: Filters) -> Iterator[Sequence[object]]:
    """Yield the head and the rows of a file."""
    yield _titles()
    for row in map(_row, _matching(filters).order_by("-pk").iterator()):
        yield (
            row.first_at.isoformat(), row.last_at.isoformat(), row.times,
            row.by, row.by_email, row.through,
            row.way_label, row.kind_label, row.table_label,
            row.customer_id, row.customer, row.customers, row.contact_id, row.address,
        )  # fmt: skip


def _titles() -> Sequence[str]:
    return (
        _("First"), _("Last"), _("Number of times"),
        _("Read by"), _("E-mail"), _("Token or login"),
        _("By way of"), _("What was read"), pgettext("audit", "Table"),
        pgettext("audit", "Customer ID"), pgettext("audit", "Customer"),
        _("Number of customers"), _("Contact ID"), _("Network address"),
    )  # fmt: skip


def reads_of(
    customers: Collection[str],
    contacts: Collection[str] = (),
    *,
    since: dt.date | None = None,
) -> list[Row]:
    """Return who read of customers, or of all at once, the newest days first.

    Parameters
    ----------
    customers
        Their keys.
    contacts
        Of one person: what was read of another one alone is left out.
    since
        Not before this day.

    """
    reads = PersonalRead.objects.filter(
        Q(customer_id__in=customers) | Q(customer_id=None)
    )
    if contacts:
        reads = reads.filter(Q(contact_id="") | Q(contact_id__in=contacts))
    if since:
        reads = reads.filter(day__gte=since)
    found = reads.select_related("by", "customer").order_by("-day", "-pk")
    return [_row(read) for read in found]


def _matching(filters: Filters) -> QuerySet[PersonalRead]:
    reads = PersonalRead.objects.select_related("by", "customer")
    if filters.person:
        reads = reads.filter(
            Q(by__name__icontains=filters.person)
            | Q(by__email__icontains=filters.person)
            | Q(through__icontains=filters.person)
        )
    if filters.customer:
        reads = reads.filter(
            Q(customer_id=filters.customer)
            | Q(customer__name__icontains=filters.customer)
        )
    if filters.kind:
        reads = reads.filter(kind=filters.kind)
    if filters.way:
        reads = reads.filter(way=filters.way)
    if filters.since:
        reads = reads.filter(day__gte=filters.since)
    if filters.until:
        reads = reads.filter(day__lte=filters.until)
    return reads


def _row(read: PersonalRead) -> Row:
    key = read.customer_id or ""
    return Row(
        first_at=read.first_at,
        last_at=read.last_at,
        times=read.times,
        by=read.by.name if read.by else "",
        by_email=read.by.email if read.by else "",
        through=read.through,
        way=read.way,
        kind=read.kind,
        table=read.table,
        customer_id=key,
        customer=read.customer.name if read.customer else key,
        customers=read.customers,
        contact_id=read.contact_id,
        address=read.address,
    )


def _table(name: str) -> str:
    if name not in TABLES:
        return name
    return TABLES[name].label.in_language(translation.get_language() or "en")
