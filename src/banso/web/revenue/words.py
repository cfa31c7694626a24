"""What people read for periods, splits and segments of revenue."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.analytics.revenue.movements import Grain
from banso.runs.reading import ReleaseReader
from banso.webkit import formatting
from banso.webkit.features import Text

GRAINS: Final[Mapping[str, Text]] = {
    "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Year"),
}
_GROUPINGS: Final[Mapping[str, Text]] = {
    "product": gettext_lazy("Product"),
    "plan": gettext_lazy("Plan"),
    "touch": gettext_lazy("Touch model"),
    "size": gettext_lazy("Size"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "purpose": gettext_lazy("Purpose"),
    "owner": gettext_lazy("Owner"),
    "partner_id": gettext_lazy("Partner"),
    "parent_id": gettext_lazy("Parent company"),
    "cohort": gettext_lazy("Cohort (year of the first payment)"),
}
_TOUCHES: Final[Mapping[str, Text]] = {
    "high": gettext_lazy("High touch"),
    "low": gettext_lazy("Low touch"),
    "tech": gettext_lazy("Tech touch"),
}


def period(first: dt.date, grain: Grain) -> str:
    """Return the name of a period: Nov 2026, Q4 2026, 2026."""
    match grain:
        case "month":
            return formatting.month(first)
        case "quarter":
            return formatting.quarter(first)
        case "year":
            return formatting.year(first)


def grouping(key: str) -> str:
    """Return the name of a split; that of an attribute is its key."""
    return str(_GROUPINGS.get(key, key))


def figure(key: str) -> str:
    """Return the name of a level: MRR or customers at the end of a month."""
    return _("Customers at the end") if key == "customers_end" else _("Closing MRR")


def segments(
    key: str, values: Sequence[str | None], reader: ReleaseReader
) -> dict[str | None, str]:
    """Return what people read for each segment of a split."""
    said: dict[str | None, str] = {value: str(value) for value in values}
    if key == "touch":
        said |= {v: str(_TOUCHES.get(str(v), v)) for v in values}
    elif key == "partner_id":
        partners = reader.rows_by_key("partners", [v for v in values if v])
        said |= {k: str(row.get("name") or k) for k, row in partners.items()}
    elif key == "cohort":
        said |= {v: formatting.year(dt.date(int(v), 1, 1)) for v in values if v}
    if None in said:
        said[None] = _("Not given")
    return said
