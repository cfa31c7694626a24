"""The four plays of Aozora Cloud: the two that work are found, the others are not."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import NOW, new_project

from banso.demo.aozora import Truth, write_company
from banso.runs.derived import Kitchen
from banso.runs.gridding import Gridded
from banso.runs.loading import load
from banso.runs.panels import Panels
from banso.runs.results import lake_of, open_session, published_catalog
from banso.runs.trial_entrants import TrialEntrants
from banso.runs.trial_rows import TrialResult
from banso.runs.trialing import Trialing

pytestmark = pytest.mark.long

LAST_DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Truth, dict[str, TrialResult]]:
    """Return the truth, and the outcome of each trial, read from the facts alone."""
    folder = tmp_path_factory.mktemp("aozora")
    truth = write_company(
        folder / "facts", customers=2000, last_day=LAST_DAY, seed=5, volume=0.01
    )
    project = new_project(folder / "project")
    load(project, Path(folder / "facts"), at=NOW)
    manifest = lake_of(project).current()
    catalog = published_catalog(lake_of(project), manifest.definitions[-1].digest)
    with open_session(project, manifest) as session:
        panels = Panels(Kitchen(session), Gridded((), (), ()), catalog, (), LAST_DAY)
        rows = Trialing(TrialEntrants(panels, ()), LAST_DAY).rows()
    return truth, {row.trial_id: row for row in rows if row.kind == "outcome"}


def test_the_plays_that_work_are_proven(
    company: tuple[Truth, dict[str, TrialResult]],
) -> None:
    _truth, found = company
    coaching, review = found["digitization_coaching"], found["seat_review"]

    assert coaching.verdict == "proven"
    assert coaching.high is not None
    assert coaching.high < 0  # fewer leave
    assert review.verdict == "proven"
    assert review.low is not None
    assert review.low > 0  # more expand
    assert review.low < 0.15 < review.high + 0.02  # type: ignore[operator]


def test_the_plays_that_do_not_work_are_not(
    company: tuple[Truth, dict[str, TrialResult]],
) -> None:
    _truth, found = company

    for play in ("monthly_newsletter", "courtesy_call"):
        row = found[play]
        assert row.verdict in ("no_effect", "not_enough")
        assert row.low is not None
        assert row.high is not None
        assert row.low < 0 < row.high


def test_the_arms_are_those_that_the_truth_counts(
    company: tuple[Truth, dict[str, TrialResult]],
) -> None:
    """Whoever had given notice before the draw, or whose weeks run on, is not in.

    The truth counts notices; a pause that lasts too long is an end as well.
    """
    truth, found = company
    plays = truth.realised["plays"]
    assert isinstance(plays, dict)

    for play, row in found.items():
        counted = plays[play]
        if play == "seat_review":
            continue  # the truth counts notices
        for arm, n, events in (
            ("treated", row.n_treated, row.events_treated),
            ("control", row.n_held_out, row.events_held_out),
        ):
            assert abs(n - counted[arm]["n"]) <= 0.06 * counted[arm]["n"]
            assert events is not None
            assert -4 <= events - counted[arm]["events"] <= 0.04 * n
