"""What people did, from the table of actions to an estimate, counted by hand."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from lakes import NOW, Row, new_project, put

from banso.cli.main import cli
from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.running import run

DEFINED = {
    "signals.yaml": """schema_version: 1
signals:
  - key: many_tickets
    label: {ja: 問い合わせが多い, en: Many tickets}
    kind: churn
    when: tickets_28 >= 2
    reason: {ja: "{tickets_28}件の問い合わせ。", en: "{tickets_28} tickets."}
    outcome: churn
    within_days: 90
    play: calm
  - key: never
    label: {ja: なし, en: Never}
    kind: churn
    when: tickets_28 >= 99
    reason: {ja: a, en: b}
    outcome: churn
    play: other
""",
    "plays.yaml": """schema_version: 1
plays:
  - key: calm
    label: {ja: 鎮める, en: Calm}
    about: {ja: 電話します。, en: Call them.}
    steps: [{key: call, label: {ja: 電話, en: Call}}]
  - key: other
    label: {ja: ほか, en: Other}
    about: {ja: 何か。, en: Something.}
    steps: [{key: call, label: {ja: 電話, en: Call}}]
""",
}
TICKETS = dt.date(2025, 6, 3)  # so the signal opens on Sunday the 8th
IN_EACH = 80
LEAVE = {True: 12, False: 32}
AS_OF = dt.date(2026, 1, 4)


def at(day: dt.date, hour: int = 3) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour))


def company() -> Iterator[tuple[str, Row]]:
    """Yield rows: the first half got the play, and fewer of them leave.

    Four more at the end: one left within the first week, one in the week of its play,
    one got the play after the four weeks, one had it in May already.
    """
    for number in range(2 * IN_EACH + 4):
        is_treated = number < IN_EACH
        leaves: dt.date | None = None
        if number < 2 * IN_EACH and number % IN_EACH < LEAVE[is_treated]:
            leaves = dt.date(2025, 8, 1) + dt.timedelta(days=number % IN_EACH)
        begun = dt.date(2025, 6, 10) if is_treated else None
        if number >= 2 * IN_EACH:
            special = number - 2 * IN_EACH
            leaves = [dt.date(2025, 6, 12), dt.date(2025, 6, 20), None, None][special]
            begun = [
                None,
                dt.date(2025, 6, 17),
                dt.date(2025, 7, 20),
                dt.date(2025, 5, 2),
            ][special]
        yield from customer(number, leaves, begun)


def customer(
    number: int, leaves: dt.date | None, begun: dt.date | None
) -> Iterator[tuple[str, Row]]:
    key = f"C{number + 1:03}"
    yield "customers", {"customer_id": key, "name": key, "touch": "low"}
    yield (
        "subscriptions",
        {
            "subscription_id": f"S{key}",
            "customer_id": key,
            "started_on": dt.date(2025, 1, 5),
            "ended_on": dt.date(2025, 12, 1) if leaves else None,
            "cancelled_on": leaves,
            "ended_reason": "voluntary" if leaves else None,
            "mrr": 1000 + 10 * (number % 7),
            "currency": "JPY",
        },
    )
    # What is compared a quarter before: every third customer had one ticket.
    days = [TICKETS, TICKETS] + ([dt.date(2025, 2, 20)] if number % 3 == 0 else [])
    for count, day in enumerate(days):
        yield (
            "tickets",
            {
                "ticket_id": f"T{key}{count}",
                "customer_id": key,
                "opened_at": at(day),
                "kind": "question",
            },
        )
    if begun is not None:
        yield (
            "actions",
            {
                "action_id": f"A{key}",
                "customer_id": key,
                "occurred_at": at(begun),
                "kind": "step_done",
                "play": "calm",
            },
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    found = new_project(tmp_path_factory.mktemp("estimates"))
    for name, text in DEFINED.items():
        (found.definitions_folder / name).write_text(text, encoding="utf-8")
    apply_definitions(found, by="test", why="plays", at=NOW)
    rows: dict[str, list[Row]] = {}
    for table, row in company():
        rows.setdefault(table, []).append(row)
    put(found, rows)
    yield found
    close_reader()


@pytest.fixture(scope="module")
def release_id(project: Project) -> str:
    return run(project, as_of=AS_OF, at=NOW).release_id


@pytest.fixture
def reader(project: Project, release_id: str) -> ReleaseReader:
    # Each time anew: a command in a test before turned to a release of its own.
    return reader_of(project, release_id)


def test_who_is_compared_is_counted(reader: ReleaseReader) -> None:
    (row,) = reader.findings("play_estimates", kind="effect")

    assert (row["play"], row["signal"]) == ("calm", "many_tickets")
    assert (row["outcome"], row["window_days"]) == ("churn", 90)
    assert row["customers_treated"] == IN_EACH
    # At two more nothing had been done by the end of the first week: the play came in
    # the week in which one of them left, and at the other after the four weeks.
    assert row["customers_others"] == IN_EACH + 2
    assert row["begun_late"] == 2
    assert row["firings_treated"] == IN_EACH


def test_the_estimate_is_that_of_the_counts(reader: ReleaseReader) -> None:
    (row,) = reader.findings("play_estimates", kind="effect")

    assert row["reason"] is None
    assert row["verdict"] == "seems_to_help"
    assert row["treated"] == pytest.approx(12 / 80)
    assert row["others"] == pytest.approx(33 / 82, abs=0.03)
    assert row["naive"] == pytest.approx(12 / 80 - 33 / 82)
    assert row["low"] < row["effect"] < row["high"] < 0  # type: ignore[operator]
    assert row["e_value"] > row["e_value_interval"] > 1  # type: ignore[operator]
    assert "not a trial" in str(row["said_en"])
    assert "試験ではない" in str(row["said_ja"])


def test_what_it_was_checked_by_is_told(reader: ReleaseReader) -> None:
    balance = reader.findings("play_estimates", kind="balance")
    placebos = reader.findings("play_estimates", kind="placebo")

    assert {"tenure_days", "tickets_28", "mrr"} <= {row["measure"] for row in balance}
    assert all(abs(float(str(row["difference_after"]))) < 0.2 for row in balance)
    (tickets,) = [row for row in placebos if row["measure"] == "tickets_28"]
    # 27 of 80 had a ticket in February on either side, and one of the late ones.
    assert tickets["effect"] == pytest.approx(0, abs=0.05)
    assert tickets["low"] < 0 < tickets["high"]  # type: ignore[operator]


def test_the_command_prints_it_and_says_that_it_is_no_trial(
    project: Project, reader: ReleaseReader
) -> None:
    assert reader.release.as_of == AS_OF
    where = ["--project", str(project.folder)]

    every = CliRunner().invoke(cli, ["backtest", "plays", *where])
    one = CliRunner().invoke(
        cli, ["backtest", "plays", "--signal", "many_tickets", *where]
    )
    plain = CliRunner().invoke(cli, ["backtest", "plays", "--json", *where])

    assert every.exit_code == one.exit_code == plain.exit_code == 0
    assert "calm" in every.output
    assert "tickets_28" in one.output
    assert "proven" not in (every.output + one.output).lower()
    told = json.loads(plain.output)
    assert told["what"] == "plays"
    assert told["rows"][0]["verdict"] == "seems_to_help"


def test_the_next_day_finds_the_estimates_made(
    project: Project, reader: ReleaseReader
) -> None:
    before = reader.release.tables["play_estimates"]

    later = run(project, as_of=AS_OF + dt.timedelta(days=1), at=NOW)

    assert [part.sha256 for part in later.tables["play_estimates"]] == [
        part.sha256 for part in before
    ]


def test_without_actions_a_run_estimates_nothing(tmp_path: Path) -> None:
    project = new_project(tmp_path)
    rows: dict[str, list[Row]] = {}
    for table, row in company():
        if table in ("customers", "subscriptions"):
            rows.setdefault(table, []).append(row)
    put(project, rows)

    made = run(project, as_of=dt.date(2025, 3, 2), at=NOW)

    assert "play_estimates" not in made.tables
