"""Pages of the API: an opaque cursor, and the address of the next page."""

from collections.abc import Iterable
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Path as PathParameter
from ninja import Schema
from pydantic import Field

from banso.kernel.errors import BansoError
from banso.webkit.paging import Cursor

MAX_SIZE: Final = 1000
DEFAULT_SIZE: Final = 100
MOST_PASSED: Final = 10_000_000

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


def start_of(cursor: str) -> int:
    """Return how many rows a cursor of `following` has passed.

    Raises
    ------
    CursorInvalid
        It is none.

    """
    if not cursor:
        return 0
    place = Cursor.parse(cursor)
    value = place.value if place else None
    if not isinstance(value, int) or not 0 <= value <= MOST_PASSED:
        raise CursorInvalid("The cursor is not one of this list.")
    return value


def following(passed: int) -> str:
    """Return the cursor of what follows so many rows, of a list without a key."""
    return str(Cursor(passed, 0))


# the number of a thing in a path; databases hold no larger ones
Key = Annotated[int, PathParameter(ge=1, le=(1 << 63) - 1)]
