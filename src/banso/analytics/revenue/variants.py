"""Which customers make a variant of retention differ from the standard reading."""

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.revenue.money import money
from banso.analytics.revenue.retention import counted
from banso.analytics.rollups import whole
from banso.definitions.revenue import Reading

FIGURES: Final = {
    "base": "mrr_start",
    "kept": "mrr_kept",
    "gross": "mrr_gross",
    "customers": "customers_start",
    "stayed": "customers_kept",
}
_KEY: Final = ("customer_id", "currency")


def retained_customers(
    units: ir.Table, *, began: dt.date, month: dt.date, reading: Reading
) -> ir.Table:
    """Return what each customer adds to the sums of retention in one month.

    Parameters
    ----------
    units
        Rows of `unit_steps` by month, of the whole (no split).
    began, month
        The first days of the months at whose ends the window begins and ends.
    reading
        As of `retention`.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``currency`` that counts at all:
        ``mrr_start``, ``mrr_kept``, ``mrr_gross`` (decimal(18, 4)),
        ``customers_start`` and ``customers_kept`` (int64, 0 or 1). Their sums are
        those of `retention`.

    """
    first, last = ibis.literal(began), ibis.literal(month)
    before, until = units.period <= first, units.period <= last
    nothing = ibis.literal(0).cast("decimal(18, 4)")
    came = (units.arrived > 0) & until
    pairs = units.group_by(*_KEY).aggregate(
        pays=units.change.sum(where=until).fill_null(nothing),
        paid=units.change.sum(where=before).fill_null(nothing),
        is_there=units.arrived.sum(where=until).fill_null(0) > 0,
        was_there=units.arrived.sum(where=before).fill_null(0) > 0,
        here_since=units.period.max(where=came),
        first_came=units.period.min(where=came),
    )
    parts = pairs.select(*_KEY, **counted(pairs, first, reading=reading))
    rows = parts.select(
        *_KEY,
        **{
            name: money(parts[part]) if name.startswith("mrr") else whole(parts[part])
            for part, name in FIGURES.items()
        },
    )
    return rows.filter((_.mrr_start != 0) | (_.mrr_kept != 0) | (_.customers_start > 0))


def variant_rows(standard: ir.Table, variant: ir.Table) -> ir.Table:
    """Return the customers that count differently in a variant.

    Parameters
    ----------
    standard, variant
        Rows of `retained_customers` under the two readings.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``currency``: each figure of
        `retained_customers` as ``standard_<figure>`` and ``variant_<figure>``. The
        sums of the differences lead from the one retention to the other.

    """
    names = list(FIGURES.values())
    both = ibis.union(
        _sided(standard, names, is_standard=True),
        _sided(variant, names, is_standard=False),
    )
    sides = [f"{side}_{name}" for name in names for side in ("standard", "variant")]
    sums = both.group_by(*_KEY).aggregate(**{side: _[side].sum() for side in sides})
    differs = ibis.or_(
        *(sums[f"standard_{name}"] != sums[f"variant_{name}"] for name in names)
    )
    found = sums.filter(differs)
    return found.select(
        *_KEY,
        **{
            side: money(found[side]) if "_mrr_" in side else whole(found[side])
            for side in sides
        },
    )


def _sided(table: ir.Table, names: list[str], *, is_standard: bool) -> ir.Table:
    """Return figures on their own side, and nothing on the other one."""
    return table.select(
        *_KEY,
        **{
            f"{side}_{name}": table[name]
            if (side == "standard") == is_standard
            else table[name] - table[name]
            for name in names
            for side in ("standard", "variant")
        },
    )
