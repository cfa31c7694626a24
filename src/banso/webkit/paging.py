"""Keyset paging: pages that cost the same at row 50 and at row 100,000."""

import base64
import binascii
import datetime as dt
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")
PAGE_SIZE = 50
MAX_COUNT = 1000
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Order:
    """What rows are sorted by: one column that is never null, then the key.

    A column that may be null cannot be paged by an index; keep a sort column beside
    it. The key is always ascending, so the index is (column, key) or (-column, key).
    """

    column: str
    descending: bool = False
    key: str = "pk"

    def terms(self, *, backwards: bool = False) -> tuple[str, ...]:
        """Return what to give to ``order_by``."""
        sign = "-" if self.descending != backwards else ""
        if self.column == self.key:
            return (f"{sign}{self.key}",)
        return (f"{sign}{self.column}", f"-{self.key}" if backwards else self.key)


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the row beside it, and which side to read."""

    value: object
    key: object
    backwards: bool = False

    def __str__(self) -> str:
        """Return the cursor as it stands in a URL."""
        content = [_plain(self.value), _plain(self.key), int(self.backwards)]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Return the cursor of a URL, or None for one that Banso never made."""
        try:
            padded = text + "=" * (-len(text) % 4)
            value, key, backwards = json.loads(base64.urlsafe_b64decode(padded))
        except (ValueError, TypeError, binascii.Error):
            return None
        if not all(map(_is_storable, (value, key))):
            return None
        return cls(value, key, bool(backwards))


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows and the cursors of the pages beside them (empty: there is none)."""

    rows: Sequence[Item]
    previous: str = ""
    next: str = ""


def _is_storable(value: object) -> bool:
    """Return whether every database can compare something with a value."""
    if isinstance(value, str):
        return "\0" not in value and not _LONE_SURROGATE.search(value)
    if isinstance(value, int):
        return abs(value) < 1 << 63
    return isinstance(value, float) and math.isfinite(value)


def _plain(value: object) -> str | int | float:
    if isinstance(value, dt.date | Decimal):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    return value if isinstance(value, int | float) else str(value)


def _beyond(order: Order, cursor: Cursor) -> Q:
    """Return the rows past the cursor, in the form that an index answers best."""
    down = order.descending != cursor.backwards
    strictly = "lt" if down else "gt"
    if order.column == order.key:
        return Q(**{f"{order.key}__{strictly}": cursor.key})
    key_side = "lt" if cursor.backwards else "gt"
    return Q(**{f"{order.column}__{strictly}e": cursor.value}) & (
        Q(**{f"{order.column}__{strictly}": cursor.value})
        | Q(**{f"{order.key}__{key_side}": cursor.key})
    )


def page_of(
    rows: QuerySet[Row, Item],
    order: Order,
    *,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> Page[Item]:
    """Return one page of `rows` at a cursor; the first page without one.

    Parameters
    ----------
    rows
        Models, or dictionaries by ``values()`` that hold the column and the key.
    order
        The sort.
    cursor
        ``Page.next`` or ``Page.previous`` of the page before, as text.
    size
        Rows a page.

    """
    place = Cursor.parse(cursor) if cursor else None
    backwards = place.backwards if place else False
    found = rows.order_by(*order.terms(backwards=backwards))
    if place is not None:
        try:
            found = found.filter(_beyond(order, place))
        except (ValidationError, ValueError):  # a cursor of another column
            return page_of(rows, order, size=size)
    taken = list(found[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if backwards:
        taken.reverse()
    if not taken:
        return Page(rows=())
    has_previous = more if backwards else place is not None
    has_next = True if backwards else more
    return Page(
        rows=taken,
        previous=_cursor_at(taken[0], order, backwards=True) if has_previous else "",
        next=_cursor_at(taken[-1], order) if has_next else "",
    )


def _cursor_at(row: object, order: Order, *, backwards: bool = False) -> str:
    def read(name: str) -> object:
        return row[name] if isinstance(row, dict) else getattr(row, name)

    return str(Cursor(read(order.column), read(order.key), backwards))


def capped_count(rows: QuerySet[Row, Item]) -> tuple[int, bool]:
    """Return how many rows there are, counted to 1,000, and whether there are more."""
    found = rows.order_by()[: MAX_COUNT + 1].count()
    return min(found, MAX_COUNT), found > MAX_COUNT
