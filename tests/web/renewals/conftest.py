"""The small company of the customer's page, with renewals that lie ahead."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from results import put_results
from tests.web.customer.conftest import (
    AS_OF,
    NOW,
    SLASHED,
    computed,
    project,
    published,
)

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.customers import operations as customers

__all__ = ["computed", "project", "published"]


def renewal(customer_id: str, due_on: str, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": customer_id, "subscription_id": f"S-{customer_id}",
        "product": "名刺", "plan": "Pro", "currency": "JPY", "said_on": AS_OF,
        "is_past": False, "due_on": dt.date.fromisoformat(due_on), "mrr": 50_000,
        "noticed": False, "p_leave": 0.1, "low": 0.05, "high": 0.2, "basis": "model",
        "renewed": None, "agreed_end": None, "mrr_after": None, **more,
    }  # fmt: skip


def renewals() -> list[dict[str, Any]]:
    """Return three renewals ahead and, of October, one that renewed of two."""
    sure = {"p_leave": 1.0, "low": 1.0, "high": 1.0, "basis": "notice"}
    none = {"p_leave": None, "low": None, "high": None, "basis": None}
    october = {"said_on": dt.date(2026, 9, 27), "is_past": True}
    return [
        renewal("C1", "2026-12-01"),
        renewal(SLASHED, "2027-01-10", mrr=30_000, noticed=True, **sure),
        renewal("C4", "2027-01-20", mrr=20_000, **none),
        renewal("C1", "2026-10-10", renewed=True, agreed_end=True,
                mrr_after=40_000, **october),
        renewal("C2", "2026-10-01", renewed=False, mrr_after=0, p_leave=0.2,
                low=0.1, high=0.4, **october),
    ]  # fmt: skip


@pytest.fixture
def desk(project: Project) -> Iterator[None]:
    """Let the pages show these renewals."""
    lake = lake_of(project)
    release = lake.current().release
    assert release is not None
    put_results(project, {"renewals_foretold": renewals()})
    customers.publish_newest(project, at=NOW)
    yield
    close_reader()
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
