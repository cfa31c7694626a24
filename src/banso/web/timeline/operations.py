"""Recording contacts and notes, changing them, taking them back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from banso.kernel.consent import Purpose
from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.consents import queries as consents
from banso.web.customers import operations as writing
from banso.web.customers import queries as customers
from banso.web.timeline import attachments, queries
from banso.web.timeline.mentions import mentioned, people_who_see
from banso.web.timeline.models import Attachment, Entry, Mention, Question, Settled
from banso.web.timeline.search import searched_text
from banso.web.work import operations as work
from banso.webkit.permissions import Staff


class EntryChanged(BansoError):
    """Refuse a change to an entry that was changed meanwhile."""

    code = "entry_changed"


class NotTheAuthor(BansoError):
    """Refuse to change what somebody else wrote."""

    code = "not_the_author"


class NotPlanned(BansoError):
    """Refuse to say that a contact was held that is still to come, or was said to."""

    code = "not_planned"


class ContactRefused(BansoError):
    """Refuse to plan a contact of ours with somebody who does not want any."""

    code = "contact_refused"


@dataclass(frozen=True)
class Content:
    """What an entry says."""

    kind: str
    at: dt.datetime
    minutes: int | None
    initiative: str
    contact_id: str
    contact_name: str
    text: str


@transaction.atomic
def record_entry(
    *,
    customer_id: str,
    content: Content,
    files: Sequence[attachments.Upload] = (),
    by: Staff,
    at: dt.datetime,
) -> Entry:
    """Keep a note on a customer, a contact with it, or one that is planned.

    Raises
    ------
    Http404
        The user does not see the customer.
    FileTooLarge, TooManyFiles, ContactRefused
        Nothing was kept.

    """
    customer = customers.get_customer(customer_id, visible_to=by)
    attachments.refuse_unfit(files, already=0)
    key = writing.hold_customer(customer.pk)
    entry = Entry(customer_id=key, by_id=by.pk, created_at=at)
    _fill(entry, content, at=at)
    entry.save()
    attachments.keep_files(entry.pk, files)
    _mention(entry, customer.owner, by=by)
    _let_rest(entry)
    _record("entry_recorded", entry, customer.name, by=by, at=at)
    return entry


@transaction.atomic
def change_entry(
    *,
    entry_id: int,
    content: Content,
    version: int,
    files: Sequence[attachments.Upload] = (),
    by: Staff,
    at: dt.datetime,
) -> Entry:
    """Let an entry say something else; only who wrote it may.

    Raises
    ------
    NotTheAuthor, EntryChanged
        Somebody else wrote it; or it was changed since `version`.
    FileTooLarge, TooManyFiles, ContactRefused
        Nothing was changed.

    """
    entry = queries.get_entry(entry_id, visible_to=by, lock=True)
    _refuse_others(entry, by)
    if entry.version != version:
        raise EntryChanged("This entry was changed meanwhile.")
    attachments.refuse_unfit(files, already=entry.attachments.count())
    customer = customers.get_customer(entry.customer_id, visible_to=by)
    _fill(entry, content, at=at)
    entry.changed_at, entry.version = at, entry.version + 1
    entry.save()
    attachments.keep_files(entry.pk, files)
    _mention(entry, customer.owner, by=by)
    _record("entry_changed", entry, customer.name, by=by, at=at)
    return entry


@transaction.atomic
def hold_entry(*, entry_id: int, by: Staff, at: dt.datetime) -> Entry:
    """Say that a planned contact took place; from then on it counts as one.

    Raises
    ------
    NotTheAuthor, NotPlanned
        Somebody else planned it; or it is still to come, or counts already.

    """
    entry = queries.get_entry(entry_id, visible_to=by, lock=True)
    _refuse_others(entry, by)
    if not entry.is_planned or entry.at > at:
        raise NotPlanned("It is not planned, or still to come.")
    entry.is_planned, entry.version = False, entry.version + 1
    entry.save(update_fields=["is_planned", "version"])
    _let_rest(entry)
    customer = customers.get_customer(entry.customer_id, visible_to=by)
    _record("entry_held", entry, customer.name, by=by, at=at)
    return entry


@transaction.atomic
def delete_entry(*, entry_id: int, by: Staff, at: dt.datetime) -> Entry:
    """Forget what an entry said, with its files; that there was one stays to be seen.

    Raises
    ------
    NotTheAuthor
        Somebody else wrote it.

    """
    entry = queries.get_entry(entry_id, visible_to=by, lock=True)
    _refuse_others(entry, by)
    customer = customers.get_customer(entry.customer_id, visible_to=by)
    digests = list(entry.attachments.values_list("sha256", flat=True))
    entry.attachments.all().delete()
    entry.mentions.all().delete()
    entry.text = entry.search = entry.contact_name = entry.contact_id = ""
    entry.minutes, entry.is_planned = None, False
    entry.deleted_at, entry.deleted_by_id = at, by.pk
    entry.version += 1
    entry.save()
    _record("entry_deleted", entry, customer.name, by=by, at=at)
    transaction.on_commit(lambda: attachments.forget(digests))
    return entry


@transaction.atomic
def add_attachments(
    *, entry_id: int, files: Sequence[attachments.Upload], by: Staff, at: dt.datetime
) -> Entry:
    """Add files to an entry; only who wrote it may.

    Raises
    ------
    NotTheAuthor
        Somebody else wrote it.
    FileTooLarge, TooManyFiles
        Nothing was kept.

    """
    entry = queries.get_entry(entry_id, visible_to=by, lock=True)
    _refuse_others(entry, by)
    attachments.refuse_unfit(files, already=entry.attachments.count())
    customer = customers.get_customer(entry.customer_id, visible_to=by)
    attachments.keep_files(entry.pk, files)
    _record("attachment_added", entry, customer.name, by=by, at=at)
    return entry


@transaction.atomic
def remove_attachment(*, attachment_id: int, by: Staff, at: dt.datetime) -> Entry:
    """Take a file off an entry; only who wrote the entry may.

    Raises
    ------
    NotTheAuthor
        Somebody else wrote it.

    """
    attachment = queries.get_attachment(attachment_id, visible_to=by)
    entry = queries.get_entry(attachment.entry_id, visible_to=by, lock=True)
    _refuse_others(entry, by)
    customer = customers.get_customer(entry.customer_id, visible_to=by)
    Attachment.objects.filter(pk=attachment.pk).delete()
    _record("attachment_removed", entry, customer.name, by=by, at=at)
    transaction.on_commit(lambda: attachments.forget([attachment.sha256]))
    return entry


@transaction.atomic
def read_mentions(*, by: Staff, at: dt.datetime) -> int:
    """Note that a user has read everything that mentions them; return how many."""
    unread = Mention.objects.filter(user_id=by.pk, read_at__isnull=True)
    return unread.update(read_at=at)


@transaction.atomic
def settle_question(customer_id: str, *, by: Staff, at: dt.datetime) -> None:
    """Say that what a customer wrote until now needs no answer.

    Raises
    ------
    Http404
        The user does not see the customer.

    """
    customer = customers.get_customer(customer_id, visible_to=by)
    Settled.objects.update_or_create(
        pk=customer.pk, defaults={"at": at, "by_id": by.pk}
    )
    subject = audit.Subject(kind="customer", id=customer.pk, name=customer.name)
    audit.record("question_settled", subject=subject, by=by, at=at)


def move_entries(gone: str, kept: str) -> None:
    """Give the entries of a customer that was merged to the one that stays.

    What it wrote waits for an answer there, whatever was said of the other's.
    """
    Entry.objects.filter(customer_id=gone).update(customer_id=kept)
    if not Question.objects.filter(pk=kept).exists():
        Question.objects.filter(pk=gone).update(customer_id=kept)
    Question.objects.filter(pk=gone).delete()
    Settled.objects.filter(pk=gone).delete()


def _refuse_others(entry: Entry, by: Staff) -> None:
    if entry.by_id != by.pk:
        raise NotTheAuthor("Somebody else wrote this.")


def _fill(entry: Entry, content: Content, *, at: dt.datetime) -> None:
    is_note = content.kind == Entry.Kind.NOTE
    if content.at > at and content.initiative != Entry.Initiative.THEIRS:
        _refuse_unwilling(content, at=at)
    entry.kind, entry.at = content.kind, content.at
    entry.is_planned = content.at > at and not is_note
    entry.minutes = None if is_note else content.minutes
    entry.initiative = "" if is_note else content.initiative
    entry.contact_id, entry.contact_name = content.contact_id, content.contact_name
    entry.text = content.text
    entry.search = searched_text(content.text, content.contact_name)


def _refuse_unwilling(content: Content, *, at: dt.datetime) -> None:
    gate = consents.gate_for([content.contact_id], at=at)
    if not gate.may(content.contact_id, Purpose.CONTACT):
        raise ContactRefused(
            f"{content.contact_name} does not want to be contacted.",
            contact=content.contact_name,
        )


def _let_rest(entry: Entry) -> None:
    """Let the customer rest after a contact of ours that took place."""
    if entry.initiative == Entry.Initiative.OURS and not entry.is_planned:
        work.note_contact(entry.customer_id, on=timezone.localdate(entry.at))


def _mention(entry: Entry, owner: str, *, by: Staff) -> None:
    """Keep whom an entry mentions; who was mentioned before has read it still."""
    wanted = mentioned(entry.text, people_who_see(owner)) - {by.pk}
    entry.mentions.exclude(user_id__in=wanted).delete()
    known = set(entry.mentions.values_list("user_id", flat=True))
    Mention.objects.bulk_create(
        Mention(entry=entry, user_id=key) for key in sorted(wanted - known)
    )


def _record(
    action: str, entry: Entry, name: str, *, by: Staff, at: dt.datetime
) -> None:
    subject = audit.Subject(kind="customer", id=entry.customer_id, name=name)
    details = {"kind": entry.kind, "entry": entry.pk}
    audit.record(action, subject=subject, by=by, at=at, details=details)
