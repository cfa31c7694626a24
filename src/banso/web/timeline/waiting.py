"""Customers that wrote to us and had no answer yet."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import ibis
import ibis.expr.types as ir
from django.db.models import Exists, OuterRef, Q, QuerySet

from banso.runs.reading import ReleaseReader, Row
from banso.tables.recorded import record_key
from banso.web.customers import queries as customers
from banso.web.timeline.models import Entry, Question, Settled
from banso.web.timeline.telling import ENTRY, ICONS
from banso.web.work import queries as work
from banso.webkit.permissions import Scope, Staff

Kept = TypeVar("Kept", Entry, Question)
WINDOW_DAYS: Final = 30
SHOWN: Final = 8
_LOOKED_AT: Final = 200
_LONGEST: Final = 300
WRITTEN: Final = ("mail", "chat", "in_app")  # which wait for an answer
TALKED: Final = ("call", "meeting", "visit")  # which are one, whoever began
ANSWERS: Final = (*TALKED, "mail", "chat")  # of ours; not what goes to many


@dataclass(frozen=True)
class Waiting:
    """A customer that waits for an answer of ours."""

    customer_id: str
    name: str
    since: dt.datetime  # the first message without an answer
    messages: int
    icon: str
    contact: str
    text: str


def list_waiting(user: Staff, at: dt.datetime) -> Sequence[Waiting]:
    """Return who wrote within 30 days and had no answer, who waits longest first.

    An answer is a call, a meeting or a visit since, whoever began, or a mail or a chat
    of ours; of the facts, recorded here, or a step of a play. So is that somebody said
    that no answer is needed.
    """
    since = at - dt.timedelta(days=WINDOW_DAYS)
    questions = list(_of_release(user, since))
    entries = list(_recorded(user, since, at))
    keys = {each.pk for each in questions} | {each.customer_id for each in entries}
    answered = _answers(keys, since, at)
    names = customers.names_of(keys)
    asked = [
        *(_of_question(each, names) for each in questions if each.pk in names),
        *_of_entries(
            [one for one in entries if one.at > answered.get(one.customer_id, since)],
            names,
        ),
    ]
    first: dict[str, Waiting] = {}
    for each in sorted(asked, key=lambda one: one.since):
        if each.since > answered.get(each.customer_id, since):
            first.setdefault(each.customer_id, each)
    return list(first.values())[:SHOWN]


def take_in(reader: ReleaseReader) -> None:
    """Keep who wrote and had no answer, as a release tells it."""
    Question.objects.all().delete()
    Question.objects.bulk_create(_questions(reader), batch_size=500)


def _of_release(user: Staff, since: dt.datetime) -> QuerySet[Question]:
    questions = Question.objects.filter(since__gte=since)
    return _seen(questions, user).order_by("since", "pk")[:_LOOKED_AT]


def _of_question(question: Question, names: Mapping[str, str]) -> Waiting:
    return Waiting(
        customer_id=question.pk,
        name=names[question.pk],
        since=question.since,
        messages=question.messages,
        icon=ICONS.get(question.channel, "message-circle"),
        contact=question.contact,
        text=question.text,
    )


def _recorded(user: Staff, since: dt.datetime, at: dt.datetime) -> QuerySet[Entry]:
    """Return what was recorded that customers wrote, without a later answer."""
    later = Q(customer_id=OuterRef("customer_id"), at__gt=OuterRef("at"))
    answers = _contacts(since, at).filter(_is_answer(), later)
    asked = _seen(_contacts(since, at), user).filter(
        ~Exists(answers), kind__in=WRITTEN, initiative=Entry.Initiative.THEIRS
    )
    return asked.order_by("at", "pk")[:_LOOKED_AT]


def _of_entries(
    entries: Sequence[Entry], names: Mapping[str, str]
) -> Iterator[Waiting]:
    of_customer: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        of_customer[entry.customer_id].append(entry)
    for key, written in of_customer.items():
        yield Waiting(
            customer_id=key,
            name=names.get(key, key),
            since=written[0].at,
            messages=len(written),
            icon=ICONS[written[-1].kind],
            contact=written[-1].contact_name,
            text=written[-1].text[:_LONGEST],
        )


def _contacts(since: dt.datetime, at: dt.datetime) -> QuerySet[Entry]:
    """Return the contacts that were recorded of some time and took place."""
    return Entry.objects.filter(
        deleted_at__isnull=True, is_planned=False, at__gte=since, at__lte=at
    )


def _is_answer() -> Q:
    theirs = Q(kind__in=TALKED)
    return theirs | (Q(kind__in=ANSWERS) & ~Q(initiative=Entry.Initiative.THEIRS))


def _answers(
    keys: Collection[str], since: dt.datetime, at: dt.datetime
) -> dict[str, dt.datetime]:
    """Return when each customer was last answered, as far as the app knows."""
    if not keys:
        return {}
    found: dict[str, dt.datetime] = {}
    answers = _contacts(since, at).filter(_is_answer(), customer_id__in=keys)
    settled = Settled.objects.filter(pk__in=keys)
    for key, moment in (
        *answers.values_list("customer_id", "at"),
        *settled.values_list("pk", "at"),
        *work.contacts_since(keys, since),
    ):
        found[key] = max(found.get(key, moment), moment)
    return found


def _seen(rows: QuerySet[Kept], user: Staff) -> QuerySet[Kept]:
    if user.scope == Scope.ALL:
        return rows
    seen = customers.visible_customers(user).values("pk")
    return rows.filter(customer_id__in=seen)


def _questions(reader: ReleaseReader) -> list[Question]:
    """Return the questions of a release, each under the customer it belongs to now.

    What was recorded here returned to the facts; it is left out of both sides, for it
    may have been changed since.
    """
    moved = customers.aliases()
    rows = _messages(reader, of_some=not moved)
    if rows is None:
        return []
    asked: dict[str, list[Row]] = defaultdict(list)
    for row in reader.fetch(rows.order_by("occurred_at", "interaction_id")):
        key = str(row["customer_id"])
        key = moved.get(key, key)
        if row["is_answer"]:
            asked.pop(key, None)
        else:
            asked[key].append(row)
    people = reader.rows_by_key(
        "contacts",
        sorted(
            {str(r[-1]["contact_id"]) for r in asked.values() if r[-1]["contact_id"]}
        ),
    )
    return [_question(key, of_key, people) for key, of_key in sorted(asked.items())]


def _question(key: str, rows: Sequence[Row], people: Mapping[str, Row]) -> Question:
    newest, since = rows[-1], rows[0]["occurred_at"]
    assert isinstance(since, dt.datetime)
    person = people.get(str(newest["contact_id"]))
    return Question(
        customer_id=key,
        since=since.replace(tzinfo=dt.UTC),
        messages=len(rows),
        channel=str(newest["channel"]),
        contact=str((person or {}).get("name") or ""),
        text=str(newest["note"] or "")[:_LONGEST],
    )


def _messages(reader: ReleaseReader, *, of_some: bool) -> ir.Table | None:
    """Return what customers wrote, and what may have answered it, of the last days.

    A contact of which nobody knows whose initiative it was counts as ours. `of_some`
    leaves out customers that wrote nothing: none answers for another one.
    """
    if not reader.has("interactions"):
        return None
    rows = reader.all_facts("interactions")
    if not {"initiative", "channel"} <= set(rows.columns):
        return None
    for name in ("contact_id", "note"):
        if name not in rows.columns:
            rows = rows.mutate(**{name: ibis.null("string")})
    as_of = reader.release.as_of
    rows = rows.filter(
        rows.occurred_at >= ibis.literal(as_of - dt.timedelta(days=WINDOW_DAYS)),
        rows.occurred_at < ibis.literal(as_of + dt.timedelta(days=2)),
        ~rows.interaction_id.startswith(record_key(ENTRY, "")),
    )
    is_theirs = rows.initiative.fill_null("ours") == "theirs"
    rows = rows.mutate(
        is_answer=rows.channel.isin(TALKED) | (rows.channel.isin(ANSWERS) & ~is_theirs),
        is_question=rows.channel.isin(WRITTEN) & is_theirs,
    )
    rows = rows.filter(rows.is_answer | rows.is_question)
    if of_some:
        asking = rows.filter(rows.is_question).select("customer_id")
        rows = rows.semi_join(asking, "customer_id")
    return rows.select(
        "interaction_id", "customer_id", "occurred_at", "channel", "contact_id",
        "note", "is_answer",
    )  # fmt: skip
