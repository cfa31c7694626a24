"""Everything that happened with a customer in one stream, the newest first."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.definitions.naming import NameRules
from banso.kernel.consent import Purpose
from banso.runs.reading import ReleaseReader, Row, Slice
from banso.tables.recorded import record_key
from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.web.customer.happenings import SAID, Names, Said, said_event_day
from banso.web.customer.willing import IS_UNSAID, without_words
from banso.web.timeline import queries as timeline
from banso.web.work import queries as work
from banso.webkit import formatting
from banso.webkit.permissions import Staff
from banso.webkit.searching import normalized, words_of

PAGE = 40
_FIRST_LOOK_DAYS = 120


@dataclass(frozen=True)
class KindOfItem:
    """A kind that the stream can be filtered by; `key` is its table."""

    key: str
    title: str | Promise
    icon: str


KINDS: Final[tuple[KindOfItem, ...]] = (
    KindOfItem("events", gettext_lazy("Use of the product"), "mouse-pointer-click"),
    KindOfItem("interactions", gettext_lazy("Touchpoints"), "handshake"),
    KindOfItem("notes", gettext_lazy("Notes"), "sticky-note"),
    KindOfItem("work", gettext_lazy("Plays and tasks"), "list-checks"),
    KindOfItem("tickets", gettext_lazy("Tickets"), "life-buoy"),
    KindOfItem("requests", gettext_lazy("Requests"), "lightbulb"),
    KindOfItem("responses", gettext_lazy("Survey answers"), "message-square-quote"),
    KindOfItem("milestones", gettext_lazy("Onboarding"), "flag"),
    KindOfItem("outcomes", gettext_lazy("Outcomes"), "target"),
    KindOfItem("participations", gettext_lazy("Community"), "users-round"),
    KindOfItem("subscriptions", gettext_lazy("Contracts"), "file-text"),
)
_NOTES: Final = "notes"  # kept in Banso alone
_INTERACTIONS: Final = "interactions"  # of the facts, and those recorded here
_WORK: Final = "work"  # likewise; steps that were a contact are touchpoints too
# the facts that entries and steps became
_OWN_KEYS: Final = (record_key(timeline.ENTRY, ""), record_key("action", ""))
_ORDER: Final = {kind.key: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Item:
    """Something that happened."""

    kind: KindOfItem
    moment: dt.datetime  # aware, UTC; of a day: its last instant
    key: tuple[str, ...]
    day: str
    time: str  # empty: the day alone is known
    said: Said
    entry: timeline.Told | None = None  # what was recorded here, to be changed here
    deed: work.Deed | None = None  # what was done or decided in the course of work


@dataclass(frozen=True)
class Asked:
    """Which part of the stream to show, and to whom."""

    reader: Staff
    at: dt.datetime  # the present
    only: str = ""  # a kind to show alone; any other text shows all
    cursor: str = ""  # ``Stream.next`` of the page before
    question: str = ""  # words that an item must contain
    size: int = PAGE  # items a page
    with_use: bool = True  # whether days of use are there, when there is anything else
    # what the words of people are shown for: who refuses one of these is not quoted
    purposes: Sequence[Purpose] = (Purpose.VOICE_ANALYSIS,)


@dataclass(frozen=True)
class Stream:
    """One page of what happened."""

    items: Sequence[Item]
    next: str  # cursor; empty: this is the end
    has_previous: bool
    kinds: Sequence[tuple[KindOfItem, bool]]  # those connected; whether shown alone
    missing: Sequence[KindOfItem]  # tables to connect
    chosen: str
    question: str


@dataclass(frozen=True)
class _Cursor:
    """Where a page begins: at a moment, after so many items of that very moment."""

    moment: dt.datetime
    skip: int = 0

    def __str__(self) -> str:
        return f"{self.moment.strftime('%Y%m%dT%H%M%S%f')}-{self.skip}"

    @classmethod
    def parse(cls, text: str) -> "_Cursor | None":
        moment, _dash, skip = text.partition("-")
        try:
            found = dt.datetime.strptime(f"{moment}+0000", "%Y%m%dT%H%M%S%f%z")
            return cls(found, min(max(int(skip), 0), 10_000))
        except ValueError:
            return None


def stream_of(reader: ReleaseReader, customer_id: str, asked: Asked) -> Stream:
    """Return one page of what happened, the newest first.

    Facts are there up to the as-of date; what was recorded here, up to the present.

    Parameters
    ----------
    reader, customer_id
        Of whom.
    asked
        Which part.

    """
    recorded = _recorded_kinds(customer_id)
    connected = [kind for kind in KINDS if reader.has(kind.key) or kind.key in recorded]
    chosen = asked.only if asked.only in {kind.key for kind in connected} else ""
    zone = ZoneInfo(reader.project.timezone)
    last = _end_of(reader.release.as_of, zone)
    start = _Cursor(max(last, asked.at))
    place = _Cursor.parse(asked.cursor) or start
    place = min(place, start, key=lambda each: each.moment)
    words = words_of(asked.question)
    limit = asked.size + place.skip + 1
    wanted = [kind for kind in connected if chosen in {"", kind.key}]
    if words or (not asked.with_use and len(wanted) > 1):
        wanted = [kind for kind in wanted if kind.key != "events"]
    has_work = _WORK in recorded
    up_to = _UpTo(min(place.moment, last), limit, zone, words, has_work, asked)
    tables = [kind for kind in wanted if reader.has(kind.key)]
    found = _items(reader, customer_id, tables, up_to)
    up_to = _UpTo(place.moment, limit, zone, words)
    if _NOTES in recorded:
        found += _entries(customer_id, wanted, up_to, reader=asked.reader)
    if has_work:
        found += _deeds(customer_id, wanted, up_to, reader=asked.reader)
    # Among equal moments in the order of the reader, whose limit cuts them off.
    found.sort(key=lambda item: item.key, reverse=True)
    found.sort(key=lambda item: _ORDER[item.kind.key])
    found.sort(key=lambda item: item.moment, reverse=True)
    page, following = _cut_out(found, place, size=asked.size)
    return Stream(
        items=page,
        next=following,
        has_previous=place != start,
        kinds=[(kind, kind.key == chosen) for kind in connected],
        missing=[k for k in KINDS if k not in connected and k.key in TABLES],
        chosen=chosen,
        question=asked.question.strip(),
    )


def _recorded_kinds(customer_id: str) -> set[str]:
    """Return the kinds of which the app itself has something at a customer."""
    found = set()
    if timeline.has_entries(customer_id):
        found |= {_NOTES, _INTERACTIONS}
    if work.has_deeds(customer_id):
        found.add(_WORK)
    return found


def _cut_out(
    found: Sequence[Item], place: _Cursor, *, size: int
) -> tuple[Sequence[Item], str]:
    """Return the items of a page, and the cursor of the one that follows."""
    same = sum(item.moment == place.moment for item in found[: place.skip])
    rest = found[same:]
    page = rest[:size]
    if len(rest) <= size:
        return page, ""
    last = page[-1].moment
    shown = sum(item.moment == last for item in page)
    before = same if last == place.moment else 0
    return page, str(_Cursor(last, shown + before))


@dataclass(frozen=True)
class _UpTo:
    """What to read: so many items of a kind, up to and including a moment."""

    moment: dt.datetime
    limit: int
    zone: ZoneInfo
    words: Sequence[str] = ()  # what must be in them: then all are read
    has_work: bool = False  # whether steps were done that may have returned as rows
    asked: Asked | None = None

    @property
    def rows(self) -> int | None:
        """How many rows of a table to read; None: all."""
        return None if self.words else self.limit

    @property
    def day(self) -> dt.date:
        """The company's day of the moment."""
        return self.moment.astimezone(self.zone).date()


