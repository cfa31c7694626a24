"""Publishing a release: all of it or none, and only what changed."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.http import Http404
from tests.web.conftest import Cast
from tests.web.customers.conftest import AS_OF, NOW, facts, load_and_run
from told_events import listen, told

from banso.runs.project import Project
from banso.web.customers import operations, queries
from banso.web.customers.models import CustomerNow, OwnerFigures, PublishedRelease
from banso.web.customers.release_rows import dates_of

pytestmark = pytest.mark.django_db


def test_rows_are_ready_to_show(company: Project, tmp_path: Path, cast: Cast) -> None:
    release = load_and_run(company, facts(["ﾎﾃﾙ Ａ", "B"]), tmp_path)

    published = operations.publish_release(company, release, at=NOW)

    assert (published.new, published.changed, published.removed) == (2, 0, 0)
    customer = queries.get_customer("C0", visible_to=cast.chika)
    assert customer.owner == "chika@example.com"
    assert customer.search == "ホテル a\nc0"
    assert (customer.band, customer.no_score) == ("healthy", "")  # by usage alone
    assert customer.sort_mrr_down == -1000
    assert len(customer.trend) == len(dates_of(release))
    shown = queries.published_release()
    assert shown is not None
    assert (shown.release_id, shown.as_of) == (release.release_id, AS_OF)
    assert shown.choices["plan"] == ["Pro"]
    assert shown.choices["attr.prefecture"] == ["佐賀県"]
    assert "attr.memo" not in shown.choices  # every customer has another one
    assert shown.labels["standard/adoption.depth"]["ja"]
    assert queries.owner_names(cast.chika) == {"chika@example.com": "Chika"}
    assert OwnerFigures.objects.get(pk="chika@example.com").name == "千佳"
    with pytest.raises(Http404):
        queries.get_customer("C0", visible_to=cast.ben)


def test_publishing_twice_changes_nothing(company: Project, tmp_path: Path) -> None:
    release = load_and_run(company, facts(["A", "B"]), tmp_path)
    listen()
    operations.publish_release(company, release, at=NOW)
    before = list(CustomerNow.objects.order_by("pk").values())
    shown = PublishedRelease.objects.values().get()

    again = operations.publish_release(company, release, at=NOW.replace(hour=5))

    assert (again.new, again.changed, again.unchanged, again.removed) == (0, 0, 2, 0)
    assert list(CustomerNow.objects.order_by("pk").values()) == before
    assert PublishedRelease.objects.values().get() == shown
    assert operations.publish_newest(company, at=NOW) is None
    published = [said for kind, said in told() if kind == "release.published"]
    assert [each["release_id"] for each in published] == [release.release_id]
    assert published[0]["as_of"] == AS_OF.isoformat()


def test_only_changes_are_written(company: Project, tmp_path: Path) -> None:
    first = load_and_run(company, facts(["A", "B", "C"]), tmp_path)
    operations.publish_release(company, first, at=NOW)
    numbers = dict(CustomerNow.objects.values_list("pk", "number"))
    second = load_and_run(company, facts(["A", "Renamed"]), tmp_path)

    published = operations.publish_newest(company, at=NOW)

    assert published is not None
    assert published.release_id == second.release_id
    assert (published.changed, published.unchanged) == (1, 2)
    assert CustomerNow.objects.get(pk="C1").name == "Renamed"
    assert dict(CustomerNow.objects.values_list("pk", "number")) == numbers


def test_a_customer_that_the_release_lacks_goes(
    company: Project, tmp_path: Path
) -> None:
    release = load_and_run(company, facts(["A", "B"]), tmp_path)
    operations.publish_release(company, release, at=NOW)
    CustomerNow.objects.filter(pk="C0").update(customer_id="GONE", number=99)

    published = operations.publish_release(company, release, at=NOW)

    assert (published.new, published.removed) == (1, 1)
    assert set(CustomerNow.objects.values_list("pk", flat=True)) == {"C0", "C1"}


def test_a_fault_leaves_the_old_release(
    company: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_and_run(company, facts(["A"]), tmp_path)
    operations.publish_release(company, first, at=NOW)
    second = load_and_run(company, facts(["Renamed", "New"], mrr=2000), tmp_path)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("pulled the plug")

    monkeypatch.setattr(operations, "_write_release", fail)
    with pytest.raises(OSError, match="plug"):
        operations.publish_release(company, second, at=NOW)

    assert list(CustomerNow.objects.values_list("name", flat=True)) == ["A"]
    assert PublishedRelease.objects.get().release_id == first.release_id
    assert OwnerFigures.objects.get(pk="*").customers == 1


def test_nothing_is_published_before_a_run(company: Project) -> None:
    assert operations.publish_newest(company, at=NOW) is None
    assert queries.published_release() is None


PUBLISH = """
import datetime as dt, sys
from pathlib import Path
from banso.runs.project import Project
from banso.site.serving import migrate
project = Project.open(Path(sys.argv[1]))
migrate(project)
from banso.web.customers import operations
operations.publish_newest(project, at=dt.datetime.now(dt.UTC))
"""


def start_publishing(project: Project) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("BANSO_DATABASE_URL", None)  # the project's own SQLite file
    environment.pop("BANSO_PROJECT", None)
    command = [sys.executable, "-c", PUBLISH, str(project.folder)]
    return subprocess.Popen(command, env=environment)


def test_another_process_sees_all_of_the_old_or_all_of_the_new(
    company: Project, tmp_path: Path
) -> None:
    old = load_and_run(company, facts(["old"] * 1500), tmp_path)
    assert start_publishing(company).wait(120) == 0
    new = load_and_run(company, facts(["new"] * 1500), tmp_path)
    publishing = start_publishing(company)
    seen: set[tuple[object, ...]] = set()
    reader = sqlite3.connect(company.private_folder / "app.sqlite3", timeout=20)

    while publishing.poll() is None:
        reader.execute("BEGIN")
        (release,) = reader.execute(
            "SELECT release_id FROM customers_publishedrelease"
        ).fetchone()
        names = reader.execute(
            "SELECT name, count(*) FROM customers_customernow GROUP BY name"
        ).fetchall()
        reader.execute("COMMIT")
        seen.add((release, *names))
        time.sleep(0.002)

    reader.close()
    assert publishing.returncode == 0
    assert seen <= {
        (old.release_id, ("old", 1500)),
        (new.release_id, ("new", 1500)),
    }
    assert (old.release_id, ("old", 1500)) in seen


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="BANSO_TEST_POSTGRES_URL is not set"
)
def test_another_connection_sees_the_old_until_all_is_new(
    company: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = load_and_run(company, facts(["old"] * 20), tmp_path)
    operations.publish_release(company, old, at=NOW)
    new = load_and_run(company, facts(["new"] * 20), tmp_path)
    seen = []

    def look() -> None:
        names = CustomerNow.objects.values_list("name", flat=True)
        seen.append((PublishedRelease.objects.get().release_id, set(names)))
        connection.close()

    def look_elsewhere(*args: object, **kwargs: object) -> None:
        write(*args, **kwargs)  # type: ignore[arg-type]
        elsewhere = threading.Thread(target=look)
        elsewhere.start()
        elsewhere.join()

    write = operations._write_release
    monkeypatch.setattr(operations, "_write_release", look_elsewhere)
    operations.publish_release(company, new, at=NOW)
    look()

    assert seen == [(old.release_id, {"old"}), (new.release_id, {"new"})]


def test_customer_without_usage_says_that_it_is_not_connected(
    company: Project, tmp_path: Path, cast: Cast
) -> None:
    silent = {k: v for k, v in facts(["A"]).items() if k != "events"}
    release = load_and_run(company, silent, tmp_path)

    operations.publish_release(company, release, at=NOW)

    customer = queries.get_customer("C0", visible_to=cast.chika)
    assert (customer.band, customer.no_score) == ("unknown", "not_connected")
