"""Taking rows out of Banso, with an entry in the audit."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from banso.runs.quarantine_reading import Wanted
from banso.runs.row_loading import GivenRow, LoadedRows, load_rows
from banso.runs.table_rows import TableRows, open_rows
from banso.tables.registry import TABLES
from banso.web.audit import operations as audit
from banso.web.consents import queries as consents
from banso.web.customers import queries as customers
from banso.web.data.quarantine_page import export_lines
from banso.web.data.row_access import wanted_rows
from banso.web.data.standing import Standing
from banso.webkit.permissions import Scope, Staff


@transaction.atomic
def export_quarantine(
    *, wanted: Wanted, language: str, by: Staff, at: dt.datetime
) -> Iterator[str]:
    """Return the lines of a CSV file with the findings that match.

    The rows hold what customers and staff wrote, so who took them out is kept.
    """
    audit.record(
        "quarantine_exported",
        subject=audit.Subject("quarantine", "quarantine", "quarantine"),
        by=by,
        at=at,
        details={"wanted": {k: v for k, v in asdict(wanted).items() if v}},
    )
    return export_lines(wanted, language=language)


@transaction.atomic
def export_table(
    table: str, *, as_of: dt.date | None, by: Staff, at: dt.datetime
) -> TableRows:
    """Return the rows of a table that a user may take out.

    Raises
    ------
    NoAsOf
        The table has no as-of date.

    """
    gate = consents.gate_for_all(at=at)
    wanted = replace(wanted_rows(table, visible_to=by), as_of=as_of, gate=gate)
    release = customers.published_release()
    rows = open_rows(
        Standing.now().project, release.release_id if release else None, wanted
    )
    subject = audit.Subject("table", table, table)
    audit.record("table_exported", subject=subject, by=by, at=at)
    return rows


def add_rows(
    table: str, rows: Sequence[GivenRow], *, by: Staff, at: dt.datetime
) -> LoadedRows:
    """Take rows into the lake for somebody who sees all customers.

    The lake is written first: an entry without a load would say what is not so.

    Raises
    ------
    ColumnsMissing, LakeBusy
        Nothing was taken in.

    """
    if by.scope != Scope.ALL:  # a row may belong to any customer
        raise PermissionDenied("load_rows")
    if table not in TABLES:
        raise Http404
    loaded = load_rows(Standing.now().project, table, rows, at=at)
    counts = {
        name: getattr(loaded.summary, name)
        for name in ("rows_read", "new", "changed", "quarantined")
    }
    subject = audit.Subject("table", table, table)
    audit.record("rows_loaded", subject=subject, by=by, at=at, details=counts)
    return loaded
