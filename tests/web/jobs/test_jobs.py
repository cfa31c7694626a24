"""Jobs: asked for once, held by a lease, tried again, given up, and shown."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils.module_loading import import_string

from banso.web.audit.models import AuditEntry
from banso.web.jobs import operations, queries
from banso.web.jobs.apps import JobsFeature
from banso.web.jobs.models import Job, Schedule, State, Worker
from banso.web.jobs.scheduling import next_time
from banso.webkit.tasks import Task, TaskRun, tasks

AT = dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a feature declare tasks of all kinds."""
    declared = (
        Task("t.quick", "Quick", "nowhere.quick", attempts=2),
        Task("t.often", "Often", "nowhere.often", every="30 s"),
        Task(
            "t.asked",
            "Asked",
            "nowhere.asked",
            every="1 h",
            wanted="banso.web.jobs.operations.forget_old",  # which returns nothing
        ),
    )
    monkeypatch.setattr(JobsFeature, "tasks", (*JobsFeature.tasks, *declared))


def ask(**given: object) -> Job:
    return operations.enqueue("t.quick", **{"at": AT, **given})


def take(at: dt.datetime = AT, worker: str = "w") -> Job | None:
    return operations.claim("quick", worker=worker, at=at)


def test_every_declared_task_can_be_imported():
    for name, task in tasks().items():
        if not name.startswith("t."):
            assert callable(import_string(task.call))
            assert not task.wanted or callable(import_string(task.wanted))
            assert not task.interval() or next_time(task.interval(), AT) > AT


@pytest.mark.django_db
def test_job_is_there_only_when_its_transaction_is():
    with transaction.atomic():
        ask()
        transaction.set_rollback(True)

    assert take() is None


@pytest.mark.django_db
def test_one_job_of_a_key_is_alive():
    first, second = ask(key="k"), ask(key="k")
    operations.finish(take(), remembered={}, at=AT)
    third = ask(key="k")

    assert first.pk == second.pk
    assert third.pk != first.pk


@pytest.mark.django_db
def test_job_of_a_dead_worker_is_taken_when_its_lease_runs_out():
    ask()
    held = take(worker="dead")

    assert take(AT + dt.timedelta(seconds=14)) is None
    again = take(AT + dt.timedelta(seconds=16))
    assert (again.pk, again.attempts, again.worker) == (held.pk, 2, "w")
    # what the first one does now changes nothing
    assert not operations.finish(held, remembered={}, at=AT)
    assert operations.finish(again, remembered={}, at=AT)


@pytest.mark.django_db
def test_heartbeat_renews_the_lease():
    ask()
    job = take()

    operations.heartbeat(
        "w", started_at=AT, at=AT + dt.timedelta(seconds=10), jobs=[job.pk]
    )

    assert take(AT + dt.timedelta(seconds=20)) is None
    assert [w.name for w in queries.live_workers(at=AT + MINUTE / 2)] == ["w"]
    assert queries.live_workers(at=AT + 2 * MINUTE) == []


@pytest.mark.django_db
def test_failing_job_waits_longer_then_is_given_up():
    ask()

    assert not operations.fail(take(), "ValueError: no", at=AT)
    assert take(AT + dt.timedelta(seconds=4)) is None
    assert operations.fail(take(AT + MINUTE), "ValueError: no", at=AT + MINUTE)
    assert take(AT + 60 * MINUTE) is None
    assert queries.counts() == queries.Counts(0, 0, 0, dead=1)


@pytest.mark.django_db
def test_job_that_kills_its_workers_is_given_up():
    ask()
    take()
    take(AT + MINUTE)

    assert take(AT + 2 * MINUTE) is None
    assert Job.objects.get().state == State.DEAD


@pytest.mark.django_db
def test_waiting_for_something_counts_as_no_attempt():
    ask()
    for minute in range(9):
        operations.postpone(
            take(AT + minute * MINUTE), seconds=5, at=AT + minute * MINUTE
        )

    assert take(AT + 20 * MINUTE).attempts == 1


