"""Measures of the team over a small company, worked out by hand."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import NOW, new_project, put

from banso.runs.results import open_session
from banso.runs.running import run

AS_OF = dt.date(2026, 11, 22)  # a Sunday


def _at(days_back: int) -> dt.datetime:
    day = AS_OF - dt.timedelta(days=days_back)
    return dt.datetime.combine(day, dt.time(3))  # noon in Tokyo


def _contact(number: int, customer: str, days_back: int, **given: object) -> dict:
    return {
        "interaction_id": f"I{number}", "customer_id": customer, "channel": "call",
        "occurred_at": _at(days_back), "minutes": 60.0, "initiative": "ours",
        "staff": "a@example.com", "contact_id": "P1", **given,
    }  # fmt: skip


CONTACTS = [
    # C1: all through one CSM, with two people of theirs
    _contact(1, "C1", 10),
    _contact(2, "C1", 40, contact_id="P2"),
    _contact(3, "C1", 100, initiative="theirs", staff="A@Example.com"),
    # C2: one person of theirs, two of ours; one contact without minutes
    _contact(4, "C2", 60, contact_id="Q1", minutes=None, initiative=None),
    _contact(5, "C2", 61, contact_id="Q1", minutes=120.0, initiative="theirs"),
    _contact(6, "C2", 62, contact_id="Q1", staff="b@example.com", minutes=180.0),
    # not between people, too old, to come
    _contact(7, "C2", 1, channel="in_app"),
    _contact(8, "C3", 365),
    _contact(9, "C3", -1),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict]]:
    folder: Path = tmp_path_factory.mktemp("team")
    project = new_project(folder / "company")
    put(
        project,
        {
            "customers": [
                {"customer_id": "C1", "name": "A", "owner": " A@Example.com"},
                {"customer_id": "C2", "name": "B", "owner": "b@example.com"},
                {"customer_id": "C3", "name": "C"},
                {"customer_id": "C4", "name": "Left", "owner": "b@example.com"},
            ],
            "subscriptions": [
                {
                    "subscription_id": f"S{key}", "customer_id": key, "mrr": mrr,
                    "currency": "JPY", "started_on": dt.date(2025, 1, 1),
                    "ended_on": dt.date(2026, 6, 1) if key == "C4" else None,
                }
                for key, mrr in (("C1", 10_000), ("C2", 1_000), ("C3", 500), ("C4", 9))
            ],
            "interactions": CONTACTS,
            "costs": [
                {"month": dt.date(2026, month, 1), "kind": "staff", "amount": 3_000,
                 "currency": "JPY"}
                for month in (9, 10)
            ] + [{"month": dt.date(2026, 11, 1), "kind": "staff", "amount": 99_999,
                  "currency": "JPY"}],
        },
    )  # fmt: skip
    run(project, as_of=AS_OF, at=NOW)
    names = ("customer_effort", "team_weeks", "team_now", "team_checks")
    with open_session(project) as session:
        return {n: session.to_arrow(session.result(n)).to_pylist() for n in names}


def test_effort_of_each_customer_under_contract(results) -> None:
    rows = {row["customer_id"]: row for row in results["customer_effort"]}

    assert list(rows) == ["C1", "C2", "C3"]
    one, two, three = rows.values()
    assert (one["contacts"], one["timed"], one["minutes"]) == (3, 3, 180.0)
    assert (one["contacts_28"], one["contacts_90"], one["ours_90"]) == (1, 2, 2)
    assert (one["one_contact"], one["one_csm"]) == (False, True)
    assert one["last_contact_on"] == AS_OF - dt.timedelta(days=10)
    assert (two["contacts"], two["timed"], two["minutes"]) == (3, 2, 300.0)
    assert (two["one_contact"], two["one_csm"]) == (True, False)
    assert (three["contacts"], three["minutes"], three["last_contact_on"]) == (
        0, None, None,
    )  # fmt: skip
    assert (three["one_contact"], three["one_csm"]) == (None, None)


def test_cost_is_that_of_whole_months_over_hours(results) -> None:
    one, two, three = results["customer_effort"]

    # 6,000 of two whole months (November is not over) over 3 + 5 hours
    assert one["hourly_cost"] == two["hourly_cost"] == 750.0
    assert (one["cost"], two["cost"]) == (2_250.0, 3_750.0)
    assert one["cost_share"] == pytest.approx(2_250 / 120_000)
    assert two["cost_share"] == pytest.approx(3_750 / 12_000)
    assert (one["is_dear"], two["is_dear"]) == (False, True)
    assert three["cost"] == 0.0


def test_owners_and_everybody(results) -> None:
    rows = {row["owner"]: row for row in results["team_now"]}

    assert sorted(rows) == ["", "*", "a@example.com", "b@example.com"]
    everybody = rows["*"]
    assert (everybody["customers"], everybody["mrr"]) == (3, 11_500.0)
    assert (everybody["contacted_28"], everybody["contacted_90"]) == (1, 2)
    assert (everybody["threads"], everybody["one_contact"], everybody["one_csm"]) == (
        2, 1, 1,
    )  # fmt: skip
    # 13 weeks are 91 days: 10, 40, 60, 61 and 62 days ago
    assert (everybody["ours"], everybody["theirs"]) == (3, 1)
    assert (everybody["minutes_ours"], everybody["minutes_theirs"]) == (300.0, 120.0)
    assert everybody["minutes_a_week"] == pytest.approx(420 / 13)
    assert rows["a@example.com"]["minutes_a_week"] == pytest.approx(120 / 13)
    assert rows[""]["minutes_a_week"] is None
    assert everybody["cost"] == 6_000.0


def test_weeks_add_up(results) -> None:
    rows = results["team_weeks"]
    of_all = [row for row in rows if row["owner"] == "*"]

    assert {row["week"].isoweekday() for row in rows} == {1}
    assert sum(row["contacts"] for row in of_all) == 6
    assert sum(row["minutes"] for row in of_all) == 480.0
    assert sum(row["contacts"] for row in rows) == 12


def test_checks_of_so_few_say_nothing(results) -> None:
    rows = {row["pitfall"]: row for row in results["team_checks"]}

    assert (rows["bound"]["k"], rows["bound"]["n"]) == (2, 2)
    assert rows["bound"]["reason"] == "too_few"
    assert (rows["bloated"]["k"], rows["bloated"]["n"]) == (1, 3)
    assert rows["reactive"]["is_over"] is None
    assert rows["wandering"]["is_over"] is False
