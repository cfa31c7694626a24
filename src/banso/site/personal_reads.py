"""What the command line reads of people, and who read of whom."""

import datetime as dt
import getpass
from collections.abc import Iterable, Sequence

from django.db.models import Q

from banso.runs.person_rows import NoSuchPerson, find_person
from banso.runs.project import Project
from banso.web.audit.models import PersonalRead
from banso.web.audit.operations import Reader, note_read
from banso.web.audit.reads import Row, reads_of
from banso.web.customers.models import CustomerNow
from banso.webkit.personal import Personal, Reading, Way, kinds_of_table


def note_table_reads(
    tables: Iterable[str], columns: Sequence[str], *, at: dt.datetime
) -> None:
    """Note that somebody at this machine read rows of tables.

    Parameters
    ----------
    tables
        Their names; others are left out.
    columns
        Of what was read, for results that say of whom they are.
    at
        The present, aware.

    """
    noted = False
    for table in sorted(set(tables)):
        kinds = kinds_of_table(table)
        if kinds:
            _note(Reading(kinds, table=table), at=at)
            noted = True
    if not noted and "contact_id" in columns:
        _note(Reading((Personal.USE,)), at=at)


def note_command_line_read(
    kinds: tuple[Personal, ...], *, customer_id: str, contact_id: str, at: dt.datetime
) -> None:
    """Note that somebody at this machine read what is held of one person."""
    _note(Reading(kinds, (customer_id,), contact_id=contact_id), at=at)


def reads_about(
    project: Project, asked: str, *, since: dt.date | None = None
) -> Sequence[Row]:
    """Return who read of a contact or a customer, or of all at once.

    Parameters
    ----------
    project
        Whose data; Django is ready for it, and the app database up to date.
    asked
        A contact's ID or e-mail, or a customer's ID.
    since
        Not before this day.

    Raises
    ------
    NoSuchPerson, SeveralPersons
        There is no such contact or customer.

    """
    try:
        person = find_person(project, asked)
    except NoSuchPerson:
        known = PersonalRead.objects.filter(customer_id=asked)
        if known.exists() or CustomerNow.objects.filter(Q(pk=asked)).exists():
            return reads_of({asked}, since=since)
        raise
    customers = {person.customer_id, *person.customer_ids}
    return reads_of(customers, set(person.contact_ids), since=since)


def _note(reading: Reading, *, at: dt.datetime) -> None:
    reader = Reader(way=Way.CLI, through=getpass.getuser())
    note_read(reading, reader=reader, at=at)
