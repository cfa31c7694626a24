"""Spans of time as people write them: ``30 s``, ``5 min``, ``1 h``."""

import re
from typing import Final

_SPAN: Final = re.compile(r"(\d+) ?(s|min|h)")
_SECONDS: Final = {"s": 1, "min": 60, "h": 3600}


def seconds_of(span: str) -> int | None:
    """Return the seconds of a span; None for what is none."""
    match = _SPAN.fullmatch(span.strip())
    return int(match[1]) * _SECONDS[match[2]] if match else None
