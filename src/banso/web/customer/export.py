"""Rows as a CSV file that a spreadsheet opens safely."""

import csv
import datetime as dt
from collections.abc import Iterator, Sequence

from django.http import StreamingHttpResponse

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written into it."""

    @staticmethod
    def write(text: str) -> str:
        return text


def csv_response(
    rows: Iterator[Sequence[object]], *, name: str
) -> StreamingHttpResponse:
    """Return rows as a download; it is sent while it is read."""
    response = StreamingHttpResponse(
        _lines(rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(rows: Iterator[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # Excel reads UTF-8 only with it
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC).isoformat()
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return "'" + value
    return value
