"""Calls of clients into rows of events, customers and contacts."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import msgspec

from banso.collect.log import Record
from banso.collect.messages import Message, moment, read_kept, read_message, text_of
from banso.kernel.masking import Mask
from banso.runs.collected_consents import Categories, Decision, decisions_in
from banso.runs.collected_memory import Event, Memory
from banso.runs.collected_traits import Reading, clean, stored
from banso.tables.people import CONTACTS, CUSTOMERS
from banso.tables.spec import Kind, TableSpec

Row = dict[str, object]
Rows = Mapping[str, Row]  # by key

SKEW_BELIEVED_US = 5_000_000  # a clock that differs by less is taken as right
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True)
class Call:
    """One accepted call, with its moment set right."""

    source: str
    kind: str
    message_id: str
    at: int  # microseconds
    message: Message
    person: str  # whom it is about: "u:" and a userId, "a:" and an anonymousId, or ""


@dataclass(frozen=True)
class Known:
    """What the lake knows already; each is asked for many keys at once."""

    columns: Callable[[str], Mapping[str, Kind]]  # of a table
    rows: Callable[[str, Collection[str]], Rows]  # of a table, by key
    zone: ZoneInfo
    mask: Mask | None = None  # knows who was erased
    # what each category of a consent banner is
    categories: Categories = field(default_factory=dict)


@dataclass
class Conversion:
    """The calls of one taking in, on their way into rows."""

    memory: Memory
    known: Known
    events: dict[str, Row] = field(default_factory=dict)
    customers: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    calls: int = 0
    erased: int = 0  # calls of those, about anybody who was erased
    _unsettled: dict[str, tuple[Event, str]] = field(default_factory=dict)
    _said: dict[str, dict[str, Row]] = field(default_factory=dict)  # kind, key: values
    _stirred: set[str] = field(default_factory=set)  # whose customer may be known now
    _who: dict[str, str] = field(default_factory=dict)
    _decided: list[tuple[Call, Decision]] = field(default_factory=list)

    def take(self, record: Record) -> None:
        """Read the calls of one record of the log."""
        for call in calls_of(record):
            self.calls += 1
            if self.known.mask is not None and is_of(self.known.mask, call.message):
                self.erased += 1
                self._take_unnamed(self.known.mask, call)
            else:
                self._take(call)

    def finish(self, *, look_again: bool) -> None:
        """Settle whose each event is, and make the rows of customers and contacts.

        Parameters
        ----------
        look_again
            Whether the lake may know the customer of anybody whom events wait for.

        """
        self._who.clear()
        self._release(look_again=look_again)
        self._settle()
        self.customers = list(self._people(CUSTOMERS))
        self.contacts = list(self._people(CONTACTS))
        self.consents = list(self._decisions())

    def _take(self, call: Call) -> None:
        message = call.message
        match call.kind:
            case "group":
                customer = clean(text_of(message.group_id))
                self._say("customers", CUSTOMERS, customer, call)
                self._belongs(call, customer)
            case "identify":
                self._identify(call)
            case "alias":
                previous = clean(text_of(message.previous_id))
                for prefix in ("a:", "u:"):
                    self._join(prefix + previous, call.person)
            case _:
                for decision in decisions_in(message, self.known.categories):
                    self._decided.append((call, decision))
                self._event(call)

    def _take_unnamed(self, mask: Mask, call: Call) -> None:
        """Take what a call says of a customer, and nothing of who it is about."""
        message = call.message
        if call.kind == "group":
            customer = clean(text_of(message.group_id))
            self._say("customers", CUSTOMERS, customer, call)
        elif call.kind not in {"identify", "alias"} and customer_named(message, None):
            said = mask.own_value("", message.properties or {}, customer_id=None)
            properties = said if isinstance(said, dict) else {}
            unnamed = msgspec.structs.replace(message, properties=properties)
            self._event(replace(call, person="", message=unnamed))

    def _identify(self, call: Call) -> None:
        if not call.person.startswith("u:"):
            return  # nobody to be a contact yet
        anonymous = clean(text_of(call.message.anonymous_id))
        if anonymous:
            self._join(f"a:{anonymous}", call.person)
        self._say("contacts", CONTACTS, call.person.removeprefix("u:"), call)
        if customer := customer_named(call.message, call.message.traits):
            self._belongs(call, customer)

    def _join(self, previous: str, person: str) -> None:
        if self.memory.join(previous, person):
            self._who.clear()
            self._stirred |= {previous, self.memory.who(person)}

    def _belongs(self, call: Call, customer: str) -> None:
        if call.person:
            person = self._resolved(call.person)
            self.memory.add_membership(person, customer_id=customer, at=call.at)
            self._stirred.add(person)

    def _say(self, kind: str, spec: TableSpec, key: str, call: Call) -> None:
        attributes = {
            name: of
            for name, of in self.known.columns(spec.name).items()
            if name not in spec.by_name
        }
        reading = Reading(spec, attributes, self.known.zone)
        said = self._said.setdefault(kind, {}).setdefault(key, {})
        for name, value in reading.values(call.message):
            if self.memory.set_trait(kind, key, name, value=value, at=call.at):
                said[name] = value

    def _decisions(self) -> Iterator[Row]:
        """Yield what contacts decided; a visitor without a userId is nobody yet."""
        for call, (purpose, granted) in self._decided:
            person = self._resolved(call.person) if call.person else ""
            if person.startswith("u:"):
                yield {
                    "contact_id": person.removeprefix("u:"),
                    "purpose": str(purpose),
                    "decided_at": moment_of(call.at),
                    "granted": granted,
                    "basis": "consent",
                    "source": call.source,
                }

    def _event(self, call: Call) -> None:
        message = call.message
        properties = message.properties or {}
        event = Event(
            event_id=f"{call.source}:{call.message_id}",
            at=call.at,
            name=name_of(call),
            person=call.person,
            value=value_of(properties),
            properties=_encode(properties).decode() if properties else None,
        )
        customer = customer_named(message, None)
        self._unsettled.setdefault(event.event_id, (event, customer))

    def _release(self, *, look_again: bool) -> None:
        """Let the events go on that waited for somebody who may be known now."""
        persons = self.memory.waiting_persons() if look_again else self._stirred
        for event in self.memory.waiting_of(persons):
            self._unsettled.setdefault(event.event_id, (event, ""))

    def _settle(self) -> None:
        """Find the customer of each event; those without one wait."""
        lacking: list[Event] = []
        for event, named in self._unsettled.values():
            customer = named or self._customer_of(event)
            if customer:
                self._add(event, customer)
            else:
                lacking.append(event)
        users = {self._resolved(event.person).removeprefix("u:") for event in lacking}
        rows = self.known.rows("contacts", users) if users else {}
        for event in lacking:
            contact = rows.get(self._resolved(event.person).removeprefix("u:"), {})
            customer = str(contact.get("customer_id") or "")
            if customer:
                self._add(event, customer)
            else:
                self.memory.wait(event)
        self.memory.stop_waiting(self.events)

    def _customer_of(self, event: Event) -> str | None:
        person = self._resolved(event.person)
        return self.memory.find_customer(person, at=event.at) if person else None

    def _resolved(self, person: str) -> str:
        if person not in self._who:
            self._who[person] = self.memory.who(person)
        return self._who[person]

    def _add(self, event: Event, customer: str) -> None:
        person = self._resolved(event.person)
        user = person.removeprefix("u:") if person.startswith("u:") else None
        self.events[event.event_id] = {
            "event_id": event.event_id,
            "occurred_at": moment_of(event.at),
            "customer_id": customer,
            "name": event.name,
            "contact_id": user,
            "value": event.value,
            "properties": event.properties,
        }

    def _people(self, spec: TableSpec) -> Iterator[Row]:
        """Yield the rows of customers or contacts: as the lake has them, and anew."""
        key = spec.key[0]
        said = self._said.get(spec.name, {})
        keys = set(said)
        if spec is CONTACTS:
            keys |= {p.removeprefix("u:") for p in self._stirred if p.startswith("u:")}
        before = self.known.rows(spec.name, keys) if keys else {}
        kinds = {column.name: column.kind for column in spec.columns}
        kinds |= self.known.columns(spec.name)
        for each in sorted(keys):
            row = self._person(spec, each, before.get(each), said.get(each))
            if row is not None:
                yield {key: each} | {
                    name: stored(kinds[name], value)
                    for name, value in row.items()
                    if name in kinds and name != key
                }

    def _person(
        self, spec: TableSpec, key: str, before: Row | None, said: Row | None
    ) -> Row | None:
        """Return the row of one customer or contact, or None when there is none yet."""
        row: Row = {**(before or self.memory.traits(spec.name, key)), **(said or {})}
        if spec is CUSTOMERS:
            return {**row, "name": row.get("name") or key}
        if said is None and not row:
            return None  # somebody who never was identified
        person = f"u:{key}"
        if before is None or person in self._stirred:
            row["customer_id"] = self.memory.newest_customer(person) or row.get(
                "customer_id"
            )
        return row if row.get("customer_id") else None


def calls_of(record: Record) -> Iterator[Call]:
    """Yield the calls of a record, in the order in which the client made them.

    A call without a messageId has one made of its place in the log.
    """
    kept = read_kept(record.payload)
    skew = _skew(kept.received, kept.sent)
    for index, raw in enumerate(kept.batch):
        message = read_message(raw)
        place = f"{record.begin.segment}-{record.begin.offset}-{index}"
        yield Call(
            source=kept.source,
            kind=kept.kind or message.type or "track",
            message_id=clean(text_of(message.message_id)) or place,
            at=_happened(message, kept.received, skew),
            message=message,
            person=person_of(message),
        )


def is_of(mask: Mask, message: Message) -> bool:
    """Return whether a call is about somebody who was erased."""
    users = (message.user_id, message.previous_id)
    devices = (message.anonymous_id, message.previous_id)
    return any(mask.is_contact(clean(text_of(each))) for each in users) or any(
        mask.is_device(clean(text_of(each))) for each in devices
    )


def person_of(message: Message) -> str:
    """Return whom a call is about: by userId, else by anonymousId."""
    if user := text_of(message.user_id):
        return f"u:{clean(user)}"
    anonymous = text_of(message.anonymous_id)
    return f"a:{clean(anonymous)}" if anonymous else ""


def name_of(call: Call) -> str:
    """Return the name of an event; views are named as Segment's own tools name them."""
    if call.kind == "track":
        return clean(call.message.event or "").strip()
    what = call.kind.title()
    name = call.message.name or (call.message.properties or {}).get("name")
    named = clean(name).strip() if isinstance(name, str) else ""
    return f"Viewed {named} {what}" if named else f"Viewed {what}"


