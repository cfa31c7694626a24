"""Recording on the page of a customer: what is kept, by whom, and what is refused."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.timeline.conftest import NOW, Record

from banso.web.audit.models import AuditEntry
from banso.web.timeline import operations
from banso.web.timeline.attachments import path_of
from banso.web.timeline.models import Attachment, Entry, Mention
from banso.web.timeline.operations import Content, EntryChanged, NotTheAuthor
from banso.web.work.models import Reach

pytestmark = pytest.mark.usefixtures("project")
RECORD = reverse("timeline:record")
COUNT = reverse("timeline:count_mentions")
TIMELINE = reverse("customer:timeline", args=["C1"])


def sent(**given: object) -> dict[str, object]:
    return {
        "customer": "C1", "kind": "meeting", "at": "2026-11-20T10:30", "minutes": "45",
        "initiative": "theirs", "contact": "田中 実", "text": "値上げの相談", **given,
    }  # fmt: skip


def test_contact_is_recorded_in_the_companys_time(chika: Client, cast: Cast) -> None:
    answer = chika.post(RECORD, sent())

    entry = Entry.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{TIMELINE}#entry-{entry.pk}"
    assert entry.at == dt.datetime(2026, 11, 20, 1, 30, tzinfo=dt.UTC)
    assert (entry.kind, entry.minutes, entry.initiative) == ("meeting", 45, "theirs")
    assert (entry.contact_id, entry.contact_name) == ("P0", "田中 実")
    assert entry.by_id == cast.chika.pk
    assert not entry.is_planned
    audited = AuditEntry.objects.get(action="entry_recorded")
    assert (audited.subject_id, audited.by_id) == ("C1", cast.chika.pk)
    assert "値上げ" not in str(audited.details)


def test_it_stands_on_the_timeline_and_the_first_page(chika: Client) -> None:
    chika.post(RECORD, sent())

    for url in (TIMELINE, reverse("customer:page", args=["C1"])):
        text = plain(chika, url)
        assert "値上げの相談" in text
        assert "45 minutes" in text
        assert "田中 実 · Chika" in text


def test_contact_of_a_name_that_two_have_is_kept_as_typed(chika: Client) -> None:
    chika.post(RECORD, sent(contact="佐藤"))

    entry = Entry.objects.get()
    assert (entry.contact_id, entry.contact_name) == ("", "佐藤")


def test_note_has_neither_minutes_nor_initiative(chika: Client) -> None:
    chika.post(RECORD, sent(kind="note"))

    entry = Entry.objects.get()
    assert (entry.minutes, entry.initiative) == (None, "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "note", "text": " "}, "Write something first."),
        ({"at": ""}, "This field is required."),
        ({"at": "0026-11-20T10:30"}, "Is this the right year?"),
        ({"minutes": "-5"}, "greater than or equal to 0"),
        ({"kind": "mail", "at": "2027-11-20T10:30"}, "can be planned"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    chika: Client, given: dict[str, str], said: str
) -> None:
    answer = chika.post(RECORD, sent(contact="山本様", **given))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert 'value="山本様"' in text
    assert not Entry.objects.exists()


def test_customers_of_others_are_not_there(chika: Client) -> None:
    assert chika.post(RECORD, sent(customer="C2")).status_code == 404
    assert chika.get(f"{RECORD}?customer=C2").status_code == 404
    assert not Entry.objects.exists()


def test_who_only_reads_records_nothing(cast: Cast, signed_in: SignIn) -> None:
    ben = signed_in(cast.ben)
    page = reverse("customer:timeline", args=["C2"])

    assert ben.post(RECORD, sent(customer="C2")).status_code == 403
    assert "Record a contact" not in plain(ben, page)


def test_a_visitor_is_asked_to_sign_in(visitor: Client) -> None:
    assert visitor.post(RECORD, sent()).status_code == 302
    assert not Entry.objects.exists()


def test_form_speaks_japanese(cast: Cast, signed_in: SignIn) -> None:
    text = plain(signed_in(cast.chika, language="ja"), TIMELINE)

    assert "接点・メモを記録" in text
    assert "Record" not in text


def test_words_of_a_customer_are_only_shown(chika: Client, record: Record) -> None:
    record("<script>alert(1)</script> https://example.com/?a=1&b=2")

    text = chika.get(TIMELINE).content.decode()

    assert "<script>alert" not in text
    assert 'href="https://example.com/?a=1&amp;b=2"' in text


def test_author_changes_an_entry_once(chika: Client, record: Record) -> None:
    entry = record("first")
    url = reverse("timeline:change", args=[entry.pk])
    assert ">first</textarea>" in chika.get(url).content.decode()

    chika.post(url, sent(text="second", version=1))
    late = chika.post(url, sent(text="third", version=1))

    entry.refresh_from_db()
    assert (entry.text, entry.version) == ("second", 2)
    assert entry.changed_at is not None
    assert late.status_code == 409
    assert "changed since" in plain(chika, TIMELINE)


def test_only_the_author_changes_or_deletes(
    aoi: Client, cast: Cast, record: Record
) -> None:
    entry = record("Chika's")

    assert aoi.get(reverse("timeline:change", args=[entry.pk])).status_code == 404
    assert aoi.post(reverse("timeline:delete", args=[entry.pk])).status_code == 409
    with pytest.raises(NotTheAuthor):
        operations.change_entry(
            entry_id=entry.pk, version=1, by=cast.aoi, at=NOW,
            content=Content("call", NOW, None, "", "", "", "Aoi's"),
        )  # fmt: skip
    entry.refresh_from_db()
    assert entry.text == "Chika's"


def test_an_entry_changed_meanwhile_is_not_written_over(
    cast: Cast, record: Record
) -> None:
    entry = record("first")

    with pytest.raises(EntryChanged):
        operations.change_entry(
            entry_id=entry.pk, version=7, by=cast.chika, at=NOW,
            content=Content("call", NOW, None, "", "", "", "second"),
        )  # fmt: skip


def test_deleted_entry_leaves_a_trace_without_its_words(
    chika: Client, record: Record
) -> None:
    entry = record("秘密の話")

    chika.post(reverse("timeline:delete", args=[entry.pk]))

    text = plain(chika, TIMELINE)
    assert "秘密" not in text
    assert "deleted by Chika" in text
    entry.refresh_from_db()
    assert (entry.text, entry.search, entry.minutes) == ("", "", None)
    assert AuditEntry.objects.filter(action="entry_deleted").exists()
    assert chika.get(reverse("timeline:change", args=[entry.pk])).status_code == 404


def test_planned_contact_counts_once_it_took_place(
    chika: Client, cast: Cast, record: Record
) -> None:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    coming = record("更新の面談", at=tomorrow, now=timezone.now())
    gone = record("先週の面談", at=NOW, now=NOW - dt.timedelta(days=7))

    text = plain(chika, TIMELINE)
    early = chika.post(reverse("timeline:hold", args=[coming.pk]))
    chika.post(reverse("timeline:hold", args=[gone.pk]))

    assert "更新の面談" in text
    assert text.count("Did it take place?") == 1
    assert early.status_code == 409
    assert Entry.objects.get(pk=coming.pk).is_planned
    assert not Entry.objects.get(pk=gone.pk).is_planned


def test_contact_of_ours_lets_the_customer_rest(record: Record) -> None:
    Reach.objects.filter(pk="C1").update(days=[])
    record("こちらから", initiative="ours")
    record("先方から", initiative="theirs")
    record("予定", at=NOW + dt.timedelta(days=1))

    assert Reach.objects.get(pk="C1").days == [f"{timezone.localdate(NOW):%F}"]


def test_colleague_who_is_mentioned_finds_it(
    aoi: Client, cast: Cast, record: Record
) -> None:
    record("@Aoi 見積をお願いします。＠ben はこの顧客を見られません。")

    mentioned = list(Mention.objects.values_list("user_id", flat=True))
    front = aoi.get(COUNT).content.decode()
    page = plain(aoi, reverse("timeline:list") + "?show=mentions")
    aoi.post(reverse("timeline:read_mentions"))

    assert mentioned == [cast.aoi.pk]
    assert '<span class="nav-count">1</span>' in front
    assert "見積をお願いします" in page
    assert "nav-count" not in aoi.get(COUNT).content.decode()
    assert "見積" in plain(aoi, reverse("timeline:list") + "?show=mentions")


def test_change_tells_only_who_was_not_told(cast: Cast, record: Record) -> None:
    entry = record("@Aoi please look")
    operations.read_mentions(by=cast.aoi, at=NOW)

    operations.change_entry(
        entry_id=entry.pk, version=1, by=cast.chika, at=NOW,
        content=Content("call", NOW, None, "", "", "", "@aoi@example.com again"),
    )  # fmt: skip

    assert Mention.objects.get().read_at == NOW


def test_file_is_sent_to_be_saved_and_never_shown(
    chika: Client, aoi: Client, cast: Cast, signed_in: SignIn
) -> None:
    page = b"<script>alert(1)</script>"
    files = [SimpleUploadedFile("../議事録.html", page, "text/html")]

    chika.post(RECORD, sent(files=files))

    kept = Attachment.objects.get()
    url = reverse("timeline:attachment", args=[kept.pk])
    answer = aoi.get(url)
    assert b"".join(answer) == page  # type: ignore[arg-type]
    assert kept.name == "議事録.html"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert signed_in(cast.ben).get(url).status_code == 404
    assert url in chika.get(TIMELINE).content.decode()


def test_files_go_with_their_entry(
    chika: Client, record: Record, django_capture_on_commit_callbacks: object
) -> None:
    twice = [
        record(files=[SimpleUploadedFile(f"{n}.csv", b"same content")]) for n in "ab"
    ]
    path = path_of(Attachment.objects.all()[0])

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        chika.post(reverse("timeline:delete", args=[twice[0].pk]))
    assert path.read_bytes() == b"same content"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        chika.post(reverse("timeline:delete", args=[twice[1].pk]))

    assert not path.exists()


def test_too_many_files_keep_nothing(chika: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(6)]

    answer = chika.post(RECORD, sent(files=files))

    assert answer.status_code == 409
    assert "at most 5 files" in answer.content.decode()
    assert not Entry.objects.exists()


def test_file_is_taken_off(chika: Client, record: Record) -> None:
    entry = record(files=[SimpleUploadedFile("a.txt", b"only here")])
    kept = Attachment.objects.get()

    answer = chika.post(reverse("timeline:remove_attachment", args=[kept.pk]))

    assert answer["Location"] == reverse("timeline:change", args=[entry.pk])
    assert not Attachment.objects.exists()


def test_queries_stay_the_same_as_entries_grow(chika: Client, record: Record) -> None:
    record("@Aoi one", files=[SimpleUploadedFile("a.txt", b"a")])
    chika.get(TIMELINE)  # the first reading of a day is noted, the next are counted
    few = _count(chika, TIMELINE)
    for number in range(10):
        record(f"@Aoi {number}", files=[SimpleUploadedFile("a.txt", b"a")])

    assert _count(chika, TIMELINE) == few


def _count(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_every_item_is_on_one_page_of_the_stream(chika: Client, record: Record) -> None:
    for number in range(50):
        record(f"入力{number:02d}", at=NOW - dt.timedelta(minutes=number // 3))

    seen: list[str] = []
    url = TIMELINE
    while url:
        text = chika.get(url).content.decode()
        seen += re.findall(r"入力\d\d|定例の電話 \d\d", text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        url = following[1].replace("&amp;", "&") if following else ""

    assert len(seen) == len(set(seen)) == 110
