"""A person in the app database and among its files: found, masked, cleaned up after."""

import datetime as dt
import json
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from banso.kernel.errors import BansoError
from banso.kernel.masking import REMOVED, Mask
from banso.runs.erasures import Order, Person
from banso.runs.project import Project
from banso.web.customers.operations import publish_newest
from banso.web.timeline import attachments
from banso.web.timeline.models import Attachment
from banso.web.tokens.models import Repeatable

# What is there of our own people: it is not about contacts.
_OURS: Final = frozenset(
    {
        *("accounts", "account", "mfa", "usersessions", "socialaccount", "scim"),
        *("auth", "sessions", "contenttypes"),
    }
)
_OUR_MODELS: Final = frozenset(
    {"work.colleague", "customers.ownerfigures", "tokens.token", "tokens.repeatable"}
)
_OUR_FIELDS: Final = frozenset({"owner", "giver", "customer_id", "release_id"})
# Of a record of the person's own, by model: what it says of it, or in its words.
_OWN_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "timeline.entry": ("contact_name", "text", "search"),
    "consents.decision": ("source", "reason"),
}
_TEXTS: Final = (models.CharField, models.TextField, models.JSONField)
_ENCODINGS: Final = ("utf-8", "utf-16-le", "shift_jis")
_PATIENCE: Final = 20  # seconds for readers of the database to come to their end
_UNPACKED: Final = 50 << 20  # bytes of an attached archive that are looked through


class AppDatabaseInUse(BansoError):
    """Refuse to end an erasure while others read what would be overwritten."""

    code = "app_database_in_use"


@dataclass
class Records:
    """What was found of a person."""

    rows: dict[str, int] = field(default_factory=dict)  # by table
    files: int = 0


def find_records(person: Person, mask: Mask) -> Records:
    """Return how many records and files would change or go."""
    found = Records()
    for model, row in _rows(person):
        if _changes(model, row, person, mask, pseudonyms={}):
            _count(found, model)
    found.files = len(list(_files(person, mask)))
    return found


def files_to_go(person: Person, mask: Mask) -> set[str]:
    """Return the hashes of the attached files that are a person's, or name it."""
    return {each.sha256 for each in _files(person, mask)}


def erase_records(order: Order, mask: Mask) -> Records:
    """Mask every record of the app; within one transaction.

    The files that `Order.files` lists are to be removed once that is committed.
    """
    person = order.person
    found = Records()
    for model, row in list(_rows(person)):
        changes = _changes(model, row, person, mask, pseudonyms=order.pseudonyms)
        if changes:
            model._default_manager.filter(pk=row.pk).update(**changes)  # noqa: SLF001 - documented
            _count(found, model)
    found.files, _by_model = Attachment.objects.filter(sha256__in=order.files).delete()
    Repeatable.objects.all().delete()  # answers that are kept for a day
    cache.clear()
    return found


def show_releases(
    project: Project, renamed: Mapping[str, str], *, at: dt.datetime
) -> None:
    """Let what names a release name it as it is called now, and the pages show it."""
    for model in apps.get_models():
        names = {each.name for each in model._meta.concrete_fields}  # noqa: SLF001
        if "release_id" in names and model._meta.label_lower != _PUBLISHED:  # noqa: SLF001
            for old, new in renamed.items():
                model._default_manager.filter(release_id=old).update(release_id=new)  # noqa: SLF001
    published = apps.get_model(_PUBLISHED)
    if published._default_manager.exists():  # noqa: SLF001
        publish_newest(project, at=at)


_PUBLISHED: Final = "customers.publishedrelease"


