"""Which rule of touch decides for a customer on a date, and by which value and need."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from banso.analytics.filters import matches
from banso.definitions.signals import SCORE
from banso.definitions.touch import NEED, VALUE, VALUE_RANK


def yearly_value(
    mrr: ir.FloatingValue, currency: ir.StringValue, rates: Mapping[str, float]
) -> ir.FloatingValue:
    """Return MRR × 12 in the company's currency.

    Parameters
    ----------
    mrr
        Per month; null in several currencies.
    currency
        Of it; "" where none is named, which is the company's.
    rates
        What one unit of each currency is worth, the company's and "" among them.

    Returns
    -------
    ir.FloatingValue
        Null in a currency without a rate: it is never guessed.

    """
    rate = ibis.cases(
        *(
            (currency == name, ibis.literal(rate))
            for name, rate in sorted(rates.items())
        ),
        else_=ibis.null("float64"),
    )
    return mrr * 12 * rate


def with_value_and_need(
    rows: ir.Table, *, value: ir.FloatingValue, need: str | None
) -> ir.Table:
    """Return customers with what the rules of touch read beside their own columns.

    Parameters
    ----------
    rows
        One row per ``customer_id`` and ``as_of``.
    value
        In a year, in one currency; null where it is unknown.
    need
        The column that tells it: a chance (0 to 1), or the score (100 is no need);
        None when there is neither.

    Returns
    -------
    ir.Table
        The rows with ``yearly_value`` and ``neediness`` (float64), and under the names
        that conditions use ``value``, ``value_rank`` and ``need``, each unless the
        rows have a column of that name (a metric goes before).

    Notes
    -----
    The rank is the share of customers on the date with a smaller value, of those whose
    value is known. Source: docs/definitions/touch.md.

    """
    if need is None:
        needy = ibis.null("float64")
    elif need == SCORE:
        needy = (100 - rows[need].cast("float64")) / 100
    else:
        needy = rows[need].cast("float64")
    known = rows.mutate(yearly_value=value.cast("float64"), neediness=needy)
    of_date = ibis.window(group_by="as_of", order_by=known.yearly_value)
    smaller = ibis.rank().over(of_date).cast("float64")
    there = known.yearly_value.count().over(ibis.window(group_by="as_of"))
    rank = ibis.ifelse(
        known.yearly_value.notnull(), smaller / there, ibis.null("float64")
    )
    told = {VALUE: known.yearly_value, VALUE_RANK: rank, NEED: known.neediness}
    return known.mutate(
        **{name: found for name, found in told.items() if name not in rows.columns}
    )


def first_that_holds(
    rows: ir.Table, conditions: Sequence[str | None]
) -> ir.IntegerValue:
    """Return the place of the first condition that holds; their number when none does.

    Parameters
    ----------
    rows
        What the conditions read.
    conditions
        One that is None holds for nobody: it reads what is not there.

    """
    branches = [
        (matches(rows, condition), ibis.literal(place))
        for place, condition in enumerate(conditions)
        if condition is not None
    ]
    nothing = ibis.literal(len(conditions))
    found = ibis.cases(*branches, else_=nothing) if branches else nothing
    return found.cast("int16")
