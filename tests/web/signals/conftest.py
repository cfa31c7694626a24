"""A company with signals in its release."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from results import put_results
from tests.web.customer.conftest import NOW, SLASHED, computed

from banso.analytics.signals.judging import FIGURES
from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.customers import operations as customers

__all__ = ["computed"]
Show = Callable[..., None]
NOTE = {"signals": {"on": [], "off": {"promoter": ["nps_last"]}}}
KNOWN = {
    "fired": 312.0, "followed": 290.0, "precision": 0.38, "base_rate": 0.11,
    "lift": 3.4, "lead_days": 47.0, "covered": 0.61, "hours_per_week": 8.4,
    "hours_per_csm": 2.1,
}  # fmt: skip


def opened(customer_id: str, signal: str, day: dt.date, why: str) -> dict[str, Any]:
    """Return a row of ``signals``."""
    return {
        "customer_id": customer_id, "signal": signal, "opened_on": day,
        "reason_ja": f"{why}（日本語）", "reason_en": why,
    }  # fmt: skip


def judged(signal: str, values: Mapping[str, float], reason: str) -> list[dict]:
    """Return the rows of ``signals_judged``; a figure without a value has a reason."""
    return [
        {
            "signal": signal, "figure": name, "months": 24, "value": values.get(name),
            "low": values[name] * 0.9 if name in values else None,
            "high": values[name] * 1.1 if name in values else None,
            "n": 180, "events": 60, "reason": None if name in values else reason,
        }
        for name in FIGURES
    ]  # fmt: skip


def tables() -> dict[str, Any]:
    """Return open signals at two customers, of which one is Chika's."""
    return {
        "signals": [
            opened("C1", "use_stopped", dt.date(2026, 11, 8), "Last used 16 days ago."),
            opened("C1", "seats_full", dt.date(2026, 10, 4), "<b>3 of 3</b>"),
            opened(SLASHED, "use_stopped", dt.date(2026, 11, 15), "Last used 20 days."),
        ],
        "signals_judged": [
            *judged("use_stopped", KNOWN, ""),
            *judged("seats_full", {"fired": 3.0}, "too_few_customers"),
        ],
    }


@pytest.fixture
def show(computed: Project, settings: Any, db: None) -> Iterator[Show]:
    """Return a function that lets the pages show a release with these tables."""
    release = lake_of(computed).current().release
    assert release is not None

    def shown(found: dict[str, Any], analyses: Mapping[str, Any] = NOTE) -> None:
        said = {"known_by": "2026-09-27", **analyses}
        put_results(computed, found, notes={"analyses": said})
        settings.BANSO_PROJECT_FOLDER = computed.folder
        assert customers.publish_newest(computed, at=NOW) is not None

    yield shown
    close_reader()
    with lake_of(computed).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
