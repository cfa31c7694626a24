"""The company's day: UTC offsets of a time zone as plain numbers.

Engines disagree on casts between zones (DuckDB and Spark both give the UTC day for the
obvious Ibis expression), so the day is found by adding an offset that is known here.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class OffsetSpan:
    """From which UTC moment on a zone's clock is ahead of UTC by how many seconds."""

    since: dt.datetime  # naive, UTC
    seconds: int


def day_number(day: dt.date) -> int:
    """Return the days from 1970-01-01 to `day`."""
    return (day - EPOCH).days


def day_of_number(number: int) -> dt.date:
    """Return the day that is `number` days after 1970-01-01."""
    return EPOCH + dt.timedelta(days=number)


@cache
def utc_offsets(zone: str, first: dt.date, last: dt.date) -> Sequence[OffsetSpan]:
    """Return the offsets of `zone` from the day `first` to the day `last`, in order.

    Each change of the clock is found to the minute, by halving.
    """
    start = dt.datetime.combine(first, dt.time()) - dt.timedelta(days=2)
    end = dt.datetime.combine(last, dt.time()) + dt.timedelta(days=2)
    spans = [OffsetSpan(since=start, seconds=_offset(zone, start))]
    moment = start
    while moment < end:
        # Two changes never lie within the same 24 hours.
        after = moment + dt.timedelta(days=1)
        if _offset(zone, after) != spans[-1].seconds:
            change = _change_between(zone, moment, after)
            spans.append(OffsetSpan(since=change, seconds=_offset(zone, change)))
        moment = after
    return tuple(spans)


def _offset(zone: str, moment: dt.datetime) -> int:
    local = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))
    offset = local.utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _change_between(zone: str, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    before = _offset(zone, low)
    while high - low > dt.timedelta(minutes=1):
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle <= low:
            break
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high
