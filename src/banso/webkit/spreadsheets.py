"""Cells of CSV files that spreadsheets open as what they are."""

from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"  # without it, Excel takes UTF-8 for Shift_JIS
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """Return a cell; a text that would run as a formula begins with an apostrophe."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value
