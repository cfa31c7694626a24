"""A company with a release that judges its own score."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forecast_results import calibration, judged, weights, weights_judged
from results import put_results
from tests.web.customer.conftest import NOW, computed

from banso.analytics.weights.weighting import weighting_of
from banso.definitions.reading import read_catalog
from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.web.customers import operations as customers

__all__ = ["computed"]


@pytest.fixture
def project(
    computed: Project, tmp_path: Path, settings: Any, db: None
) -> Iterator[Project]:
    """Return a company of its own for each test, with the results of the studio."""
    folder = tmp_path / "company"
    shutil.copytree(computed.folder, folder)
    company = Project.open(folder)
    catalog, _issues = read_catalog(company.definitions_folder)
    assert catalog is not None
    weighting = weighting_of(catalog.health[0])
    present = dict(zip(weighting.keys, weighting.shares.tolist(), strict=True))
    put_results(
        company,
        {
            "judged": judged(),
            "calibration": calibration(),
            "weights": weights(present),
            "weights_judged": weights_judged(),
        },
        notes={"analyses": {"known_by": "2026-10-31"}},
    )
    settings.BANSO_PROJECT_FOLDER = folder
    assert customers.publish_newest(company, at=NOW) is not None
    yield company
    close_reader()
