"""Which customers make a variant of retention differ from the standard reading."""

from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.revenue.money import money
from banso.analytics.revenue.retention import counted
from banso.analytics.revenue.units import Numbers
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


@dataclass(frozen=True)
class Window:
    """The months at whose ends a window begins and ends (see `month_number`)."""

    began: ir.IntegerScalar
    month: ir.IntegerScalar


def retained_customers(
    stretches: ir.Table, *, numbers: Numbers, window: Window, reading: Reading
) -> ir.Table:
    """Return what each customer adds to the sums of retention in one month.

    Parameters
    ----------
    stretches
        Rows of `unit_stretches` by month.
    numbers
        What customers and currencies are numbered by.
    window
        The month that is looked at, and what it is compared with.
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
    whole_only = stretches.filter(stretches.segment_no == 0)
    now = whole_only.filter(_.month <= window.month, _.until > window.month).select(
        "customer_no", "currency_no", "is_there", "here_since", pays=_.level
    )
    then = whole_only.filter(_.came, _.month <= window.began, _.until > window.began)
    then = then.view().select(
        "customer_no", "currency_no", "month", paid=_.level, was_there=_.is_there
    )
    pairs = then.join(now, ["customer_no", "currency_no"])
    pairs = pairs.mutate(stayed=pairs.here_since <= pairs.month)
    parts = pairs.select(
        "customer_no", "currency_no", **counted(pairs, reading=reading)
    )
    named = parts.join(
        numbers.customers.select("customer_id", "customer_no"), "customer_no"
    ).join(numbers.currencies, "currency_no")
    rows = named.select(
        *_KEY,
        **{
            name: money(named[part]) if name.startswith("mrr") else whole(named[part])
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
