"""Everything that is held of one person, in one file that it can read."""

import datetime as dt
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from banso.runs.erasures import Person
from banso.runs.person_rows import find_person, held_rows
from banso.runs.project import Project
from banso.site.backup.archive import BackupExists
from banso.site.personal_reads import note_command_line_read
from banso.tables.registry import TABLES
from banso.warehouse.durable import disk_faults, publish
from banso.warehouse.plain_rows import jsonable
from banso.web.audit.operations import Subject, record
from banso.web.timeline.attachments import path_of
from banso.web.timeline.models import Attachment
from banso.webkit.personal import Personal

_SKIPPED: Final = frozenset({"sessions.session", "contenttypes.contenttype"})
_SECRET: Final = ("password", "secret", "digest", "hash")
_SHORTEST_NAME: Final = 2

Row = Mapping[str, object]


@dataclass(frozen=True)
class Exported:
    """What was written of whom."""

    person: Person
    path: Path
    rows: Mapping[str, int]  # by store and table, e.g. ``facts/events``
    files: int  # that were attached


def export_person(
    project: Project, asked: str, path: Path, *, at: dt.datetime
) -> Exported:
    """Write everything that is held of a contact into a ZIP, and note it in the audit.

    Parameters
    ----------
    project
        Whose data; Django is ready for it, and the app database up to date.
    asked
        The contact's ID or e-mail.
    path
        The file to write.
    at
        The present, aware.

    Raises
    ------
    NoSuchPerson, SeveralPersons, BackupExists
        Nothing was written.

    """
    if path.exists():
        raise BackupExists(
            f"{path} is there already.", hint="Choose another name.", path=str(path)
        )
    person = find_person(project, asked)
    found: dict[str, list[Row]] = defaultdict(list)
    for held in held_rows(project, person):
        about = {"found_by": held.found_by, "is_current": held.is_current}
        found[f"{held.store}/{held.table}"].append({**about, "row": held.values})
    entries: list[int] = []
    for model, row in _app_rows(person):
        found[f"app/{model._meta.db_table}"].append(row)  # noqa: SLF001 - documented
        if model._meta.label_lower == "timeline.entry":  # noqa: SLF001
            entries.append(int(str(row["id"])))
    attached = list(_attachments(entries))
    _write(path, project, person, found, attached, at=at)
    with transaction.atomic():
        record(
            "person_exported",
            subject=Subject("contact", person.contact_id, person.contact_id),
            by=None,
            at=at,
            details={"rows": sum(map(len, found.values()))},
        )
    note_command_line_read(
        (Personal.EVERYTHING,),
        customer_id=person.customer_id,
        contact_id=person.contact_id,
        at=at,
    )
    counts = {name: len(rows) for name, rows in sorted(found.items())}
    return Exported(person, path, counts, len(attached))


