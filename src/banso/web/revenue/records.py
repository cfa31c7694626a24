"""Revenue as plain values, for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from banso.analytics.revenue.movements import Grain
from banso.analytics.revenue.units import WHOLE
from banso.runs.reading import Row
from banso.runs.reconciliation_reading import ReconciliationReading
from banso.runs.retention_reading import Retained
from banso.runs.revenue_reading import PeriodFigures
from banso.web.customers import queries as customers
from banso.web.revenue.queries import reading_for, state_of
from banso.web.revenue.variants import different_customers
from banso.webkit.permissions import Scope, Staff


def groupings(user: Staff) -> Sequence[str]:
    """Return what revenue can be broken down by."""
    reading = reading_for(user)
    return reading.groupings if reading and state_of(reading) == "ready" else ()


def periods(user: Staff, grain: Grain, grouping: str) -> Sequence[PeriodFigures]:
    """Return MRR and what moved it over the customers that a user sees.

    Empty for a breakdown that there is not.
    """
    reading = reading_for(user)
    if reading is None or state_of(reading) != "ready":
        return ()
    if grouping and grouping not in reading.groupings:
        return ()
    return reading.totals(grain, grouping or WHOLE)


def retention(user: Staff) -> Sequence[Row]:
    """Return the retention of all customers together.

    Raises
    ------
    PermissionDenied
        The user does not see all customers.

    """
    if user.scope != Scope.ALL:
        raise PermissionDenied("see_revenue")
    reader = customers.published_reader()
    if reader is None:
        return ()
    rows = reader.findings("retention")
    rows.sort(key=lambda r: tuple(str(r[n]) for n in _ORDER))
    return rows


def reconciliation(user: Staff) -> Sequence[Mapping[str, object]]:
    """Return what was billed by currency and month; empty without charges."""
    reading = reading_for(user)
    if reading is None or state_of(reading) != "ready":
        return ()
    return [
        {
            "month": each.month,
            "currency": each.currency,
            "charges": each.charges,
            "difference": each.difference,
            "amounts": each.amounts,
        }
        for each in ReconciliationReading(reading).months()
    ]


@dataclass(frozen=True)
class Differing:
    """Who counts differently in a variant, and both figures of retention."""

    figures: Mapping[str, object]
    rows: Sequence[Mapping[str, object]]
    has_more: bool


def different(
    key: str, currency: str, *, visible_to: Staff, start: int, size: int
) -> Differing:
    """Return who counts differently in a variant; see `different_customers`."""
    found = different_customers(
        key, currency, visible_to=visible_to, start=start, size=size
    )
    return Differing(
        figures={
            "variant": key,
            "month": found.month,
            "standard": _retained(found.standard),
            "figures": _retained(found.told),
            "customers": found.count,
        },
        rows=[
            {
                "customer_id": row.customer_id,
                "name": found.names.get(row.customer_id),
                "standard": _counted(row.standard),
                "variant": _counted(row.variant),
            }
            for row in found.rows
        ],
        has_more=found.has_more,
    )


def _retained(told: Retained | None) -> Mapping[str, object] | None:
    if told is None:
        return None
    return {
        "currency": told.currency,
        "customers_start": told.logo.whole,
        "customers_kept": told.logo.seen,
        "mrr_start": told.mrr_start,
        "logo_retention": told.logo.value,
        "grr": told.grr,
        "nrr": told.nrr,
    }


def _counted(told: Retained) -> Mapping[str, object]:
    return {
        "mrr_start": told.mrr_start,
        "mrr_gross": told.mrr_gross,
        "mrr_kept": told.mrr_kept,
        "is_kept": bool(told.logo.seen),
    }


_ORDER = ("period", "variant", "window_months", "grouping", "segment", "currency")
