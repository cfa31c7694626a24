"""Erasing a person from everything that a project holds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from banso.kernel.masking import Mask
from banso.kernel.progress import Progress, silent
from banso.runs.erasing import (
    begin,
    ensured_mask,
    erase_from_lake,
    finish,
    list_come_back,
    note_files,
    readmit,
    refuse_erased_person,
    take_everything_in,
    would_go,
)
from banso.runs.erasing_collected import forget_collected
from banso.runs.erasures import (
    Erasure,
    Order,
    Person,
    erasure_of,
    keep_erasures,
    merged,
    read_erasures,
    read_erasures_in,
    read_orders,
)
from banso.runs.person_rows import NoSuchPerson, find_person
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.site import person_records
from banso.web.audit.operations import Subject, record
from banso.web.audit.queries import entries_about
from banso.web.timeline import attachments

AFTER_RESTORING = "restored backup"


@dataclass(frozen=True)
class Preview:
    """What would change or go."""

    person: Person
    rows: Mapping[str, int]  # by store and table, e.g. ``facts/events``
    files: int  # attached ones that would be removed


@dataclass(frozen=True)
class Erased:
    """What was erased; says nothing of whom."""

    erasure_id: str
    rows: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    version: int = 0  # of the lake, the only one that is left


def preview_erasure(project: Project, asked: str, *, at: dt.datetime) -> Preview:
    """Return what erasing a person would change; nothing is changed.

    Parameters
    ----------
    project
        Whose data; Django is ready for it, and the app database up to date.
    asked
        The contact's ID or e-mail.
    at
        The present, aware.

    Raises
    ------
    NoSuchPerson, SeveralPersons, AlreadyErased, LakeBusy
        There is nobody to erase, or not now.

    """
    person = _found(project, asked)
    mask = Mask([erasure_of(person, at=at, before=()).called])
    records = person_records.find_records(person, mask)
    rows = {f"app/{table}": count for table, count in records.rows.items()}
    rows |= would_go(project, person, at=at)
    return Preview(person, dict(sorted(rows.items())), records.files)


def erase_person(
    project: Project,
    asked: str,
    *,
    asked_by: str,
    reason: str,
    at: dt.datetime,
    progress: Progress = silent,
) -> Erased:
    """Erase a person from lake, live events, app database and attached files.

    Killed on the way, the next call completes it, whomever that one is about.

    Parameters
    ----------
    project
        Whose data; Django is ready for it, and the app database up to date.
    asked
        The contact's ID or e-mail.
    asked_by
        Who wants it: ``person``, ``customer``, ``authority`` or ``us``.
    reason
        In words; what names the person in them is left out of the audit.
    at
        The present, aware.
    progress
        Told after ``begun``, ``taken_in``, ``lake``, ``collected``, ``records``,
        ``files``, ``shown``, ``cleaned``.

    Raises
    ------
    NoSuchPerson, SeveralPersons, AlreadyErased
        There is nobody to erase.
    LakeBusy, CollectInUse, AppDatabaseInUse, DiskFull
        Others are at work; do the same again.

    """
    with lake_of(project).quiet():
        ended = _end_all(project, at=at, progress=progress)
        resumed = _erased_of(asked, ended)
        if resumed is not None:
            return resumed
        person = _found(project, asked)
        take_everything_in(project, at=at)  # while it is known whose each event is
        order = begin(project, person, asked_by=asked_by, reason=reason, at=at)
        return _carry_out(project, order, at=at, progress=progress)


def end_erasures(project: Project, *, at: dt.datetime) -> Sequence[Erased]:
    """Bring to an end what was begun and killed; nothing to do is quick."""
    if not read_orders(project):
        return ()
    with lake_of(project).quiet():
        return [erased for _order, erased in _end_all(project, at=at, progress=silent)]


def erase_again(
    project: Project, *, at: dt.datetime, listed: Path | None = None
) -> Sequence[Erased]:
    """Erase whom a backup brought back.

    Parameters
    ----------
    project
        Just restored.
    at
        The present, aware.
    listed
        The list of erasures of the project as it was last, which knows those that came
        after the backup.

    """
    if listed is not None:
        later = read_erasures_in(listed)
        keep_erasures(project, merged(read_erasures(project), later))
    done = list(end_erasures(project, at=at))
    with lake_of(project).quiet():
        for person in list_come_back(project):
            order = begin(project, person, asked_by="us", reason=AFTER_RESTORING, at=at)
            done.append(_carry_out(project, order, at=at, progress=silent))
    return done


def _end_all(
    project: Project, *, at: dt.datetime, progress: Progress
) -> list[tuple[Order, Erased]]:
    return [
        (order, _carry_out(project, order, at=at, progress=progress))
        for order in read_orders(project)
    ]


def _erased_of(asked: str, ended: Sequence[tuple[Order, Erased]]) -> Erased | None:
    """Return the erasure that was asked for, when it was one that had been begun."""
    for order, erased in ended:
        person = order.person
        if asked in person.contact_ids or asked.lower() in person.emails:
            return erased
    return None


def _found(project: Project, asked: str) -> Person:
    try:
        return find_person(project, asked)
    except NoSuchPerson:
        refuse_erased_person(project, asked)
        raise


def _carry_out(
    project: Project, order: Order, *, at: dt.datetime, progress: Progress
) -> Erased:
    """Do every step of an erasure; each one finds done what was done."""
    progress("begun", 1, 1)
    mask = ensured_mask(project, order, at=at)
    take_everything_in(project, at=at)
    progress("taken_in", 1, 1)
    rewritten = erase_from_lake(project, order, mask, at=at)
    progress("lake", 1, 1)
    forget_collected(project, order.person, mask)
    progress("collected", 1, 1)
    files = person_records.files_to_go(order.person, mask)
    order = note_files(project, order, files)
    with transaction.atomic():
        records = person_records.erase_records(order, mask)
        rows = {f"app/{table}": count for table, count in records.rows.items()}
        rows = dict(sorted({**rows, **rewritten.rows}.items()))
        if not entries_about("erasure", order.erasure_id):
            _note(order, sum(rows.values()), records.files, at=at)
    progress("records", 1, 1)
    attachments.forget(order.files)
    progress("files", 1, 1)
    person_records.show_releases(project, rewritten.releases, at=at)
    progress("shown", 1, 1)
    person_records.clean_up()
    progress("cleaned", 1, 1)
    finish(project, order)
    return Erased(order.erasure_id, rows, records.files, rewritten.version)


def _note(order: Order, rows: int, files: int, *, at: dt.datetime) -> None:
    record(
        "person_erased",
        subject=Subject("erasure", order.erasure_id, order.erasure_id),
        by=None,
        at=at,
        details={
            "asked_by": order.asked_by,
            "reason": order.reason,
            "rows": rows,
            "files": files,
        },
    )


def readmit_person(project: Project, asked: str, *, at: dt.datetime) -> int:
    """Let a person come in again; return how many erasures are taken off the list.

    Nothing comes back by itself: its rows do with the next load.

    Raises
    ------
    NobodyErased
        Nobody with that ID or e-mail was erased.

    """
    gone = readmit(project, asked)
    with transaction.atomic():
        for each in gone:
            subject = Subject("erasure", each.erasure_id, each.erasure_id)
            record("person_readmitted", subject=subject, by=None, at=at)
    return len(gone)


def list_erasures(project: Project) -> Sequence[Erasure]:
    """Return everybody who was erased, the earliest first."""
    return read_erasures(project)
