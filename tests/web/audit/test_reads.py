"""A read of personal data is noted, whatever the database does."""

import datetime as dt
import logging

import pytest
from django.db import connection
from django.db.utils import OperationalError

from banso.web.audit.models import PersonalRead
from banso.web.audit.operations import Reader, note_read
from banso.webkit.personal import Personal, Reading, Way

NOON = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)
AT_MACHINE = Reader(way=Way.CLI, through="ops")
CONTACTS = Reading((Personal.CONTACTS,), ("C1",))


@pytest.mark.django_db
def test_read_that_cannot_be_written_is_logged_and_follows(caplog):
    def refuse(*_args):
        raise OperationalError("database is locked")

    with caplog.at_level(logging.WARNING), connection.execute_wrapper(refuse):
        note_read(CONTACTS, reader=AT_MACHINE, at=NOON)
    logged = caplog.text
    note_read(Reading((Personal.USE,), ("C2",)), reader=AT_MACHINE, at=NOON)

    assert "ops" in logged
    assert "contacts of customer C1 by cli" in logged
    kept = PersonalRead.objects.values_list("customer_id", "kind", "times")
    assert sorted(kept) == [("C1", "contacts", 1), ("C2", "use", 1)]


@pytest.mark.django_db
def test_read_of_very_many_customers_is_one_row_with_how_many():
    many = Reading((Personal.CONVERSATIONS,), tuple(f"C{n}" for n in range(500)))
    note_read(many, reader=AT_MACHINE, at=NOON)

    (row,) = PersonalRead.objects.all()
    assert (row.customer_id, row.customers) == (None, 500)


@pytest.mark.django_db
def test_day_is_that_of_the_company(settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    late = dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC)  # 1:00 in Tokyo
    note_read(CONTACTS, reader=AT_MACHINE, at=NOON)
    note_read(CONTACTS, reader=AT_MACHINE, at=late)

    assert [str(row.day) for row in PersonalRead.objects.order_by("pk")] == [
        "2026-11-24", "2026-11-25",
    ]  # fmt: skip
