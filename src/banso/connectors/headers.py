"""The names of a file's columns, as the lake can keep them."""

import re
import unicodedata
from collections.abc import Sequence

# Columns that the lake or a reader adds; a file's own column of that name steps aside.
_RESERVED = frozenset({"file_index", "file_row_number", "merged_into"})


def normal_name(header: str) -> str:
    """Return `header` as a column name: ``Customer ID`` reads ``customer_id``.

    Full-width letters become ordinary ones, words that only a capital sets apart are
    divided (``customerID``, ``CustomerId``), case is dropped (engines disagree on it),
    and whatever is neither letter nor digit becomes one underscore. The result can be
    written in the conditions of a definition.
    """
    text = unicodedata.normalize("NFKC", header).strip()
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    name = re.sub(r"\W+|_+", "_", text.lower()).strip("_")
    if name[:1].isdigit():
        name = f"n_{name}"
    return f"{name}_" if name in _RESERVED else name


def normal_names(headers: Sequence[str]) -> tuple[str, ...]:
    """Return one distinct column name per header.

    A header without a name is called by its place (``column_3``); a name that comes
    again gets a number (``plan_2``).
    """
    names: list[str] = []
    taken: set[str] = set()
    for place, header in enumerate(headers, start=1):
        base = normal_name(header) or f"column_{place}"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        names.append(name)
    return tuple(names)
