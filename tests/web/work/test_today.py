"""The page of today: what stands there, for whom, and what its buttons do."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.work.conftest import TODAY, Opened, add_customer

from banso.runs.project import create_project
from banso.web.accounts.models import User
from banso.web.customers import queries as customers
from banso.web.work.cards import worth_of
from banso.web.work.models import (
    Colleague,
    KnownSignal,
    OpenPlay,
    Reach,
    Task,
    WorkItem,
)

PAGE = "/today/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the morning of the tests' Tuesday."""
    morning = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: morning)


def names(client: Client, url: str = PAGE) -> list[str]:
    """Return the customers of the cards, in their order."""
    body = client.get(url).content.decode()
    return re.findall(r'<h2 id="card-\d+"><a href="/customers/([^/]+)/', body)


def claimed(*items: WorkItem) -> list[str]:
    return [f"{item.pk}:{item.version}" for item in items]


def test_cards_are_merged_by_customer_and_sorted_by_worth(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    opened("C1", cast.chika, worth=10.0)
    opened("C2", cast.chika, worth=5_000.0)
    opened("C3", cast.chika, worth=None, chance=None)
    opened("C1", cast.chika, worth=9_000.0, signal="seats_full", play="")

    page = plain(chika, PAGE)

    assert names(chika) == ["C1", "C2", "C3"]
    assert "3 customers to act on" in page
    assert page.index("Seats Full") < page.index("Use Stopped since 8 Nov 2026")
    assert "¥9K" in page
    assert "Last used 16 days ago." in page
    assert "Actions: from 30 to 0 in 5 weeks." in page
    assert "Right in 38% of the times it opened (34%–42%), against 11.0%" in page
    assert "Chance of churn within 90 days 23%" in page
    assert "Rescue 3 steps, about 90 minutes" in page


def test_do_starts_the_play_and_its_first_task_is_beside(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)

    answer = chika.post(
        f"/today/{item.pk}/play/", {"item": claimed(item), "play": "rescue"}
    )
    page = plain(chika, PAGE)

    assert answer.url == PAGE
    assert "Started: Rescue." in page
    assert names(chika) == []
    assert "Step write" in page
    assert "due 25 Nov 2026" in page


def test_two_people_who_act_at_once_do_nothing_twice(
    chika: Client, aoi: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    both = {"item": claimed(item), "play": "rescue"}

    chika.post(f"/today/{item.pk}/play/", both)
    answer = aoi.post(f"/today/{item.pk}/play/", both, follow=True)

    said = re.sub(r"\s+", " ", answer.content.decode())
    assert "Chika was faster (24 Nov 2026, 10:00): started a play." in said
    assert OpenPlay.objects.count() == Task.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "values", "state", "said"),
    [
        ("snooze", {"until": "2026-12-01"}, "snoozed", "Snoozed until 1 Dec 2026."),
        ("dismissal", {"reason": "known"}, "dismissed", "Dismissed: We know"),
        ("delegation", {"to": "aoi@example.com"}, "open", "Delegated to Aoi."),
    ],
)
def test_what_is_put_aside_leaves_the_page(  # noqa: PLR0917
    chika: Client,
    cast: Cast,
    opened: Opened,
    act: str,
    values: dict[str, str],
    state: str,
    said: str,
) -> None:
    item = opened("C1", cast.chika)
    also = opened("C1", cast.chika, signal="seats_full")
    address = f"/today/{item.pk}/{act}/"

    form = plain(chika, address)
    answer = chika.post(address, {"item": claimed(item, also), **values})
    page = plain(chika, PAGE)

    assert "Seats Full" in form
    assert answer.status_code == 302
    assert set(WorkItem.objects.values_list("state", flat=True)) == {state}
    assert said in page
    assert names(chika) == []


