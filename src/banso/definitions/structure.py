"""Shape of definition files: what pydantic finds, said with line and nearest name."""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from banso.definitions.documents import Document
from banso.kernel.issues import Issue
from banso.kernel.nearness import did_you_mean

Said = tuple[str, str, str]  # code, message, hint


@dataclass(frozen=True)
class Shape:
    """What is wrong with the shape of a file, and which items of its list are."""

    issues: tuple[Issue, ...] = ()
    broken: frozenset[int] = frozenset()
    is_sound: bool = True  # pydantic takes all of it


def shape_of(document: Document, model: type[BaseModel], *items: str) -> Shape:
    """Return every way in which `document` has not the shape of `model`.

    `items` leads to the one list of the file (``("metrics",)``), so that the sound
    items of a file with faults can still be checked further.
    """
    try:
        model.model_validate_json(document.json_at())
    except ValidationError as error:
        details = error.errors(include_url=False)
    else:
        return Shape()
    issues = (
        _said(document, model, detail)
        for detail in details
        if not _is_told_already(detail)
    )
    below = [detail["loc"][len(items) :] for detail in details if _is_in(detail, items)]
    broken = frozenset(place[0] for place in below if isinstance(place[0], int))
    return Shape(tuple(issues), broken, is_sound=False)


def _is_in(detail: ErrorDetails, items: tuple[str, ...]) -> bool:
    place = detail["loc"]
    return place[: len(items)] == items and len(place) > len(items)


def _said(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Issue:
    place = detail["loc"]
    if detail["type"] == "extra_forbidden":
        code, message, hint = _unknown(str(place[-1]), _allowed_at(model, place[:-1]))
    else:
        code, message, hint = _TRANSLATIONS.get(detail["type"], _other)(detail)
    at = (*place, "kind") if detail["type"] == "union_tag_invalid" else place
    return document.issue(code, message, at=at, hint=hint)


def _is_told_already(detail: ErrorDetails) -> bool:
    if detail["type"] == "too_short":
        # A list whose items are wrong is empty for pydantic, yet not for its writer.
        return len(detail["input"]) > 0
    # An empty value is found while the file is read.
    return detail["input"] is None


def _missing(detail: ErrorDetails) -> Said:
    return "missing_key", f"'{detail['loc'][-1]}' is missing", ""


def _unknown(key: str, allowed: tuple[str, ...]) -> Said:
    hint = did_you_mean(key, allowed) or f"Allowed: {', '.join(allowed)}."
    return "unknown_key", f"unknown key '{_short(key)}'", hint


def _no_kind(detail: ErrorDetails) -> Said:
    del detail
    return "missing_key", "'kind' is missing", ""


def _wrong_kind(detail: ErrorDetails) -> Said:
    context = detail["ctx"]
    return _not_among(str(context["tag"]), context["expected_tags"], "kind")


def _wrong_choice(detail: ErrorDetails) -> Said:
    if detail["loc"][-1] == "schema_version":
        found = _in_words(detail["input"])
        return "wrong_version", f"schema_version must be 1, found {found}", ""
    expected = detail["ctx"]["expected"]
    key = next(step for step in reversed(detail["loc"]) if isinstance(step, str))
    return _not_among(str(detail["input"]), expected, key)


def _not_among(found: str, expected: str, key: str) -> Said:
    known = [
        word.strip(" '") for word in expected.replace(" or ", ", ").split(",") if word
    ]
    hint = did_you_mean(found, known) or f"Allowed: {', '.join(known)}."
    return "wrong_choice", f"unknown {key} '{_short(found)}'", hint


def _bad_key(detail: ErrorDetails) -> Said:
    hint = "Use a to z, 0 to 9 and _, a letter first, 63 characters at most."
    return "bad_key", f"'{_short(str(detail['input']))}' cannot be a key", hint


def _out_of_range(detail: ErrorDetails) -> Said:
    context = detail["ctx"]
    bound = (
        f"at least {context['ge']:g}"
        if "ge" in context
        else f"at most {context['le']:g}"
    )
    found = _in_words(detail["input"])
    key = detail["loc"][-1]
    return "out_of_range", f"'{key}' must be {bound}, found {found}", ""


def _empty(detail: ErrorDetails) -> Said:
    *above, key = detail["loc"]
    what = f"an item of '{above[-1]}'" if isinstance(key, int) else f"'{key}'"
    return "empty_value", f"{what} is empty", ""


def _wrong_type(
    expected: str,
) -> Callable[[ErrorDetails], Said]:
    def said(detail: ErrorDetails) -> Said:
        found = _in_words(detail["input"])
        place = detail["loc"]
        what = f"'{place[-1]}'" if place and isinstance(place[-1], str) else "this"
        return "wrong_type", f"{what} must be {expected}, found {found}", ""

    return said


def _other(detail: ErrorDetails) -> Said:
    return "wrong_value", detail["msg"], ""


_MAPPING = _wrong_type("a mapping (key: value)")
_TRANSLATIONS: Mapping[str, Callable[[ErrorDetails], Said]] = {
    "missing": _missing,
    "union_tag_not_found": _no_kind,
    "union_tag_invalid": _wrong_kind,
    "literal_error": _wrong_choice,
    "string_pattern_mismatch": _bad_key,
    "greater_than_equal": _out_of_range,
    "less_than_equal": _out_of_range,
    "string_too_short": _empty,
    "too_short": _empty,
    "string_type": _wrong_type("a text"),
    "int_type": _wrong_type("a whole number"),
    "int_from_float": _wrong_type("a whole number"),
    "float_type": _wrong_type("a number"),
    "bool_type": _wrong_type("true or false"),
    "tuple_type": _wrong_type("a list"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}


def _in_words(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text '{_short(value)}'"
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _allowed_at(
    model: type[BaseModel], place: tuple[str | int, ...]
) -> tuple[str, ...]:
    """Return the keys that may stand at `place` in a file of `model`."""
    here: list[type[BaseModel]] = [model]
    for step in place:
        if isinstance(step, int):
            continue
        tagged = [m for m in here if _kind_of(m) == step]
        here = tagged or [
            inner
            for m in here
            if step in m.model_fields
            for inner in _models_in(m.model_fields[step].annotation)
        ]
    return tuple(dict.fromkeys(key for m in here for key in m.model_fields))


def _kind_of(model: type[BaseModel]) -> str | None:
    field = model.model_fields.get("kind")
    return None if field is None else str(get_args(field.annotation)[0])


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if get_origin(annotation) in {Annotated, Union, types.UnionType, tuple}:
        return [m for part in get_args(annotation) for m in _models_in(part)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return []
