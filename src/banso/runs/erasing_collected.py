"""A person out of live events: what they remember, and the log of what was accepted."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from banso.collect.log import blank
from banso.collect.messages import emptied
from banso.kernel.errors import BansoError
from banso.kernel.masking import Mask
from banso.runs.collecting import opened_memory
from banso.runs.erasures import Person
from banso.runs.project import Project
from banso.warehouse.lake import LakeBusy
from banso.warehouse.locking import FileLock

_USER: Final = "u:"
_DEVICE: Final = "a:"


class CollectInUse(BansoError):
    """Refuse to end an erasure while others read what would be overwritten."""

    code = "collect_in_use"


def other_ids(project: Project, contact_id: str) -> tuple[set[str], set[str]]:
    """Return under which other IDs, and from which devices, live events came."""
    if not project.collect_folder.is_dir():
        return set(), set()
    with opened_memory(project) as memory:
        person = memory.who(_USER + contact_id)
        known = [person, *memory.ids_of(person)]
    users = {each.removeprefix(_USER) for each in known if each.startswith(_USER)}
    devices = {each.removeprefix(_DEVICE) for each in known if each.startswith(_DEVICE)}
    return users - {contact_id}, devices


def count_remembered(project: Project, person: Person) -> int:
    """Return how many events wait that are a person's."""
    if not project.collect_folder.is_dir():
        return 0
    with opened_memory(project) as memory:
        events = memory.waiting_of(_persons(person))
    return len({event.event_id for event in events})


def forget_collected(project: Project, person: Person, mask: Mask) -> None:
    """Remove a person from what taking in remembers, and empty the log behind it.

    Everything accepted before was taken in. May be called again, also after a kill.

    Raises
    ------
    LakeBusy
        Another process takes in just now.
    CollectInUse
        Others read the small database without a pause.

    """
    if not project.collect_folder.is_dir():
        return
    with _alone(project), opened_memory(project) as memory:
        with memory.changing():
            memory.forget(_persons(person))
            for event_id, said in memory.waiting_texts():
                if (masked := _masked(said, person, mask)) != said:
                    memory.reword_waiting(event_id, masked)
            for customer, name, value in memory.customer_traits():
                if (masked := mask.json(value, customer_id=customer)) != value:
                    memory.reword_trait(customer, name, masked)
        if not memory.shrink():
            raise CollectInUse(
                "What is remembered of live events is being read.",
                hint="Do the same again: what was done is kept.",
            )
        blank(project.collect_log, until=memory.position, instead=emptied)


def _masked(said: str, person: Person, mask: Mask) -> str:
    """Return an event that waits without what names a person, whosever it is."""
    at, name, value, properties = json.loads(said)
    customer = person.customer_id
    name = mask.text(name, customer_id=customer)
    if properties is not None:
        properties = mask.json(properties, customer_id=customer)
    return json.dumps([at, name, value, properties], ensure_ascii=False)


def _persons(person: Person) -> list[str]:
    users = [_USER + each for each in person.contact_ids]
    return [*users, *(_DEVICE + each for each in person.devices)]


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    lock = FileLock.take(project.collect_folder / "taking.lock")
    if lock is None:
        raise LakeBusy(
            "Live events are being taken in just now.",
            hint="Wait a moment, then try again.",
            folder=str(project.collect_folder),
        )
    try:
        yield
    finally:
        lock.release()
