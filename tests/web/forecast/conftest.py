"""A company with forecasts in its release."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from forecast_results import (
    calibration,
    compared,
    drift,
    grid,
    judged,
    models,
    reasons,
    renewals,
)
from results import put_results
from tests.web.customer.conftest import AS_OF, NOW, SLASHED, computed

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.customers import operations as customers

__all__ = ["computed"]
CHANCES = {"C1": 0.18, SLASHED: 0.012}
Show = Callable[..., None]


def tables(**how: Any) -> dict[str, Any]:
    """Return the tables of forecasts; `how` is of `forecast_results.grid`."""
    of_grid = {key: how[key] for key in how if key != "left"}
    dates = [AS_OF - dt.timedelta(7 * back) for back in range(20, -1, -1)]
    return {
        "forecast_grid": grid(CHANCES, dates, **of_grid),
        "forecast_reasons": reasons("C1", AS_OF),
        "forecast_renewals": renewals("C1", AS_OF),
        "forecast_models": models(AS_OF, reason=how.get("reason")),
        "judged": judged(),
        "calibration": calibration(),
        "forecast_compared": compared(),
        "forecast_drift": drift(AS_OF, AS_OF, left=how.get("left", 18)),
    }


@pytest.fixture
def show(computed: Project, settings: Any, db: None) -> Iterator[Show]:
    """Return a function that lets the pages show a release with these tables."""
    release = lake_of(computed).current().release
    assert release is not None

    def shown(found: dict[str, Any]) -> None:
        schedule = {
            "refit": "quarterly",
            "fitted_on": AS_OF.isoformat(),
            "next_from": "2027-01-01",
            "next_fitted_on": "2026-12-27",
        }
        analyses = {"known_by": "2026-10-31", "barred": ["industry"]}
        notes = {"analyses": {**analyses, "schedule": schedule}}
        put_results(computed, found, notes=notes)
        settings.BANSO_PROJECT_FOLDER = computed.folder
        assert customers.publish_newest(computed, at=NOW) is not None

    yield shown
    close_reader()
    with lake_of(computed).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
