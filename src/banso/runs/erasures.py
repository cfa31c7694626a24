"""Who was erased, as digests: so that nobody comes back with a file or a backup."""

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from banso.kernel.errors import BansoError
from banso.kernel.masking import (
    EMAIL_ALONE,
    SHORTEST_NAME,
    Called,
    Mask,
    digest_of,
    plain_name,
)
from banso.runs.project import Project
from banso.warehouse.durable import write_durably

FILE: Final = "erasures.json"  # in the private folder
ORDERS: Final = "erasing.json"  # beside it: whom an erasure is under way of
PSEUDONYM: Final = "erased-"  # begins what stands in place of an ID
_FORMAT: Final = 1


class ErasuresUnreadable(BansoError):
    """Refuse to go on without knowing who was erased."""

    code = "erasures_unreadable"


@dataclass(frozen=True)
class Person:
    """A contact, by everything that rows and texts may call it."""

    contact_id: str
    customer_id: str
    names: tuple[str, ...]  # earlier ones too
    emails: tuple[str, ...]  # lower case; earlier ones too
    customer_ids: tuple[str, ...] = ()  # every one it ever was at, and merged ones
    other_ids: tuple[str, ...] = ()  # that live events once used for it
    devices: tuple[str, ...] = ()  # under which a client sent before it knew whom

    @property
    def contact_ids(self) -> tuple[str, ...]:
        """Its ID, then the other ones."""
        return (self.contact_id, *self.other_ids)


@dataclass(frozen=True)
class Erasure:
    """That somebody was erased; says who only to who asks about the right one."""

    erasure_id: str
    at: dt.datetime
    key: str  # of the digests, in hexadecimal
    contacts: tuple[str, ...]
    emails: tuple[str, ...]
    customers: tuple[str, ...]
    names: tuple[tuple[int, str], ...]  # length and digest
    devices: tuple[str, ...]

    @property
    def called(self) -> Called:
        """Return the digests as a mask wants them."""
        return Called(
            bytes.fromhex(self.key),
            frozenset(self.contacts),
            frozenset(self.emails),
            frozenset(self.customers),
            frozenset(self.names),
            frozenset(self.devices),
        )


@dataclass(frozen=True)
class Order:
    """An erasure that was begun: in plain words, until it is done."""

    erasure_id: str
    person: Person
    pseudonyms: Mapping[str, str]  # what stands in place of each ID
    asked_by: str
    reason: str  # without what names the person
    files: tuple[str, ...] = ()  # hashes of attached files that are to go


def read_erasures(project: Project) -> tuple[Erasure, ...]:
    """Return everybody who was erased, the earliest first.

    Raises
    ------
    ErasuresUnreadable
        There is a list, and it cannot be read.

    """
    return _read(project.private_folder / FILE)


def read_erasures_in(path: Path) -> tuple[Erasure, ...]:
    """Return the list in a file, which has to be there.

    Raises
    ------
    ErasuresUnreadable
        There is no list in it.

    """
    if not path.is_file():
        raise _unreadable(path)
    return _read(path)


def keep_erasures(project: Project, erasures: Iterable[Erasure]) -> None:
    """Write who was erased, for good."""
    listed = sorted(erasures, key=lambda each: (each.at, each.erasure_id))
    node = {
        "format": _FORMAT,
        "erasures": [{**asdict(e), "at": e.at.isoformat()} for e in listed],
    }
    content = json.dumps(node, indent=1).encode() + b"\n"
    _write_private(project.private_folder / FILE, content)


def mask_of(project: Project) -> Mask | None:
    """Return what knows everybody who was erased; None while nobody was."""
    return mask_in(project.private_folder)


def mask_in(private_folder: Path) -> Mask | None:
    """Return what `mask_of` does, of the folder of what Banso keeps for itself."""
    path = private_folder / FILE
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return _mask(path, state.st_mtime_ns, state.st_ino)