def value_of(properties: Mapping[str, object]) -> float | None:
    """Return the value of an event: that of ``value``, else of ``revenue``."""
    for name in ("value", "revenue"):
        found = properties.get(name)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return float(found) if abs(found) < 1e300 else None
    return None


def customer_named(message: Message, traits: Mapping[str, object] | None) -> str:
    """Return the customer that a call names itself; empty when it names none."""
    context = message.context or {}
    of_context = context.get("traits")
    places: Iterable[object] = (context, of_context, traits)
    if message.group_id is not None:
        return clean(text_of(message.group_id))
    for place in places:
        if isinstance(place, dict):
            company = place.get("company")
            inside = company.get("id") if isinstance(company, dict) else None
            for found in (place.get("groupId"), place.get("customer_id"), inside):
                if isinstance(found, str | int) and (said := text_of(found)):
                    return clean(said)
    return ""


def moment_of(at: int) -> dt.datetime:
    """Return a moment of microseconds."""
    return _EPOCH + at * _MICROSECOND


def _happened(message: Message, received: int, skew: int) -> int:
    """Return when a call was made, by our clock; never after it came here."""
    said = moment(message.original_timestamp or message.timestamp)
    if said is None:
        return received
    return min((said - _EPOCH) // _MICROSECOND + skew, received)


def _skew(received: int, sent: str | None) -> int:
    """Return by how much the sender's clock is slow, unless it is right enough."""
    said = moment(sent)
    if said is None:
        return 0
    skew = received - (said - _EPOCH) // _MICROSECOND
    return skew if abs(skew) > SKEW_BELIEVED_US else 0
