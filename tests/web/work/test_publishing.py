"""A release in the middle of people's work: figures change, decisions stay."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from results import put_results
from tests.web.conftest import Cast
from tests.web.customer.conftest import AS_OF, NOW, SLASHED, computed

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.customers import operations as customers
from banso.web.webhooks import operations as webhooks
from banso.web.webhooks.models import Delivery
from banso.web.work import operations
from banso.web.work.models import KnownPlay, KnownSignal, OpenPlay, Reach, WorkItem

__all__ = ["computed"]
pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 8)
Closed = WorkItem.Closed


def row(customer_id: str = "C1", signal: str = "use_stopped", **more: Any) -> dict:
    """Return a row of ``signals`` as a run writes it."""
    return {
        "customer_id": customer_id, "signal": signal, "opened_on": DAY,
        "reason_ja": "日本語", "reason_en": "Last used 16 days ago.",
        "chance": 0.25, "chance_basis": "forecast", "amount": 600_000.0,
        "currency": "JPY", "urgency": 0.8, "effect": 0.1, "effect_basis": "assumed",
        "worth": 12_000.0, "trend_of": "events_28", **more,
    }  # fmt: skip


@pytest.fixture
def show(computed: Project, settings: Any) -> Iterator[Any]:
    """Return a function that publishes a release with these openings."""
    release = lake_of(computed).current().release
    assert release is not None

    def shown(*rows: dict, analyses: Any = None) -> None:
        said = {"signals": {"on": [], "off": {}}} if analyses is None else analyses
        put_results(computed, {"signals": list(rows) or None}, notes={"analyses": said})
        settings.BANSO_PROJECT_FOLDER = computed.folder
        customers.publish_newest(computed, at=NOW)

    yield shown
    close_reader()
    with lake_of(computed).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()


def decisions() -> list[tuple[Any, ...]]:
    return list(
        WorkItem.objects.order_by("pk").values_list(
            "customer_id", "signal", "state", "why", "version", "decided_at"
        )
    )


def claim(item: WorkItem) -> dict[int, int]:
    return {item.pk: item.version}


def test_openings_become_items_with_what_is_defined(cast: Cast, show: Any) -> None:
    show(row(), row(SLASHED, worth=None, chance=None))

    item = WorkItem.objects.get(customer_id="C1")
    assert (item.state, item.version, item.owner) == ("open", 1, "chika@example.com")
    assert (item.worth, item.sort_worth, item.kind) == (12_000, -12_000, "churn")
    unknown = WorkItem.objects.get(customer_id=SLASHED)
    assert (unknown.worth, unknown.chance, unknown.sort_worth) == (None, None, 1e15)
    signal = KnownSignal.objects.get(pk="use_stopped")
    assert signal.is_current
    assert signal.trend_label["ja"]
    people = [name for _key, name in Reach.objects.get(pk="C1").people]
    assert people[0] == "田中"
    assert "鈴木" not in people  # who has left
    if item.play:
        assert KnownPlay.objects.get(pk=item.play).steps


def test_figures_change_and_decisions_stay(cast: Cast, show: Any) -> None:
    show(row(), row(signal="seats_full", worth=5.0))
    item = WorkItem.objects.get(signal="use_stopped")
    operations.snooze(
        claim(item),
        until=dt.date(2026, 12, 1),
        why="EBR first",
        by=cast.chika,
        at=NOW,
    )
    before = decisions()

    show(row(worth=20_000.0, reason_en="Last used 17 days ago."),
         row(signal="seats_full", worth=5.0))  # fmt: skip

    item.refresh_from_db()
    assert (item.worth, item.reason_en) == (20_000, "Last used 17 days ago.")
    assert decisions() == before


def test_somebody_who_has_a_card_open_during_a_run_may_act_on_it(
    cast: Cast, show: Any
) -> None:
    show(row())
    seen = claim(WorkItem.objects.get())

    show(row(worth=1.0))
    (given,) = operations.delegate(seen, to=cast.aoi, note="", by=cast.chika, at=NOW)

    assert given.worth == 1.0


def test_what_a_run_no_longer_finds_closes_and_its_play_goes_on(
    cast: Cast, show: Any
) -> None:
    show(row(), row(signal="seats_full"), row("C2"), row(signal="health_low"))
    KnownPlay.objects.get_or_create(
        key="rescue",
        defaults={
            "label": {"ja": "a", "en": "a"}, "about": {"ja": "a", "en": "a"},
            "assumed_effect": 0.1,
            "steps": [{"key": "call", "label": {"ja": "電話", "en": "Call"}}],
        },
    )  # fmt: skip
    item = WorkItem.objects.get(signal="seats_full")
    seen = claim(item)
    play = operations.start_play(seen, play="rescue", by=cast.chika, at=NOW)
    late = claim(WorkItem.objects.get(signal="use_stopped", customer_id="C1"))

    show(row(signal="health_low"))

    gone = dict(
        WorkItem.objects.values_list("signal", "closed_why").filter(customer_id="C1")
    )
    assert gone == {
        "use_stopped": "condition",
        "seats_full": "condition",
        "health_low": "",
    }
    assert WorkItem.objects.get(customer_id="C2").closed_why == Closed.LEFT
    with pytest.raises(operations.SignalClosed):
        operations.delegate(late, to=cast.aoi, note="", by=cast.chika, at=NOW)
    play.refresh_from_db()
    item.refresh_from_db()
    assert (play.status, item.state) == (OpenPlay.Status.OPEN, "in_play")
    assert play.tasks.get().state == "open"


def test_what_comes_back_is_what_it_was(cast: Cast, show: Any) -> None:
    show(row(), row(signal="seats_full"))
    operations.dismiss(
        claim(WorkItem.objects.get(signal="use_stopped")),
        reason=WorkItem.Dismissal.KNOWN,
        why="",
        by=cast.chika,
        at=NOW,
    )
    show(row(signal="seats_full"))
    assert WorkItem.objects.get(signal="use_stopped").closed_on == AS_OF

    show(row(), row(signal="seats_full"))

    item = WorkItem.objects.get(signal="use_stopped")
    assert (item.closed_on, item.closed_why, item.state) == (None, "", "dismissed")


def test_a_signal_that_is_defined_no_more_closes_for_that_reason(
    cast: Cast, show: Any
) -> None:
    show(row(), row(signal="seats_full"))

    show(row(), analyses={"signals": {"on": [], "off": {"seats_full": ["seats"]}}})

    assert WorkItem.objects.get(signal="seats_full").closed_why == Closed.DEFINITION
    assert KnownSignal.objects.filter(pk="seats_full").exists()


def test_a_release_that_did_not_look_for_signals_closes_none(
    cast: Cast, show: Any
) -> None:
    show(row())

    show(analyses={"reason": "no_contracts"})

    assert WorkItem.objects.get().closed_on is None


def test_publishing_again_writes_nothing(
    cast: Cast, show: Any, django_assert_max_num_queries: Any
) -> None:
    show(row(), row(signal="seats_full"))
    before = list(WorkItem.objects.values())

    show(row(), row(signal="seats_full"))

    assert list(WorkItem.objects.values()) == before


def test_what_is_held_out_before_it_is_shown_gets_its_figures(
    cast: Cast, show: Any
) -> None:
    operations.hold_out([operations.Opening("C1", "use_stopped", DAY)])

    show(row())

    item = WorkItem.objects.get()
    assert (item.state, item.worth, item.owner) == (
        "held_out",
        12_000,
        "chika@example.com",
    )


def test_who_took_over_gets_what_opens_later(cast: Cast, show: Any) -> None:
    show(row())
    operations.hand_over(
        operations.Handed(giver="chika@example.com", taker=cast.aoi, is_standing=True),
        by=cast.aoi,
        at=NOW,
    )

    show(row(), row(signal="seats_full"))

    assert WorkItem.objects.get(signal="seats_full").assignee == cast.aoi


def test_webhooks_are_told_once_what_opened_and_closed(show):
    kinds = ("signal.opened", "signal.closed")
    webhooks.add_endpoint("https://named.example/", kinds, by=None, at=NOW)

    show(row())
    show(row())  # nothing new
    show()

    told = [json.loads(each.body) for each in Delivery.objects.order_by("pk")]
    assert [each["type"] for each in told] == ["signal.opened", "signal.closed"]
    assert told[0]["data"] == {
        "customer_id": "C1", "signal": "use_stopped", "opened_on": "2026-11-08",
    }  # fmt: skip
    assert told[1]["data"] == {
        **told[0]["data"], "closed_on": str(AS_OF), "why": "condition",
    }  # fmt: skip