def erasure_of(
    person: Person, *, at: dt.datetime, before: Sequence[Erasure]
) -> Erasure:
    """Return what the list is to say of a person."""
    key = before[-1].key if before else secrets.token_hex(32)
    secret = bytes.fromhex(key)

    def digests(kind: str, said: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({digest_of(secret, kind, each) for each in said}))

    odd = [each for each in person.emails if not EMAIL_ALONE.fullmatch(each)]
    plain = {plain_name(each) for each in (*person.names, *odd)}
    return Erasure(
        erasure_id=secrets.token_hex(6),
        at=at.astimezone(dt.UTC),
        key=key,
        contacts=digests("contact", person.contact_ids),
        emails=digests("email", person.emails),
        customers=digests("customer", (person.customer_id, *person.customer_ids)),
        names=tuple(
            sorted(
                (len(name), digest_of(secret, "name", name))
                for name in plain
                if len(name) >= SHORTEST_NAME
            )
        ),
        devices=digests("device", person.devices),
    )


def merged(mine: Sequence[Erasure], theirs: Sequence[Erasure]) -> tuple[Erasure, ...]:
    """Return two lists as one."""
    known = {each.erasure_id: each for each in (*theirs, *mine)}
    return tuple(known.values())


def read_orders(project: Project) -> tuple[Order, ...]:
    """Return the erasures that were begun and are not done yet."""
    try:
        found = json.loads((project.private_folder / ORDERS).read_bytes())
    except FileNotFoundError:
        return ()
    return tuple(_order(each) for each in found)


def keep_orders(project: Project, orders: Sequence[Order]) -> None:
    """Write the erasures that are under way; the file goes with the last one."""
    path = project.private_folder / ORDERS
    for unfinished in path.parent.glob(f"{ORDERS}.*.tmp"):  # of a kill
        unfinished.unlink()
    if not orders:
        path.unlink(missing_ok=True)
        return
    content = json.dumps([asdict(each) for each in orders], ensure_ascii=False)
    _write_private(path, content.encode())


def new_pseudonyms(person: Person) -> dict[str, str]:
    """Return what stands in place of a person: says nothing, and is one and the same.

    It is drawn by lot and kept nowhere beside the rows, so that nobody can tell whose
    they were; that they are of one person keeps the counts of people as they are.
    """
    pseudonym = f"{PSEUDONYM}{secrets.token_hex(8)}"
    return dict.fromkeys(person.contact_ids, pseudonym)


@lru_cache(maxsize=4)
def _mask(path: Path, _changed: int, _file: int) -> Mask | None:
    found = _read(path)
    return Mask([each.called for each in found]) if found else None


def _read(path: Path) -> tuple[Erasure, ...]:
    try:
        node = json.loads(path.read_bytes())
        if node["format"] != _FORMAT:
            raise _unreadable(path)
        return tuple(_erasure(each) for each in node["erasures"])
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(path) from error


def _erasure(node: Mapping[str, object]) -> Erasure:
    def texts(name: str) -> tuple[str, ...]:
        listed = node[name]
        if not isinstance(listed, list):
            raise TypeError(name)
        return tuple(map(str, listed))

    names = node["names"]
    if not isinstance(names, list):
        raise TypeError("names")
    return Erasure(
        erasure_id=str(node["erasure_id"]),
        at=dt.datetime.fromisoformat(str(node["at"])),
        key=str(node["key"]),
        contacts=texts("contacts"),
        emails=texts("emails"),
        customers=texts("customers"),
        names=tuple((int(length), str(digest)) for length, digest in names),
        devices=texts("devices"),
    )


def _order(node: dict[str, dict[str, object]]) -> Order:
    person = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in node["person"].items()
    }
    files = tuple(map(str, node.get("files", ())))
    return Order(**{**node, "person": Person(**person), "files": files})  # type: ignore[arg-type]


def _unreadable(path: Path) -> ErasuresUnreadable:
    return ErasuresUnreadable(
        f"{path} is no list of erasures, or a newer Banso wrote it.",
        hint="Take the file from a backup, or upgrade Banso.",
        path=str(path),
    )


def _write_private(path: Path, content: bytes) -> None:
    write_durably(path, content)
    path.chmod(0o600)
