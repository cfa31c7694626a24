"""A company with signals in its release."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from results import put_results
from tests.web.customer.conftest import NOW, SLASHED, computed

from banso.analytics.signals.judging import FIGURES
from banso.definitions.catalog import Catalog
from banso.runs.kept_catalogs import keep_catalog
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

    def shown(
        found: dict[str, Any],
        analyses: Mapping[str, Any] = NOTE,
        *,
        catalog: Catalog | None = None,
    ) -> None:
        said = {"known_by": "2026-09-27", **analyses}
        made = put_results(computed, found, notes={"analyses": said})
        if catalog is not None:
            keep_catalog(lake_of(computed), catalog)
            with lake_of(computed).writing(at=NOW) as draft:
                draft.put_release(replace(made, definitions_digest=catalog.digest))
                draft.commit()
        settings.BANSO_PROJECT_FOLDER = computed.folder
        assert customers.publish_newest(computed, at=NOW) is not None

    yield shown
    close_reader()
    with lake_of(computed).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()


WITH_WORTH = {"signals": {**NOTE["signals"], "currency": "JPY"}}


def worth(value: float | None, reason: str | None = None) -> dict[str, Any]:
    """Return the columns of ``signals`` that are about worth."""
    return {
        "chance": 0.3, "chance_basis": "forecast", "amount": 12_000.0,
        "currency": "USD", "urgency": 0.75, "play": "revive_use", "effect": 0.1,
        "effect_basis": "assumed", "worth": value, "worth_reason": reason,
        "trend": [1.0, None, 16.0], "trend_of": "days_since_last_event",
    }  # fmt: skip


def tables_with_worth() -> dict[str, Any]:
    """Return the same signals, in the order of rising worth."""
    old, seats, new = tables()["signals"]
    return {
        **tables(),
        "signals": [
            new | worth(None, "no_rate"),
            seats | worth(2_000.0),
            old | worth(40_500.0),
        ],
    }
