"""What every kind of source can do: say what columns it has, and give rows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from banso.connectors.sources import SourceTable
from banso.kernel.errors import BansoError

Mark = int | dt.date | dt.datetime  # a value of a cursor; a date-time is one too


class SourceUnreachable(BansoError):
    """Refuse what a source cannot be asked for, since it does not answer."""

    code = "source_unreachable"


class SourceTableMissing(BansoError):
    """Refuse a table that the source does not have, or does not show."""

    code = "source_table_missing"


class SourceColumnMissing(BansoError):
    """Refuse a column that the table of the source does not have."""

    code = "source_column_missing"


class CursorUnusable(BansoError):
    """Refuse a cursor that cannot say what is new."""

    code = "cursor_unusable"


class SourceFailed(BansoError):
    """Refuse to go on after a source broke off."""

    code = "source_failed"


class DriverMissing(BansoError):
    """Refuse a kind of source whose driver is not installed."""

    code = "driver_missing"


@dataclass(frozen=True)
class Wanted:
    """Which rows of a table are asked for."""

    table: SourceTable
    columns: tuple[str, ...]  # theirs
    at: dt.datetime  # the present
    since: Mark | None = None  # of the cursor, itself included; None: all rows


class Reader(Protocol):
    """An open source."""

    def is_ordered(self, table: SourceTable) -> bool:
        """Return whether rows come in the order of the cursor, nulls first."""

    def columns(self, table: SourceTable) -> Mapping[str, str]:
        """Return their columns and types."""

    def rows(self, wanted: Wanted) -> Iterator[pa.Table]:
        """Yield the rows in pieces."""
