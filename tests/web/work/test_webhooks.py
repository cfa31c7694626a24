"""Programs hear of plays, tasks and merges as people carry them out."""

from tests.web.conftest import Cast
from tests.web.work.conftest import NOW, Opened, add_customer
from told_events import listen, told

from banso.web.customers import operations as customers
from banso.web.work import operations
from banso.web.work.models import OpenPlay
from banso.web.work.playing import Outcome


def test_a_play_is_told_from_its_start_to_its_end(cast: Cast, opened: Opened) -> None:
    listen()
    item = opened("C1", cast.chika)
    claims = {item.pk: item.version}
    play = operations.start_play(claims, play="rescue", by=cast.chika, at=NOW)
    task = play.tasks.get()

    done = operations.do_step(
        task.pk, version=task.version, outcome=Outcome(), by=cast.chika, at=NOW
    )
    play.refresh_from_db()
    operations.stop_play(
        play.pk, version=play.version, note="佐藤さんへ", by=cast.chika, at=NOW
    )

    known = {
        "play_id": play.pk,
        "customer_id": "C1",
        "play": "rescue",
        "signal": item.signal,
        "opened_on": item.opened_on.isoformat(),
    }
    assert told() == [
        ("play.started", {**known, "result": None}),
        (
            "task.done",
            {"task_id": done.pk, "customer_id": "C1", "step": "write", "play": known},
        ),
        ("play.stopped", {**known, "result": None}),
    ]


def test_a_finished_play_is_told_with_its_result(cast: Cast, opened: Opened) -> None:
    item = opened("C1", cast.chika)
    play = operations.start_play(
        {item.pk: item.version}, play="rescue", by=cast.chika, at=NOW
    )
    play.tasks.update(state="done")
    listen()

    operations.finish_play(
        play.pk,
        version=play.version,
        result=OpenPlay.Result.ACHIEVED,
        note="",
        by=cast.chika,
        at=NOW,
    )

    ((kind, said),) = told()
    assert (kind, said["play_id"], said["result"]) == (
        "play.finished",
        play.pk,
        "achieved",
    )


def test_a_merge_is_told(cast: Cast, release: object) -> None:
    for key in ("C1", "C2"):
        add_customer(key, cast.aoi.email)
    listen()

    customers.merge_customers("C1", "C2", by=cast.aoi, at=NOW)

    assert told() == [("customer.merged", {"customer_id": "C1", "into": "C2"})]
