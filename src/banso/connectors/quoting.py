"""Names and texts inside SQL."""

from collections.abc import Iterable


def name_sql(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_sql(text: str) -> str:
    """Return `text` as a quoted SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def joined(parts: Iterable[str], *, by: str = ", ") -> str:
    """Return the parts of an SQL list."""
    return by.join(parts)