@pytest.mark.parametrize(
    ("act", "values"),
    [
        ("snooze", {"until": "2026-11-24"}),
        ("snooze", {"until": "soon"}),
        ("dismissal", {"reason": ""}),
        ("dismissal", {"reason": "other"}),
        ("delegation", {"to": "nobody@example.com"}),
    ],
)
def test_what_a_form_lacks_is_asked_for(
    chika: Client, cast: Cast, opened: Opened, act: str, values: dict[str, str]
) -> None:
    item = opened("C1", cast.chika)

    answer = chika.post(f"/today/{item.pk}/{act}/", {"item": claimed(item), **values})

    assert answer.status_code == 422
    assert WorkItem.objects.get().state == "open"


def test_what_is_too_early_or_too_late_stands_below(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    opened("C1", cast.chika)
    opened("C2", cast.chika)
    opened("C3", cast.chika, urgency=0.0)
    opened("C4", cast.chika, state="snoozed", snoozed_until=dt.date(2026, 12, 1))
    opened("C5", cast.chika, state="snoozed", snoozed_until=TODAY)
    Reach.objects.filter(pk="C2").update(rest_until=dt.date(2026, 11, 26))

    page = plain(chika, PAGE)

    assert set(names(chika)) == {"C1", "C5"}
    assert "Later 3 customers: too early or too late to act" in page
    assert "C2 Use Stopped We contacted it lately: from 26 Nov 2026." in page
    assert "C3 Use Stopped Its window is over: it opened on 8 Nov 2026." in page
    assert "C4 Use Stopped Snoozed until 1 Dec 2026." in page


def test_rest_ends_on_its_day(chika: Client, cast: Cast, opened: Opened) -> None:
    opened("C1", cast.chika)
    Reach.objects.update(rest_until=TODAY)

    assert names(chika) == ["C1"]


def test_held_out_closed_and_dismissed_ones_are_not_there(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    opened("C1", cast.chika, state="held_out")
    opened("C2", cast.chika, closed_on=TODAY, closed_why="condition")
    opened("C3", cast.chika, state="dismissed")

    page = plain(chika, PAGE)

    assert names(chika) == []
    assert "Nothing is open at your customers" in page


def test_only_what_one_may_see_is_there(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    theirs = opened("C2", cast.aoi)
    opened("C1", cast.chika)
    opened("C3", cast.aoi, assignee=cast.chika)

    assert set(names(chika)) == {"C1", "C3"}
    assert set(names(chika, "/today/?whose=all")) == {"C1", "C3"}
    assert names(chika, "/today/?whose=aoi@example.com") == []
    for part in ("", "play/", "snooze/", "dismissal/", "delegation/"):
        assert chika.get(f"/today/{theirs.pk}/{part}").status_code == 404


def test_a_signal_is_shown_to_the_roles_that_it_is_for(
    chika: Client, aoi: Client, cast: Cast, opened: Opened
) -> None:
    opened("C1", cast.chika)
    KnownSignal.objects.filter(pk="use_stopped").update(seen_by=["administrator"])

    assert names(chika) == []
    assert names(aoi) == ["C1"]


def test_who_only_reads_sees_and_cannot_act(
    ben: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.aoi)  # of Ben's team

    body = ben.get(PAGE).content.decode()

    assert names(ben) == ["C1"]
    assert "data-act" not in body
    assert ben.get(f"/today/{item.pk}/").status_code == 200
    for part in ("play", "snooze", "dismissal", "delegation", "opening"):
        assert ben.post(f"/today/{item.pk}/{part}/").status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client, db: None) -> None:
    assert visitor.get(PAGE).status_code == 302


def test_a_csm_begins_the_day_there_and_others_with_the_overview(
    chika: Client, aoi: Client
) -> None:
    assert chika.get("/").url == PAGE
    assert aoi.get("/").url == "/overview/"


def test_one_opening_has_a_message_in_both_languages(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)

    page = chika.get(f"/today/{item.pk}/").content.decode()
    part = chika.get(f"/today/{item.pk}/", headers={"hx-request": "true"})

    assert "田中様\n16日使われていません。\nChika" in page
    assert "Dear 田中,\nLast used 16 days ago.\nChika" in page
    assert 'value="To C1"' in page
    assert "<html" not in part.content.decode()
    assert "assumed" in plain(chika, f"/today/{item.pk}/")


def test_what_was_dismissed_may_be_put_back(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    chika.post(
        f"/today/{item.pk}/dismissal/", {"item": claimed(item), "reason": "known"}
    )
    item.refresh_from_db()

    assert "Chika, 24 Nov 2026, 10:00: dismissed." in plain(chika, f"/today/{item.pk}/")
    chika.post(f"/today/{item.pk}/opening/", {"item": claimed(item)})

    assert names(chika) == ["C1"]


def test_renewals_and_who_has_left_stand_beside(
    cast: Cast, opened: Opened, dai: User, signed_in: SignIn
) -> None:
    opened("C1", cast.chika)
    add_customer(
        "C7",
        cast.chika.email,
        renews_on=dt.date(2026, 12, 24),
        sort_renews_up=(dt.date(2026, 12, 24) - dt.date(1970, 1, 1)).days,
    )
    lead = signed_in(dai)

    assert "C7 At risk 24 Dec 2026 · ¥50" in plain(lead, PAGE)
    cast.chika.is_active = False
    cast.chika.save()
    assert "Chika cannot sign in any more. Waiting: 1 customers" in plain(lead, PAGE)
    Colleague.objects.create(
        email=cast.chika.email, name="千佳", left_on=dt.date(2026, 11, 20)
    )
    assert "千佳 has left (20 Nov 2026)." in plain(lead, PAGE)


def test_in_japanese(cast: Cast, signed_in: SignIn, opened: Opened) -> None:
    opened("C1", cast.chika)
    client = signed_in(cast.chika, language="ja")

    page = plain(client, PAGE)

    assert "対応する顧客1社（期待効果の高い順）" in page
    assert "16日使われていません。" in page
    assert "引き止め 3ステップ・約90分" in page
    for word in ("着手する", "委任する", "先送りする", "見送る"):
        assert word in page


def test_before_any_run_the_page_says_what_to_do(
    aoi: Client, settings: Any, db: None
) -> None:
    settings.BANSO_PROJECT_FOLDER = None

    assert "banso" in plain(aoi, PAGE)


def test_the_number_of_queries_does_not_grow(
    aoi: Client, cast: Cast, opened: Opened, django_assert_max_num_queries: Any
) -> None:
    def count() -> int:
        with django_assert_max_num_queries(60) as counted:
            aoi.get(PAGE)
        return len(counted.captured_queries)

    opened("C0", cast.chika)
    few = count()
    for number in range(1, 14):
        opened(f"C{number}", cast.chika)
        opened(f"C{number}", cast.chika, signal="seats_full")

    assert count() == few


def test_pages_follow_one_another(aoi: Client, cast: Cast, opened: Opened) -> None:
    for number in range(18):
        opened(f"C{number:02}", cast.chika, worth=100.0 - number)

    first, second = names(aoi), names(aoi, "/today/?at=15")

    assert [*first, *second] == [f"C{number:02}" for number in range(18)]


def test_worth_is_in_the_currency_of_the_company_and_the_amount_is_not(
    cast: Cast, opened: Opened, settings: Any, tmp_path: Path
) -> None:
    settings.BANSO_PROJECT_FOLDER = create_project(
        tmp_path / "p", name="T", timezone="Asia/Tokyo", currency="JPY", language="ja"
    ).folder
    item = opened("C1", cast.aoi, currency="USD", amount=4_000.0, worth=11_000.0)

    worth = worth_of(item, customers.company_currency())

    assert (worth.value, worth.amount) == ("¥1.1万", "$4,000")
