"""Finding what was recorded, and that it comes back as a fact once."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.timeline.conftest import NOW, Record

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.recording import take_records
from banso.runs.running import run
from banso.web.customers import operations as customers
from banso.web.timeline import queries
from banso.web.timeline.models import Entry
from banso.web.timeline.operations import move_entries

pytestmark = pytest.mark.usefixtures("project")
LIST = reverse("timeline:list")
TIMELINE = reverse("customer:timeline", args=["C1"])


@pytest.mark.parametrize("words", ["解約", "解約予告", "ﾃﾞｰﾀ 連携", "AcMe", "㈱空"])
def test_words_are_found_in_any_script(
    chika: Client, record: Record, words: str
) -> None:
    record("解約予告の相談。データ連携とacmeの乗り換え、株式会社空も検討。")
    record("ただの挨拶")

    for url in (LIST, TIMELINE):
        text = plain(chika, f"{url}?q={words}")
        assert "乗り換え" in text
        assert "ただの挨拶" not in text


def test_search_of_a_timeline_finds_facts_too(chika: Client, record: Record) -> None:
    record("関係のない話")

    text = plain(chika, f"{TIMELINE}?q=定例 37")

    assert "定例の電話 37" in text
    assert "定例の電話 38" not in text
    assert "関係のない話" not in text


def test_words_that_are_nowhere_find_nothing(chika: Client, record: Record) -> None:
    record("話")

    assert "Nothing recorded contains" in plain(chika, f"{LIST}?q=存在しない")
    assert "contains these words" in plain(chika, f"{TIMELINE}?q=存在しない")


def test_words_that_were_changed_are_found_no_more(
    chika: Client, cast: Cast, record: Record
) -> None:
    entry = record("旧い言葉")
    url = reverse("timeline:change", args=[entry.pk])
    chika.post(
        url,
        {"customer": "C1", "kind": "note", "at": "2026-11-20T10:30", "text": "新しい",
         "version": 1},
    )  # fmt: skip

    assert "新しい" in plain(chika, f"{LIST}?q=新しい")
    assert "Nothing recorded" in plain(chika, f"{LIST}?q=旧い言葉")


def test_entries_on_customers_of_others_are_not_there(
    chika: Client, aoi: Client, cast: Cast, record: Record
) -> None:
    record("Aoi's alone", by=cast.aoi, customer_id="C2")
    record("Chika's")

    assert "Aoi's alone" not in plain(chika, LIST)
    assert "Aoi's alone" in plain(aoi, LIST)
    assert "Chika's" in plain(aoi, LIST)
    assert "Chika's" not in plain(aoi, f"{LIST}?show=mine")


def test_list_in_japanese_and_for_readers(cast: Cast, signed_in: SignIn) -> None:
    assert "まだ何も記録されていません" in plain(
        signed_in(cast.chika, language="ja"), LIST
    )
    assert signed_in(cast.ben).get(LIST).status_code == 200


def test_list_asks_for_a_sign_in(visitor: Client) -> None:
    assert visitor.get(LIST).status_code == 302


def test_planned_contacts_are_listed_first_the_next(
    chika: Client, record: Record
) -> None:
    record("later", at=NOW + dt.timedelta(days=9))
    record("sooner", at=NOW + dt.timedelta(days=2))

    text = plain(chika, f"{LIST}?show=planned")

    assert text.index("sooner") < text.index("later")


def test_contacts_become_facts_and_nothing_else(cast: Cast, record: Record) -> None:
    call = record("電話", contact_id="P0", contact_name="田中 実")
    record("note", kind="note")
    record("planned", at=NOW, now=NOW - dt.timedelta(days=1))
    gone = record("gone")
    Entry.objects.filter(pk=gone.pk).update(deleted_at=NOW)

    facts = list(queries.entry_facts())

    assert facts == [
        {
            "interaction_id": f"banso:entry:{call.pk}",
            "customer_id": "C1",
            "occurred_at": call.at,
            "contact_id": "P0",
            "channel": "call",
            "initiative": "ours",
            "staff": "chika@example.com",
            "minutes": 30.0,
            "note": "電話",
        }
    ]


def test_entries_follow_a_customer_that_is_merged(record: Record) -> None:
    entry = record("moves")

    move_entries("C1", "C2")

    entry.refresh_from_db()
    assert entry.customer_id == "C2"


def test_contact_that_came_back_as_a_fact_shows_once(
    cast: Cast, record: Record, chika: Client, tmp_path: Path, settings: object
) -> None:
    folder = shutil.copytree(settings.BANSO_PROJECT_FOLDER, tmp_path / "again")  # type: ignore[attr-defined]
    project = Project.open(folder)
    for number in range(45):
        record(f"往復した電話{number:02d}。", at=NOW - dt.timedelta(days=3))
    take_records(project, {"interactions": queries.entry_facts()}, at=NOW)
    release = run(project, as_of=dt.date(2026, 11, 22), at=NOW)
    close_reader()
    settings.BANSO_PROJECT_FOLDER = folder  # type: ignore[attr-defined]
    customers.publish_release(project, release, at=NOW)

    text = plain(chika, f"{TIMELINE}?kind=interactions")

    shown = [f"往復した電話{number:02d}。" for number in range(45)]
    counts = {text.count(each) for each in shown}
    assert counts <= {0, 1}
    assert sum(text.count(each) for each in shown) == 40
