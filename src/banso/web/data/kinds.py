"""The kinds of columns in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from banso.tables.spec import Kind
from banso.webkit.features import Text

_NAMES: Final[Mapping[Kind, Text]] = {
    Kind.TEXT: pgettext_lazy("kind of column", "Text"),
    Kind.INTEGER: pgettext_lazy("kind of column", "Whole number"),
    Kind.NUMBER: pgettext_lazy("kind of column", "Number"),
    Kind.MONEY: pgettext_lazy("kind of column", "Money"),
    Kind.DATE: pgettext_lazy("kind of column", "Date"),
    Kind.TIME: pgettext_lazy("kind of column", "Date and time"),
    Kind.FLAG: pgettext_lazy("kind of column", "Yes or no"),
    Kind.JSON: pgettext_lazy("kind of column", "JSON"),
}


def kind_name(kind: Kind) -> str:
    """Return what a kind is called."""
    return str(_NAMES[kind])
