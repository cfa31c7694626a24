"""What the facts know of consent: loaded, corrected, withdrawn, of later."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import NOW, new_project, put

from banso.kernel.consent import Purpose
from banso.runs.as_of import default_as_of
from banso.runs.consents import gate_of, rows_of
from banso.runs.project import Project, ProjectFileInvalid
from banso.runs.row_loading import load_rows

DAY = dt.timedelta(days=1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = new_project(tmp_path / "project")
    put(project, {"customers": [{"customer_id": "c", "name": "C"}]})
    return project


def said(project: Project, *rows: tuple[str, str, str, object], at=NOW) -> object:
    names = ("contact_id", "purpose", "decided_at", "granted")
    given = [dict(zip(names, row, strict=True)) for row in rows]
    return load_rows(project, "consents", given, at=at)


def test_nothing_decided_means_the_defaults(project):
    gate = gate_of(project, at=NOW)

    assert [p.value for p in Purpose if gate.may("anybody", p)] == [
        *("contact", "usage_analysis", "voice_analysis", "sharing"),
    ]
    assert not gate.may("anybody", Purpose.NEWS)


def test_withdrawal_counts_from_its_moment_and_as_soon_as_it_is_loaded(project):
    said(project, ("p1", "news", "2026-11-01T09:00:00+09:00", "true"))
    assert gate_of(project, at=NOW).may("p1", Purpose.NEWS)

    said(project, ("p1", "news", "2026-11-10T09:00:00+09:00", "false"))

    assert not gate_of(project, at=NOW).may("p1", Purpose.NEWS)
    before = dt.datetime(2026, 11, 9, tzinfo=dt.UTC)
    assert gate_of(project, at=before).may("p1", Purpose.NEWS)
    assert len(rows_of(project, "p1")) == 2


def test_decision_of_later_counts_once_it_is_later(project):
    later = NOW + 2 * DAY
    said(project, ("p1", "contact", later.isoformat(), "false"))

    assert gate_of(project, at=NOW).may("p1", Purpose.CONTACT)
    assert gate_of(project, at=later - dt.timedelta(seconds=1)).may(
        "p1", Purpose.CONTACT
    )
    assert not gate_of(project, at=later).may("p1", Purpose.CONTACT)
    assert gate_of(project, at=NOW).may("p1", Purpose.CONTACT)


def test_same_file_twice_adds_nothing_and_faults_are_named(project):
    rows = (
        ("p1", "contact", "2026-11-01", "false"),
        ("p1", "kontakt", "2026-11-01", "false"),
        ("p1", "contact", "someday", "false"),
        ("p1", "contact", "2026-11-02", "perhaps"),
        ("", "contact", "2026-11-02", "true"),
    )

    first, again = said(project, *rows), said(project, *rows)

    assert (first.summary.new, again.summary.new) == (1, 0)
    assert [(fault.row, fault.column, fault.reason) for fault in first.faults] == [
        (1, "purpose", "wrong_choice"),
        (2, "decided_at", "unparsable_time"),
        (3, "granted", "unparsable_flag"),
        (4, "contact_id", "missing_value"),
    ]


def test_refusal_of_somebody_not_loaded_yet_counts(project):
    said(project, ("stranger", "sharing", "2026-11-01", "false"))

    assert not gate_of(project, at=NOW).may("stranger", Purpose.SHARING)


def test_consents_make_old_facts_no_younger(project):
    put(
        project,
        {
            "events": [
                {
                    "event_id": "1",
                    "customer_id": "c",
                    "name": "x",
                    "occurred_at": dt.datetime(2026, 1, 5),
                }
            ]
        },
    )
    said(project, ("p1", "contact", "2026-11-20", "false"))

    assert default_as_of(project, NOW.date()).as_of == dt.date(2026, 1, 5)


def test_project_says_what_holds_without_a_decision(project):
    path = project.folder / "banso.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f'{text}\n[consent]\nnews = "opt_out"\ncontact = "opt_in"\n')

    gate = gate_of(Project.open(project.folder), at=NOW)

    assert gate.may("p1", Purpose.NEWS)
    assert not gate.may("p1", Purpose.CONTACT)
    assert gate.may("p1", Purpose.SHARING)


@pytest.mark.parametrize("line", ['news = "never"', "news = true", 'nws = "opt_in"'])
def test_faulty_default_is_refused(project, line):
    path = project.folder / "banso.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n[consent]\n{line}\n")

    with pytest.raises(ProjectFileInvalid, match="consent"):
        Project.open(project.folder)