def clean_up() -> None:
    """Let the database hold nothing that was removed: no free page, no log of writes.

    Raises
    ------
    AppDatabaseInUse
        Others read it without a pause; what was done is kept.

    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM FULL")
        return
    deadline = time.monotonic() + _PATIENCE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
        )
        for (name,) in cursor.fetchall():
            table = connection.ops.quote_name(name)
            cursor.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")  # noqa: S608
            cursor.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608
        cursor.execute("VACUUM")
        while True:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0] == 0:
                return
            if time.monotonic() > deadline:
                raise AppDatabaseInUse(
                    "The app database is being read without a pause.",
                    hint="Do the same again, if need be with the server stopped.",
                )
            time.sleep(0.2)


def _rows(person: Person) -> Iterator[tuple[type[models.Model], models.Model]]:
    """Yield the records that may say something of a person."""
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower  # noqa: SLF001
        if model._meta.app_label in _OURS or label in _OUR_MODELS:  # noqa: SLF001
            continue
        texts = _texts(model)
        if not texts:
            continue
        casts = {f"text_{each.name}": Cast(each.name, TextField()) for each in texts}
        wanted = _wanted(model, person, list(casts))
        found = model._default_manager.annotate(**casts).filter(wanted)  # noqa: SLF001
        for row in found.iterator():
            yield model, row


def _wanted(model: type[models.Model], person: Person, texts: list[str]) -> Q:
    wanted = Q(pk__in=[])
    customers = _customer_ids(person)
    if path := _customer_path(model):
        wanted |= Q(**{f"{path}__in": customers})
    for email in person.emails:
        wanted |= _said(texts, email)
    if not path:  # such as the audit: what names both, or the ID
        of_customer = Q(pk__in=[])
        for customer in customers:
            of_customer |= _said(texts, customer)
        for name in person.names:
            wanted |= of_customer & _said(texts, name)
        for contact in person.contact_ids:
            wanted |= _said(texts, contact)
    return wanted


def _said(texts: Iterable[str], what: str) -> Q:
    found = Q(pk__in=[])
    for said in {what, json.dumps(what)[1:-1]}:
        for text in texts:
            found |= Q(**{f"{text}__icontains": said})
    return found


def _changes(
    model: type[models.Model],
    row: models.Model,
    person: Person,
    mask: Mask,
    *,
    pseudonyms: Mapping[str, str],
) -> dict[str, object]:
    """Return what a record is to say instead, by field."""
    own = _OWN_WORDS.get(model._meta.label_lower, ())  # noqa: SLF001
    contact = getattr(row, "contact_id", None)
    is_own = mask.is_contact(contact)
    changes: dict[str, object] = {}
    if is_own:
        changes["contact_id"] = pseudonyms.get(str(contact), REMOVED)
        changes |= dict.fromkeys(own, "")
    if (
        getattr(row, "subject_kind", "") == "contact"
        and getattr(row, "subject_id", "") in person.contact_ids
    ):
        changes |= {"subject_id": REMOVED, "subject_name": REMOVED}
    for each in _texts(model):
        if each.name in changes or each.unique or each.choices:
            continue
        value = getattr(row, each.attname)
        said = mask.value(value, customer_id=person.customer_id)
        if said != value:
            changes[each.name] = said
    return {n: v for n, v in changes.items() if getattr(row, n) != v}


def _files(person: Person, mask: Mask) -> Iterator[Attachment]:
    """Yield the files that are the person's own, or that name it as far as we read."""
    customers = _customer_ids(person)
    for each in Attachment.objects.select_related("entry").order_by("pk"):
        path = attachments.path_of(each)
        is_here = each.entry.customer_id in customers
        is_own = mask.is_contact(each.entry.contact_id)
        if is_own or (path.is_file() and names_person(path, person, is_here=is_here)):
            yield each


def names_person(path: Path, person: Person, *, is_here: bool) -> bool:
    """Return whether a file has a person's e-mail, or name, in plain or in a ZIP.

    Office files are ZIPs. What is in a PDF or picture is not read.
    """
    sought = [*person.emails, *(person.names if is_here else ())]
    needles = {
        each.encode(encoding)
        for text in sought
        for each in {text, text.lower(), json.dumps(text)[1:-1]}
        for encoding in _ENCODINGS
        if _can_say(each, encoding)
    }
    content = path.read_bytes()
    pieces = [content]
    if zipfile.is_zipfile(path):
        pieces += _unpacked(content)
    return any(
        needle in piece or needle in piece.lower()
        for piece in pieces
        for needle in needles
    )


def _can_say(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _unpacked(content: bytes) -> Iterator[bytes]:
    left = _UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    piece = file.read(left)
                left -= len(piece)
                yield piece
                if left <= 0:
                    return
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return  # damaged, or locked with a password


def _texts(model: type[models.Model]) -> "list[models.Field[object, object]]":
    return [
        each
        for each in model._meta.concrete_fields  # noqa: SLF001
        if isinstance(each, _TEXTS) and each.name not in _OUR_FIELDS
    ]


def _customer_path(model: type[models.Model]) -> str:
    """Return how a record leads to its customer; empty when it does not."""
    for each in model._meta.concrete_fields:  # noqa: SLF001
        if each.name == "customer_id":
            return "customer_id"
        if each.name == "customer":
            return "customer_id"
        other = each.related_model
        if isinstance(other, type) and issubclass(other, models.Model):
            names = {field.name for field in other._meta.concrete_fields}  # noqa: SLF001
            if "customer_id" in names:
                return f"{each.name}__customer_id"
    return ""


def _customer_ids(person: Person) -> set[str]:
    return {person.customer_id, *person.customer_ids}


def _count(found: Records, model: type[models.Model]) -> None:
    table = model._meta.db_table  # noqa: SLF001
    found.rows[table] = found.rows.get(table, 0) + 1
