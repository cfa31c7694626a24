"""The kinds of columns in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from banso.tables.spec import Kind
from banso.webkit.features import Text

_NAMES: Final[Mapping[Kind, Text]] = {
    Kind.TEXT: _("Text"),
    Kind.INTEGER: _("Whole number"),
    Kind.NUMBER: _("Number"),
    Kind.MONEY: _("Money"),
    Kind.DATE: _("Date"),
    Kind.TIME: _("Date and time"),
    Kind.FLAG: _("Yes or no"),
    Kind.JSON: _("JSON"),
}


def kind_name(kind: Kind) -> str:
    """Return what a kind is called."""
    return str(_NAMES[kind])
