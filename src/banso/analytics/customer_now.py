"""One row per customer: how it stands on the as-of date, and how it came there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.grid import date_of_day
from banso.tables.registry import TABLES

TREND_DATES = 26  # as-of dates in the trend
LOOK_BACK_DAYS = 28  # what "moved" compares with

_OWN = ("name", "owner", "touch", "industry", "country", "size", "purpose")
_CONTRACT = (
    "products", "plan", "seats", "mrr", "currency", "started_on", "renews_on",
    "notice_on", "ended_on", "ended_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What `customer_now` is put together from."""

    customers: ir.Table
    contracts: ir.Table | None  # see `contracts.contract_state`; None: not connected
    first_days: ir.Table  # customer_id, day (int32): the first trace of each customer
    last_days: ir.Table | None  # customer_id, day (int32): the last event of each
    health: ir.Table  # see `long_views.health_long`, over the dates of the trend
    parts: ir.Table  # see `long_views.element_points`, for `as_of` and `before`
    trend: Sequence[ir.DateScalar]  # its dates, ascending


def customer_now(
    standing: Standing, *, as_of: ir.DateScalar, before: ir.DateScalar | None
) -> ir.Table:
    """Return how each customer stands.

    Parameters
    ----------
    standing
        See its fields.
    as_of
        The day.
    before
        The day that `as_of` is compared with (see `date_before`); None when there is
        none yet.

    Returns
    -------
    ir.Table
        One row per customer that was there by `as_of`: the attributes of the contract,
        ``status`` (active, upcoming, churned; without a table of contracts: active),
        ``tenure_days`` (to `as_of`, or to the end), ``model``, ``score``, ``band``,
        ``coverage`` (null unless active), ``score_before`` (on the last date at least
        28 days earlier), ``trend`` (list of the last 26 scores, null where there is
        none), ``worst_element`` and ``worst_points`` (the element that lost most
        points since then, and how many: negative; null when none lost any),
        ``last_active_on`` and ``attributes`` (JSON text of the columns that the
        contract does not know).

    """
    rows = _with_contracts(standing, as_of)
    now = standing.health.filter(_.as_of == as_of).drop("as_of")
    rows = _joined(rows, now)
    if before is None:
        rows = rows.mutate(score_before=ibis.null("float64"))
    else:
        then = standing.health.filter(_.as_of == before)
        rows = _joined(rows, then.select("customer_id", score_before=then.score))
    rows = _with_trend(rows, standing)
    rows = _joined(rows, _worst(standing.parts, as_of, before))
    if standing.last_days is None:
        rows = rows.mutate(last_active_on=ibis.null("date"))
    else:
        last = standing.last_days
        rows = _joined(
            rows, last.select("customer_id", last_active_on=date_of_day(last.day))
        )
    rows = rows.mutate(
        tenure_days=(
            rows.ended_on.fill_null(as_of).delta(rows.started_on, unit="day")
        ).cast("int32"),
        band=rows.band.fill_null("unknown"),
    )
    return rows.select(
        "customer_id", *_OWN, "parent_id", "partner_id", "status", *_CONTRACT,
        "tenure_days", "model", "score", "band", "coverage", "score_before", "trend",
        "worst_element", "worst_points", "last_active_on", "attributes",
    )  # fmt: skip


def date_before(as_of: dt.date, dates: Sequence[dt.date]) -> dt.date | None:
    """Return the last of `dates` that is at least 28 days before `as_of`."""
    limit = as_of - dt.timedelta(days=LOOK_BACK_DAYS)
    return max((date for date in dates if date <= limit), default=None)


def _with_contracts(standing: Standing, as_of: ir.DateScalar) -> ir.Table:
    customers = standing.customers
    known = [*TABLES["customers"].by_name, "known_at", "loaded_at"]
    own = customers.select(
        "customer_id",
        *_OWN,
        "parent_id",
        "partner_id",
        attributes=_attributes(customers, known),
    )
    first = standing.first_days
    here = first.select("customer_id", first_day=date_of_day(first.day))
    here = here.filter(here.first_day <= as_of)
    if standing.contracts is not None:
        return own.join(standing.contracts, "customer_id")
    rows = own.join(here, "customer_id")
    nothing = {
        "products": "string", "plan": "string", "seats": "int64",
        "mrr": "decimal(18, 4)", "currency": "string", "renews_on": "date",
        "notice_on": "date", "ended_on": "date", "ended_reason": "string",
    }  # fmt: skip
    return rows.mutate(
        status=ibis.literal("active"),
        started_on=rows.first_day,
        **{name: ibis.null(dtype) for name, dtype in nothing.items()},
    )


def _attributes(customers: ir.Table, known: Sequence[str]) -> ir.StringValue:
    """Return the columns beyond the contract as one JSON text; null when none are."""
    columns = [name for name in customers.columns if name not in known]
    if not columns:
        return ibis.null("string")
    return (
        ibis.struct({name: customers[name] for name in columns})
        .cast("json")
        .cast("string")
    )


def _with_trend(rows: ir.Table, standing: Standing) -> ir.Table:
    """Add the scores of an active customer, null on a date that has none."""
    scores = standing.health.filter(_.as_of >= standing.trend[0])
    found = scores.group_by("customer_id").aggregate(
        # A customer has one score on a date at most.
        **{
            f"trend_{number}": scores.score.max(where=scores.as_of == date)
            for number, date in enumerate(standing.trend)
        }
    )
    joined = _joined(rows, found)
    columns = [joined[f"trend_{number}"] for number in range(len(standing.trend))]
    listed = ibis.array(columns)
    trend = ibis.ifelse(joined.status == "active", listed, ibis.null(listed.type()))
    return joined.mutate(trend=trend)


def _worst(
    parts: ir.Table, as_of: ir.DateScalar, before: ir.DateScalar | None
) -> ir.Table:
    """Return the element whose points fell most; the first by name among equals."""
    then = as_of if before is None else before
    is_now = parts.as_of == as_of
    points = parts.points.fill_null(0)
    moves = (
        parts.filter(parts.as_of.isin([as_of, then]))
        .mutate(moved=ibis.ifelse(is_now, points, -points))
        .group_by("customer_id", "dimension", "element")
        .aggregate(moved=_.moved.sum(), first=_.as_of.min(), last=_.as_of.max())
        .filter(_.first < _.last, _.moved < 0)
    )
    first = ibis.row_number().over(
        group_by=moves.customer_id,
        order_by=[moves.moved, moves.dimension, moves.element],
    )
    ranked = moves.mutate(place=first).filter(_.place == 0)
    return ranked.select(
        "customer_id",
        worst_element=_.dimension + "." + _.element,
        worst_points=_.moved,
    )


def _joined(rows: ir.Table, more: ir.Table) -> ir.Table:
    return rows.left_join(more, "customer_id").drop("customer_id_right")
