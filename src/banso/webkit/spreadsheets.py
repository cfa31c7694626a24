"""CSV files that spreadsheets open as what they are."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from django.http import StreamingHttpResponse

BYTE_ORDER_MARK: Final = "\ufeff"  # without it, Excel takes UTF-8 for Shift_JIS
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


class _Echo:
    """A file that gives back what is written into it."""

    @staticmethod
    def write(line: str) -> str:
        return line


def csv_lines(
    rows: Iterable[Iterable[object]], *, for_excel: bool = True
) -> Iterator[str]:
    """Yield rows as the lines of a CSV file, the head first among them.

    A text that a spreadsheet would run as a formula begins with an apostrophe; a time
    without a zone is in UTC.
    """
    writer = csv.writer(_Echo())
    mark = BYTE_ORDER_MARK if for_excel else ""
    for row in rows:
        line: str = writer.writerow([safe_cell(value) for value in row])
        yield mark + line
        mark = ""


def csv_table(
    head: Iterable[object], rows: Iterable[Iterable[object]], *, for_excel: bool
) -> Iterator[str]:
    """Yield a head and rows as the lines of a CSV file; see `csv_lines`."""
    return csv_lines(chain([head], rows), for_excel=for_excel)


def csv_file(content: Iterable[str], *, name: str) -> StreamingHttpResponse:
    """Return a CSV file as a download; lines are sent while they are made.

    Parameters
    ----------
    content
        Its lines.
    name
        Without ``.csv``.

    """
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def safe_cell(value: object) -> object:
    """Return a cell; a text that would run as a formula begins with an apostrophe."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC).isoformat()
    return value
