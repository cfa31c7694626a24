"""Two people, or a person and a run, at the same moment: really, with threads.

Each has a connection of its own: to PostgreSQL where BANSO_TEST_POSTGRES_URL names one,
else to a file of SQLite, for databases in memory do not let one wait for another.
"""

import datetime as dt
import threading
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from tests.web.conftest import Cast
from tests.web.customer.conftest import computed
from tests.web.work.conftest import NOW, TODAY, Opened, add_customer
from tests.web.work.racing import (
    TIMES,
    at_once,
    claim,
    database_in_a_file,
    refused,
    start,
)
from tests.web.work.test_publishing import row, show

from banso.web.accounts.models import User
from banso.web.customers import operations as customers
from banso.web.customers.merging import AlreadyMerged
from banso.web.customers.models import CustomerAlias
from banso.web.timeline import operations as timeline
from banso.web.timeline.models import Entry
from banso.web.work import operations
from banso.web.work.models import (
    Action,
    OpenPlay,
    Reach,
    Task,
    WorkItem,
)
from banso.web.work.operations import Handed, Outcome

__all__ = ["computed", "database_in_a_file", "show"]
pytestmark = pytest.mark.django_db(transaction=True)
State = WorkItem.State


def test_of_two_who_act_on_a_card_one_does_and_the_other_is_told(
    cast: Cast, opened: Opened
) -> None:
    for number in range(TIMES):
        item = opened(f"C{number}", cast.chika)

        found = at_once(
            partial(
                operations.snooze,
                claim(item),
                until=dt.date(2026, 12, 1),
                why="",
                by=cast.chika,
                at=NOW,
            ),
            partial(
                operations.dismiss,
                claim(item),
                reason=operations.Dismissal.KNOWN,
                why="",
                by=cast.aoi,
                at=NOW,
            ),
            partial(
                operations.delegate,
                claim(item),
                to=cast.aoi,
                note="",
                by=cast.chika,
                at=NOW,
            ),
        )

        told = refused(found)
        assert [each.code for each in told] == ["item_taken"] * 2
        item.refresh_from_db()
        assert item.version == 2
        assert {each.facts["who"] for each in told} == {item.decided_by.name}
    assert Action.objects.count() == TIMES


def test_a_play_is_started_once(cast: Cast, opened: Opened) -> None:
    for number in range(TIMES):
        item = opened(f"C{number}", cast.chika)

        found = at_once(
            partial(start, item, cast.chika), partial(start, item, cast.aoi)
        )

        assert [each.code for each in refused(found)] == ["item_taken"]
    assert OpenPlay.objects.count() == TIMES
    assert Task.objects.count() == TIMES


def test_two_signals_of_a_customer_are_answered_by_one_play(
    cast: Cast, opened: Opened
) -> None:
    for number in range(TIMES):
        item = opened(f"C{number}", cast.chika)
        other = opened(f"C{number}", cast.chika, signal="seats_full", play="")

        found = at_once(
            partial(start, item, cast.chika), partial(start, other, cast.aoi)
        )

        # the play of the one takes the other's signal along, when it comes first
        assert {each.code for each in refused(found)} <= {"item_taken"}
        play = OpenPlay.objects.get(customer_id=f"C{number}")
        assert play.items.count() == 2
    assert Task.objects.count() == TIMES


def test_a_step_is_ended_once_and_the_next_begins_once(
    cast: Cast, opened: Opened
) -> None:
    for number in range(TIMES):
        play = start(opened(f"C{number}", cast.chika), cast.chika)
        task = play.tasks.get()

        def end(by: User, task: Task = task) -> Task:
            return operations.do_step(
                task.pk, version=1, outcome=Outcome(minutes=5), by=by, at=NOW
            )

        found = at_once(partial(end, cast.chika), partial(end, cast.aoi))

        (told,) = refused(found)
        task.refresh_from_db()
        assert (told.code, told.facts["who"]) == ("task_moved", task.done_by.name)
        assert play.tasks.count() == 2
        assert Reach.objects.get(pk=f"C{number}").days == [TODAY.isoformat()]


def test_a_play_that_is_stopped_while_a_step_ends(cast: Cast, opened: Opened) -> None:
    for number in range(TIMES):
        item = opened(f"C{number}", cast.chika)
        play = start(item, cast.chika)
        task = play.tasks.get()

        found = at_once(
            partial(
                operations.do_step,
                task.pk,
                version=1,
                outcome=Outcome(),
                by=cast.chika,
                at=NOW,
            ),
            partial(
                operations.stop_play, play.pk, version=1, note="x", by=cast.aoi, at=NOW
            ),
        )

        assert [each.code for each in refused(found)] == ["play_moved"]
        play.refresh_from_db()
        item.refresh_from_db()
        stopped = play.status == OpenPlay.Status.STOPPED
        assert item.state == (State.OPEN if stopped else State.IN_PLAY)
        assert play.tasks.filter(state="open").exists() is not stopped


def test_a_signal_does_not_join_a_play_that_is_being_stopped(
    cast: Cast, opened: Opened
) -> None:
    for number in range(TIMES):
        play = start(opened(f"C{number}", cast.chika), cast.chika)
        late = opened(f"C{number}", cast.chika, signal="seats_full", play="")

        found = at_once(
            partial(start, late, cast.chika),
            partial(
                operations.stop_play, play.pk, version=1, note="x", by=cast.aoi, at=NOW
            ),
        )

        assert refused(found) == []
        late.refresh_from_db()
        in_stopped_play = (
            late.state == State.IN_PLAY
            and late.open_play.status != OpenPlay.Status.OPEN
        )
        assert not in_stopped_play


