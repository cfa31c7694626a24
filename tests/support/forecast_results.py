"""What a run says of forecasts and of its own score, for three customers."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
HORIZONS = (30, 90, 180, 365)


def grid(
    chances: Mapping[str, float | None],
    dates: Iterable[dt.date],
    *,
    notice: Sequence[str] = (),
    basis: str = "model",
    reason: str | None = None,
) -> list[Row]:
    """Return rows of ``forecast_grid``: the chance within 90 days, others around it."""
    return [
        {
            "customer_id": key, "as_of": date, "mrr": 50_000.0, "currency": "JPY",
            "basis": "notice" if key in notice else basis,
            "reason": None if key in notice else reason,
            **_chances("churn", 1.0 if key in notice else chance),
            **_chances("expansion", None if key in notice else 0.04),
            **_chances("contraction", None if key in notice else 0.02),
            "expansion_size": 0.25, "contraction_size": None,
        }
        for date in dates
        for key, chance in chances.items()
    ]  # fmt: skip


def _chances(target: str, chance: float | None) -> Row:
    row: Row = {}
    for days in HORIZONS:
        p = None if chance is None else min(1.0, chance * days / 90)
        row[f"{target}_{days}"] = p
        row[f"{target}_{days}_low"] = p and p * 0.5
        row[f"{target}_{days}_high"] = p and min(1.0, p * 1.75)
    return row


def reasons(customer_id: str, as_of: dt.date) -> list[Row]:
    """Return what raises and lowers the chance of a customer."""
    return [
        {
            "customer_id": customer_id, "as_of": as_of, "target": target, "rank": rank,
            "value": None,
            "value_text": None, "usual": None, "usual_text": None, "before": None,
            "direction": "up" if found["points"] > 0 else "down", **found,
        }
        for target, wanted in (("churn", _REASONS), ("expansion", _REASONS[1:2]))
        for rank, found in enumerate(wanted, start=1)
    ]  # fmt: skip


_REASONS: Sequence[Row] = (
    {"feature": "days_active_28", "points": 0.09, "value": 4.0, "usual": 20.0,
     "before": 10.5},
    {"feature": "seat_use", "points": -0.012, "value": 0.9, "usual": 0.5,
     "before": 0.89},
    {"feature": "nps_last", "points": 0.006, "usual": 8.0},
    {"feature": "industry", "points": 0.005, "value_text": "卸売業",
     "usual_text": "製造"},
)  # fmt: skip


def renewals(customer_id: str, as_of: dt.date) -> list[Row]:
    """Return the chance to leave by the renewal in nine days."""
    return [
        {"customer_id": customer_id, "as_of": as_of,
         "renews_on": as_of + dt.timedelta(9), "p_churn": 0.031, "low": 0.012,
         "high": 0.06, "mrr": 50_000.0, "currency": "JPY", "basis": "model",
         "reason": None}
    ]  # fmt: skip


def models(as_of: dt.date, *, reason: str | None = None) -> list[Row]:
    """Return two fits of each target; with a `reason`, none of them is a model."""
    return [
        _model(target, as_of - dt.timedelta(30 * back), reason)
        for target in ("churn", "expansion", "contraction")
        for back in (1, 0)
    ]


def _model(target: str, day: dt.date, reason: str | None) -> Row:
    judged = [
        {"rule": rule, "horizon": 90, "auc": _estimate(auc),
         "log_loss": _estimate(1 - auc)}
        for rule, auc in (("additive", 0.78), ("boosted", 0.79), ("last_rate", 0.55))
    ]  # fmt: skip
    needs = [{"what": "events", "have": 3, "need": 30}] if reason else []
    return {
        "fitted_on": day, "target": target,
        "family": "rate" if reason else "additive", "rows": 41_000,
        "rows_fitted": 160_000, "customers": 480, "events": 3 if reason else 151,
        "first_date": dt.date(2024, 1, 7), "last_date": day,
        "features": json.dumps(["days_active_28", "days_active_28@change_84", "size"]),
        "dropped": json.dumps([{"key": "bug_share_90", "reason": "mostly_missing",
                                "detail": ""}]),
        "changed": json.dumps([]),
        "figures": json.dumps({"judged": [] if reason else judged}),
        "limits": json.dumps(["few_events", "season_unknown", "not_followed_365"]),
        "needs": json.dumps(needs),
        "enough_on": dt.date(2027, 8, 1) if reason else None, "reason": reason,
    }  # fmt: skip


def _estimate(value: float) -> Row:
    return {"value": value, "low": value - 0.04, "high": value + 0.04, "n": 210,
            "events": 60, "p_value": None, "reason": None}  # fmt: skip


def drift(as_of: dt.date, fitted_on: dt.date, *, left: int = 18) -> list[Row]:
    """Return one feature that moved, one that did not, and how two fits held."""
    features = (("days_active_28", 0.31, 0.04, 20.0, 12.0, "much"),
                ("seat_use", 0.05, 0.04, 0.5, 0.5, "little"))  # fmt: skip
    kept = ((fitted_on, 30, 12.3, left), (fitted_on, 90, None, None))
    rows = [
        {**_DRIFT, "kind": "feature", "feature": key, "psi": psi, "psi_before": before,
         "then": then, "now": now, "n": 480, "verdict": verdict}
        for key, psi, before, then, now, verdict in features
    ] + [
        {**_DRIFT, "kind": "calibration", "horizon_days": days, "expected": expected,
         "observed": seen, "ratio": seen and seen / 12.3,
         "low": seen and 0.9 * seen / 15, "high": seen and 2.3, "n": 480 if seen else 0,
         "reason": None if seen else "no_follow_up",
         "verdict": seen and ("more" if seen > 17 else "as_expected")}
        for _fit, days, expected, seen in kept
    ]  # fmt: skip
    return [
        {**row, "as_of": as_of, "fitted_on": fitted_on, "place": place}
        for place, row in enumerate(rows)
    ]


_DRIFT: Row = dict.fromkeys(
    ("feature", "horizon_days", "psi", "psi_before", "then", "now", "expected",
     "observed", "ratio", "low", "high", "reason", "verdict")
)  # fmt: skip


def judged() -> list[Row]:
    """Return how well the score, its parts, the forecast and naive rules told."""
    rows = []
    subjects = (
        ("score", "score", 0.71, 0.62), ("engagement", "dimension", 0.74, 0.51),
        ("engagement.regularity", "element", 0.77, 0.52),
        ("adoption", "dimension", 0.52, 0.66),
        ("adoption.depth", "element", 0.51, 0.68),
        ("support", "dimension", None, None),
        ("support.open_tickets", "element", None, None),
    )  # fmt: skip
    for days in (90, 180, 365):
        for subject, kind, churn, growth in subjects:
            for stratum in ("all", "tenure:0-1", "touch:high"):
                for outcome, auc in (("churn", churn), ("expansion", growth)):
                    key = (subject, kind, outcome, stratum, days)
                    rows += _figures(key, auc)
        rows += _figures(("forecast", "forecast", "expansion", "all", days), 0.66)
        for subject, auc in (("forecast", 0.8), ("rule.logistic", 0.75),
                             ("rule.last_rate", 0.56),
                             ("rule.recency", 0.66)):  # fmt: skip
            kind = "forecast" if subject == "forecast" else "rule"
            rows += _figures((subject, kind, "churn", "all", days), auc)
            rows.append(
                judged_row((subject, kind, "churn", "all", days), "log_loss", 0.21)
            )
            rows.append(
                judged_row(
                    (subject, kind, "churn", "all", days), "calibration_error", 0.012
                )
            )
    return rows


Key = tuple[str, str, str, str, int]


def _figures(key: Key, auc: float | None) -> list[Row]:
    rows = [judged_row(key, "auc", auc), judged_row(key, "lift_10", auc and auc * 3)]
    rows.append(judged_row(key, "base_rate", 0.031))
    if key[4] in (90, 180):
        rows.append(judged_row(key, "caught", auc and auc / 2))
    if key[1] == "score":
        rows.append(judged_row(key, "greens_left", 0.012))
    return rows


def judged_row(key: Key, figure: str, value: float | None) -> Row:
    subject, kind, outcome, stratum, days = key
    return {
        "subject": subject, "kind": kind, "outcome": outcome, "stratum": stratum,
        "horizon_days": days, "figure": figure, "value": value,
        "low": value and value - 0.02, "high": value and value + 0.02, "n": 336,
        "events": 51, "reason": None if value is not None else "mostly_missing",
    }  # fmt: skip


def compared() -> list[Row]:
    """Return the forecast beside three rules: better, no better, and nothing yet."""
    found = (
        ("rule.last_rate", "auc", "better", 0.8, 0.55, 0.25, 0.12, 0.38),
        ("rule.last_rate", "log_loss", "better", 0.21, 0.23, 0.02, 0.01, 0.03),
        ("rule.recency", "auc", "worse", 0.6, 0.7, -0.1, -0.15, -0.05),
        ("rule.logistic", "auc", "no_better", 0.8, 0.79, 0.01, -0.03, 0.05),
        ("rule.logistic", "log_loss", None, None, None, None, None, None),
    )
    return [
        {"rule": rule, "horizon_days": days, "figure": figure, "verdict": verdict,
         "forecast": ours, "naive": naive, "gain": gain, "low": low, "high": high,
         "n": 210, "events": 31, "dates": 9, "first_date": dt.date(2026, 1, 25),
         "last_date": dt.date(2026, 9, 27),
         "reason": None if verdict else "not_both",
         "ja": f"{rule}と比べて：{verdict}。", "en": f"Beside {rule}: {verdict}."}
        for days in (90, 180, 365)
        for rule, figure, verdict, ours, naive, gain, low, high in found
    ]  # fmt: skip


def calibration() -> list[Row]:
    """Return bins of the score and of the forecast."""
    scores = [
        {"subject": "score", "horizon_days": 90, "bin": bin_, "n": 100,
         "predicted": None, "observed": 0.2 - bin_ / 50, "low": 0.18 - bin_ / 50,
         "high": 0.24 - bin_ / 50}
        for bin_ in range(2, 10)
    ]  # fmt: skip
    forecasts = [
        {"subject": "forecast", "horizon_days": 90, "bin": bin_, "n": 100,
         "predicted": bin_ / 50, "observed": bin_ / 48, "low": bin_ / 60,
         "high": bin_ / 40 + 0.01}
        for bin_ in range(10)
    ]  # fmt: skip
    part = [{**row, "subject": "engagement.regularity", "n": 7} for row in scores]
    return [*scores, *forecasts, *part]


def weights(present: Mapping[str, float]) -> list[Row]:
    """Return a proposal that puts everything on two elements."""
    proposed = {"engagement.regularity": 0.7, "support.leaving_tickets": 0.3}
    return [
        {"model": "standard", "dimension": key.split(".")[0],
         "element": key.split(".")[1], "present": share,
         "proposed": proposed.get(key, 0.0),
         "low": max(0.0, proposed[key] - 0.2) if key in proposed else None,
         "high": min(1.0, proposed[key] + 0.2) if key in proposed else None,
         "chosen_share": 0.98 if key in proposed else 0.1,
         "reason": None if key in proposed else "no_contribution"}
        for key, share in present.items()
    ]  # fmt: skip


def weights_judged() -> list[Row]:
    """Return that the proposal told better."""
    found = {"present": 0.69, "proposed": 0.76}
    rows = [
        {"model": "standard", "draft": draft, "horizon_days": 90, "figure": "auc",
         "value": value, "low": value - 0.05, "high": value + 0.05, "n": 354,
         "events": 51, "reason": None}
        for draft, value in found.items()
    ]  # fmt: skip
    gain = {"draft": "difference", "value": 0.07, "low": 0.01, "high": 0.13}
    return [*rows, {**rows[0], **gain}]
