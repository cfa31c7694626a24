"""Signals of a run: what is open, the history, and the same when tried on the past."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from lakes import NOW, new_project, put
from signal_company import (
    CUSTOMERS,
    DAY,
    END,
    SIGNALS,
    START,
    admin_is_used,
    admin_left_on,
    is_used,
    left_on,
    rows_of_company,
)

from banso.cli.main import cli
from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.results import open_session
from banso.runs.running import run
from banso.runs.signal_backtesting import (
    BadDraft,
    DraftFile,
    UnknownSignal,
    Wanted,
    try_signals,
)

pytestmark = pytest.mark.long

WEEK = dt.timedelta(days=7)


def project_with_signals(folder: Path, *, signals: str = SIGNALS) -> Project:
    project = new_project(folder)
    path = project.definitions_folder / "signals.yaml"
    path.write_text(signals, encoding="utf-8")
    apply_definitions(project, by="test", why="signals", at=NOW)
    return project


def results(project: Project, name: str) -> list[dict]:
    with open_session(project) as session:
        return session.to_arrow(session.result(name)).to_pylist()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = project_with_signals(tmp_path_factory.mktemp("signals") / "company")
    put(project, rows_of_company(until=END))
    run(project, as_of=END, at=NOW)
    return project


Spells = list[tuple[dt.date, dt.date | None]]


def silent_spells(
    number: int,
    *,
    days_open: int = 21,
    days_closed: int = 6,
    rests: int = 28,
    is_used: Callable[[int, dt.date], bool] = is_used,
) -> Spells:
    """Return when the signal of silence is open at a customer, day by day on paper."""
    days = (END - START).days
    used = [n for n in range(0, days + 1, 5) if is_used(number, START + DAY * n)]
    leaves, found = left_on(number), []
    opened, closed = None, None
    for sunday in range(0, days + 1, 7):
        date = START + DAY * sunday
        gone = leaves is not None and date >= leaves
        before = [n for n in used if n <= sunday]
        since = sunday - before[-1] if before else None
        if opened is not None and (
            gone or (since is not None and since <= days_closed)
        ):
            found.append((opened, date))
            opened, closed = None, date
        rested = closed is None or (date - closed).days > rests
        holds = since is not None and since >= days_open
        if opened is None and not gone and holds and rested:
            opened = date
    return [*found, (opened, None)] if opened is not None else found


def test_history_is_that_of_each_customer_on_paper(company: Project) -> None:
    history = results(company, "signal_history")

    found = {
        (row["customer_id"], row["opened_on"], row["closed_on"])
        for row in history
        if row["signal"] == "silent"
    }
    expected = {
        (f"c{number:02d}", *spell)
        for number in range(CUSTOMERS)
        for spell in silent_spells(number)
    }
    assert found == expected
    assert len(found) > 12


def test_signal_on_an_element_of_health_is_that_of_its_metric(company: Project) -> None:
    history = results(company, "signal_history")

    # Recent use has 80 points at 7 days without and 40 at 14: under 50 from 13 days on.
    assert {
        (row["customer_id"], row["opened_on"], row["closed_on"])
        for row in history
        if row["signal"] == "recent_use_low"
    } == {
        (f"c{number:02d}", *spell)
        for number in range(CUSTOMERS)
        for spell in silent_spells(number, days_open=13, days_closed=7, rests=0)
    }
    # Customer c01 paused on the 203rd day and was last there on the 200th: 17 days
    # on the 217th, where the line from 14 days to 28 is at 40 − 3 × 40 / 14.
    day = START + DAY * 217
    with open_session(company) as session:
        parts = session.result("health_parts")
        assert parts is not None
        mine = parts.filter(parts.customer_id == "c01", parts.as_of == day)
        (row,) = session.to_arrow(mine.filter(mine.element == "recency")).to_pylist()
    assert row["score"] == pytest.approx(40 - 3 * 40 / 14)


def test_silence_of_administrators_is_that_of_their_own_rows(company: Project) -> None:
    history = results(company, "signal_history")

    found = {
        (row["customer_id"], row["opened_on"], row["closed_on"])
        for row in history
        if row["signal"] == "admin_silent"
    }
    assert found == {
        (f"c{number:02d}", *spell)
        for number in range(CUSTOMERS)
        for spell in silent_spells(
            number, days_open=14, days_closed=6, rests=0, is_used=admin_is_used
        )
    }
    # At c05, users went on while the administrator was last there on day 95: Sunday
    # 112 is the 17th day. The administrator was back on day 140, a Sunday.
    spell = START + DAY * 112, START + DAY * 140
    assert ("c05", *spell) in found
    assert spell not in [(opened, closed) for opened, closed in silent_spells(5)]


def test_champion_that_left_is_told_for_ninety_days(company: Project) -> None:
    history = results(company, "signal_history")

    expected = set()
    for number in range(CUSTOMERS):
        moved, leaves = admin_left_on(number), left_on(number)
        opens, closes = START + DAY * 154, START + DAY * 245
        if moved is None or (leaves is not None and leaves <= opens):
            continue  # nobody moved on, or the customer left before
        if leaves is not None and leaves < closes:
            closes = START + DAY * (-(-(leaves - START).days // 7) * 7)
        expected.add((f"c{number:02d}", opens, closes))
    assert {
        (row["customer_id"], row["opened_on"], row["closed_on"])
        for row in history
        if row["signal"] == "champion_left"
    } == expected
    assert len(expected) > 5


def test_open_signals_say_why_with_the_values_of_that_day(company: Project) -> None:
    rows = results(company, "signals")
    history = results(company, "signal_history")

    assert {(r["customer_id"], r["signal"], r["opened_on"]) for r in rows} == {
        (r["customer_id"], r["signal"], r["opened_on"])
        for r in history
        if r["closed_on"] is None
    }
    # c01 paused on the 203rd day; the last use before was on the 200th, so that the
    # Sunday of 21 days or more was the 224th, 24 days later.
    first = min(
        r["opened_on"]
        for r in history
        if (r["customer_id"], r["signal"]) == ("c01", "silent")
    )
    assert first == START + DAY * 224
    seats = [r for r in rows if r["signal"] == "few_seats_left"]
    assert {r["reason_ja"] for r in seats} == {"2席"}
    # 2 of 2 seats from the first Sunday on, so three weeks are over after two more.
    assert [r["opened_on"] for r in seats if r["customer_id"] == "c02"] == [
        START + 2 * WEEK
    ]


def test_run_in_the_middle_of_a_silence_shows_it(tmp_path: Path) -> None:
    project = project_with_signals(tmp_path / "company")
    day = START + DAY * 226  # a Tuesday
    put(project, rows_of_company(until=day))
    run(project, as_of=day, at=NOW)

    rows = [r for r in results(project, "signals") if r["customer_id"] == "c01"]

    assert [(r["signal"], r["reason_ja"], r["reason_en"]) for r in rows] == [
        ("admin_silent", "17日", "17 days"),
        ("recent_use_low", "31.4点", "31.4 points"),
        ("silent", "24日使われていません（large）。", "Unused for 24 days (large)."),
    ]


def test_signal_without_its_tables_is_silent(company: Project) -> None:
    with open_session(company) as session:
        release = session.manifest.release
    assert release is not None
    note = release.notes["analyses"]
    assert isinstance(note, dict)

    assert note["signals"] == {
        "on": [
            "silent",
            "few_seats_left",
            "recent_use_low",
            "admin_silent",
            "champion_left",
        ],
        "off": {"many_tickets": ["tickets_28"]},
        "currency": "JPY",
    }


def test_weekly_runs_open_exactly_what_a_trial_on_the_past_opens(
    tmp_path: Path, company: Project
) -> None:
    live = project_with_signals(tmp_path / "live")
    at_once = {
        (r["customer_id"], r["signal"], r["opened_on"])
        for r in results(company, "signal_history")
    }
    for weeks in (40, 41, 55, 64):
        as_of = START + weeks * WEEK
        put(live, rows_of_company(until=as_of))
        run(live, as_of=as_of, at=NOW)
        opened = {
            (r["customer_id"], r["signal"], r["opened_on"])
            for r in results(live, "signal_history")
        }
        assert opened == {each for each in at_once if each[2] <= as_of}
    judged = {
        (r["signal"], r["figure"]): r["value"] for r in results(live, "signals_judged")
    }
    trial = try_signals(live, Wanted())
    for each in trial.tried:
        for name, figure in each.figures.items():
            assert judged[each.signal.key, name] == figure.value
    fired = [key for _c, key, day in opened if day <= trial.known_by]
    assert judged["silent", "fired"] == fired.count("silent")


def test_figures_are_those_counted_by_hand(company: Project) -> None:
    trial = try_signals(company, Wanted(key="silent"))
    (silent,) = trial.tried
    until = trial.known_by

    opened = [
        (number, day)
        for number in range(CUSTOMERS)
        for day, _closed in silent_spells(number)
        if day <= until
    ]
    followed = [(n, day) for n, day in opened if day + 120 * DAY <= until]
    hit = [
        (n, day)
        for n, day in followed
        if (left := left_on(n)) is not None and day < left <= day + 120 * DAY
    ]
    assert silent.figures["fired"].value == len(opened)
    assert silent.figures["followed"].value == len(followed)
    assert silent.figures["precision"].value == pytest.approx(len(hit) / len(followed))
    assert silent.figures["hours_per_csm"].value == pytest.approx(
        silent.figures["hours_per_week"].value / 2
    )


def test_draft_is_tried_beside_the_published_signal(
    company: Project, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    text = SIGNALS.replace("_event >= 21", "_event >= 35")
    draft.write_text(text[: text.index("  - key: few")], encoding="utf-8")

    trial = try_signals(company, Wanted(drafts=(DraftFile.read(draft),)))

    assert [(t.signal.key, t.is_draft) for t in trial.tried] == [
        ("silent", False),
        ("silent", True),
    ]
    published, later = (t.figures for t in trial.tried)
    assert later["fired"].value < published["fired"].value
    assert later["lead_days"].value < published["lead_days"].value
    (beside,) = trial.beside
    apart = beside.differences
    for name in ("fired", "precision", "hours_per_week"):
        assert apart[name].value == pytest.approx(
            later[name].value - published[name].value
        ), name
    # Both come before every loss: nothing tells them apart there.
    assert later["covered"].value == published["covered"].value == 1
    assert apart["covered"].reason == "same_cases"


def test_two_drafts_are_compared_on_the_same_customers(
    company: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SIGNALS[: SIGNALS.index("  - key: few")]
    files = [tmp_path / name for name in ("early.yaml", "late.yaml")]
    for file, days in zip(files, (10, 35), strict=True):
        key = f"silent_{days}"  # of other keys, but alone in their files
        draft = text.replace("_event >= 21", f"_event >= {days}")
        file.write_text(draft.replace("key: silent", f"key: {key}"), encoding="utf-8")
    options = [part for file in files for part in ("--draft", str(file))]
    command = ["backtest", "signals", *options, "--project", str(company.folder)]

    monkeypatch.setenv("BANSO_LANG", "en")
    said = CliRunner().invoke(cli, command)
    told = json.loads(CliRunner().invoke(cli, [*command, "--json"]).output)
    monkeypatch.setenv("BANSO_LANG", "ja")
    japanese = CliRunner().invoke(cli, command)

    assert said.exit_code == japanese.exit_code == 0, said.output
    late, early = "silent_35 (draft late.yaml)", "silent_10 (draft early.yaml)"
    assert f"{late} less {early} (same customers, same dates)" in said.output
    assert "silent_35（下書き late.yaml）" in japanese.output
    (compared,) = told["compared"]
    assert compared["first"] == {"signal": "silent_10", "file": "early.yaml"}
    assert compared["en"] in said.output
    assert compared["ja"] in japanese.output
    by_file = {each["file"]: each["figures"] for each in told["signals"]}
    for name, found in compared["differences"].items():
        first, second = (by_file[f.name][name]["value"] for f in files)
        if name == "covered":  # both come before every loss
            assert (first, second, found["reason"]) == (1, 1, "same_cases")
        else:
            assert found["value"] == pytest.approx(second - first), name
    fired = compared["differences"]["fired"]
    assert fired["low"] < fired["value"] < fired["high"]


def test_bad_drafts_and_unknown_keys_are_refused(
    company: Project, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(SIGNALS.replace("seat_use", "seat_usd"), encoding="utf-8")

    with pytest.raises(BadDraft, match=r"draft\.yaml:18: unknown metric 'seat_usd'"):
        try_signals(company, Wanted(drafts=(DraftFile.read(draft),)))
    with pytest.raises(UnknownSignal) as error:
        try_signals(company, Wanted(key="silnt"))
    assert error.value.hint == "Did you mean 'silent'?"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_command_says_the_sentence(
    company: Project, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_LANG", language)
    where = ["--project", str(company.folder)]

    one = CliRunner().invoke(cli, ["backtest", "signals", "--signal", "silent", *where])
    every = CliRunner().invoke(cli, ["backtest", "signals", *where])

    assert one.exit_code == every.exit_code == 0
    said = {
        "ja": "過去24か月では、",
        "en": "Over the last 24 months this would have fired ",
    }
    assert said[language] in one.output
    assert "few_seats_left" in every.output
    assert "many_tickets: " in every.output
    assert "tickets_28" in every.output
    assert {"ja": "tickets を接続", "en": "connect tickets"}[language] in every.output


PLAYS = """schema_version: 1
plays:
  - key: call
    label: {ja: 電話, en: Call}
    about: {ja: 電話します。, en: Call them.}
    assumed_effect: 0.2
    steps: [{key: call, label: {ja: 電話, en: Call}}]
