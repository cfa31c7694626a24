"""The operations of a PATCH (RFC 7644, 3.5.2) on the JSON of a resource."""

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from banso.web.scim.faults import ScimRefused
from banso.web.scim.resources import Change, Json

_SCHEMA = r"(?:urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):)?"
_PATH = re.compile(
    rf"^{_SCHEMA}(?P<attribute>[A-Za-z]\w*)"
    r"(?:\[(?P<filter>[^\]]*)\])?(?:\.(?P<part>[A-Za-z]\w*))?$"
)
_EQUAL = re.compile(
    r'^\s*(?P<name>[A-Za-z]\w*)\s+eq\s+(?:"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>\w+))\s*$',
    re.IGNORECASE,
)
_NAMES = {
    name.lower(): name
    for name in (
        *("userName", "externalId", "displayName", "name", "emails", "active"),
        *("members", "formatted", "givenName", "familyName"),
        *("value", "type", "primary", "display"),
    )
}
_LISTS = ("emails", "members")
Resource = dict[str, object]


@dataclass(frozen=True)
class Place:
    """What a path points at."""

    attribute: str
    filter: tuple[str, object] | None  # of the values of a list: one part and its value
    part: str | None


def patched(resource: Json, changes: Iterable[Change]) -> Resource:
    """Return a resource after all operations, in their order.

    Attributes that we do not keep are left alone, as when a resource is created.

    Raises
    ------
    ScimRefused
        A path or a value cannot be read; nothing is to be changed then.

    """
    found = copy.deepcopy(dict(resource))
    for change in changes:
        for path, value in _single(change):
            place = _place(path)
            if place is not None:
                _apply(found, place, change.op, value)
    return found


def _single(change: Change) -> Iterator[tuple[str, object]]:
    if change.path is not None:
        yield change.path, change.value
    elif change.op == "remove":
        raise ScimRefused("remove needs a path.", kind="noTarget")
    elif isinstance(change.value, dict):
        yield from change.value.items()
    else:
        raise ScimRefused("Without a path, value is an object.", kind="invalidValue")


def _place(path: str) -> Place | None:
    """Return what a path points at; None for what we do not keep."""
    match = _PATH.match(path)
    if match is None:
        if path.startswith("urn:"):  # an attribute of an extension
            return None
        raise ScimRefused(f"The path {path!r} cannot be read.", kind="invalidPath")
    attribute = _NAMES.get(match["attribute"].lower())
    if attribute is None:
        return None
    part = _NAMES.get(match["part"].lower(), "") if match["part"] else None
    equal = _EQUAL.match(match["filter"]) if match["filter"] is not None else None
    if match["filter"] is not None and equal is None:
        raise ScimRefused(f"The filter of {path!r} cannot be read.", kind="invalidPath")
    if equal is None:
        return Place(attribute, None, part)
    word = (equal["word"] or "").lower()
    value = {"true": True, "false": False}.get(word, equal["text"] or word)
    return Place(attribute, (_NAMES.get(equal["name"].lower(), ""), value), part)


def _apply(found: Resource, place: Place, op: str, value: object) -> None:
    if op == "remove" and place.attribute in ("active", "userName", "displayName"):
        raise ScimRefused(f"{place.attribute} cannot be removed.", kind="mutability")
    if place.attribute in _LISTS:
        found[place.attribute] = _listed(found.get(place.attribute), place, op, value)
    elif place.part is not None:
        whole = found.get(place.attribute)
        parts = dict(whole) if isinstance(whole, dict) else {}
        _set(parts, place.part, op, value)
        found[place.attribute] = parts
    elif op != "remove" and isinstance(value, dict):
        whole = found.get(place.attribute)
        kept = dict(whole) if isinstance(whole, dict) else {}
        named = {_NAMES.get(str(key).lower(), key): each for key, each in value.items()}
        found[place.attribute] = {**kept, **named}
    else:
        _set(found, place.attribute, op, value)


def _set(parts: Resource, name: str, op: str, value: object) -> None:
    if op == "remove":
        parts.pop(name, None)
    else:
        parts[name] = value


def _listed(there: object, place: Place, op: str, value: object) -> list[Resource]:
    values = [dict(each) for each in there] if isinstance(there, list) else []
    if place.filter is not None:
        return _filtered(values, place, op, value)
    given = _values(value)
    keys = {str(each.get("value")) for each in given}
    others = [each for each in values if str(each.get("value")) not in keys]
    if op == "remove":
        return others if given else []
    return given if op == "replace" else [*others, *given]


def _filtered(
    values: list[Resource], place: Place, op: str, value: object
) -> list[Resource]:
    assert place.filter is not None
    name, wanted = place.filter
    chosen = [each for each in values if each.get(name) == wanted]
    if op == "remove" and place.part is None:
        return [each for each in values if each.get(name) != wanted]
    if not chosen:
        if op == "remove":
            return values
        chosen = [{name: wanted}]
        values = [*values, *chosen]
    for each in chosen:
        if place.part is not None:
            _set(each, place.part, op, value)
        elif isinstance(value, dict):
            each.update(value)
    return values


def _values(value: object) -> list[Resource]:
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    found = [
        dict(each) if isinstance(each, dict) else {"value": each} for each in items
    ]
    return list({str(each.get("value")): each for each in found}.values())
