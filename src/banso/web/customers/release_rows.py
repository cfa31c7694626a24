"""What a release says of each customer, as rows that the app database can hold."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.customer_now import date_before
from banso.warehouse.manifest import Release
from banso.warehouse.session import Session
from banso.web.customers.models import NoScore
from banso.web.customers.search import searched_text

# Raise it when the rows below change: every row is then written anew.
PRESENTATION: Final = 4
TEXTS: Final = (
    "name", "status", "owner", "touch", "industry", "country", "size", "purpose",
    "parent_id", "partner_id", "products", "plan", "currency", "ended_reason", "model",
    "band", "worst_element", "best_element", "no_score", "p_churn_basis",
    "success",
)  # fmt: skip
PLAIN: Final = (
    "customer_id", "seats", "mrr", "started_on", "renews_on", "notice_on", "ended_on",
    "tenure_days", "score", "coverage", "score_before", "change", "worst_points",
    "best_points", "last_active_on", "p_churn", "p_churn_low", "p_churn_high",
    "mrr_at_risk",
)  # fmt: skip
JSONS: Final = ("trend", "attributes")
_NEVER: Final = 4_000_000  # a day after every other
_NO_POINTS: Final = 1e3
_NO_MONEY: Final = 1e15
_NO_CHANCE: Final = 2.0
FORECAST: Final = "forecast_grid"
SUCCESS: Final = "success"
CHANCE_DAYS: Final = 90
SORTS: Final = (
    "sort_score_up", "sort_score_down", "sort_change_up", "sort_change_down",
    "sort_mrr_up", "sort_mrr_down", "sort_renews_up", "sort_renews_down",
    "sort_active_up", "sort_active_down", "sort_chance_up", "sort_chance_down",
    "sort_loss_up", "sort_loss_down",
)  # fmt: skip
COLUMNS: Final = (*PLAIN, *TEXTS, *JSONS, *SORTS, "digest")


def customer_rows(session: Session, release: Release) -> ir.Table:
    """Return one row per customer of a release, with the columns `COLUMNS`.

    Parameters
    ----------
    session
        A session with all result tables.
    release
        The release to read.

    Returns
    -------
    ir.Table
        The columns of ``customer_now``, ``change`` (points since the date before),
        ``best_element`` and ``best_points`` (the element that won most points since
        then), the chance to leave within 90 days with its interval, ``no_score`` (see
        `models.NoScore`; empty unless the customer is active without a score), sort
        columns and ``digest`` (of the whole row).

    """
    before = before_of(release)
    parts = session.result("health_parts", release)
    rows = session.result("customer_now", release)
    rows = _joined(rows, _best(parts, release.as_of, before))
    rows = _joined(rows, _lacks(parts, release.as_of))
    rows = _joined(rows, chances(session, release))
    rows = _joined(rows, _success(session, release))
    rows = rows.mutate(
        owner=normalized_owner(rows.owner),
        change=rows.score - rows.score_before,
        no_score=_no_score(rows),
        trend=rows.trend.map(lambda v: (v * 10).floor() / 10)
        .cast("json")
        .cast("string"),
    )
    rows = rows.mutate(
        **{name: rows[name].fill_null("") for name in TEXTS},
        trend=rows.trend.fill_null("[]"),
        attributes=rows.attributes.fill_null("{}"),
    )
    rows = rows.mutate(**_sorts(rows)).select(*PLAIN, *TEXTS, *JSONS, *SORTS)
    everything = ibis.struct({name: rows[name] for name in rows.columns})
    digest = everything.cast("json").cast("string").hexdigest("sha256")
    return rows.mutate(digest=ibis.literal(f"{PRESENTATION}:") + digest)


def python_rows(
    session: Session, rows: ir.Table
) -> Iterator[tuple[dict[str, int], list[list[object]]]]:
    """Yield the rows in columns, some at a time: where each column is, and its values.

    The last column is ``search``.
    """
    for batch in session.batches(rows, rows=20_000):
        columns = [column.to_pylist() for column in batch.columns]
        place = {name: index for index, name in enumerate(batch.schema.names)}
        place["search"] = len(columns)
        named = zip(columns[place["name"]], columns[place["customer_id"]], strict=True)
        columns.append([searched_text(name, key) for name, key in named])
        yield place, columns


def before_of(release: Release) -> dt.date | None:
    """Return the as-of date from which a release counts changes."""
    return date_before(release.as_of, dates_of(release))


def dates_of(release: Release) -> Sequence[dt.date]:
    """Return all as-of dates of a release, ascending."""
    noted = release.notes.get("dates")
    assert isinstance(noted, list)
    return [dt.date.fromisoformat(str(date)) for date in noted]


def normalized_owner(owner: ir.StringValue) -> ir.StringValue:
    """Return an owner as users are written: in lower case; empty for nobody."""
    return owner.fill_null("").strip().lower()


def _joined(rows: ir.Table, more: ir.Table) -> ir.Table:
    return rows.left_join(more, "customer_id").drop("customer_id_right")


def _best(parts: ir.Table, as_of: dt.date, before: dt.date | None) -> ir.Table:
    """Return the element whose points rose most; the first by name among equals."""
    then = as_of if before is None else before
    points = parts.points.fill_null(0)
    is_now = parts.as_of == ibis.literal(as_of)
    moves = (
        parts.filter(parts.as_of.isin([as_of, then]))
        .mutate(moved=ibis.ifelse(is_now, points, -points))
        .group_by("customer_id", "dimension", "element")
        .aggregate(moved=_.moved.sum(), dates=_.as_of.nunique())
        .filter(_.dates == 2, _.moved > 0)
    )
    first = ibis.row_number().over(
        group_by=moves.customer_id,
        order_by=[moves.moved.desc(), moves.dimension, moves.element],
    )
    ranked = moves.mutate(place=first).filter(_.place == 0)
    return ranked.select(
        "customer_id",
        best_element=_.dimension + "." + _.element,
        best_points=_.moved,
    )


def _lacks(parts: ir.Table, as_of: dt.date) -> ir.Table:
    """Return which reasons the elements without a score have, per customer."""
    lacking = parts.filter(parts.as_of == ibis.literal(as_of), parts.reason.notnull())
    return lacking.group_by("customer_id").aggregate(
        lacks_stale=(_.reason == "stale").any(),
        lacks_data=(_.reason == "no_data").any(),
    )


def _no_score(rows: ir.Table) -> ir.StringValue:
    unscored = (rows.status == "active") & rows.score.isnull()
    return ibis.cases(
        (~unscored, ibis.literal("")),
        (rows.model.isnull(), ibis.literal(NoScore.NO_MODEL.value)),
        (rows.lacks_stale.fill_null(False), ibis.literal(NoScore.STALE.value)),  # noqa: FBT003
        (rows.lacks_data.fill_null(True), ibis.literal(NoScore.NO_DATA.value)),  # noqa: FBT003
        else_=ibis.literal(NoScore.NOT_CONNECTED.value),
    )


def chances(session: Session, release: Release) -> ir.Table:
    """Return the chance of each customer to leave within 90 days; of none without one.

    Parameters
    ----------
    session, release
        What to read.

    Returns
    -------
    ir.Table
        ``customer_id``, ``p_churn``, ``p_churn_low``, ``p_churn_high``,
        ``p_churn_basis`` and ``mrr_at_risk`` (MRR × chance; null in several
        currencies), of those with an open contract on the as-of date.

    """
    if not release.tables.get(FORECAST):
        numbers = ("p_churn", "p_churn_low", "p_churn_high", "mrr_at_risk")
        rows = session.result("customer_now", release)
        return rows.filter(ibis.literal(value=False)).select(
            "customer_id",
            p_churn_basis=ibis.null("string"),
            **{name: ibis.null("float64") for name in numbers},
        )
    grid = session.result(FORECAST, release)
    chance = f"churn_{CHANCE_DAYS}"
    return grid.filter(grid.as_of == ibis.literal(release.as_of)).select(
        "customer_id",
        p_churn=grid[chance].cast("float64"),
        p_churn_low=grid[f"{chance}_low"].cast("float64"),
        p_churn_high=grid[f"{chance}_high"].cast("float64"),
        p_churn_basis=grid.basis,
        mrr_at_risk=grid.mrr.cast("float64") * grid[chance].cast("float64"),
    )


def _success(session: Session, release: Release) -> ir.Table:
    """Return how far each customer has come; of nobody when there is no funnel."""
    if not release.tables.get(SUCCESS):
        rows = session.result("customer_now", release)
        nobody = rows.filter(ibis.literal(value=False))
        return nobody.select("customer_id", success=ibis.null("string"))
    states = session.result(SUCCESS, release)
    states = states.filter(states.as_of == ibis.literal(release.as_of))
    return states.select("customer_id", success=states.state)


def _sorts(rows: ir.Table) -> dict[str, ir.Value]:
    epoch = ibis.literal(dt.date(1970, 1, 1))
    money = rows.mrr.cast("float64")
    renews = rows.renews_on.delta(epoch, unit="day").cast("int32")
    active = rows.last_active_on.delta(epoch, unit="day").cast("int32")
    return {
        "sort_score_up": rows.score.fill_null(_NO_POINTS),
        "sort_score_down": (-rows.score).fill_null(_NO_POINTS),
        "sort_change_up": rows.change.fill_null(_NO_POINTS),
        "sort_change_down": (-rows.change).fill_null(_NO_POINTS),
        "sort_mrr_up": money.fill_null(_NO_MONEY),
        "sort_mrr_down": (-money).fill_null(_NO_MONEY),
        "sort_renews_up": renews.fill_null(_NEVER),
        "sort_renews_down": (-renews).fill_null(_NEVER),
        "sort_active_up": active.fill_null(_NEVER),
        "sort_active_down": (-active).fill_null(_NEVER),
        "sort_chance_up": rows.p_churn.fill_null(_NO_CHANCE),
        "sort_chance_down": (-rows.p_churn).fill_null(_NO_CHANCE),
        "sort_loss_up": rows.mrr_at_risk.fill_null(_NO_MONEY),
        "sort_loss_down": (-rows.mrr_at_risk).fill_null(_NO_MONEY),
    }
