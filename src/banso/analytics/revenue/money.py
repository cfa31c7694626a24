"""Money: decimals of one currency, and dated rates between currencies."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.literal_rows import literal_rows
from banso.analytics.panel.stays import FAR_DAY
from banso.analytics.rollups import whole
from banso.definitions.revenue import Rate
from banso.kernel.zones import EPOCH, day_number

MONEY: Final = "decimal(18, 4)"
# Currencies without a smaller unit (ISO 4217); the others count hundredths.
_WHOLE_UNITS: Final = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_RATE_COLUMNS = {
    "currency": "string",
    "since": "int32",
    "until": "int32",
    "rate": "decimal(18, 8)",
}


def money(value: ir.Value) -> ir.DecimalValue:
    """Return an amount as it is stored: decimal(18, 4), whatever a sum became."""
    return whole(value, MONEY)


def half_unit(currency: ir.StringValue) -> ir.DecimalValue:
    """Return half of the smallest amount that is billed in a currency: ¥0.5, $0.005."""
    is_whole = currency.isin(sorted(_WHOLE_UNITS))
    return ibis.ifelse(is_whole, _decimal("0.5"), _decimal("0.005"))


def _decimal(text: str) -> ir.DecimalScalar:
    return ibis.literal(Decimal(text)).cast(MONEY)


def day_of(number: ir.IntegerValue) -> ir.DateValue:
    """Return the date of a day number."""
    # Ibis drops a cast that it thinks needless; DuckDB makes a timestamp of the sum.
    return whole(ibis.literal(EPOCH) + number.as_interval("D"), "date")


def unpriced(spans: ir.Table, rates: Sequence[Rate], *, into: str) -> ir.Table:
    """Return the currencies that no rate prices from their first day on.

    Parameters
    ----------
    spans
        Rows with ``currency`` and ``starts`` (int32, day number).
    rates
        Of the definitions.
    into
        The company's currency, which needs none.

    Returns
    -------
    ir.Table
        One row per ``currency`` without a rate in time: ``lines`` (int64), and
        ``first_day`` (date) from which on a rate is needed.

    """
    first: dict[str, dt.date] = {}
    for rate in rates:
        first[rate.currency] = min(first.get(rate.currency, rate.since), rate.since)
    needs = (
        spans.filter(spans.currency != into)
        .group_by("currency")
        .aggregate(lines=_.count(), first=_.starts.min())
    )
    missing: list[ir.BooleanValue] = [needs.currency.notin([*first])] if first else []
    late = [
        (needs.currency == currency) & (needs["first"] < day_number(since))
        for currency, since in first.items()
    ]
    wrong = ibis.or_(*missing, *late) if first else ibis.literal(value=True)
    return needs.filter(wrong).select(
        "currency", "lines", first_day=day_of(needs["first"])
    )


def converted(
    spans: ir.Table,
    rates: Sequence[Rate],
    *,
    into: str,
    by_period: bool,
    apart: Sequence[str],
) -> ir.Table:
    """Return spans in the company's currency, as far as rates are known.

    Parameters
    ----------
    spans
        Rows with ``currency``, ``mrr`` (decimal), ``starts`` and ``ends``.
    rates
        Of the definitions.
    into
        The company's currency.
    by_period
        Convert each day at its own rate: a span is cut where the rate changes. Else
        at the rate of the day on which it starts.
    apart
        Currencies that stay as they are (see `unpriced`).

    Returns
    -------
    ir.Table
        The rows with ``is_first`` and ``is_last``: whether a piece begins with the
        span and ends with it; where it does not, only the rate moved.

    """
    whole_spans = spans.mutate(
        is_first=ibis.literal(value=True), is_last=ibis.literal(value=True)
    )
    table = rate_spans(rates, apart=apart, into=into)
    if table is None:
        return whole_spans
    priced = sorted({rate.currency for rate in rates} - {*apart, into})
    foreign = spans.filter(spans.currency.isin(priced))
    joined = foreign.join(
        table,
        [
            foreign.currency == table.currency,
            foreign.starts < table.until,
            foreign.ends > table.since if by_period else foreign.starts >= table.since,
        ],
    )
    starts = (
        joined.starts if not by_period else ibis.greatest(joined.starts, joined.since)
    )
    ends = joined.ends if not by_period else ibis.least(joined.ends, joined.until)
    pieces = joined.mutate(
        is_first=starts == joined.starts, is_last=ends == joined.ends
    ).mutate(
        mrr=money(joined.mrr * joined.rate),
        currency=ibis.literal(into),
        starts=whole(starts, "int32"),
        ends=whole(ends, "int32"),
    )
    rest = whole_spans.filter(spans.currency.notin(priced))
    return ibis.union(rest, pieces.select(*rest.columns))


def rate_spans(
    rates: Sequence[Rate], *, apart: Sequence[str], into: str
) -> ir.Table | None:
    """Return each rate with the days on which it is in force.

    Parameters
    ----------
    rates
        Of the definitions.
    apart
        Currencies that stay as they are.
    into
        The company's currency.

    Returns
    -------
    ir.Table or None
        One row per rate: ``currency``, ``since`` and ``until`` (int32, day numbers; the
        first day of the next rate) and ``rate`` (decimal(18, 8)). None without any.

    """
    usable = sorted(
        (rate for rate in rates if rate.currency not in {*apart, into}),
        key=lambda rate: (rate.currency, rate.since),
    )
    rows = [
        {
            "currency": rate.currency,
            "since": day_number(rate.since),
            "until": day_number(later.since)
            if later is not None and later.currency == rate.currency
            else FAR_DAY + 1,
            "rate": rate.rate,
        }
        for rate, later in zip_longest(usable, usable[1:])
    ]
    return literal_rows(rows, _RATE_COLUMNS) if rows else None
