"""Sources of live events: who may manage them, their keys, and what came from them."""

import datetime as dt
import re

import pytest

from banso.collect.sources import Counted, RefusedCall, digest_of_key
from banso.web.audit.models import AuditEntry
from banso.web.collect import operations, queries
from banso.web.collect.models import CollectSource, WriteKey

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
NEW = {"name": "Web app", "key": "web", "limit_per_second": ""}


def key_in(answer) -> str:
    return re.search(r"bwk_[\w-]{40,}", answer.content.decode())[0]


def add(key: str = "app", limit: int | None = None) -> operations.Made:
    return operations.add_source(
        key=key, name="", limit_per_second=limit, by=None, at=NOW
    )


def counted(accepted: int, refused: int) -> Counted:
    each = Counted(accepted=accepted, refused=refused, last_at=5_000_000)
    each.refusals.extend(
        RefusedCall(6_000_000, "track", f"m{n}\x00", "event_missing", "No event.")
        for n in range(refused)
    )
    return each


def test_key_is_shown_once_and_only_its_hash_is_kept(aoi):
    answer = aoi.post("/collect/new", NEW)

    write_key = key_in(answer)
    kept = WriteKey.objects.get()
    assert kept.digest == digest_of_key(write_key)
    assert write_key not in aoi.get("/collect/").content.decode()
    assert write_key not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("address", ["/collect/", "/collect/new", "/collect/app/"])
def test_only_administrators_and_operations_manage_sources(
    aoi, ben, chika, visitor, address
):
    add()

    assert aoi.get(address).status_code == 200
    assert ben.get(address).status_code == 403
    assert chika.get(address).status_code == 403
    assert visitor.get(address).status_code == 302


@pytest.mark.parametrize("key", ["", "Web", "a b", "x" * 41])
def test_faulty_key_of_a_source_is_refused(aoi, key):
    assert aoi.post("/collect/new", {**NEW, "key": key}).status_code == 422
    assert not CollectSource.objects.exists()


def test_key_of_a_source_is_taken_once(aoi):
    aoi.post("/collect/new", NEW)

    answer = aoi.post("/collect/new", NEW)

    assert answer.status_code == 422
    assert "already" in answer.content.decode()


def test_old_key_counts_until_the_overlap_is_over(db):
    old = add().write_key
    new = operations.rotate_key(
        "app", overlap=dt.timedelta(hours=2), by=None, at=NOW
    ).write_key

    within = queries.live_keys(at=NOW + dt.timedelta(hours=1))
    after = queries.live_keys(at=NOW + dt.timedelta(hours=3))

    assert set(within) == {digest_of_key(old), digest_of_key(new)}
    assert set(after) == {digest_of_key(new)}


def test_rotation_on_the_page_shows_the_new_key(aoi):
    old = add().write_key

    answer = aoi.post("/collect/app/key", {"overlap_hours": "0"})

    assert key_in(answer) != old
    assert AuditEntry.objects.filter(action="write_key_made").count() == 1


def test_ended_key_counts_no_longer(aoi):
    add()
    kept = WriteKey.objects.get()

    aoi.post(f"/collect/keys/{kept.pk}/end")

    assert queries.live_keys(at=NOW + dt.timedelta(days=1000)) == {}
    assert AuditEntry.objects.get(action="write_key_ended").details == {
        "tail": f"…{kept.tail}"
    }


def test_stopped_source_may_not_send_and_limit_is_told(aoi):
    made = add(limit=5)
    (source,) = queries.live_keys(at=NOW).values()
    aoi.post("/collect/app/", {"name": "App", "limit_per_second": "7"})

    assert source.limit == 5
    assert queries.live_keys(at=NOW) == {}
    made.source.refresh_from_db()
    assert (made.source.name, made.source.limit_per_second) == ("App", 7)


def test_page_shows_what_came_and_why_some_was_refused(aoi, cast, signed_in):
    add()
    operations.count({"app": counted(2_000, 3), "gone": counted(1, 0)})
    operations.count({"app": counted(1, 0)})

    english = aoi.get("/collect/").content.decode()
    japanese = signed_in(cast.aoi, language="ja").get("/collect/").content.decode()

    assert "2,001" in english
    assert "A track call names no event." in english
    assert "イベント受付" in japanese
    assert "track にイベント名" in japanese


def test_newest_refused_calls_are_kept(db):
    made = add()
    for _ in range(5):
        operations.count({"app": counted(0, 50)})

    assert made.source.refusals.count() == operations.REFUSALS_KEPT


def test_number_of_queries_does_not_grow_with_sources(
    aoi, django_assert_max_num_queries
):
    for number in range(30):
        add(f"s{number}")

    with django_assert_max_num_queries(12):
        aoi.get("/collect/")


def test_unknown_source_is_not_found(aoi):
    assert aoi.get("/collect/nothing/").status_code == 404
    assert aoi.post("/collect/keys/9/end").status_code == 404
