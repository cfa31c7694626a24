"""A closed month recomputed: the same unless a row changed, and then which."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from lakes import NOW, new_project, put

from banso.definitions.catalog import Catalog
from banso.definitions.revenue import Rate, Reading, RevenueRules
from banso.runs.derived import Kitchen
from banso.runs.project import Project
from banso.runs.results import VIEWS, lake_of
from banso.runs.revenue import RevenueRun
from banso.runs.revenue_basis import Moved
from banso.runs.revenue_revising import REVISION_ROWS, REVISIONS
from banso.warehouse.manifest import JSON, Release
from banso.warehouse.session import Session

RULES = RevenueRules(groupings=("product",))
Rows = dict[str, list[dict[str, Any]]]


def line(
    customer: str, start: str, end: str | None, mrr: int, **more: Any
) -> dict[str, Any]:
    return {
        "subscription_id": f"{customer}-{start}",
        "customer_id": customer,
        "started_on": dt.date.fromisoformat(start),
        "ended_on": dt.date.fromisoformat(end) if end else None,
        "mrr": Decimal(mrr),
        **more,
    }


def released(project: Project, as_of: str, rules: RevenueRules = RULES) -> Rows:
    """Compute revenue, release it, and return what it says of closed months."""
    lake, day = lake_of(project), dt.date.fromisoformat(as_of)
    catalog = Catalog(metrics=(), health=(), revenue=rules)
    manifest = lake.current()
    with Session(lake, manifest, views=VIEWS) as session:
        kitchen = Kitchen(session)
        parts, note = RevenueRun(kitchen, catalog, project.currency, day).parts()
        rows = {
            name: session.to_arrow(kitchen.table(parts[name])).to_pylist()
            for name in (REVISIONS, REVISION_ROWS)
            if name in parts
        }
    release = Release(
        release_id=f"{as_of}-{manifest.version}",
        as_of=day,
        made_at=NOW,
        definitions_digest="",
        facts_digest=manifest.facts_digest,
        seed=0,
        tables=parts,
        facts=manifest.facts,
        notes={"revenue": note},
    )
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
    return rows


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """January to May 2024 are closed: A pays 100, B 50 until May."""
    made = new_project(tmp_path_factory.mktemp("closed") / "company")
    lines = [line("a", "2024-01-01", None, 100), line("b", "2024-02-01", None, 50)]
    put(
        made,
        {
            "customers": [{"customer_id": key, "name": key} for key in "abc"],
            "subscriptions": lines,
        },
    )
    first = released(made, "2024-06-15")  # nothing to compare with
    assert {name: rows for name, rows in first.items() if rows} == {}
    return made


@pytest.fixture
def project(closed: Project, tmp_path: Path) -> Project:
    return Project.open(copytree(closed.folder, tmp_path / "copy"))


def test_a_closed_month_stays_when_no_row_changed(project: Project) -> None:
    put(project, {"subscriptions": [line("c", "2024-06-20", None, 7)]})

    found = released(project, "2024-07-02")

    assert found == {REVISIONS: [], REVISION_ROWS: []}


def test_a_back_dated_correction_is_named_with_its_row(project: Project) -> None:
    known = dt.datetime(2024, 7, 1, 3)
    put(
        project,
        {"subscriptions": [line("b", "2024-02-01", "2024-05-01", 60, known_at=known)]},
    )

    found = released(project, "2024-07-02")

    assert {
        (f"{row['period']:%Y-%m}", row["figure"]): (row["before"], row["after"])
        for row in found[REVISIONS]
    } == {
        ("2024-02", "new"): (50, 60),
        ("2024-02", "mrr_end"): (150, 160),
        ("2024-03", "mrr_end"): (150, 160),
        ("2024-04", "mrr_end"): (150, 160),
        ("2024-05", "churn"): (0, -60),
        ("2024-05", "mrr_end"): (150, 100),
        ("2024-05", "customers_end"): (2, 1),
    }
    rows = {row["field"]: row for row in found[REVISION_ROWS]}
    assert {name: (row["old"], row["new"]) for name, row in rows.items()} == {
        "mrr": ("50.0000", "60.0000"),
        "ended_on": (None, "2024-05-01"),
    }
    assert {row["subscription_id"] for row in rows.values()} == {"b-2024-02-01"}
    assert {row["known_at"] for row in rows.values()} == {known}
    assert {row["first_period"] for row in rows.values()} == {dt.date(2024, 2, 1)}
    assert {row["what"] for row in rows.values()} == {"changed"}


def test_a_row_that_came_late_is_named(project: Project) -> None:
    put(project, {"subscriptions": [line("c", "2024-04-10", None, 30)]})

    found = released(project, "2024-06-20")

    months = {f"{row['period']:%Y-%m}" for row in found[REVISIONS]}
    assert months == {"2024-04", "2024-05"}
    row = {each["field"]: each for each in found[REVISION_ROWS]}["mrr"]
    assert (row["what"], row["old"], Decimal(row["new"])) == ("added", None, 30)


def test_the_running_month_is_not_closed(project: Project) -> None:
    put(project, {"subscriptions": [line("b", "2024-02-01", "2024-06-10", 50)]})

    found = released(project, "2024-06-20")

    assert found == {REVISIONS: [], REVISION_ROWS: []}


def test_computing_the_same_again_says_the_same(project: Project) -> None:
    put(project, {"subscriptions": [line("b", "2024-02-01", None, 60)]})
    first = released(project, "2024-06-20")

    again = released(project, "2024-06-20")

    assert again == first
    assert again[REVISIONS]


def moved(project: Project) -> Moved:
    release = lake_of(project).current().release
    assert release is not None
    note = release.notes["revenue"]
    assert isinstance(note, dict)
    return Moved.noted(note["moved"])


def test_changed_definitions_are_named_and_no_row_is(project: Project) -> None:
    noticed = line("b", "2024-02-01", None, 50, cancelled_on=dt.date(2024, 4, 10))
    put(project, {"subscriptions": [noticed]})
    released(project, "2024-06-20")
    assert moved(project) == Moved()
    at_notice = RULES.model_copy(update={"standard": Reading(churn_at="notice")})

    found = released(project, "2024-06-21", at_notice)

    assert found[REVISIONS]
    assert found[REVISION_ROWS] == []
    assert moved(project) == Moved(("definitions",), ("churn_at",))
    released(project, "2024-06-22", at_notice)  # the same figures: it still holds
    assert moved(project) == Moved(("definitions",), ("churn_at",))


def test_rates_and_billed_discounts_are_causes_too(project: Project) -> None:
    rate = Rate(currency="USD", since=dt.date(2024, 1, 1), rate=Decimal(150))
    billed = RULES.model_copy(
        update={"standard": Reading(discounts="billed"), "rates": (rate,)}
    )
    released(project, "2024-06-16", billed)
    assert moved(project) == Moved(("definitions",), ("discounts", "rates"))
    discount = {
        "charge_id": "1",
        "customer_id": "a",
        "subscription_id": "a-2024-01-01",
        "charged_on": dt.date(2024, 4, 9),
        "amount": Decimal(-20),
        "kind": "discount",
    }
    put(project, {"charges": [discount]})

    found = released(project, "2024-06-17", billed)

    assert {f"{row['period']:%Y-%m}" for row in found[REVISIONS]} == {
        "2024-04",
        "2024-05",
    }
    assert found[REVISION_ROWS] == []
    assert moved(project) == Moved(("charges",))


def test_a_pause_that_a_later_contract_closes_is_neither(project: Project) -> None:
    """The row was known before; only its start had not come yet."""
    lines = [
        line("b", "2024-02-01", "2024-05-29", 50),
        line("b", "2024-06-03", None, 50),
    ]
    put(project, {"subscriptions": lines})
    released(project, "2024-06-01")

    found = released(project, "2024-06-05")

    assert {f"{row['period']:%Y-%m}" for row in found[REVISIONS]} == {"2024-05"}
    assert found[REVISION_ROWS] == []
    assert moved(project) == Moved()


def test_a_release_without_a_note_leaves_the_cause_unknown() -> None:
    now: dict[str, JSON] = {
        "definitions": {},
        "currency": "JPY",
        "charges": "",
        "version": 2,
    }

    assert Moved.between(None, now) == Moved(("unknown",))
    assert Moved.between({**now, "version": 1}, now) == Moved(("version",))
    assert Moved.noted(None) == Moved(("unknown",))
