"""Erasing a person from the lake and from live events, past versions too."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from banso.kernel.errors import BansoError
from banso.kernel.masking import Mask
from banso.runs.collecting import take_collected
from banso.runs.erasing_collected import count_remembered
from banso.runs.erasures import (
    Erasure,
    Order,
    Person,
    erasure_of,
    keep_erasures,
    keep_orders,
    mask_of,
    new_pseudonyms,
    read_erasures,
    read_orders,
)
from banso.runs.masked_rows import RowMask, sought_of
from banso.runs.person_rows import list_contacts, person_among
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.erasing import Rewritten, count_rows, erase
from banso.warehouse.lake import LakeBusy

WAITING_EVENTS = "collect/waiting"
_ATTEMPTS = 1000  # of taking in what was collected


class AlreadyErased(BansoError):
    """Refuse to erase somebody again of whom nothing is held."""

    code = "already_erased"


class NobodyErased(BansoError):
    """Refuse to take back somebody who was not erased."""

    code = "nobody_erased"


def would_go(project: Project, person: Person, *, at: dt.datetime) -> Mapping[str, int]:
    """Return how many rows of lake and live events are about a person, by place."""
    erasure = erasure_of(person, at=at, before=())
    masking = RowMask(Mask([erasure.called]), sought_of(person), new_pseudonyms(person))
    rows = dict(count_rows(lake_of(project), masking, at=at))
    if waiting := count_remembered(project, person):
        rows[WAITING_EVENTS] = waiting
    return rows


def begin(
    project: Project, person: Person, *, asked_by: str, reason: str, at: dt.datetime
) -> Order:
    """Write down that a person is to be erased, so that it comes to its end.

    From then on nothing that names it is taken in any more.
    """
    before = read_erasures(project)
    erasure = erasure_of(person, at=at, before=before)
    mask = Mask([erasure.called])
    order = Order(
        erasure_id=erasure.erasure_id,
        person=person,
        pseudonyms=new_pseudonyms(person),
        asked_by=asked_by,
        reason=mask.text(reason, customer_id=person.customer_id),
    )
    # The order first: a list without it would not say whose rows are to go.
    keep_orders(project, [*read_orders(project), order])
    keep_erasures(project, [*before, erasure])
    return order


def take_everything_in(project: Project, *, at: dt.datetime) -> None:
    """Take every live event that was accepted into the lake.

    Raises
    ------
    LakeBusy
        Others are at work; do the same again.

    """
    for _attempt in range(_ATTEMPTS):
        taken = take_collected(project, at=at)
        if taken.is_busy:
            raise LakeBusy(
                "Live events are being taken in just now.",
                hint="Wait a moment, then try again.",
                folder=str(project.collect_folder),
            )
        if not taken.has_more:
            break


def erase_from_lake(
    project: Project, order: Order, mask: Mask, *, at: dt.datetime
) -> Rewritten:
    """Take a person out of every version of the lake; within `Lake.quiet`.

    Raises
    ------
    LakeBusy, DiskFull
        The order stays; do the same again.

    """
    masking = RowMask(mask, sought_of(order.person), order.pseudonyms)
    return erase(lake_of(project), masking, at=at)


def ensured_mask(project: Project, order: Order, *, at: dt.datetime) -> Mask:
    """Return what knows the person of an order; a kill may have come in between."""
    known = read_erasures(project)
    if all(each.erasure_id != order.erasure_id for each in known):
        again = erasure_of(order.person, at=at, before=known)
        again = replace(again, erasure_id=order.erasure_id)
        keep_erasures(project, [*known, again])
    mask = mask_of(project)
    assert mask is not None
    return mask


def note_files(project: Project, order: Order, files: Iterable[str]) -> Order:
    """Write down which attached files are to go, before nothing names them any more."""
    noted = replace(order, files=tuple(sorted({*order.files, *files})))
    keep_orders(
        project,
        [
            noted if each.erasure_id == order.erasure_id else each
            for each in read_orders(project)
        ],
    )
    return noted


def finish(project: Project, order: Order) -> None:
    """Note that an erasure came to its end: its plain words go."""
    left = [e for e in read_orders(project) if e.erasure_id != order.erasure_id]
    keep_orders(project, left)


def readmit(project: Project, asked: str) -> tuple[Erasure, ...]:
    """Let somebody who was erased come in again, by ID or e-mail.

    Returns
    -------
    tuple of Erasure
        What left the list.

    Raises
    ------
    NobodyErased
        Nobody of that ID or e-mail is on it.

    """
    known = read_erasures(project)
    gone = tuple(each for each in known if _is_of(each, asked))
    if not gone:
        raise NobodyErased(
            f"Nobody with the ID or e-mail {asked} was erased.", asked=asked
        )
    keep_erasures(project, [each for each in known if each not in gone])
    return gone


def refuse_erased_person(project: Project, asked: str) -> None:
    """Refuse who was erased already.

    Raises
    ------
    AlreadyErased
        It was.

    """
    found = [each for each in read_erasures(project) if _is_of(each, asked)]
    if found:
        raise AlreadyErased(
            f"Who has that ID or e-mail was erased on {found[-1].at:%F}.",
            hint="To let the person come in again: `banso person readmit`.",
            on=f"{found[-1].at:%F}",
        )


def list_come_back(project: Project) -> list[Person]:
    """Return the contacts of the lake who are on the list of those erased.

    There are some after a backup was restored that is older than their erasure.
    """
    mask = mask_of(project)
    if mask is None:
        return []
    lake = lake_of(project)
    manifest = lake.current()
    rows = list_contacts(lake, manifest)
    ids = {
        str(row["contact_id"])
        for row in rows
        if mask.is_contact(row["contact_id"]) or mask.is_email(row["email"])
    }
    return [person_among(rows, each, project, manifest) for each in sorted(ids)]


def _is_of(erasure: Erasure, asked: str) -> bool:
    mask = Mask([erasure.called])
    return mask.is_contact(asked) or mask.is_email(asked)