def test_what_is_begun_while_it_is_handed_over_is_handed_over_too(
    cast: Cast, opened: Opened, emi: User
) -> None:
    for number in range(TIMES):
        item = opened(f"C{number}", cast.chika)

        found = at_once(
            partial(start, item, cast.chika),
            partial(
                operations.hand_over,
                Handed(giver=cast.chika.email, taker=emi),
                by=cast.aoi,
                at=NOW,
            ),
        )

        item.refresh_from_db()
        assert item.assignee == emi
        told = refused(found)
        if told:
            assert [each.code for each in told] == ["item_taken"]
            assert (told[0].facts["who"], told[0].facts["what"]) == (
                "Aoi",
                "handed over to Emi",
            )
    assert set(OpenPlay.objects.values_list("owner__name", flat=True)) <= {"Emi"}
    assert set(Task.objects.values_list("assignee__name", flat=True)) <= {"Emi"}


def test_a_customer_is_merged_once(cast: Cast, release: object) -> None:
    for number in range(TIMES):
        one, other = f"A{number}", f"B{number}"
        add_customer(one, cast.aoi.email)
        add_customer(other, cast.aoi.email)

        found = at_once(
            partial(customers.merge_customers, one, other, by=cast.aoi, at=NOW),
            partial(customers.merge_customers, other, one, by=cast.aoi, at=NOW),
        )

        (told,) = refused(found)
        assert isinstance(told, AlreadyMerged)
        assert CustomerAlias.objects.filter(pk__in=[one, other]).count() == 1


def test_merges_that_follow_one_another_lose_nothing(
    cast: Cast, opened: Opened
) -> None:
    for number in range(TIMES):
        first, second, last = (f"{letter}{number}" for letter in "ABC")
        for key in (second, last):
            add_customer(key, cast.aoi.email)
        item = opened(first, cast.aoi)

        found = at_once(
            partial(customers.merge_customers, first, second, by=cast.aoi, at=NOW),
            partial(customers.merge_customers, second, last, by=cast.aoi, at=NOW),
        )

        # the later one finds that its customer was merged, or takes everything along
        assert len(refused(found)) < 2
        item.refresh_from_db()
        leads = dict(CustomerAlias.objects.values_list("gone", "kept"))
        assert item.customer_id == leads.get(first, first)
        assert leads[second] == last


def test_what_people_do_while_a_customer_is_merged_goes_along(
    cast: Cast, opened: Opened
) -> None:
    for number in range(TIMES):
        gone, kept = f"A{number}", f"B{number}"
        add_customer(kept, cast.aoi.email)
        item = opened(gone, cast.aoi)
        said = timeline.Content("note", NOW, None, "", "", "", "written meanwhile")

        found = at_once(
            partial(customers.merge_customers, gone, kept, by=cast.aoi, at=NOW),
            partial(start, item, cast.aoi),
            partial(
                timeline.record_entry,
                customer_id=gone,
                content=said,
                by=cast.aoi,
                at=NOW,
            ),
            partial(
                operations.add_task,
                gone,
                "Call",
                due_on=TODAY,
                assignee=cast.aoi,
                by=cast.aoi,
                at=NOW,
            ),
        )

        assert refused(found) == []
        for kind in (WorkItem, OpenPlay, Task, Entry, Action):
            left = kind.objects.filter(customer_id=gone)
            assert not left.exists(), kind
        assert Task.objects.filter(customer_id=kept).count() == 2
        assert Entry.objects.filter(customer_id=kept).count() == 1


def test_a_run_in_the_middle_of_a_decision_changes_figures_alone(
    cast: Cast, show: Any
) -> None:
    show(row(), row(signal="seats_full"))
    item = WorkItem.objects.get(signal="use_stopped")
    going = WorkItem.objects.get(signal="seats_full")
    decided = threading.Event()

    def decide() -> None:
        with transaction.atomic():
            operations.snooze(
                claim(item), until=dt.date(2026, 12, 1), why="EBR", by=cast.chika,
                at=NOW,
            )  # fmt: skip
            operations.delegate(
                claim(going), to=cast.aoi, note="", by=cast.chika, at=NOW
            )
            decided.set()
            threading.Event().wait(0.3)  # the run has begun meanwhile

    def publish() -> None:
        decided.wait(10)
        show(row(worth=20_000.0))

    at_once(decide, publish)

    item.refresh_from_db()
    going.refresh_from_db()
    assert (item.state, item.why, item.version) == ("snoozed", "EBR", 2)
    assert item.worth == 20_000
    assert (going.assignee, going.closed_why) == (cast.aoi, "condition")


def test_who_acts_while_a_run_closes_the_signal_is_told_or_was_first(
    cast: Cast, show: Any
) -> None:
    for _time in range(2):
        show(row())
        item = WorkItem.objects.get(signal="use_stopped")

        found = at_once(
            partial(
                operations.delegate,
                claim(item),
                to=cast.aoi,
                note="",
                by=cast.chika,
                at=NOW,
            ),
            partial(show, row(signal="seats_full")),
        )

        assert {each.code for each in refused(found)} <= {"signal_closed"}
        before = item.version
        item.refresh_from_db()
        assert item.closed_why == "condition"
        assert item.version == before + (not refused(found))
