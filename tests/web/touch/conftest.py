"""The small company of the customer's page, with touch models that are proposed."""

from collections.abc import Iterator
from typing import Any

import pytest
from results import put_results
from tests.web.conftest import Cast, add_user
from tests.web.customer.conftest import NOW, SLASHED, computed, project, published

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.accounts.models import User
from banso.web.customers import operations as customers
from banso.webkit.permissions import Role, Scope

__all__ = ["computed", "project", "published"]
NOTE = {
    "need": "churn_180", "off": {"room": ["expansion_180"]}, "currency": "JPY",
    "people": ["aoi@example.com", "chika@example.com"], "people_known": True,
    "hours_there": 208.0,
}  # fmt: skip


def touched(customer_id: str, place: int, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": customer_id, "touch_now": "tech", "touch_proposed": "tech",
        "touch_by_rules": "tech", "rule": None, "basis": "rules",
        "why_ja": "「上位」に当てはまるため、ハイタッチです。",
        "why_en": "Top: High touch.",
        "value": 600_000.0, "need": 0.25, "place": place, "hours_now": 0.1,
        "hours_proposed": 0.1, "owner_now": "aoi@example.com",
        "owner_proposed": "aoi@example.com", "owner_basis": "kept",
        "contacted_28": True, "contacted_90": True, "minutes_90": 90.0, **more,
    }  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Return one that rises, one held back, one without an owner."""
    return [
        touched("C1", 0, touch_proposed="high", touch_by_rules="high", rule="top",
                hours_proposed=6.0, owner_now="chika@example.com",
                owner_proposed="chika@example.com"),
        touched(SLASHED, 1, touch_now="low", touch_proposed="tech", hours_now=1.0,
                touch_by_rules="high", basis="hours", contacted_28=False,
                why_en="Top: by its value High touch, but capacity is full."),
        touched("C4", 2, owner_now="", owner_proposed="aoi@example.com", value=None,
                owner_basis="load", contacted_28=False, contacted_90=False,
                minutes_90=None, need=None),
    ]  # fmt: skip


def spread() -> list[dict[str, Any]]:
    none = {
        "customers": 0, "value": 0.0, "valued": 0, "hours": None, "minutes_90": None,
        "cost": None, "cost_reason": "no_costs", "stayed_n": 0, "stayed": 0,
        "stayed_rate": None, "stayed_low": None, "stayed_high": None,
    }  # fmt: skip
    low = {
        **none, "customers": 1, "cost": 30_000.0, "cost_reason": None, "stayed_n": 20,
        "stayed": 18, "stayed_rate": 0.9, "stayed_low": 0.699, "stayed_high": 0.972,
    }  # fmt: skip
    return [
        {**none, "place": 0, "touch": "high"},
        {**low, "place": 1, "touch": "low"},
        {**none, "place": 2, "touch": "tech", "customers": 2},
    ]


@pytest.fixture
def touch(project: Project) -> Iterator[Project]:
    """Let the pages show these proposals."""
    lake = lake_of(project)
    release = lake.current().release
    assert release is not None
    put_results(
        project, {"touch_now": rows(), "touch_spread": spread()}, notes={"touch": NOTE}
    )
    customers.publish_newest(project, at=NOW)
    yield project
    close_reader()
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()


@pytest.fixture
def dai(cast: Cast) -> User:
    """Return a lead of another team, who sees Chika's customers."""
    return add_user("Dai", Role.LEAD, Scope.TEAM, "West")