def _items(
    reader: ReleaseReader,
    customer_id: str,
    kinds: Sequence[KindOfItem],
    up_to: _UpTo,
) -> list[Item]:
    """Return the newest items of each kind."""
    items: list[Item] = []
    rows: dict[str, Sequence[Row]] = {}
    for kind in kinds:
        if kind.key == "events":
            days = _newest_event_days(reader, customer_id, up_to)
            items += _event_days(kind, days, reader.catalog.names, up_to.zone)
        else:
            rows[kind.key] = _rows(reader, customer_id, kind, up_to)
    if up_to.asked is not None:
        rows = without_words(rows, up_to.asked.purposes, at=up_to.asked.at)
    rows = {
        key: [row for row in of_kind if _contains(row, up_to.words)]
        for key, of_kind in rows.items()
    }
    told = [row for of_kind in rows.values() for row in of_kind]
    names = Names(_people(reader, told), reader.catalog.names)
    for kind in kinds:
        spec = TABLES[kind.key]
        assert spec.time is not None
        for row in rows.get(kind.key, ()):
            if (when := row[spec.time]) is not None:
                key = tuple(str(row[name]) for name in spec.key)
                said = SAID[kind.key](row, names)
                if row.get(IS_UNSAID):
                    unsaid = _("The words are not shown, as this person wishes.")
                    notes = [note for note in (said.note, unsaid) if note]
                    said = replace(said, note=" · ".join(notes))
                items.append(_item(kind, when, key, said, zone=up_to.zone))
    return [item for item in items if item.moment <= up_to.moment]


def _rows(
    reader: ReleaseReader, customer_id: str, kind: KindOfItem, up_to: _UpTo
) -> list[Row]:
    """Return the newest rows of a table, but for those that are shown as entries."""
    own = 0
    if kind.key == _INTERACTIONS:
        own = timeline.count_contacts(customer_id)
        own += work.count_contacts(customer_id) if up_to.has_work else 0
    limit = None if up_to.rows is None else up_to.rows + own
    only = Slice(until=_until(kind, up_to), limit=limit)
    key = TABLES[kind.key].key[0]
    return [
        row
        for row in reader.facts(kind.key, customer_id, only=only)
        if not str(row[key]).startswith(_OWN_KEYS)
    ]


