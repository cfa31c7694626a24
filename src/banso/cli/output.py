"""How commands print what they found: for a person, or as JSON for a program."""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from banso.cli.words import write_line

_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?(e[+-]?[0-9]+)?")


def print_json(value: object) -> None:
    """Print `value` as JSON, readable and with its own script kept."""
    write_line(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def plain(value: object) -> object:
    """Return `value` as JSON can say it: days and moments in ISO 8601."""
    if isinstance(value, dt.date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header, in columns that line up in Japanese too.

    A column of numbers is lined up at its right.
    """
    columns = [_Column(*cells) for cells in zip(header, *rows, strict=True)]
    lines = ["-" * column.width for column in columns]
    for row in (header, lines, *rows):
        cells = [column.set(text) for column, text in zip(columns, row, strict=True)]
        write_line("  ".join(cells).rstrip())


class _Column:
    """How wide a column is, and at which side its cells stand."""

    def __init__(self, title: str, *cells: str) -> None:
        self.width = max(map(columns_of, (title, *cells)))
        self.is_numeric = any(cells) and all(
            map(_NUMBER.fullmatch, filter(None, cells))
        )

    def set(self, text: str) -> str:
        """Return `text` as wide as the column."""
        space = " " * (self.width - columns_of(text))
        return space + text if self.is_numeric else text + space


def columns_of(text: str) -> int:
    """Return how many columns of a terminal `text` takes: a full-width sign is two."""
    return sum(
        0
        if unicodedata.combining(sign)
        else 2
        if unicodedata.east_asian_width(sign) in "WF"
        else 1
        for sign in text
    )
