"""Renewals that lie ahead on a day, with what the forecast says, and what came."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.forecast.forecasts import HORIZONS
from banso.analytics.literal_rows import literal_rows
from banso.analytics.panel.stays import FAR_DAY, known_lines
from banso.analytics.revenue.money import day_of, money
from banso.analytics.revenue.renewals import due_days
from banso.analytics.rollups import company_day, whole
from banso.kernel.zones import day_number

LINE: Final = ("customer_id", "subscription_id", "started_on", "product", "plan")
_ROW: Final = ("said_on", "is_past", "subscription_id", "started_on")
ENDS: Final = ("p_leave", "low", "high")
_COLUMNS: Final = {
    "p_leave": "churn_{}",
    "low": "churn_{}_low",
    "high": "churn_{}_high",
}


@dataclass(frozen=True)
class Moment:
    """A day on which renewals lay ahead, and which of them are told."""

    said_on: dt.date  # an as-of date of the forecast
    first: dt.date  # the first day on which a renewal falls due
    last: dt.date  # the last one
    is_past: bool  # the days are over: what came is known


def renewals_ahead(
    subscriptions: ir.Table, moments: Sequence[Moment], *, currency: str
) -> ir.Table:
    """Return the renewals that lay ahead on some days, as it was known then.

    Of each line only the next renewal counts: a line of monthly terms would else be
    due again each month, although it may be gone by then.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``.
    moments
        At least one.
    currency
        The company's, of lines that name none.

    Returns
    -------
    ir.Table
        One row per ``said_on`` (date), ``is_past``, ``customer_id``,
        ``subscription_id`` and ``started_on``: ``product``, ``plan``, ``currency``,
        ``due_on`` (date), ``days`` (int64, from one to the other), ``mrr``
        (decimal(18, 4)) and ``noticed`` (boolean: notice was given by then).

    Notes
    -----
    Source: docs/definitions/renewal-landing.md. When a line is due, see
    docs/definitions/continuation-rate.md.

    """
    table = literal_rows(
        [
            {
                "said": day_number(moment.said_on),
                "due_from": day_number(moment.first),
                "due_until": day_number(moment.last),
                "is_past": moment.is_past,
            }
            for moment in moments
        ],
        {"said": "int32", "due_from": "int32", "due_until": "int32",
         "is_past": "boolean"},
    )  # fmt: skip
    crossed = subscriptions.cross_join(table)
    lines = known_lines(crossed, until=crossed.said)
    lines = lines.filter(lines.mrr > 0, lines.ends == FAR_DAY)
    due = due_days(lines, until=lines.due_until)
    due = due.filter(due.due > due.said, due.due >= due.due_from)
    key = ("said", "is_past", "customer_id", "subscription_id", "starts")
    due = due.mutate(next_due=_.due.min().over(group_by=[due[name] for name in key]))
    due = due.filter(due.due == due.next_due)
    return due.select(
        *LINE,
        "is_past",
        said_on=day_of(due.said),
        currency=due.currency.fill_null(currency),
        due_on=day_of(due.due),
        days=whole(due.due - due.said),
        mrr=money(due.mrr),
        noticed=due.decided < FAR_DAY,
    )


def chances_by(ahead: ir.Table, forecast: ir.Table) -> ir.Table:
    """Return renewals with the chance that the customer leaves until they are due.

    Between the horizons of the forecast the daily chance to leave is constant, as in
    the forecast itself.

    Parameters
    ----------
    ahead
        Rows of `renewals_ahead`.
    forecast
        The wide rows of ``forecast_grid``.

    Returns
    -------
    ir.Table
        The rows with ``p_leave``, ``low`` and ``high`` (float64, null when the
        forecast has none for so far ahead) and ``basis`` (model, rate, notice). A line
        under notice is certain to end: 1.

    """
    names = [form.format(days) for form in _COLUMNS.values() for days in HORIZONS]
    said = forecast.select(
        "customer_id",
        said_on=forecast.as_of,
        said_basis=forecast.basis,
        **{name: forecast[name].cast("float64") for name in names},
    )
    joined = ahead.left_join(said, ["customer_id", "said_on"])
    sure = ibis.literal(1.0)
    values = {
        name: ibis.ifelse(
            joined.noticed,
            sure,
            _between(joined, [form.format(days) for days in HORIZONS]),
        )
        for name, form in _COLUMNS.items()
    }
    return joined.select(
        *ahead.columns,
        **values,
        basis=ibis.ifelse(joined.noticed, ibis.literal("notice"), joined.said_basis),
    )


def _between(rows: ir.Table, names: Sequence[str]) -> ir.FloatingValue:
    """Return a chance within ``days`` from those within each horizon."""
    days = rows.days.cast("float64")
    staying = [1 - rows[name] for name in names]
    first = HORIZONS[0]
    cases = [(rows.days <= first, 1 - staying[0] ** (days / first))]
    for place, (start, end) in enumerate(pairwise(HORIZONS)):
        share = (days - start) / (end - start)
        stays = staying[place] ** (1 - share) * staying[place + 1] ** share
        cases.append((rows.days <= end, 1 - stays))
    return ibis.cases(*cases, else_=ibis.null("float64"))


def with_outcome(
    foretold: ir.Table,
    subscriptions: ir.Table,
    *,
    until: int,
    pause_days: int,
    completed: Sequence[str],
) -> ir.Table:
    """Return renewals of the past with what came of them.

    Parameters
    ----------
    foretold
        Rows of `chances_by`.
    subscriptions
        Live rows, with ``known_at``.
    until
        The day number of the as-of date.
    pause_days
        A line of the customer that starts at most so many days after the end of
        another one takes over from it.
    completed
        The words of ``ended_reason`` for a contract that was done. Nobody left where a
        line ended so on its due day: it counts as renewed, at what it paid. To leave
        it out would keep those who left of whom the forecast spoke, and drop those
        who stayed to the end.

    Returns
    -------
    ir.Table
        The rows with ``renewed`` (boolean), ``agreed_end`` (boolean: done on its due
        day, and counted as renewed for that alone) and ``mrr_after`` (decimal(18, 4),
        0 when it was not renewed), all null where the due day is not over. Unlike in
        `due_renewals`, a line that ended before its due day without another one is
        here, and not renewed: on the day of the forecast it was expected.

    """
    lines = known_lines(subscriptions, until=until).filter(_.mrr > 0)
    ended = lines.select(
        "customer_id",
        "subscription_id",
        "started_on",
        line_ends=lines.ends,
        line_mrr=money(lines.mrr),
        done=lines.ended_reason.strip()
        .lower()
        .isin([word.strip().lower() for word in completed])
        .fill_null(ibis.literal(value=False)),
    )
    joined = foretold.left_join(ended, ["customer_id", "subscription_id", "started_on"])
    rows = joined.select(
        *foretold.columns,
        "line_mrr",
        due=company_day(joined.due_on, ()),
        line_ends=joined.line_ends.fill_null(0),
        done=joined.done.fill_null(ibis.literal(value=False)),
    )
    taken = _taken_over(rows, lines, pause_days=pause_days)
    found = rows.left_join(taken, _ROW)
    done = found.done & (found.line_ends == found.due)
    goes_on = (found.line_ends > found.due) | done
    after = ibis.ifelse(
        goes_on, found.line_mrr, found.taken.fill_null(0).cast("decimal(18, 4)")
    )
    is_over = found.is_past
    return found.select(
        *foretold.columns,
        renewed=ibis.ifelse(
            is_over, goes_on | found.taken.notnull(), ibis.null("boolean")
        ),
        agreed_end=ibis.ifelse(
            is_over, done & found.taken.isnull(), ibis.null("boolean")
        ),
        mrr_after=ibis.ifelse(is_over, money(after), ibis.null("decimal(18, 4)")),
    )


def _taken_over(rows: ir.Table, lines: ir.Table, *, pause_days: int) -> ir.Table:
    """Return what the lines pay that start when an expected one has ended."""
    ended = rows.filter(rows.is_past, rows.line_ends <= rows.due)
    ended = ended.select(*_ROW, "customer_id", "line_ends")
    next_lines = lines.select(
        "customer_id", next_starts=lines.starts, next_mrr=lines.mrr
    )
    joined = ended.join(
        next_lines,
        [
            ended.customer_id == next_lines.customer_id,
            next_lines.next_starts >= ended.line_ends,
            next_lines.next_starts <= ended.line_ends + pause_days,
        ],
    )
    return joined.group_by(*_ROW).aggregate(taken=_.next_mrr.sum())
