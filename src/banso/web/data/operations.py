"""Taking rows out of Banso, with an entry in the audit."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict

from django.db import transaction

from banso.runs.quarantine_reading import Wanted
from banso.web.audit import operations as audit
from banso.web.data.quarantine_page import export_lines
from banso.webkit.permissions import Staff


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
