"""The table of elements as CSV."""

import dataclasses
from collections.abc import Iterator, Sequence

from banso.web.drivers import words
from banso.web.drivers.findings import DriverFinding
from banso.web.drivers.naming import ElementNames
from banso.webkit import spreadsheets


def csv_table(
    rows: Sequence[DriverFinding], names: ElementNames, *, for_excel: bool
) -> Iterator[str]:
    """Return a head and one line per element: its name, then the result's columns.

    A text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    columns = [field.name for field in dataclasses.fields(DriverFinding)]
    lines = [  # in the language of this moment
        [
            names.label(row.element),
            *(getattr(row, name) for name in columns),
            words.reason(row.reason),
        ]
        for row in rows
    ]
    head = ["label", *columns, "reason_in_words"]
    return spreadsheets.csv_table(head, lines, for_excel=for_excel)
