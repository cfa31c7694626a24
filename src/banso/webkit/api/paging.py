"""Pages of the API: an opaque cursor, and the address of the next page."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from banso.kernel.errors import BansoError
from banso.webkit.paging import Cursor

MAX_SIZE: Final = 1000
DEFAULT_SIZE: Final = 100

Item = TypeVar("Item")


class CursorInvalid(BansoError):
    """Refuse a cursor that no page of this list gave."""

    code = "cursor_invalid"


class PageQuery(Schema):
    """Which page of a list."""

    limit: Annotated[
        int, Field(ge=1, le=MAX_SIZE, description="How many a page holds at most.")
    ] = DEFAULT_SIZE
    cursor: Annotated[
        str,
        Field(max_length=4000, description="`cursor` of the page before; opaque."),
    ] = ""


class Paged(Schema, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    cursor: Annotated[
        str | None, Field(description="Of the next page; null: this is the last one.")
    ]
    next: Annotated[
        str | None, Field(description="Address of the next page; null: the last one.")
    ]


def paged(
    request: HttpRequest, items: Iterable[object], cursor: str
) -> dict[str, object]:
    """Return a page with the address of the next one; `cursor` empty: the last one."""
    address = None
    if cursor:
        query = {**request.GET.dict(), "cursor": cursor}
        address = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    return {"items": list(items), "cursor": cursor or None, "next": address}


def checked(cursor: str) -> str:
    """Return a cursor that a page of ours may have given.

    Raises
    ------
    CursorInvalid
        It is none: a program that sends it must not begin again by mistake.

    """
    if cursor and Cursor.parse(cursor) is None:
        raise CursorInvalid("The cursor is not one of this list.")
    return cursor


def slice_of(
    rows: Sequence[Item], *, cursor: str, size: int
) -> tuple[Sequence[Item], str]:
    """Return a page of rows that are all at hand, and the cursor of the next one."""
    start = 0
    if cursor:
        place = Cursor.parse(cursor)
        if place is None or not isinstance(place.value, int) or place.value < 0:
            raise CursorInvalid("The cursor is not one of this list.")
        start = place.value
    following = start + size
    more = following < len(rows)
    return rows[start:following], str(Cursor(following, 0)) if more else ""
