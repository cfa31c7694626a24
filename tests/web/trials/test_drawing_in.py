"""Who comes into a trial when a release is shown, and what the lake is told of it."""

import datetime as dt
import json

import pytest
from django.test import Client
from page_text import plain
from tests.web.conftest import MONDAY, Cast
from tests.web.customer.conftest import SLASHED
from tests.web.signals.conftest import Show, opened
from tests.web.trials.conftest import TODAY, design, tables
from told_events import listen, told

from banso.web.customers import queries as customers
from banso.web.trials import operations
from banso.web.trials.drawing_in import (
    merge_customers,
    recorded_assignments,
    recorded_trials,
    take_in,
)
from banso.web.trials.models import AlwaysAct, Assignment, StartedTrial
from banso.web.work.models import WorkItem


def again() -> None:
    """Let trials take in the release that is shown once more."""
    reader = customers.published_reader()
    assert reader is not None
    take_in(reader, MONDAY)


def begin(cast: Cast, on: dt.date = TODAY, **changed: object) -> StartedTrial:
    return operations.start_trial(design(**changed), on=on, by=cast.aoi, at=MONDAY)


def test_new_openings_are_drawn_once_and_held_out_ones_are_kept_back(
    cast: Cast, show: Show
) -> None:
    trial = begin(cast)

    show(tables())
    first = list(Assignment.objects.values_list("customer_id", "arm", "position"))
    again()

    assert sorted(key for key, _arm, _place in first) == sorted(["C1", SLASHED])
    assert sorted(place for _key, _arm, place in first) == [0, 1]
    assert (
        list(Assignment.objects.values_list("customer_id", "arm", "position")) == first
    )
    held_out = {
        each.customer_id for each in trial.assignments.all() if each.arm == "held_out"
    }
    kept_back = WorkItem.objects.filter(signal="use_stopped", state="held_out")
    assert {item.customer_id for item in kept_back} == held_out


def test_openings_before_the_start_and_marked_customers_are_not_drawn(
    cast: Cast, show: Show
) -> None:
    AlwaysAct.objects.create(customer_id="C1", why="Strategic", by=cast.aoi, at=MONDAY)
    begin(cast)
    found = tables()
    old = opened(SLASHED, "use_stopped", dt.date(2026, 11, 22), "Long ago.")
    found["signals"] = [found["signals"][0], old]

    show(found)

    assert not Assignment.objects.exists()


def test_after_the_planned_number_nobody_is_drawn(cast: Cast, show: Show) -> None:
    trial = begin(cast, planned_per_arm=1)  # two in both arms
    for place, key in enumerate(("X1", "X2")):
        Assignment.objects.create(
            trial=trial, customer_id=key, opened_on=TODAY, assigned_on=TODAY,
            arm="treated", stratum="", position=place,
        )  # fmt: skip

    show(tables())

    assert Assignment.objects.count() == 2


def test_stopped_trial_lets_everybody_go(cast: Cast, show: Show) -> None:
    trial = begin(cast, share_held_out=0.5)
    show(tables())

    operations.stop_trial(trial.pk, why="Enough", on=TODAY, by=cast.aoi, at=MONDAY)

    assert not WorkItem.objects.filter(state="held_out").exists()


def test_a_trial_is_told_and_nobody_who_is_in_it(cast: Cast) -> None:
    listen()

    trial = begin(cast)
    operations.stop_trial(trial.pk, why="Enough", on=TODAY, by=cast.aoi, at=MONDAY)

    known = {
        "trial_id": trial.trial_id,
        "signal": "use_stopped",
        "play": "revive_use",
        "outcome": "churn",
        "window_days": 180,
        "started_on": TODAY.isoformat(),
    }
    assert told() == [
        ("trial.started", known),
        ("trial.stopped", {**known, "stopped_on": TODAY.isoformat()}),
    ]


def test_draw_can_be_worked_out_again_and_a_change_is_found(
    aoi: Client, cast: Cast, show: Show
) -> None:
    trial = begin(cast)
    show(tables())
    url = f"/trials/{trial.trial_id}/"

    sound = plain(aoi, url)
    row = trial.assignments.get(position=0)
    other = "treated" if row.arm == "held_out" else "held_out"
    Assignment.objects.filter(pk=row.pk).update(arm=other)
    changed = plain(aoi, url)

    assert "All 2 places were worked out again" in sound
    assert "the arm is not the one drawn" in changed


def test_file_of_customers_holds_those_in_scope(
    aoi: Client, chika: Client, cast: Cast, show: Show
) -> None:
    trial = begin(cast)
    show(tables())
    url = f"/trials/{trial.trial_id}/customers.csv"

    everybody = aoi.get(url).getvalue().decode("utf-8-sig").splitlines()
    mine = chika.get(url).getvalue().decode("utf-8-sig").splitlines()

    assert len(everybody) == 3
    assert len(mine) < 3


def test_rows_for_the_lake(cast: Cast, show: Show) -> None:
    trial = begin(cast, strata=("touch",))
    show(tables())

    (row,) = recorded_trials()
    drawn = list(recorded_assignments())

    assert row["trial_id"] == trial.trial_id == f"banso:trial:{trial.pk}"
    assert json.loads(str(row["strata"])) == ["touch"]
    assert row["stopped_on"] is None
    assert [each["customer_id"] for each in drawn] == sorted(["C1", SLASHED])
    assert {each["trial_id"] for each in drawn} == {trial.trial_id}


@pytest.mark.parametrize("both", [True, False])
def test_merged_customer_keeps_one_place(cast: Cast, db: None, *, both: bool) -> None:
    trial = begin(cast)
    keys = ["gone", "kept"] if both else ["gone"]
    for place, key in enumerate(keys):
        Assignment.objects.create(
            trial=trial, customer_id=key, opened_on=TODAY, assigned_on=TODAY,
            arm="treated", stratum="", position=place,
        )  # fmt: skip
    AlwaysAct.objects.create(customer_id="gone", why="x", by=cast.aoi, at=MONDAY)

    merge_customers("gone", "kept")

    assert trial.assignments.filter(customer_id="kept").count() == 1
    assert AlwaysAct.objects.get().customer_id == "kept"
