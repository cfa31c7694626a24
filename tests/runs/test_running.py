"""A run is the same whichever way it came about, and publishes all or nothing."""

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from lakes import NOW, new_project, put
from slow_company import FIRST, Company, random_company

from banso.runs.gridding import NobodyThere
from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.runs.running import NothingLoaded, NothingPublished, run
from banso.warehouse import queries
from banso.warehouse.manifest import Release

pytestmark = pytest.mark.long

END = dt.date(2024, 5, 22)  # a Wednesday
# What a day changes: its events, one date of each grid and what is told of today.
OF_A_DAY = {
    *("rollup.contact_days.events", "recommending.use"),
    *("metric_grid", "health_grid", "forecast_grid"),
    *("customer_now", "forecast_reasons", "forecast_renewals", "renewals_due"),
    *("exposed_now", "recommendations", "renewals_foretold"),
    *("signals", "signal_history", "signalling.state", "touch_now", "touch_spread"),
}


def company_rows(company: Company, *, until: dt.date) -> dict[str, list[dict]]:
    """Return the rows of a company, with the events up to a day (UTC)."""
    events = [row for row in company.events if row["occurred_at"].date() <= until]
    return {
        "customers": [{"customer_id": c, "name": f"{c} 株式会社"} for c in "abcd"],
        "subscriptions": [{**row, "currency": "JPY"} for row in company.subscriptions],
        "events": [
            {key: value for key, value in row.items() if key != "known_at"}
            for row in events
        ],
    }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "company")


def run_on(project: Project, as_of: dt.date, *, full: bool = False) -> Release:
    return run(project, as_of=as_of, at=NOW, full=full)


def contents(release: Release) -> dict[str, list[tuple[str, str]]]:
    """Return the bytes of every result, by their hashes."""
    return {
        name: [(part.slice, part.sha256) for part in parts]
        for name, parts in release.tables.items()
    }


def test_daily_runs_give_the_bytes_of_one_full_run(tmp_path: Path) -> None:
    company = random_company(5, late=False)
    daily = new_project(tmp_path / "daily")
    for back in (40, 3, 2, 1, 0):
        day = END - dt.timedelta(days=back)
        put(daily, company_rows(company, until=day))
        last = run_on(daily, day)
    at_once = new_project(tmp_path / "at_once")
    put(at_once, company_rows(company, until=END))

    full = run_on(at_once, END, full=True)

    assert contents(last) == contents(full)
    assert last.release_id == full.release_id


def test_full_run_repeats_its_own_bytes(project: Project) -> None:
    put(project, company_rows(random_company(6, late=False), until=END))
    first = run_on(project, END)

    again = run_on(project, END, full=True)

    assert contents(again) == contents(first)


def test_bytes_do_not_depend_on_the_queries_that_were_kept(project: Project) -> None:
    put(project, company_rows(random_company(6, late=False), until=END))
    first = run_on(project, END)
    shutil.rmtree(lake_of(project).folder / queries.FOLDER)

    again = run_on(project, END, full=True)

    assert contents(again) == contents(first)


def known_for_long() -> dict[str, list[dict]]:
    """Return a customer of old: in its first half-year a history is judged daily."""
    line = {
        "subscription_id": "old",
        "customer_id": "old",
        "started_on": END - dt.timedelta(days=400),
        "mrr": 1,
        "currency": "JPY",
    }
    return {
        "customers": [{"customer_id": "old", "name": "老舗"}],
        "subscriptions": [line],
    }


def test_daily_run_makes_only_what_changed(project: Project) -> None:
    company = random_company(7, late=False)
    put(project, known_for_long())
    put(project, company_rows(company, until=END))
    before = run_on(project, END)
    next_day = END + dt.timedelta(days=1)
    put(project, company_rows(company, until=next_day))

    release = run_on(project, next_day)

    made = {
        name
        for name, parts in release.tables.items()
        if {part.path for part in parts} - {part.path for part in before.tables[name]}
    }
    assert made == OF_A_DAY
    derived = release.notes["derived"]
    # Also the state of the contract lines, what of the signals closed on the day, and
    # what the rules of touch models said on the day.
    assert derived["made"] == len(OF_A_DAY) + 3
    assert derived["found"] > 50


