"""Who leaves, and what is defined no more, while others work with it: with threads."""

from functools import partial

import pytest
from tests.web.conftest import Cast
from tests.web.work.conftest import NOW, TODAY, Opened
from tests.web.work.racing import (
    TIMES,
    at_once,
    claim,
    database_in_a_file,
    refused,
    start,
)

from banso.web.accounts import operations as accounts
from banso.web.accounts.models import User
from banso.web.work import operations
from banso.web.work.models import (
    KnownPlay,
    KnownSignal,
    Task,
    WorkItem,
)
from banso.web.work.operations import Handed, Outcome

__all__ = ["database_in_a_file"]
pytestmark = pytest.mark.django_db(transaction=True)
State = WorkItem.State


def test_nothing_is_given_to_who_leaves_at_that_moment(
    cast: Cast, opened: Opened, emi: User
) -> None:
    for number in range(TIMES):
        accounts.set_active(emi, active=True, by=cast.aoi, at=NOW)
        mine = opened(f"C{number}", cast.chika)
        given = opened(f"D{number}", cast.chika)

        found = at_once(
            partial(accounts.set_active, emi, active=False, by=cast.aoi, at=NOW),
            partial(
                operations.delegate,
                claim(mine),
                to=emi,
                note="",
                by=cast.chika,
                at=NOW,
            ),
            partial(
                operations.add_task,
                given.customer_id,
                "Call",
                due_on=TODAY,
                assignee=emi,
                by=cast.chika,
                at=NOW,
            ),
        )

        told = refused(found)
        assert {each.code for each in told} <= {"hand_over_to_nobody"}
        mine.refresh_from_db()
        tasks = Task.objects.filter(customer_id=given.customer_id)
        # what came before is there to be handed over, what came after was refused
        assert len(told) == (mine.assignee is None) + (not tasks.exists())
        kept = operations.hand_over(
            Handed(giver=emi.email, taker=cast.chika), by=cast.aoi, at=NOW
        )
        assert (len(kept.items), len(kept.tasks)) == (
            int(mine.assignee is not None),
            tasks.count(),
        )


def test_who_leaves_while_her_work_is_handed_over_keeps_none_of_it(
    cast: Cast, opened: Opened, emi: User
) -> None:
    for number in range(TIMES):
        accounts.set_active(cast.chika, active=True, by=cast.aoi, at=NOW)
        item = opened(f"C{number}", cast.chika)
        play = start(item, cast.chika)
        task = play.tasks.get()

        found = at_once(
            partial(accounts.set_active, cast.chika, active=False, by=cast.aoi, at=NOW),
            partial(
                operations.hand_over,
                Handed(giver=cast.chika.email, taker=emi, is_standing=True),
                by=cast.aoi,
                at=NOW,
            ),
            partial(
                operations.do_step,
                task.pk,
                version=1,
                outcome=Outcome(minutes=5),
                by=cast.chika,
                at=NOW,
            ),
        )

        assert {each.code for each in refused(found)} <= {"task_handed", "play_moved"}
        play.refresh_from_db()
        assert play.owner == emi
        assert {each.assignee for each in play.tasks.filter(state="open")} == {emi}
        assert play.tasks.count() == (1 if refused(found) else 2)


def test_a_definition_that_goes_while_people_work_with_it(
    cast: Cast, opened: Opened
) -> None:
    for number in range(TIMES):
        KnownPlay.objects.update(is_current=True)
        going = start(opened(f"C{number}", cast.chika), cast.chika)
        item = opened(f"D{number}", cast.chika)

        def remove() -> None:
            KnownPlay.objects.update(is_current=False)
            KnownSignal.objects.update(is_current=False)

        found = at_once(
            remove,
            partial(start, item, cast.chika),
            partial(
                operations.do_step,
                going.tasks.get().pk,
                version=1,
                outcome=Outcome(),
                by=cast.chika,
                at=NOW,
            ),
        )

        told = refused(found)
        assert {each.code for each in told} <= {"no_such_play"}
        item.refresh_from_db()
        assert item.state == (State.OPEN if told else State.IN_PLAY)
        # what is under way goes on with the steps that it began with
        assert going.tasks.filter(state="open").get().step == "call"
