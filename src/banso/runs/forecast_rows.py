"""The rows of the forecast's result tables, from arrays."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.forecast.card import ModelCard
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import HORIZONS, Contributions, Forecasts
from banso.analytics.forecast.persistence import to_bytes
from banso.analytics.forecast.requirements import Unfit
from banso.analytics.panel.landmarks import Feature
from banso.kernel.zones import day_of_number
from banso.runs.panels import People

NOTICE = "notice"


@dataclass(frozen=True)
class Chances:
    """Chances of one target, row by row, whichever model each came from."""

    p: NDArray[np.float64]  # (n, horizons); NaN where there is none
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    basis: NDArray[np.object_]  # (n,) model | rate
    reason: NDArray[np.object_]  # (n,) why there is no model; None when there is
    # (n,) of a move: by which share of MRR it moves when it does; NaN where unknown
    size: NDArray[np.float64]

    @classmethod
    def empty(cls, count: int) -> "Chances":
        """Return chances of which nothing is known yet."""
        low, p, high = np.full((3, count, len(HORIZONS)), np.nan)
        basis, reason = np.full((2, count), None, dtype=object)
        return cls(p, low, high, basis, reason, np.full(count, np.nan))

    def put(
        self, rows: NDArray[np.intp], forecasts: Forecasts, reason: str | None
    ) -> None:
        """Take in what a model says of some rows."""
        self.p[rows], self.low[rows] = forecasts.p, forecasts.low
        self.high[rows] = forecasts.high
        self.basis[rows], self.reason[rows] = forecasts.basis, reason


def grid_rows(people: People, chances: Mapping[str, Chances]) -> pa.Table:
    """Return the rows of ``forecast_grid``: everybody with an open line.

    Who has given notice has decided: the chance of churn is 1, the basis ``notice``.

    Parameters
    ----------
    people
        The rows, and which of them are undecided.
    chances
        By target, for the undecided ones, in their order.

    """
    undecided = people.is_undecided
    churn = chances["churn"]
    columns: dict[str, pa.Array] = {
        "customer_id": people.rows["customer_id"],
        "as_of": people.rows["as_of"],
        "mrr": people.rows["line_mrr"],
        "currency": people.rows["line_currency"],
        "basis": _texts(churn.basis, undecided, otherwise=NOTICE),
        "reason": _texts(churn.reason, undecided, otherwise=None),
    }
    for target, found in chances.items():
        otherwise = 1.0 if target == "churn" else np.nan
        parts = {"": found.p, "_low": found.low, "_high": found.high}
        if target != "churn":
            size = _numbers(found.size, undecided, otherwise=np.nan)
            columns[f"{target}_size"] = size
        for place, horizon in enumerate(HORIZONS):
            for part, values in parts.items():
                columns[f"{target}_{horizon}{part}"] = _numbers(
                    values[:, place], undecided, otherwise=otherwise
                )
    return pa.table(columns)


def _texts(
    values: NDArray[np.object_], rows: NDArray[np.bool_], *, otherwise: str | None
) -> pa.Array:
    found = np.full(len(rows), otherwise, dtype=object)
    found[rows] = values
    return pa.array(found, pa.string())


def _numbers(
    values: NDArray[np.float64], rows: NDArray[np.bool_], *, otherwise: float
) -> pa.Array:
    """Return chances in single precision: seven digits are more than anybody knows."""
    found = np.full(len(rows), otherwise, dtype=np.float32)
    found[rows] = values
    return pa.array(found, pa.float32(), mask=np.isnan(found))


CARD = pa.schema(
    [
        ("fitted_on", pa.date32()),
        ("target", pa.string()),
        ("family", pa.string()),
        ("rows", pa.int64()),
        ("rows_fitted", pa.int64()),
        ("customers", pa.int64()),
        ("events", pa.int64()),
        ("first_date", pa.date32()),
        ("last_date", pa.date32()),
        ("features", pa.string()),
        ("dropped", pa.string()),
        ("changed", pa.string()),
        ("figures", pa.string()),
        ("limits", pa.string()),
        ("needs", pa.string()),
        ("enough_on", pa.date32()),
        ("reason", pa.string()),
        ("model", pa.binary()),
    ]
)


def card_rows(model: Forecaster | Unfit, day: dt.date) -> pa.Table:
    """Return the one row of ``forecast_models`` that tells of a fit."""
    card = model.card
    unfit = model if isinstance(model, Unfit) else None
    row = {
        "fitted_on": day,
        "target": card.target,
        "family": card.family,
        "rows": card.rows,
        "rows_fitted": card.rows_fitted,
        "customers": card.customers,
        "events": card.events,
        "first_date": _day(card, card.first_day),
        "last_date": _day(card, card.last_day),
        "features": _json(list(card.used)),
        "dropped": _json([asdict(note) for note in card.dropped]),
        "changed": _json([asdict(note) for note in card.changed]),
        "figures": _json(_figures(card)),
        "limits": _json(list(card.limits)),
        "needs": _json([asdict(need) for need in unfit.needs] if unfit else []),
        "enough_on": day_of_number(unfit.enough_on)
        if unfit and unfit.enough_on is not None
        else None,
        "reason": model.reason,
        "model": to_bytes(model),
    }
    return pa.Table.from_pylist([row], CARD)


def _day(card: ModelCard, number: int) -> dt.date | None:
    return day_of_number(number) if card.rows else None


def _figures(card: ModelCard) -> object:
    return {
        "boosted_share": card.boosted_share,
        "slope": card.slope,
        "details": card.details,
        "judged": [asdict(rule) for rule in card.judged],
    }


def _json(value: object) -> str:
    return json.dumps(_plain_json(value), sort_keys=True, allow_nan=False)


def _plain_json(value: object) -> object:
    """Return a value without NaN and infinity, which JSON cannot say."""
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _plain_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_json(part) for part in value]
    return value


REASONS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("target", pa.string()),
        ("rank", pa.int64()),
        ("feature", pa.string()),
        ("value", pa.float64()),
        ("value_text", pa.string()),
        ("usual", pa.float64()),
        ("usual_text", pa.string()),
        ("before", pa.float64()),
        ("points", pa.float64()),
        ("direction", pa.string()),
    ]
)


@dataclass(frozen=True)
class Told:
    """Whose reasons are told: rows in the order of the contributions."""

    customer_ids: Sequence[str]
    as_of: dt.date
    target: str  # churn | expansion | contraction
    before: NDArray[np.float64]  # (n, f) the values of 28 days earlier; NaN without


def reason_rows(
    found: Contributions, told: Told, features: Mapping[str, Feature], *, most: int
) -> pa.Table:
    """Return the rows of ``forecast_reasons``: the strongest reasons of each customer.

    A reason of less than half a percentage point is none.
    """
    rows: list[dict[str, object]] = []
    for place, order in enumerate(found.top(most)):
        for rank, column in enumerate(order, start=1):
            points = float(found.points[place, column])
            if abs(points) < 0.005:
                break
            feature = features[found.keys[column]]
            rows.append(
                {
                    "customer_id": told.customer_ids[place],
                    "as_of": told.as_of,
                    "target": told.target,
                    "rank": rank,
                    "feature": feature.key,
                    "before": _plain(told.before[place, column], feature),
                    "points": points,
                    "direction": "up" if points > 0 else "down",
                    **_said("value", found.value[place, column], feature),
                    **_said("usual", found.usual[place, column], feature),
                }
            )
    return pa.Table.from_pylist(rows, REASONS)


def _said(name: str, value: float, feature: Feature) -> dict[str, object]:
    if feature.kind == "number":
        return {name: _plain(value, feature), f"{name}_text": None}
    is_known = np.isfinite(value) and 0 <= int(value) < len(feature.levels)
    return {
        name: None,
        f"{name}_text": feature.levels[int(value)] if is_known else None,
    }


def _plain(value: float, feature: Feature) -> float | None:
    if feature.kind != "number" or not np.isfinite(value):
        return None
    return float(value)


def renewal_rows(
    people: People, found: Forecasts, reason: str | None, today: int
) -> pa.Table:
    """Return the rows of ``forecast_renewals``: who has a renewal that is known."""
    rows = people.rows
    undecided = people.is_undecided
    days = np.asarray(
        pc.fill_null(rows["line_renewal"].cast("int64"), -1), dtype=np.int64
    )
    has_renewal = days >= 0
    parts = {"p_churn": found.p, "low": found.low, "high": found.high}
    texts = np.full(len(found.p), found.basis, dtype=object)
    reasons = np.full(len(found.p), reason, dtype=object)
    reasons[(days[undecided] > HORIZONS[-1])] = "beyond_a_year"
    table = pa.table(
        {
            "customer_id": rows["customer_id"],
            "as_of": rows["as_of"],
            "renews_on": pa.array((days + today).astype(np.int32)).cast(pa.date32()),
            **{
                name: _numbers(values[:, 0], undecided, otherwise=1.0).cast("float64")
                for name, values in parts.items()
            },
            "mrr": rows["line_mrr"],
            "currency": rows["line_currency"],
            "basis": _texts(texts, undecided, otherwise=NOTICE),
            "reason": _texts(reasons, undecided, otherwise=None),
        }
    )
    return table.filter(pa.array(has_renewal))
