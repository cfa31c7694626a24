"""What stands beside the cards of today: meetings, mentions, and who waits."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.timeline.conftest import NOW, Record

from banso.web.audit.models import AuditEntry
from banso.web.customers import operations as customers
from banso.web.customers.models import CustomerNow
from banso.web.timeline.models import Question
from banso.web.timeline.waiting import list_waiting
from banso.web.work.models import Action

pytestmark = pytest.mark.usefixtures("project")
TODAY = reverse("work:today")
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of the tests' Monday."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def waiting(cast: Cast, customer_id: str = "C2") -> list[int]:
    """Return how many messages of a customer wait for an answer."""
    found = list_waiting(cast.aoi, NOW)
    return [each.messages for each in found if each.customer_id == customer_id]


def test_who_wrote_and_had_no_answer_stands_beside_the_cards(
    aoi: Client, cast: Cast, signed_in: SignIn
) -> None:
    question = Question.objects.get()

    page = plain(aoi, TODAY)

    assert question.since == dt.datetime(2026, 11, 18, 3, tzinfo=dt.UTC)
    assert "Waiting for an answer" in page
    assert "小川 · since 18 Nov 2026 · 2 messages" in page
    assert "見積もりはまだですか" in page
    assert "返信待ち" in plain(signed_in(cast.aoi, language="ja"), TODAY)


def test_customers_of_others_wait_for_others(chika: Client) -> None:
    assert "Waiting for an answer" not in plain(chika, TODAY)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"kind": "mail", "initiative": "ours"}, []),
        ({"kind": "mail", "initiative": ""}, []),
        ({"kind": "call", "initiative": "theirs"}, []),
        ({"kind": "mail", "initiative": "theirs"}, [2]),
        ({"kind": "webinar", "initiative": "ours"}, [2]),
        ({"kind": "note"}, [2]),
        ({"kind": "call", "initiative": "ours", "at": NOW + HOUR}, [2]),
    ],
)
def test_an_answer_is_a_talk_or_what_we_write(
    cast: Cast, record: Record, given: dict[str, Any], left: list[int]
) -> None:
    record("", by=cast.aoi, customer_id="C2", **given)

    assert waiting(cast) == left


def test_a_step_of_a_play_is_an_answer(cast: Cast) -> None:
    Action.objects.create(
        customer_id="C2", at=NOW - HOUR, kind="step_done", by=cast.aoi, channel="mail"
    )

    assert waiting(cast) == []


def test_what_is_recorded_of_them_waits_until_it_is_answered(
    cast: Cast, record: Record
) -> None:
    first = record("質問", kind="mail", initiative="theirs", at=NOW - 9 * HOUR)
    record("返事", kind="mail", initiative="ours", at=NOW - 8 * HOUR)
    answered = waiting(cast, "C1")
    record("また質問", kind="chat", initiative="theirs", at=NOW - 7 * HOUR)

    (again,) = (each for each in list_waiting(cast.chika, NOW))

    assert answered == []
    assert (again.text, again.messages) == ("また質問", 1)
    assert again.since > first.at


def test_what_needs_no_answer_leaves_until_they_write_again(
    aoi: Client, chika: Client, ben: Client, cast: Cast, record: Record
) -> None:
    url = reverse("timeline:settle", args=["C2"])
    assert (chika.post(url).status_code, ben.post(url).status_code) == (404, 403)

    assert aoi.post(url).url == TODAY
    settled = waiting(cast)
    record("", by=cast.aoi, customer_id="C2", kind="mail", initiative="theirs",
           at=NOW + HOUR, now=NOW + 2 * HOUR)  # fmt: skip

    assert settled == []
    (again,) = list_waiting(cast.aoi, NOW + 2 * HOUR)
    assert again.messages == 1
    assert AuditEntry.objects.get(action="question_settled").by == cast.aoi


def test_nobody_waits_longer_than_a_month(cast: Cast) -> None:
    days = dt.timedelta(days=26)

    assert list_waiting(cast.aoi, NOW + days) == []
    assert list_waiting(cast.aoi, NOW + days - dt.timedelta(days=2)) != []


def test_a_question_follows_a_customer_that_is_merged(cast: Cast, project: Any) -> None:
    customers.merge_customers("C2", "C1", by=cast.aoi, at=NOW)

    assert waiting(cast, "C1") == [2]
    customers.publish_newest(project, at=NOW)
    assert waiting(cast, "C1") == [2]


def test_meetings_that_are_to_come_or_to_be_confirmed(
    chika: Client, aoi: Client, record: Record
) -> None:
    record("更新の面談", kind="meeting", at=NOW + 3 * HOUR)
    record("昨日の電話", at=NOW - HOUR, now=NOW - 30 * HOUR)
    record("済んだ話", at=NOW - 2 * HOUR)

    page = plain(chika, TODAY)

    assert page.index("昨日の電話") < page.index("更新の面談")
    assert page.count("Did it take place?") == 1
    assert "済んだ話" not in page
    assert "Meetings and calls" not in plain(aoi, TODAY)


def test_mentions_that_were_not_read(
    aoi: Client, chika: Client, record: Record
) -> None:
    record("@Aoi 見積をお願いします。")

    page = plain(aoi, TODAY)
    aoi.post(reverse("timeline:read_mentions"))

    assert "Mentions you" in page
    assert "見積をお願いします" in page
    assert "Mentions you" not in plain(aoi, TODAY)
    assert "Mentions you" not in plain(chika, TODAY)


def test_what_stands_beside_costs_the_same_however_much_it_is(
    aoi: Client, record: Record, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    def count() -> int:
        with django_assert_max_num_queries(60) as counted:
            aoi.get(TODAY)
        return len(counted.captured_queries)

    def fill(customer_id: str) -> None:
        for given in (
            {"at": NOW + HOUR, "kind": "meeting"},
            {"at": NOW - HOUR, "kind": "mail", "initiative": "theirs"},
        ):
            record("@Chika", by=cast.aoi, customer_id=customer_id, **given)
        record("@Aoi", customer_id="C1")

    fill("C1")
    few = count()
    assert CustomerNow.objects.count() == 2
    for _time in range(4):
        fill("C2")

    assert count() == few
