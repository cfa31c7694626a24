"""The openings as the app database has them: their keys, and how they are written."""

import datetime as dt
from collections.abc import Mapping
from typing import Final, NamedTuple

from banso.web.work.models import WorkItem
from banso.webkit.row_writing import RowWriting

COLUMNS: Final = (
    "customer_id", "signal", "opened_on", "kind", "play", "reason_ja", "reason_en",
    "owner", "worth", "chance", "chance_basis", "amount", "currency", "urgency",
    "effect", "effect_basis", "trend", "trend_of", "sort_worth", "digest",
)  # fmt: skip
_KEY: Final = ("customer_id", "signal", "opened_on")
# what people decided stands in other columns, which no run writes
WRITING: Final = RowWriting(
    WorkItem, COLUMNS, _KEY, resets=('"closed_on" = NULL', "\"closed_why\" = ''")
)
_SOME: Final = 500


class Key(NamedTuple):
    """What an opening is known by."""

    customer_id: str
    signal: str
    opened_on: dt.date


def live_digests() -> dict[Key, str]:
    """Return the digest of each opening that no run has closed."""
    rows = WorkItem.objects.filter(closed_on__isnull=True).values_list(*_KEY, "digest")
    return {
        Key(customer_id, signal, day): digest
        for customer_id, signal, day, digest in rows
    }


def close_rows(why: Mapping[Key, WorkItem.Closed], *, on: dt.date) -> None:
    """Note that a run no longer finds openings; what people decided stays."""
    keys = sorted(why)
    for start in range(0, len(keys), _SOME):
        wanted = set(keys[start : start + _SOME])
        found = WorkItem.objects.filter(
            customer_id__in={key.customer_id for key in wanted}, closed_on__isnull=True
        ).only(*_KEY)
        closing = []
        for item in found:
            key = Key(str(item.customer_id), item.signal, item.opened_on)
            if key in wanted:
                item.closed_on, item.closed_why = on, why[key]
                closing.append(item)
        WorkItem.objects.bulk_update(closing, ["closed_on", "closed_why"])