def _contains(row: Row, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = normalized("\n".join(str(v) for v in row.values() if isinstance(v, str)))
    return all(word in text for word in words)


def _entries(
    customer_id: str, kinds: Sequence[KindOfItem], up_to: _UpTo, *, reader: Staff
) -> Iterator[Item]:
    """Yield what was recorded here, as far as its kind is wanted."""
    wanted = {kind.key: kind for kind in kinds}
    for entry in timeline.entries_of(
        customer_id, visible_to=reader, until=up_to.moment, words=up_to.words
    ):
        kind = wanted.get(_NOTES if entry.is_note else _INTERACTIONS)
        if kind is not None and not entry.is_planned:
            clock = entry.at.astimezone(up_to.zone).strftime("%H:%M")
            day = formatting.day(entry.at)
            key = (f"{entry.entry_id:012d}",)
            yield Item(kind, entry.at, key, day, clock, Said(entry.title), entry)


def _deeds(
    customer_id: str, kinds: Sequence[KindOfItem], up_to: _UpTo, *, reader: Staff
) -> Iterator[Item]:
    """Yield what was done and decided, as far as its kind is wanted.

    Where touchpoints are shown alone, the steps that were a contact are among them.
    """
    wanted = {kind.key: kind for kind in kinds}
    for deed in work.deeds_of(
        customer_id,
        visible_to=reader,
        until=up_to.moment,
        limit=up_to.rows,
        searched=up_to.words,
    ):
        kind = wanted.get(_WORK)
        if kind is None and deed.channel:
            kind = wanted.get(_INTERACTIONS)
        if kind is not None:
            clock = deed.at.astimezone(up_to.zone).strftime("%H:%M")
            said = Said(deed.title, deed.text, staff=deed.by, note=deed.more)
            day = formatting.day(deed.at)
            yield Item(kind, deed.at, (deed.key,), day, clock, said, deed=deed)


def _until(kind: KindOfItem, up_to: _UpTo) -> dt.date:
    """Return the bound, itself not included, on the time of a kind's rows."""
    spec = TABLES[kind.key]
    assert spec.time is not None
    if spec.by_name[spec.time].kind is Kind.DATE:
        return up_to.day + dt.timedelta(days=1)
    return up_to.moment.replace(tzinfo=None) + dt.timedelta(microseconds=1)


def _newest_event_days(
    reader: ReleaseReader, customer_id: str, up_to: _UpTo
) -> Sequence[Row]:
    """Return the last days of use, first looking only some months back."""
    # A day stands at its last instant, so a day that has not ended is not there.
    is_over = up_to.moment >= _end_of(up_to.day, up_to.zone)
    until = up_to.day + dt.timedelta(days=1) if is_over else up_to.day
    since = until - dt.timedelta(days=_FIRST_LOOK_DAYS)
    near = Slice(until=until, since=since, limit=up_to.limit)
    rows = reader.event_days(customer_id, only=near)
    if len({row["day"] for row in rows}) >= up_to.limit:
        return rows
    far = Slice(until=until, limit=up_to.limit)
    return reader.event_days(customer_id, only=far)


def _event_days(
    kind: KindOfItem, rows: Sequence[Row], codes: NameRules, zone: ZoneInfo
) -> Iterator[Item]:
    by_day: dict[dt.date, list[Row]] = {}
    for row in rows:
        day = row["day"]
        assert isinstance(day, dt.date)
        by_day.setdefault(day, []).append(row)
    for day, of_day in by_day.items():
        moment = _end_of(day, zone)
        said = said_event_day(of_day, codes)
        yield Item(kind, moment, (), formatting.day(day), "", said)


def _item(
    kind: KindOfItem, when: object, key: tuple[str, ...], said: Said, *, zone: ZoneInfo
) -> Item:
    if isinstance(when, dt.datetime):
        moment = when.replace(tzinfo=dt.UTC)
        clock = moment.astimezone(zone).strftime("%H:%M")
        return Item(kind, moment, key, formatting.day(moment), clock, said)
    assert isinstance(when, dt.date)
    noon = dt.datetime.combine(when, dt.time(12), zone).astimezone(dt.UTC)
    return Item(kind, noon, key, formatting.day(when), "", said)


def _end_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the last instant of a company day."""
    following = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    return following.astimezone(dt.UTC) - dt.timedelta(microseconds=1)


def _people(reader: ReleaseReader, rows: Sequence[Row]) -> dict[str, str]:
    """Return the names of the contacts and gatherings that the rows mention."""
    names: dict[str, str] = {}
    for column, table, name in (
        ("contact_id", "contacts", "name"),
        ("gathering_id", "gatherings", "title"),
        ("staff", "staff", "name"),
    ):
        keys = sorted({str(row[column]) for row in rows if row.get(column)})
        found = reader.rows_by_key(table, keys)
        names |= {key: str(row[name]) for key, row in found.items() if row[name]}
    return names
