"""Taking out what its time of keeping ended for: lake, releases, app and files."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min, Model, Q, QuerySet

from banso.kernel.progress import Progress, silent
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.runs.retention import Due, due_in_lake, expire_in_lake, expiry_of
from banso.runs.retention_rules import Rules, rules_of
from banso.site import person_records
from banso.web.audit.models import PersonalRead
from banso.web.audit.operations import Subject, record
from banso.web.customers.models import PublishedRelease
from banso.web.timeline import attachments
from banso.web.timeline.models import Attachment, Entry
from banso.web.webhooks.models import Delivery
from banso.web.work.models import OpenPlay, Task

# there while the app database may hold free pages with what was taken out
UNCLEAN: Final = "retention.unclean"


@dataclass(frozen=True)
class Applied:
    """What was taken out."""

    due: Sequence[Due]
    files: int  # that were attached

    @property
    def rows(self) -> int:
        """How many rows were changed or removed."""
        return sum(each.rows for each in self.due)


@dataclass(frozen=True)
class _AppRows:
    """Rows of the app that a rule takes, and what becomes of them."""

    kind: str
    rows: QuerySet[Model]
    time: str
    blanks: Mapping[str, str]  # what they say then; empty: they go


def preview_retention(project: Project, *, at: dt.datetime) -> Sequence[Due]:
    """Return what the rules of a project would take out; nothing is changed.

    Raises
    ------
    ProjectFileInvalid
        The rules cannot be followed.
    LakeBusy
        Another process is writing.

    """
    rules, today = rules_of(project), _today(project, at)
    expiry = expiry_of(project, rules, today)
    return [*due_in_lake(project, expiry, at=at), *_due_in_app(rules, today)]


def apply_retention(
    project: Project, *, at: dt.datetime, progress: Progress = silent
) -> Applied:
    """Take out what the rules of a project no longer keep.

    Killed on the way, the next call takes out the rest: what is gone is found gone.
    The audit's entry comes before the lake is written, so nothing goes unnoted.

    Parameters
    ----------
    project
        Django is ready for it, and the app database up to date.
    at
        The present, aware.
    progress
        Told after ``counted``, ``files``, ``records``, ``lake``, ``shown``.

    Raises
    ------
    ProjectFileInvalid
        The rules cannot be followed.
    LakeBusy, DiskFull, AppDatabaseInUse
        Others are at work; do the same again.

    """
    rules, today = rules_of(project), _today(project, at)
    with lake_of(project).quiet():
        expiry = expiry_of(project, rules, today)
        in_lake = due_in_lake(project, expiry, at=at)
        due = [*in_lake, *_due_in_app(rules, today)]
        progress("counted", 1, 1)
        files = _forget_files(rules, today)
        progress("files", 1, 1)
        unclean = project.private_folder / UNCLEAN
        if due or files:
            unclean.touch()
            with transaction.atomic():
                for each in _app_rows(rules, today):
                    _take_out(each)
                _note(due, files, at=at)
        progress("records", 1, 1)
        renamed: Mapping[str, str] = {}
        if in_lake:
            done = expire_in_lake(project, expiry, at=at)
            progress("lake", 1, 1)
            renamed = done.releases
        _show(project, renamed, at=at)
        progress("shown", 1, 1)
        if unclean.exists():  # also by a time before, which was killed
            person_records.clean_up()
            unclean.unlink()
    return Applied(due, files)


def _today(project: Project, at: dt.datetime) -> dt.date:
    return at.astimezone(ZoneInfo(project.timezone)).date()


def _due_in_app(rules: Rules, today: dt.date) -> list[Due]:
    found = []
    for each in _app_rows(rules, today):
        counted = each.rows.aggregate(first=Min(each.time))
        rows = each.rows.count()
        first = counted["first"]
        oldest = first.date() if isinstance(first, dt.datetime) else first
        if rows:
            table = each.rows.model._meta.db_table  # noqa: SLF001 - documented
            found.append(Due(f"app/{table}", each.kind, rows, oldest))
    return found


def _app_rows(rules: Rules, today: dt.date) -> list[_AppRows]:
    """Return what the rules take of the app, each row once."""
    customers = rules.held_customers(today)
    found: list[_AppRows] = []
    if (edge := rules.edge("texts", today)) is not None:
        entries = _old_entries(rules, today, edge)
        says = ~Q(text="") | ~Q(contact_name="") | ~Q(search="")
        blanks = {"text": "", "contact_name": "", "search": ""}
        files = Attachment.objects.filter(entry__in=entries)
        tasks = Task.objects.filter(done_at__date__lt=edge).exclude(note="")
        plays = OpenPlay.objects.filter(ended_at__date__lt=edge).exclude(note="")
        found += [
            _AppRows("texts", files, "entry__at", {}),
            _AppRows("texts", entries.filter(says), "at", blanks),
            _AppRows("texts", _not_of(tasks, customers), "done_at", {"note": ""}),
            _AppRows("texts", _not_of(plays, customers), "ended_at", {"note": ""}),
        ]
    if (edge := rules.edge("reads", today)) is not None:
        reads = _not_of(PersonalRead.objects.filter(day__lt=edge), customers)
        found.append(_AppRows("reads", reads, "day", {}))
    if (edge := rules.edge("webhooks", today)) is not None:
        sent = Delivery.objects.filter(ended_at__date__lt=edge)
        found.append(_AppRows("webhooks", sent, "ended_at", {}))
    return found


def _old_entries(rules: Rules, today: dt.date, edge: dt.date) -> QuerySet[Entry]:
    entries = Entry.objects.filter(at__date__lt=edge)
    entries = entries.exclude(customer_id__in=rules.held_customers(today))
    return entries.exclude(contact_id__in=rules.held_contacts(today))


def _not_of(rows: QuerySet[Model], customers: frozenset[str]) -> QuerySet[Model]:
    # a null customer is nobody's: `exclude` alone would leave it out
    return rows.filter(Q(customer_id=None) | ~Q(customer_id__in=customers))


def _take_out(each: _AppRows) -> None:
    if each.blanks:
        each.rows.update(**each.blanks)
    else:
        each.rows.delete()


def _forget_files(rules: Rules, today: dt.date) -> int:
    """Remove attached files whose entries are old, unless another one has it too.

    Before their rows: a kill in between leaves rows without a file, which the next
    time takes; the other way round it would leave files that nobody knows of.
    """
    edge = rules.edge("texts", today)
    if edge is None:
        return 0
    old = Attachment.objects.filter(entry__in=_old_entries(rules, today, edge))
    kept = Attachment.objects.exclude(pk__in=old.values("pk")).values("sha256")
    gone = list(old.exclude(sha256__in=kept))
    for each in gone:
        attachments.path_of(each).unlink(missing_ok=True)
    return len(gone)


def _show(project: Project, renamed: Mapping[str, str], *, at: dt.datetime) -> None:
    """Let the pages show a release by the name that it has now.

    Also one that was renamed by a time before, which was killed.
    """
    there = {each.release_id for each in lake_of(project).current().releases}
    shown = PublishedRelease.objects.first()
    if renamed or (shown is not None and shown.release_id not in there):
        person_records.show_releases(project, renamed, at=at)


def _note(due: Sequence[Due], files: int, *, at: dt.datetime) -> None:
    by_rule: dict[str, int] = {}
    for each in due:
        by_rule[each.kind] = by_rule.get(each.kind, 0) + each.rows
    record(
        "retention_applied",
        subject=Subject("retention", "rules", ""),
        by=None,
        at=at,
        details={"rows": sum(by_rule.values()), "files": files, "by_rule": by_rule},
    )