@pytest.mark.django_db
def test_worker_that_stops_gives_its_job_back_at_once():
    ask()
    operations.release("w", [take().pk], at=AT)

    assert take(worker="next").attempts == 1


@pytest.mark.django_db
def test_schedule_asks_once_each_time_and_remembers():
    operations.look_at_schedules(at=AT)
    assert operations.look_at_schedules(at=AT + dt.timedelta(seconds=29)) == 0
    assert operations.look_at_schedules(at=AT + dt.timedelta(seconds=31)) == 1
    # the one before still waits
    assert operations.look_at_schedules(at=AT + 2 * MINUTE) == 0

    job = take(AT + 2 * MINUTE)
    operations.finish(job, remembered={"seen": 7}, at=AT + 2 * MINUTE)

    assert job.task == "t.often"
    assert operations.memory_of("t.often") == {"seen": 7}
    assert operations.look_at_schedules(at=AT + 3 * MINUTE) == 1


@pytest.mark.django_db
def test_nothing_is_asked_for_when_nothing_is_wanted():
    operations.look_at_schedules(at=AT)
    operations.look_at_schedules(at=AT + 61 * MINUTE)

    assert Schedule.objects.filter(task="t.asked").exists()
    assert not Job.objects.filter(task="t.asked").exists()


@pytest.mark.parametrize(
    ("every", "next_at"),
    [
        ("30 s", AT + MINUTE / 2),
        ("5 min", AT + 5 * MINUTE),
        # 03:15 in Tokyo
        ("15 3 * * *", dt.datetime(2026, 11, 23, 18, 15, tzinfo=dt.UTC)),
    ],
)
def test_next_time(every, next_at):
    assert next_time(every, AT) == next_at


@pytest.mark.django_db
def test_old_jobs_are_forgotten():
    ask()
    operations.finish(take(), remembered={}, at=AT)
    Worker.objects.create(name="w", started_at=AT, seen_at=AT)

    operations.forget_old(TaskRun(AT + 8 * 24 * 60 * MINUTE, 1, {}, {}, print))

    assert not Job.objects.exists()
    assert not Worker.objects.exists()


@pytest.mark.postgres
@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="needs BANSO_TEST_POSTGRES_URL; SQLite lets one transaction in at a time",
)
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_job():
    for _number in range(40):
        ask()
    taken: list[int] = []

    def work(name: str) -> None:
        while (job := take(worker=name)) is not None:
            taken.append(job.pk)
        connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == len(set(taken)) == 40


def test_page_shows_and_retries_what_failed(aoi):
    ask()
    operations.fail(take(), "ValueError: no", at=AT)
    job = Job.objects.get()

    page = aoi.get("/jobs/").content.decode()
    answer = aoi.post(f"/jobs/{job.pk}/attempt", follow=True)

    assert "ValueError: no" in page
    assert "No worker is running" in page
    assert "It begins again" in answer.content.decode()
    job.refresh_from_db()
    assert (job.attempts, job.state) == (0, State.WAITING)
    assert AuditEntry.objects.filter(action="job_retried").count() == 1


def test_job_under_way_is_not_begun_again(aoi):
    ask()
    job = take()

    answer = aoi.post(f"/jobs/{job.pk}/attempt", follow=True)

    assert "under way already" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="job_retried").exists()


def test_only_administrators_see_background_work(ben, chika, visitor):
    assert ben.get("/jobs/").status_code == 403
    assert chika.post("/jobs/1/attempt").status_code == 403
    assert visitor.get("/jobs/").status_code == 302


def test_page_in_japanese(cast, signed_in):
    page = signed_in(cast.aoi, language="ja").get("/jobs/?state=failing")

    assert "バックグラウンド処理" in page.content.decode()


def test_queries_do_not_grow_with_jobs(aoi, django_assert_max_num_queries):
    for _number in range(30):
        ask()

    with django_assert_max_num_queries(14):
        aoi.get("/jobs/")
