"""What people call the columns and codes of a company's data, in their language."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import get_language, gettext_lazy

from banso.definitions.naming import NameRules
from banso.kernel.labels import Label
from banso.tables.registry import TABLES
from banso.webkit.features import Text

# The tables whose columns a feature or a filter may be.
_TABLES: Final = ("customers", "subscriptions")
TOUCHES: Final[Mapping[str, Text]] = {
    "high": gettext_lazy("High touch"),
    "low": gettext_lazy("Low touch"),
    "tech": gettext_lazy("Tech touch"),
}


def column_name(names: NameRules, key: str) -> str:
    """Return the name of a column: the company's, else the contract's, else the key."""
    return _said(names.column(key) or _declared(key), key)


def event_name(names: NameRules, name: str) -> str:
    """Return what an event of the product is called; as it is when nobody named it."""
    return _said(names.event(name), name)


def value_name(names: NameRules, column: str, value: str) -> str:
    """Return what a value of a column is called; as it is when nobody named it."""
    label = names.value(column, value)
    if label is None and column == "touch":
        return touch_name(value)
    return _said(label, value)


def touch_name(touch: str) -> str:
    """Return a touch model in words."""
    return str(TOUCHES.get(touch, touch))


def _declared(key: str) -> Label | None:
    for table in _TABLES:
        if key in TABLES[table].by_name:
            return TABLES[table].by_name[key].meaning
    return None


def _said(label: Label | None, otherwise: str) -> str:
    if label is None:
        return otherwise
    return label.in_language(get_language() or "en")