def _app_rows(person: Person) -> Iterator[tuple[type[models.Model], Row]]:
    """Yield the records of the app whose texts name a person."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label_lower in _SKIPPED:  # noqa: SLF001 - documented
            continue
        texts = [
            field
            for field in model._meta.concrete_fields  # noqa: SLF001
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        if not texts:
            continue
        casts = {f"text_{each.name}": Cast(each.name, TextField()) for each in texts}
        wanted = _wanted(model, person, list(casts))
        for row in model._default_manager.annotate(**casts).filter(wanted).iterator():  # noqa: SLF001
            yield model, _plain(row)


def _wanted(model: type[models.Model], person: Person, texts: list[str]) -> Q:
    names = {field.name for field in model._meta.concrete_fields}  # noqa: SLF001
    wanted = Q(pk__in=[])
    if "contact_id" in names:
        wanted |= Q(contact_id__in=person.contact_ids)
    if "subject_id" in names:
        wanted |= Q(subject_kind="contact", subject_id__in=person.contact_ids)
    by_name = Q(pk__in=[])
    for text in texts:
        for email in person.emails:
            wanted |= Q(**{f"{text}__icontains": email})
        for said in (kept for name in person.names for kept in _as_stored(name)):
            by_name |= Q(**{f"{text}__icontains": said})
    if "customer_id" in names or "customer" in names:
        by_name &= Q(customer_id__in={person.customer_id, *person.customer_ids})
    else:
        return wanted
    return wanted | by_name


def _as_stored(name: str) -> tuple[str, ...]:
    """Return a name as texts hold it, and as JSON may."""
    if len(name) < _SHORTEST_NAME:
        return ()
    return tuple({name, json.dumps(name)[1:-1]})


def _plain(row: models.Model) -> Row:
    return {
        field.name: jsonable(getattr(row, field.attname))
        for field in row._meta.concrete_fields  # noqa: SLF001 - documented
        if not any(word in field.name for word in _SECRET)
    }


def _attachments(entries: list[int]) -> Iterator[tuple[str, Path]]:
    for each in Attachment.objects.filter(entry_id__in=entries):
        if path_of(each).is_file():
            yield f"{each.pk}-{each.name}", path_of(each)


def _write(
    path: Path,
    project: Project,
    person: Person,
    found: Mapping[str, list[Row]],
    attached: list[tuple[str, Path]],
    *,
    at: dt.datetime,
) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    try:
        with disk_faults(path.parent), beside.open("wb") as file:
            beside.chmod(0o600)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for language in ("ja", "en"):
                    text = _index(project, person, found, len(attached), language, at)
                    archive.writestr(f"README.{language}.txt", text)
                for name, rows in sorted(found.items()):
                    lines = json.dumps(jsonable(rows), ensure_ascii=False, indent=1)
                    archive.writestr(f"{name}.json", lines)
                for name, content in attached:
                    archive.write(content, f"files/{name}")
        publish(beside, path)
    finally:
        beside.unlink(missing_ok=True)


_INDEX: Final = {
    "ja": (
        "{company} が {name}（{contact}）について持っているデータ\n"
        "{at:%Y-%m-%d %H:%M} UTC 時点\n\n"
        "found_by は、その行がどう見つかったかを示します: contact_id は本人の行、"
        "email・name は文中に本人のメールアドレスまたは氏名がある行です。\n"
        "is_current が false の行は、後から訂正されたもので、"
        "過去の時点を再現するためだけに残っています。\n\n"
    ),
    "en": (
        "What {company} holds of {name} ({contact})\n"
        "As of {at:%Y-%m-%d %H:%M} UTC\n\n"
        "found_by says how a row was found: contact_id is a row of the person; email"
        " and name are rows whose text has the person's e-mail or name.\n"
        "A row whose is_current is false was corrected since, and is kept only to"
        " show what was known on a past day.\n\n"
    ),
}


_ATTACHED: Final = {"ja": "添付ファイル", "en": "attachments"}


def _index(
    project: Project,
    person: Person,
    found: Mapping[str, list[Row]],
    attached: int,
    language: str,
    at: dt.datetime,
) -> str:
    lines = [
        f"{name}.json: {_label(name, language)} ({len(rows)})"
        for name, rows in sorted(found.items())
    ]
    if attached:
        lines.append(f"files/: {_ATTACHED[language]} ({attached})")
    head = _INDEX[language].format(
        company=project.name,
        name=" / ".join(person.names) or person.contact_id,
        contact=person.contact_id,
        at=at.astimezone(dt.UTC),
    )
    return head + "\n".join(lines) + "\n"


def _label(name: str, language: str) -> str:
    store, _, table = name.partition("/")
    if table in TABLES:
        label = TABLES[table].label
        return label.ja if language == "ja" else label.en
    stores = {
        "facts": ("事実", "facts"),
        "quarantine": ("取り込めなかった行", "rows that were not taken in"),
        "release": ("計算結果", "results"),
        "app": ("アプリの記録", "records of the app"),
    }
    return f"{stores[store][language == 'en']}: {table}"
