"""What people decide in a consent banner is in the table of consents, and counts."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from collected import Call, collect, identify, track
from lakes import NOW, new_project, put

from banso.kernel.consent import Purpose
from banso.runs.collecting import take_collected
from banso.runs.consents import gate_of
from banso.runs.project import Project, ProjectFileInvalid
from banso.runs.results import open_session

DECIDED = "Segment Consent Preference Updated"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = new_project(tmp_path / "company")
    put(
        project,
        {
            "customers": [{"customer_id": "a", "name": "A"}],
            "contacts": [{"contact_id": "u1", "customer_id": "a", "name": "Umi"}],
        },
    )
    return project


def decision(user: str, *, event: str = DECIDED, **preferences: Any) -> Call:
    consent = {"categoryPreferences": preferences}
    return track(user, event, context={"consent": consent})


def consents(project: Project) -> list[dict[str, Any]]:
    with open_session(project) as session:
        if not session.has("consents"):
            return []
        return session.to_arrow(session.facts("consents")).to_pylist()


def test_a_refusal_in_a_banner_counts_at_once(project: Project) -> None:
    mapped = replace(project, consent_categories={"Analytics": Purpose.USAGE_ANALYSIS})
    assert gate_of(project, at=NOW).may("u1", Purpose.USAGE_ANALYSIS)
    collect(mapped, decision("u1", Analytics=False, Advertising=True))

    take_collected(mapped, at=NOW)

    (row,) = consents(project)
    assert row["contact_id"] == "u1"
    assert row["purpose"] == "usage_analysis"
    assert row["granted"] is False
    assert row["decided_at"] == dt.datetime(2026, 11, 18, 9)
    assert row["source"] == "app"
    assert not gate_of(project, at=NOW).may("u1", Purpose.USAGE_ANALYSIS)


def test_a_category_that_bears_the_name_of_a_purpose_needs_no_mapping(
    project: Project,
) -> None:
    collect(project, decision("u1", sharing=False, unknown=False, news="yes"))

    take_collected(project, at=NOW)

    assert [(each["purpose"], each["granted"]) for each in consents(project)] == [
        ("sharing", False)
    ]


def test_of_two_categories_of_one_purpose_the_refusal_counts(project: Project) -> None:
    both = dict.fromkeys(("Ads", "Mail"), Purpose.NEWS)
    mapped = replace(project, consent_categories=both)
    collect(mapped, decision("u1", Ads=False, Mail=True))

    take_collected(mapped, at=NOW)

    assert [each["granted"] for each in consents(project)] == [False]


def test_a_decision_that_is_sent_twice_is_one(project: Project) -> None:
    said = decision("u1", sharing=False)
    collect(project, said)
    take_collected(project, at=NOW)
    collect(project, said)

    take_collected(project, at=NOW)

    assert len(consents(project)) == 1


def test_preferences_beside_any_other_event_decide_nothing(project: Project) -> None:
    collect(project, decision("u1", event="report_made", sharing=False))

    take_collected(project, at=NOW)

    assert consents(project) == []


def test_a_visitor_decides_once_it_is_known_who_it_is(project: Project) -> None:
    visitor = dict(decision("u1", sharing=False))
    del visitor["userId"]
    visitor["anonymousId"] = "browser"
    collect(project, visitor)
    collect(project, identify("u1", anonymousId="browser"))

    take_collected(project, at=NOW)

    assert [each["contact_id"] for each in consents(project)] == ["u1"]


def test_settings_name_purposes(project: Project) -> None:
    path = project.folder / "banso.toml"
    said = path.read_text()
    path.write_text(said + '\n[consent_categories]\nAds = "news"\nOther = "new"\n')

    with pytest.raises(ProjectFileInvalid, match=r"consent_categories\.Other .*news"):
        Project.open(project.folder)

    path.write_text(said + '\n[consent_categories]\nAds = "news"\n')
    assert Project.open(project.folder).consent_categories == {"Ads": Purpose.NEWS}
