"""What traits of customers and contacts say about the columns of their tables."""

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from banso.collect.messages import Message, moment
from banso.tables.people import CONTACTS, CUSTOMERS
from banso.tables.spec import Column, Kind, TableSpec

Traits = Mapping[str, object]

# names of Segment's specification beside those of the contract
_CUSTOMER_NAMES: Mapping[str, str] = MappingProxyType(
    {"employees": "size", "created_at": "created_on", "created": "created_on"}
)
_CONTACT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "title": "role",
        "position": "role",
        "language": "locale",
        "created_at": "created_on",
        "created": "created_on",
    }
)
_BIG = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FOREIGN = ("customer_id", "contact_id")  # said by ids, never by traits


@dataclass(frozen=True)
class Reading:
    """What is needed to read traits: the columns of the table, and the zone of days."""

    spec: TableSpec
    attributes: Mapping[str, Kind]  # of the lake's own columns
    zone: ZoneInfo

    def values(self, message: Message) -> Iterator[tuple[str, object]]:
        """Yield the columns that a call gives, with values that JSON can hold."""
        given = dict(_flat(self.spec, message))
        names = _CUSTOMER_NAMES if self.spec is CUSTOMERS else _CONTACT_NAMES
        for trait, value in given.items():
            name = trait if trait in self.spec.by_name else names.get(trait, trait)
            if name != trait and name in given:
                continue  # said by its own name, too
            read = self._value(name, value)
            if read is not None and name not in _FOREIGN:
                yield name, read

    def _value(self, name: str, value: object) -> object:
        column = self.spec.by_name.get(name)
        if column is not None:
            return _of_column(column, value, self.zone)
        kind = self.attributes.get(name)
        return None if kind is None else _of_kind(kind, value, self.zone)


def stored(kind: Kind, value: object) -> object:
    """Return a value that was remembered as JSON as Arrow wants it."""
    if kind is Kind.DATE and isinstance(value, str):
        return dt.date.fromisoformat(value)
    return value


def _flat(spec: TableSpec, message: Message) -> Iterator[tuple[str, object]]:
    traits = message.traits or {}
    address = traits.get("address")
    if spec is CUSTOMERS and isinstance(address, dict) and "country" not in traits:
        yield "country", address.get("country")
    if spec is CONTACTS and "name" not in traits:
        names = [traits.get(n) or traits.get(s) for n, s in _NAMES]
        said = [str(each).strip() for each in names if isinstance(each, str)]
        yield "name", " ".join(said)
    locale = (message.context or {}).get("locale")
    if spec is CONTACTS and "locale" not in traits and isinstance(locale, str):
        yield "locale", locale
    for name, value in traits.items():
        yield _BIG.sub("_", name).lower(), value


_NAMES = (("firstName", "first_name"), ("lastName", "last_name"))


def _of_column(column: Column, value: object, zone: ZoneInfo) -> object:
    read = _of_kind(column.kind, value, zone)
    if column.choices:
        chosen = str(read).lower()
        return chosen if chosen in column.choices else None
    return read


def _of_kind(kind: Kind, value: object, zone: ZoneInfo) -> object:
    match kind:
        case Kind.TEXT:
            return _text(value)
        case Kind.DATE:
            return _day(value, zone)
        case Kind.FLAG:
            return value if isinstance(value, bool) else None
        case Kind.INTEGER:
            number = _number(value)
            whole = number is not None and number == int(number)
            return int(number) if whole and abs(number) < 1 << 63 else None  # type: ignore[arg-type]
        case Kind.NUMBER:
            return _number(value)
    return None


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean(str(value)).strip() or None


def _day(value: object, zone: ZoneInfo) -> str | None:
    when = moment(value)
    if when is None:
        return None
    given = str(value).strip()
    return (
        given if len(given) == len("2026-11-27") else str(when.astimezone(zone).date())
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def clean(text: str) -> str:
    """Return a text without the sign that no database keeps."""
    return text.replace("\x00", "\ufffd")
