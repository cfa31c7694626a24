"""The table of elements as CSV."""

import csv
import dataclasses
import io
from collections.abc import Sequence

from banso.web.drivers import words
from banso.web.drivers.findings import DriverFinding
from banso.web.drivers.naming import ElementNames
from banso.webkit.spreadsheets import BYTE_ORDER_MARK, safe_cell


def csv_text(
    rows: Sequence[DriverFinding], names: ElementNames, *, for_excel: bool
) -> str:
    """Return a head and one line per element: its name, then the result's columns.

    A text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    file = io.StringIO(newline="")
    file.write(BYTE_ORDER_MARK if for_excel else "")
    writer = csv.writer(file)
    columns = [field.name for field in dataclasses.fields(DriverFinding)]
    writer.writerow(["label", *columns, "reason_in_words"])
    for row in rows:
        values = [getattr(row, name) for name in columns]
        texts = [names.label(row.element), *values, words.reason(row.reason)]
        writer.writerow([safe_cell(value) for value in texts])
    return file.getvalue()
