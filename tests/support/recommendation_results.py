"""What a run says of recommendations, for three customers."""

import datetime as dt
import json
from typing import Any

Row = dict[str, Any]


def told(customer_id: str, rank: int, item: str, **more: Any) -> Row:
    """Return a row of ``recommendations``."""
    return {
        "customer_id": customer_id, "as_of": dt.date(2026, 11, 22), "rank": rank,
        "kind": "feature", "item": item, "chance": 0.68, "low": 0.48, "high": 0.83,
        "peers": 25, "basis": "similar", "reason": None,
        "because": json.dumps([["feature", "export"], ["industry", "卸売業"]]), **more,
    }  # fmt: skip


def item(name: str, **more: Any) -> Row:
    """Return a row of ``recommendation_items``: takers stayed more often."""
    return {
        "kind": "feature", "item": name, "users": 120, "customers": 400, "chance": 0.2,
        "low": 0.16, "high": 0.25, "n": 280, "takers": 60, "stayed_takers": 0.92,
        "stayed_takers_low": 0.8, "stayed_takers_high": 0.97, "stayed_takers_n": 41,
        "stayed_others": 0.81, "stayed_others_low": 0.75, "stayed_others_high": 0.86,
        "stayed_others_n": 203, "stayed_leavers": 44, "stayed_difference": 0.11,
        "stayed_low": 0.01, "stayed_high": 0.18, "stayed_q": 0.02,
        "stayed_reason": None, **more,
    }  # fmt: skip


def judged(*, reason: str | None = None) -> list[Row]:
    """Return that similarity was better; with ``no_better``, that it was not."""
    found = {"similar": 0.46, "popular": 0.46 if reason else 0.3}
    gain = found["similar"] - found["popular"]
    rows = [
        {"method": method, "figure": "hit_rate_5", "value": value, "low": value - 0.05,
         "high": value + 0.05, "n": 310, "reason": None, "have": None, "need": None}
        for method, value in (*found.items(), ("difference", gain))
    ]  # fmt: skip
    rows[-1]["reason"] = reason
    return rows


def not_judged() -> list[Row]:
    """Return that the history is too short to judge."""
    return [
        {"method": method, "figure": "hit_rate_5", "value": None, "low": None,
         "high": None, "n": 0, "reason": "too_short", "have": 120, "need": 264}
        for method in ("similar", "popular", "difference")
    ]  # fmt: skip


def note(**too_little: Any) -> Row:
    """Return what the release notes."""
    return {
        "learned_on": "2026-09-30",
        "tried_on": "2026-03-31",
        "too_little": too_little or None,
    }
