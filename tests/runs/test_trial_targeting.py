"""Whom to treat after a trial, from the facts to the rows of a run."""

import datetime as dt
from collections.abc import Iterator

import pytest
from lakes import NOW, Row, new_project, put

from banso.runs.derived import FOLDER
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.results import lake_of
from banso.runs.running import run

DRAWN = dt.date(2026, 3, 1)
OVER = dt.date(2026, 6, 7)  # the window of 90 days is over
CUSTOMERS = 480


def trial(trial_id: str, **changed: object) -> Row:
    return {
        "trial_id": trial_id,
        "name": trial_id,
        "outcome": "churn",
        "window_days": 90,
        "share_held_out": 0.5,
        "planned_per_arm": CUSTOMERS // 2,
        "smallest_effect": 0.05,
        "started_on": DRAWN,
    } | changed


def leaves(place: int, *, is_basic: bool, treated: bool) -> bool:
    """Return whether the n-th of 120 customers of a plan and arm leaves.

    Of those on Basic 60 leave without the play and 12 with it: 40 points more stay. Of
    those on Pro 36 leave either way.
    """
    if not is_basic:
        return place < 36
    return place < (12 if treated else 60)


def company() -> Iterator[tuple[str, Row]]:
    """Yield 480 customers in three trials.

    ``helps`` works on Basic alone. ``same`` deals the leavers and stayers of each plan
    evenly to its arms, and does nothing. ``few`` has 50 customers. On the day of the
    draw, those who are treated in ``same`` and will stay buy many seats: whoever looks
    at that day or later sees whom the play of ``same`` "helped".
    """
    for number in range(CUSTOMERS):
        key = f"C{number + 1:03}"
        treated, is_basic, place = number % 2 == 0, number % 4 < 2, number // 4
        gone = leaves(place, is_basic=is_basic, treated=treated)
        same = (place + (number % 4 < 2)) % 2 == 0
        yield "customers", {"customer_id": key, "name": key, "touch": "low"}
        yield (
            "subscriptions",
            {
                "subscription_id": f"S{key}",
                "customer_id": key,
                "started_on": dt.date(2025, 11, 2) + dt.timedelta(days=place % 50),
                "ended_on": dt.date(2026, 5, 1) if gone else None,
                "cancelled_on": dt.date(2026, 4, 1) if gone else None,
                "ended_reason": "voluntary" if gone else None,
                "mrr": 1000,
                "currency": "JPY",
                "plan": "Basic" if is_basic else "Pro",
                "seats": 5,
            },
        )
        if same and not gone:
            yield (
                "subscriptions",
                {
                    "subscription_id": f"X{key}",
                    "customer_id": key,
                    "started_on": DRAWN,
                    "mrr": 1000,
                    "currency": "JPY",
                    "plan": "Basic" if is_basic else "Pro",
                    "seats": 500,
                },
            )
        drawn = {"helps": treated, "same": same}
        for trial_id, arm in (
            drawn | ({"few": treated} if number < 50 else {})
        ).items():
            yield (
                "trial_assignments",
                {
                    "trial_id": trial_id,
                    "customer_id": key,
                    "assigned_on": DRAWN,
                    "arm": "treated" if arm else "held_out",
                },
            )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    found = new_project(tmp_path_factory.mktemp("whom"))
    trials = [
        trial("helps"),
        trial("same", smallest_effect=0.1),
        trial("few", planned_per_arm=25),
        trial("runs", planned_per_arm=900),
        trial("stopped", planned_per_arm=900, stopped_on=dt.date(2026, 5, 1)),
    ]
    rows: dict[str, list[Row]] = {"trials": trials}
    for table, row in company():
        rows.setdefault(table, []).append(row)
    put(found, rows)
    run(found, as_of=OVER, at=NOW)
    yield found
    close_reader()


@pytest.fixture(scope="module")
def reader(project: Project) -> ReleaseReader:
    release = lake_of(project).current().release
    assert release is not None
    return reader_of(project, release.release_id)


def told(reader: ReleaseReader, trial_id: str, kind: str) -> list[Row]:
    rows = reader.findings("trial_targeting", trial_id=trial_id, kind=kind)
    return sorted(rows, key=lambda row: int(str(row["number"])))


def test_planted_difference_singles_out_those_whom_it_helps(
    reader: ReleaseReader,
) -> None:
    """On Basic 48 of 120 are kept, on Pro nobody: +20 points in all."""
    (overall,) = told(reader, "helps", "overall")
    groups = told(reader, "helps", "group")
    features = told(reader, "helps", "feature")
    (qini,) = told(reader, "helps", "qini")

    assert overall["verdict"] == "target_these"
    assert overall["value"] == pytest.approx(0.2, abs=0.02)
    assert overall["p_same"] <= 0.01
    assert overall["n"] == CUSTOMERS
    assert [group["number"] for group in groups] == [1, 2, 3, 4, 5]
    assert groups[0]["value"] == pytest.approx(0.4, abs=0.15)
    assert groups[4]["value"] == pytest.approx(0.0, abs=0.15)
    assert overall["worth_it"] in (2, 3, 4, 5)
    assert (features[0]["feature"], features[0]["level"]) == ("plan", "Basic")
    assert features[0]["value"] > 0.1
    assert features[0]["share"] > 0.5
    assert qini["low"] < qini["value"] < qini["high"]
    assert qini["value"] > 0
    assert "Begin with" in str(overall["said_en"])


def test_effect_is_the_one_of_the_trial(reader: ReleaseReader) -> None:
    (overall,) = told(reader, "helps", "overall")
    (result,) = reader.findings("trial_results", trial_id="helps", kind="outcome")

    assert overall["value"] == -result["effect"]  # type: ignore[operator]
    assert (overall["low"], overall["high"]) == (-result["high"], -result["low"])  # type: ignore[operator]


def test_without_a_difference_nobody_is_singled_out(reader: ReleaseReader) -> None:
    """Nor by what came after the draw, which would tell who was helped."""
    (overall,) = told(reader, "same", "overall")

    assert overall["verdict"] == "treat_nobody"  # less than the 10 points of interest
    assert overall["p_same"] > 0.05
    assert overall["reason"] is None
    assert len(told(reader, "same", "group")) == 5
    assert told(reader, "same", "feature") == []


def test_too_few_customers_are_the_reason(reader: ReleaseReader) -> None:
    (overall,) = told(reader, "few", "overall")

    assert overall["reason"] == "too_few_customers"
    assert overall["verdict"] != "target_these"
    assert overall["p_same"] is None
    assert told(reader, "few", "group") == []


@pytest.mark.parametrize(
    ("trial_id", "reason"), [("runs", "still_running"), ("stopped", "stopped_early")]
)
def test_only_a_trial_that_ended_as_planned_is_asked(
    reader: ReleaseReader, trial_id: str, reason: str
) -> None:
    (overall,) = told(reader, trial_id, "overall")

    assert (overall["reason"], overall["value"]) == (reason, None)
    assert "Whom to treat is" in str(overall["said_en"])
    assert told(reader, trial_id, "group") == []


def test_next_day_finds_every_answer_made(project: Project) -> None:
    folder = lake_of(project).folder / FOLDER / "trial_targeting"
    before = {path.name for path in folder.glob("*.parquet")}

    run(project, as_of=OVER + dt.timedelta(days=1), at=NOW)

    assert len(before) == 5
    assert {path.name for path in folder.glob("*.parquet")} == before
