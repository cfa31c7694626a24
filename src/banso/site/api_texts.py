"""Texts that no app database can hold: PostgreSQL keeps none with a NUL."""

import re
from typing import Final

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import ValidationError

# as JSON writes it; an even number of backslashes before it are backslashes themselves
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def refuse_nul_in_address(request: HttpRequest) -> None:
    """Refuse a NUL in the address of a request.

    Raises
    ------
    Http404
        It is in the path: there is no such thing.
    ValidationError
        It is in a parameter, which is named.

    """
    if "\0" in request.path_info:
        raise Http404
    wrong = [name for name, value in request.GET.dict().items() if "\0" in name + value]
    if wrong:
        raise ValidationError([_fault(("query", name)) for name in wrong])


def refuse_nul_in_body(body: bytes) -> None:
    """Refuse a NUL in the texts of a body of JSON.

    Raises
    ------
    ValidationError
        There is one; where, is not looked for.

    """
    if _NUL.search(body):
        raise ValidationError([_fault(("body", "body"))])


def _fault(place: tuple[str, ...]) -> dict[str, object]:
    said = _("A text holds the character NUL, which cannot be kept.")
    return {"type": "nul_in_text", "loc": place, "msg": said}
