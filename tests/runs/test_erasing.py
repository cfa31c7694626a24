"""A person leaves the lake and live events, and does not come back with a load."""

import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import pytest
from collected import collect, group, identify, track
from held_bytes import places_of
from lakes import NOW, new_project

from banso.runs.collecting import collect_state, take_collected
from banso.runs.derived import Kitchen
from banso.runs.erasing import (
    AlreadyErased,
    begin,
    ensured_mask,
    erase_from_lake,
    finish,
    list_come_back,
    readmit,
    refuse_erased_person,
    take_everything_in,
    would_go,
)
from banso.runs.erasing_collected import forget_collected
from banso.runs.loading import LoadSummary, load
from banso.runs.person_rows import find_person
from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.runs.row_loading import load_rows
from banso.warehouse.lake import ErasedMeanwhile, LakeBusy
from banso.warehouse.manifest import Part, Release

WORDS = ("person-10", "hanako@example.com", "佐藤花子", "佐藤 花子", "鈴木花子")
FILES = {
    "customers.csv": "customer_id,name\nc1,青空商店\nc2,Acme\n",
    "contacts.csv": (
        "contact_id,customer_id,name,email,layer,role,phone,created_on\n"
        "person-10,c1,佐藤花子,Hanako@example.com,user,部長,0901,2026-01-02\n"
        "person-11,c1,田中一郎,office@example.com,user,課長,0902,2026-01-02\n"
        "person-20,c2,佐藤次郎,jiro@example.com,user,課長,0903,2026-01-02\n"
    ),
    "events.csv": (
        "event_id,occurred_at,customer_id,name,contact_id,properties\n"
        'e1,2026-06-01T09:00:00,c1,open,person-10,"{""plan"":""pro"",""by"":'
        '""hanako@example.com""}"\n'
        "e2,2026-06-01T10:00:00,c1,open,person-11,\n"
        "e3,2026-06-02T09:00:00,c2,open,person-20,\n"
    ),
    "tickets.csv": (
        "ticket_id,customer_id,opened_at,contact_id,text\n"
        "t1,c1,2026-06-03,person-11,佐藤 花子さんから電話\n"
        "t2,c1,2026-06-03,person-10,動かない\n"
        "t3,c2,2026-06-03,person-20,佐藤 花子さんの会社とは別\n"
        "t4,c9,2026-06-03,,hanako@example.com へ返信\n"
    ),
    "requests.csv": (
        "request_id,customer_id,occurred_at,text,contact_id\n"
        "r1,c1,2026-06-03,安くしてほしい,person-10\n"
    ),
    "deals.csv": (
        "deal_id,opened_on,customer_id,referred_by_contact_id\n"
        "d1,2026-06-03,c2,person-10\n"
    ),
    "outcomes.csv": "customer_id,measure,occurred_at,value\nc1,saved,2026-06-01,5\n",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with files and a project that they were loaded into."""
    made = tmp_path_factory.mktemp("erasing")
    folder = made / "files"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    project = new_project(made / "company")
    loaded(project, folder)
    corrected = FILES["contacts.csv"].replace("佐藤花子", "鈴木花子")
    (folder / "contacts.csv").write_text(corrected, encoding="utf-8")
    loaded(project, folder / "contacts.csv")
    return made


@pytest.fixture
def files(made: Path) -> Path:
    return made / "files"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    shutil.copytree(made / "company", tmp_path / "company")
    return Project.open(tmp_path / "company")


def loaded(project: Project, path: Path) -> LoadSummary:
    return load(project, path, at=NOW)


def erased(project: Project, asked: str = "hanako@example.com") -> str:
    """Erase a person from what is held below the app; return the pseudonym."""
    with lake_of(project).quiet():
        person = find_person(project, asked)
        take_everything_in(project, at=NOW)
        order = begin(project, person, asked_by="person", reason="asked", at=NOW)
        mask = ensured_mask(project, order, at=NOW)
        take_everything_in(project, at=NOW)
        erase_from_lake(project, order, mask, at=NOW)
        forget_collected(project, person, mask)
        finish(project, order)
    return order.pseudonyms[person.contact_id]


def rows(project: Project, table: str) -> dict[str, dict[str, object]]:
    with open_session(project) as session:
        found = session.to_arrow(session.facts(table)).to_pylist()
    return {str(next(iter(row.values()))): row for row in found}


def test_nothing_names_the_person_and_all_that_counts_stays(project: Project) -> None:
    before = {name: len(rows(project, name)) for name in ("contacts", "events")}
    assert places_of(project.private_folder, WORDS)

    pseudonym = erased(project)

    # a namesake at another customer is somebody else
    assert places_of(project.private_folder, WORDS[:3] + WORDS[4:]) == []
    assert before == {n: len(rows(project, n)) for n in ("contacts", "events")}
    contact = rows(project, "contacts")[pseudonym]
    assert {k: v for k, v in contact.items() if v is not None} == {
        "contact_id": pseudonym,
        "customer_id": "c1",
        "layer": "user",
        "created_on": dt.date(2026, 1, 2),
    }
    events = rows(project, "events")
    assert events["e1"]["contact_id"] == pseudonym
    assert json.loads(str(events["e1"]["properties"])) == {"plan": "pro"}
    assert events["e2"]["contact_id"] == "person-11"
    tickets = rows(project, "tickets")
    assert [tickets[key]["text"] for key in ("t1", "t2", "t3")] == [
        "[erased]さんから電話",
        None,
        "佐藤 花子さんの会社とは別",
    ]
    assert rows(project, "requests")["r1"]["text"] == "[erased]"
    assert rows(project, "deals")["d1"]["referred_by_contact_id"] == pseudonym
    assert rows(project, "contacts")["person-11"]["name"] == "田中一郎"


def test_only_one_version_is_left_and_it_can_be_read(project: Project) -> None:
    erased(project)

    lake = lake_of(project)
    manifest = lake.current()
    assert [p.name for p in (lake.folder / "manifests").iterdir()] == [
        path.name
        for path in (lake.folder / "manifests").glob(f"{manifest.version:06d}*")
    ]
    assert manifest.erased == 1
    with open_session(project) as session:
        on = dt.date(2026, 12, 1)
        assert session.to_arrow(session.facts_as_known("contacts", on)).num_rows == 3


def test_rows_that_were_not_taken_in_go_too(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "event_id,occurred_at,customer_id,name,contact_id\n"
        "e8,2026-06-01T09:00:00,c8,open,person-10\n"
        "e9,2026-06-01T09:00:00,c8,open,person-11\n",
        encoding="utf-8",
    )
    (tmp_path / "mapping.yaml").write_text(
        "schema_version: 1\nfiles:\n- {file: contacts.csv, table: contacts,"
        " columns: {contact_id: 番号, customer_id: 会社, name: 名前}}\n",
        encoding="utf-8",
    )
    (tmp_path / "contacts.csv").write_text(
        "番号,会社,名前\nperson-10,c8,佐藤花子\nperson-12,c8,別人\n", encoding="utf-8"
    )
    loaded(project, path)
    load(project, tmp_path / "contacts.csv", mapping=tmp_path / "mapping.yaml", at=NOW)

    erased(project, "person-10")
    again = loaded(project, path)

    assert places_of(project.private_folder, WORDS[:3] + WORDS[4:]) == []
    # of others: both that wait for their customer; of hers: a trace of one line each
    assert again.quarantine_rows == 4
    found = quarantined(project)
    assert [row["raw"] for row in found if row["reason"] == "erased_person"] == ["{}"]


def quarantined(project: Project) -> list[dict[str, object]]:
    with open_session(project) as session:
        return list(session.to_arrow(session.quarantine()).to_pylist())


def test_a_file_loaded_again_brings_nothing_back(project: Project, files: Path) -> None:
    pseudonym = erased(project)

    summary = loaded(project, files)
    again = loaded(project, files)

    assert places_of(project.private_folder, WORDS[:3] + WORDS[4:]) == []
    by_table = {each.table: each for each in summary.tables}
    assert by_table["contacts"].quarantined == 1
    assert {e.table: (e.new, e.changed) for e in summary.tables} == dict.fromkeys(
        by_table, (0, 0)
    )
    assert summary.quarantine_rows == again.quarantine_rows == 2
    assert rows(project, "events")["e1"]["contact_id"] == pseudonym
    for each in summary.tables:
        read = each.rows_read + each.taken_in
        told = each.new + each.changed + each.unchanged + each.repeated
        assert read == told + each.quarantined, each.table


def test_what_goes_on_about_the_person_goes_on_unnamed(project: Project) -> None:
    pseudonym = erased(project)

    row = {
        "ticket_id": "t2",
        "customer_id": "c1",
        "opened_at": "2026-06-03",
        "contact_id": "person-10",
        "text": "動かない",
        "closed_at": "2026-06-04",
    }
    load_rows(project, "tickets", [row], at=NOW)

    ticket = rows(project, "tickets")["t2"]
    assert ticket["closed_at"] == dt.datetime(2026, 6, 3, 15)
    assert (ticket["contact_id"], ticket["text"]) == (pseudonym, None)


def test_new_rows_about_the_person_come_in_without_saying_of_whom(
    project: Project,
) -> None:
    erased(project)

    load_rows(
        project,
        "tickets",
        [
            {
                "ticket_id": "t9",
                "customer_id": "c1",
                "opened_at": "2026-07-01",
                "contact_id": "person-10",
                "text": "また動かない",
            },
            {
                "ticket_id": "t10",
                "customer_id": "c1",
                "opened_at": "2026-07-01",
                "contact_id": "person-11",
                "text": "cc: HANAKO@example.com",
            },
        ],
        at=NOW,
    )

    tickets = rows(project, "tickets")
    assert (tickets["t9"]["contact_id"], tickets["t9"]["text"]) == (None, None)
    assert tickets["t10"]["text"] == "cc: [erased]"
    assert tickets["t10"]["contact_id"] == "person-11"


def test_an_office_address_is_nobodys_own(project: Project) -> None:
    load_rows(
        project,
        "contacts",
        [
            {"contact_id": "person-12", "customer_id": "c1", "email": each, "name": n}
            for each, n in (("office@example.com", "高橋三郎"),)
        ],
        at=NOW,
    )

    erased(project, "person-12")

    assert rows(project, "contacts")["person-11"]["email"] == "office@example.com"


def test_who_was_erased_can_come_in_again_once_readmitted(
    project: Project, files: Path
) -> None:
    erased(project)
    with pytest.raises(AlreadyErased, match="was erased on 2026-11-23"):
        refuse_erased_person(project, "HANAKO@example.com")

    assert len(readmit(project, "person-10")) == 1
    summary = loaded(project, files / "contacts.csv")

    assert summary.quarantine_rows == 1  # of the customer that is not known
    assert rows(project, "contacts")["person-10"]["name"] == "鈴木花子"
    refuse_erased_person(project, "person-10")


def release_with(project: Project) -> Path:
    """Publish a release with one derived file; return another that nothing names."""
    lake = lake_of(project)
    folder = lake.folder / "derived" / "contact_days"
    folder.mkdir(parents=True)
    with duckdb.connect() as con:
        for name in ("kept", "orphan"):
            con.execute(
                "COPY (SELECT * FROM (VALUES ('c1', 'person-10', 7),"
                " ('c1', 'person-11', 8)) AS t(customer_id, contact_id, day)) TO"
                f" '{folder / name}.parquet' (FORMAT parquet)"
            )
            (folder / f"{name}.parquet.json").write_text("{}")
    manifest = lake.current()
    release = Release(
        release_id="before",
        as_of=NOW.date(),
        made_at=NOW,
        definitions_digest="",
        facts_digest=manifest.facts_digest,
        seed=0,
        tables={"days": (Part("derived/contact_days/kept.parquet", "all", 2, 0, ""),)},
        facts=manifest.facts,
    )
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
    return folder / "orphan.parquet"


def test_releases_and_derived_files_are_freed_too(project: Project) -> None:
    orphan = release_with(project)

    pseudonym = erased(project)

    assert not orphan.exists()
    assert not orphan.with_suffix(".parquet.json").exists()
    assert places_of(project.private_folder, WORDS[:3] + WORDS[4:]) == []
    lake = lake_of(project)
    (release,) = lake.current().releases
    assert release.release_id != "before"  # who keeps what it said asks anew
    assert release.facts_digest == lake.current().facts_digest
    with open_session(project) as session:
        found = session.to_arrow(session.result("days")).to_pylist()
    assert [(row["contact_id"], row["day"]) for row in found] == [
        (pseudonym, 7),
        ("person-11", 8),
    ]


def test_a_run_that_began_before_publishes_nothing(project: Project) -> None:
    with open_session(project) as session:
        erased(project)

        with pytest.raises(ErasedMeanwhile):
            Kitchen(session)


def test_nobody_is_erased_while_a_run_is_under_way(project: Project) -> None:
    with open_session(project) as session:
        Kitchen(session)
        with open_session(project) as another:  # several runs do not wait
            Kitchen(another)

        with pytest.raises(LakeBusy):
            erased(project)

    erased(project)


def test_a_preview_counts_and_changes_nothing(project: Project) -> None:
    before = lake_of(project).current()

    found = would_go(project, find_person(project, "person-10"), at=NOW)

    assert found == {
        "facts/contacts": 2,
        "facts/deals": 1,
        "facts/events": 1,
        "facts/requests": 1,
        "facts/tickets": 2,
        "quarantine": 1,
    }
    assert lake_of(project).current() == before


def test_live_events_forget_the_person(project: Project) -> None:
    collect(
        project,
        group("c1", "person-10", traits={"admin": "hanako@example.com"}),
        identify("person-10", anonymousId="device-1", traits={"name": "佐藤花子"}),
        track("person-10", messageId="live-1", properties={"n": 1}),
        track("person-99", messageId="waits", properties={"to": "hanako@example.com"}),
    )
    take_collected(project, at=NOW)
    collect(project, track("person-10", messageId="live-2"))  # not taken in yet

    pseudonym = erased(project)

    words = (*WORDS[:3], WORDS[4], "device-1")
    assert places_of(project.private_folder, words) == []
    events = rows(project, "events")
    assert events["app:live-1"]["contact_id"] == pseudonym
    assert events["app:live-2"]["contact_id"] == pseudonym
    assert collect_state(project).waiting == 1


def test_live_events_of_the_person_come_in_unnamed(project: Project) -> None:
    erased(project)

    collect(
        project,
        identify("person-10", traits={"name": "佐藤花子"}),
        track("person-10", messageId="lost"),
        track(
            "person-10",
            messageId="counts",
            context={"groupId": "c1"},
            properties={"email": "hanako@example.com", "n": 2},
        ),
    )
    took = take_collected(project, at=NOW)

    assert (took.calls, took.new, took.waiting) == (3, 1, 0)
    event = rows(project, "events")["app:counts"]
    assert (event["customer_id"], event["contact_id"]) == ("c1", None)
    assert event["properties"] == '{"n":2}'
    assert places_of(project.private_folder, WORDS[:3] + WORDS[4:]) == []


def test_who_came_back_with_an_old_lake_is_found(project: Project, files: Path) -> None:
    erased(project)
    kept = (project.private_folder / "erasures.json").read_bytes()
    other = new_project(project.folder.parent / "restored")
    loaded(other, files)
    (other.private_folder / "erasures.json").write_bytes(kept)

    assert [each.contact_id for each in list_come_back(other)] == ["person-10"]