"""


def test_open_signals_have_a_worth_and_a_trend(tmp_path: Path) -> None:
    signals = SIGNALS.replace("    minutes: 60\n", "    minutes: 60\n    play: call\n")
    project = new_project(tmp_path / "company")
    for name, text in (("signals.yaml", signals), ("plays.yaml", PLAYS)):
        path = project.definitions_folder / name
        path.write_text(text, encoding="utf-8")
    apply_definitions(project, by="test", why="plays", at=NOW)
    day = START + DAY * 226  # a Tuesday, two days after c01 had been silent for long
    put(project, rows_of_company(until=day))
    run(project, as_of=day, at=NOW)

    found = {(r["customer_id"], r["signal"]): r for r in results(project, "signals")}
    with open_session(project) as session:
        rows = session.result("forecast_grid")
        assert rows is not None
        grid = session.to_arrow(rows.filter(rows.as_of == day)).to_pylist()
    chances = {row["customer_id"]: row for row in grid}

    silent = found["c01", "silent"]
    # Within 120 days is nearest to the forecast of 90; it opened two days ago.
    assert silent["chance"] == chances["c01"]["churn_90"]
    assert silent["chance_basis"] == "forecast"
    assert (silent["amount"], silent["currency"]) == (1200, "JPY")
    assert (silent["urgency"], silent["effect"]) == (1, 0.2)
    assert (silent["play"], silent["effect_basis"]) == ("call", "assumed")
    assert silent["worth"] == pytest.approx(1200 * silent["chance"] * 0.2)
    assert silent["worth_reason"] is None
    # Last used on day 200; the last dates are twelve Sundays and this Tuesday.
    assert silent["trend_of"] == "days_since_last_event"
    assert len(silent["trend"]) == 13
    assert silent["trend"][-4:] == [10, 17, 24, 26]
    seats = found["c02", "few_seats_left"]
    assert (seats["play"], seats["worth"]) == (None, None)
    assert seats["worth_reason"] == "no_play"
    assert seats["trend_of"] == "seat_use"


def test_worth_is_converted_at_the_rate_of_the_day(tmp_path: Path) -> None:
    signals = SIGNALS.replace("    minutes: 60\n", "    minutes: 60\n    play: call\n")
    revenue = (
        "schema_version: 1\nrevenue:\n  rates:\n"
        "    - {currency: USD, since: 2025-02-01, rate: 140}\n"
        "    - {currency: USD, since: 2025-06-01, rate: 150}\n"
        "    - {currency: USD, since: 2026-01-01, rate: 160}\n"
    )
    project = new_project(tmp_path / "company")
    for name, text in (
        ("signals.yaml", signals),
        ("plays.yaml", PLAYS),
        ("revenue.yaml", revenue),
    ):
        path = project.definitions_folder / name
        path.write_text(text, encoding="utf-8")
    apply_definitions(project, by="test", why="rates", at=NOW)
    day = START + DAY * 226
    rows = dict(rows_of_company(until=day))
    foreign = {"c01": "USD", "c06": "EUR"}
    rows["subscriptions"] = [
        line | {"currency": foreign.get(str(line["customer_id"]))}
        for line in rows["subscriptions"]
    ]
    put(project, rows)
    run(project, as_of=day, at=NOW)

    found = {
        r["customer_id"]: r
        for r in results(project, "signals")
        if r["signal"] == "silent"
    }

    dollars = found["c01"]
    assert (dollars["amount"], dollars["currency"]) == (1200, "USD")
    expected = 1200 * dollars["chance"] * dollars["urgency"] * 0.2 * 150
    assert dollars["worth"] == pytest.approx(expected)
    others = [row for key, row in found.items() if key not in foreign]
    assert others
    assert {(row["currency"], row["worth_reason"]) for row in others} == {("JPY", None)}