def test_an_event_that_arrives_late_changes_the_past(tmp_path: Path) -> None:
    company = random_company(8, late=False)
    missing = min(company.events, key=lambda row: row["occurred_at"])
    others = replace(
        company, events=[row for row in company.events if row is not missing]
    )
    in_two_loads = new_project(tmp_path / "two")
    put(in_two_loads, company_rows(others, until=END))
    run_on(in_two_loads, END)
    put(in_two_loads, {"events": company_rows(company, until=END)["events"]})
    at_once = new_project(tmp_path / "one")
    put(at_once, company_rows(company, until=END))

    late, full = run_on(in_two_loads, END), run_on(at_once, END)

    assert contents(late)["metric_grid"] == contents(full)["metric_grid"]
    assert contents(late)["health_grid"] == contents(full)["health_grid"]


def test_nothing_after_the_as_of_date_is_used(tmp_path: Path) -> None:
    company = random_company(9, late=False)
    knowing = new_project(tmp_path / "knowing")
    put(knowing, company_rows(company, until=END + dt.timedelta(days=60)))
    ignorant = new_project(tmp_path / "ignorant")
    put(ignorant, company_rows(company, until=END))

    one, other = run_on(knowing, END), run_on(ignorant, END)

    for name in ("metric_grid", "health_grid", "customer_now"):
        assert contents(one)[name] == contents(other)[name]


def test_killed_run_publishes_nothing_and_the_next_one_completes_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(project, company_rows(random_company(10, late=False), until=END))

    class Killed(BaseException):
        """Stands for SIGKILL: nothing can catch it and go on."""

    def die(step: str, done: int, _total: int) -> None:
        if step == "health" and done == 0:
            raise Killed

    with pytest.raises(Killed):
        run(project, as_of=END, at=NOW, progress=die)
    assert lake_of(project).current().release is None

    release = run_on(project, END)

    assert release.notes["derived"]["found"] > 10
    assert lake_of(project).current().release == release


def test_release_has_every_result_table(project: Project) -> None:
    put(project, company_rows(random_company(12, late=False), until=END))
    run_on(project, END)

    with open_session(project) as session:
        columns = {
            name: session.result(name).columns
            for name in ("metrics", "health", "health_parts", "customer_now")
        }
        parts = session.to_arrow(session.result("health_parts")).to_pylist()
        health = session.to_arrow(session.result("health")).to_pylist()

    assert columns["metrics"] == ("customer_id", "as_of", "metric", "value")
    assert columns["health"] == (
        "customer_id", "as_of", "model", "score", "band", "coverage",
    )  # fmt: skip
    assert columns["health_parts"] == (
        "customer_id", "as_of", "dimension", "element", "value", "score", "weight",
        "points", "reason",
    )  # fmt: skip
    for row in health:
        mine = [
            part["points"] or 0
            for part in parts
            if (part["customer_id"], part["as_of"])
            == (row["customer_id"], row["as_of"])
        ]
        if row["score"] is not None:
            assert sum(mine) == pytest.approx(row["score"])


def test_run_without_customers_is_refused(project: Project) -> None:
    with pytest.raises(NothingLoaded):
        run_on(project, END)


def test_run_before_the_first_customer_is_refused(project: Project) -> None:
    put(project, company_rows(random_company(12, late=False), until=END))

    with pytest.raises(NobodyThere, match="2023-06-01"):
        run_on(project, dt.date(2023, 6, 1))


def test_customers_alone_are_there_without_a_score(project: Project) -> None:
    customer = {"customer_id": "a", "name": "A", "created_on": FIRST}
    put(project, {"customers": [customer]})

    run_on(project, END)

    with open_session(project) as session:
        (row,) = session.to_arrow(session.result("customer_now")).to_pylist()
    assert row["started_on"] == FIRST
    assert row["score"] is None
    assert row["band"] == "unknown"
    assert row["mrr"] is None


def test_run_without_definitions_is_refused(tmp_path: Path) -> None:
    from banso.runs.project import create_project  # noqa: PLC0415

    project = create_project(
        tmp_path / "p", name="T", timezone="UTC", currency="EUR", language="en"
    )
    put(project, {"customers": [{"customer_id": "a", "name": "A"}]})

    with pytest.raises(NothingPublished):
        run_on(project, END)


def test_business_without_contracts_has_customers_from_their_first_trace(
    project: Project,
) -> None:
    rows = company_rows(random_company(13, late=False), until=END)
    put(project, {name: rows[name] for name in ("customers", "events")})

    run_on(project, END)

    with open_session(project) as session:
        now = session.to_arrow(session.result("customer_now")).to_pylist()
    first = {
        customer: min(
            (row["occurred_at"] + dt.timedelta(hours=9)).date()
            for row in rows["events"]
            if row["customer_id"] == customer
        )
        for customer in {row["customer_id"] for row in rows["events"]}
    }
    assert {row["customer_id"]: row["started_on"] for row in now} == first
    assert {row["status"] for row in now} == {"active"}
