"""Which rows of which table a user may take out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from banso.runs.table_rows import ReadableTable, Wanted, list_readable
from banso.tables.registry import TABLES
from banso.web.customers import queries as customers
from banso.web.data.queries import sees_all_customers
from banso.web.data.standing import Standing
from banso.web.data.table_page import PERSONAL
from banso.webkit.permissions import Staff, may


@dataclass(frozen=True)
class ShownTable:
    """A table with what of it is hidden from a user."""

    table: ReadableTable
    masked: Sequence[str]


def list_tables(*, visible_to: Staff) -> list[ShownTable]:
    """Return the tables of which a user may read rows.

    What belongs to no customer is for those who see all customers.
    """
    release = customers.published_release()
    standing = Standing.now()
    found = list_readable(standing.project, release.release_id if release else None)
    return [
        ShownTable(table, _masked(table, visible_to))
        for table in found
        if table.has_customer or sees_all_customers(visible_to)
    ]


def wanted_rows(table: str, *, visible_to: Staff) -> Wanted:
    """Return which rows of a table a user may read; 404: none.

    Raises
    ------
    PermissionDenied
        Its rows belong to no customer, and the user does not see all.

    """
    release = customers.published_release()
    standing = Standing.now()
    found = list_readable(standing.project, release.release_id if release else None)
    of_name = next((each for each in found if each.name == table), None)
    if of_name is None:
        raise Http404
    everybody = sees_all_customers(visible_to)
    if not of_name.has_customer and not everybody:
        raise PermissionDenied("see_quarantine")
    return Wanted(
        table,
        customers=None if everybody else customers.visible_ids(visible_to),
        masked=_masked(of_name, visible_to),
    )


def _masked(table: ReadableTable, user: Staff) -> Sequence[str]:
    """Return the columns that the page of the table masks for a user as well."""
    if may(user, "see_quarantine") or table.is_result:
        return ()
    spec = TABLES[table.name]
    own = {
        column.name
        for column in table.columns
        if column.name not in spec.by_name and column.type in {"string", "large_string"}
    }
    return sorted({*PERSONAL.get(table.name, ()), *own})
