"""What can be wrong with a value or a row, and the sentence that says so."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from banso.connectors.layout import KNOWN_AT, Field, Layout
from banso.connectors.quoting import joined, text_sql
from banso.connectors.values import LONGEST_TEXT
from banso.tables.spec import Kind, TableSpec

_SHOWN = 80  # characters of a value in a sentence
_CURRENCY = "[A-Z]{3}"
_NEVER_NEGATIVE = "mrr"

_UNPARSABLE: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DATE: "unparsable_date",
        Kind.TIME: "unparsable_time",
        Kind.INTEGER: "unparsable_number",
        Kind.NUMBER: "unparsable_number",
        Kind.MONEY: "unparsable_number",
        Kind.FLAG: "unparsable_flag",
        Kind.JSON: "unparsable_json",
    }
)
_EXPECTED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DATE: "a date such as 2024-01-31",
        Kind.TIME: "a time such as 2024-01-31T09:30:00+09:00",
        Kind.INTEGER: "a whole number such as 12",
        Kind.NUMBER: "a plain number such as 1200.5",
        Kind.MONEY: "a plain amount such as 1200.50",
        Kind.FLAG: "true or false",
        Kind.JSON: 'JSON such as {"plan": "pro"}',
    }
)
# Other forms of dates and numbers that are common: a pattern, and the format to map.
_DATE_FORMS = (
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y' or '%d/%m/%Y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"[A-Za-z]{3} \d{1,2} \d{4}", "%b %d %Y"),
    (r"[A-Za-z]{3} \d{1,2}, \d{4}", "%b %d, %Y"),
    (r"[A-Za-z]{4,9} \d{1,2}, \d{4}", "%B %d, %Y"),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
    (r"\d{4}年\d{1,2}月\d{1,2}日", "%Y年%m月%d日"),
    (r"(令和|平成|昭和|[RHS])(元|\d{1,2})[年./-].*", "wareki"),
    (r"\d{8}", "%Y%m%d"),
    (r"\d{5}(\.\d+)?", "excel"),
)
_NUMBER_FORMS = (
    (r"[-+¥$€£ ]*\d{1,3}(,\d{3})+(\.\d+)?[ 円]*", "1,234.56"),
    (r"[-+¥$€£ ]*\d{1,3}(\.\d{3})*,\d+[ 円€]*", "1.234,56"),
    (r"[-+¥$€£ ]+\d+(\.\d+)?[ 円]*|\d+(\.\d+)?[ 円]+", "1,234.56"),
)
# A column of dates that only says whether something happened.
_WHETHER = "(?i)(yes|no|y|n|true|false|t|f|0|1|はい|いいえ|あり|なし|有|無|済|未)"


@dataclass(frozen=True)
class Check:
    """One way in which a row can be wrong."""

    column: str
    reason: str
    condition: str  # SQL: true for a faulty row
    value: str  # SQL: the value found, as text
    detail: str  # SQL: the sentence


def checks_of(layout: Layout) -> Iterator[Check]:
    """Yield the checks of each column, then those of the whole row.

    The conditions read, for the field with number i: ``g<i>`` what the file gives as
    text, ``h<i>`` the same made plain (half-width), ``p<i>`` whether there is anything,
    ``v<i>`` the value that was read from it.
    """
    spec = layout.spec
    for number, field in enumerate(layout.fields):
        yield from _checks_of_field(spec, number, field)
    places = {field.name: number for number, field in enumerate(layout.fields)}
    if spec.span and all(name in places for name in spec.span):
        yield _negative_period(spec.span, *(places[name] for name in spec.span))
    if _NEVER_NEGATIVE in places and _NEVER_NEGATIVE in spec.by_name:
        yield _negative_mrr(places[_NEVER_NEGATIVE])


def shown(text: str) -> str:
    """Return SQL for a value inside a sentence: quoted, and cut when it is long."""
    return (
        f"'''' || CASE WHEN length({text}) > {_SHOWN}"
        f" THEN left({text}, {_SHOWN}) || '…' ELSE {text} END || ''''"
    )


def form_to_map(kind: Kind, text: str) -> str:
    """Return the format under which a mapping file can read `text`; empty for none.

    Parameters
    ----------
    kind
        Of the column.
    text
        A value that is not in the plain form of its kind.

    """
    plain = unicodedata.normalize("NFKC", text).strip()
    forms = _forms_of(kind)
    return next((form for pattern, form in forms if re.fullmatch(pattern, plain)), "")


def says_only_whether(kind: Kind, text: str) -> bool:
    """Return whether a value of a column of dates says that it happened, not when."""
    plain = unicodedata.normalize("NFKC", text).strip()
    is_dated = kind in {Kind.DATE, Kind.TIME}
    return is_dated and re.fullmatch(_WHETHER, plain) is not None


def _forms_of(kind: Kind) -> tuple[tuple[str, str], ...]:
    if kind in {Kind.DATE, Kind.TIME}:
        return _DATE_FORMS
    return _NUMBER_FORMS if kind in {Kind.NUMBER, Kind.MONEY, Kind.INTEGER} else ()


def _checks_of_field(spec: TableSpec, number: int, field: Field) -> Iterator[Check]:
    text, value = f"g{number}", f"v{number}"
    if field.kind in {Kind.TEXT, Kind.JSON}:
        yield _too_long(field.name, text)
    if field.kind is not Kind.TEXT:
        yield _unparsable(field, number)
    if field.column is None:
        return
    if field.column.choices:
        yield _wrong_choice(field.name, field.column.choices, text, value)
    if field.name == "currency":
        yield Check(
            field.name,
            "wrong_choice",
            f"NOT regexp_full_match({value}, '{_CURRENCY}')",
            text,
            f"'currency is ' || {shown(text)} ||"
            " '; expected a code of ISO 4217 such as JPY.'",
        )
    if field.name in spec.required and not (spec.derived_key and field.column.key):
        yield Check(
            field.name,
            "missing_value",
            f"NOT p{number}",
            "CAST(NULL AS VARCHAR)",
            text_sql(f"{field.name} is empty; every row of {spec.name} needs it."),
        )


def _too_long(name: str, text: str) -> Check:
    return Check(
        name,
        "too_long",
        f"length({text}) > {LONGEST_TEXT}",
        f"left({text}, {_SHOWN}) || '…'",
        f"{text_sql(f'{name} has ')} || CAST(length({text}) AS VARCHAR) ||"
        f" ' characters; at most {LONGEST_TEXT} are taken.'",
    )


def _unparsable(field: Field, number: int) -> Check:
    text = f"g{number}"
    hint = _hint(field, f"h{number}")
    expected = text_sql(f"; expected {_EXPECTED[field.kind]}.")
    return Check(
        field.name,
        _UNPARSABLE[field.kind],
        f"p{number} AND v{number} IS NULL",
        text,
        f"{text_sql(f'{field.name} is ')} || {shown(text)} || {expected} || {hint}",
    )


def _hint(field: Field, text: str) -> str:
    """Return SQL for what to write into a mapping file for a form that is known."""
    if field.name == KNOWN_AT:
        return "''"
    cases = [
        f"WHEN regexp_full_match({text}, {text_sql(pattern)}) THEN "
        + text_sql(
            f" For this form, write formats: {{{field.name}: '{form}'}}"
            " into a mapping file."
        )
        for pattern, form in _forms_of(field.kind)
    ]
    if field.kind in {Kind.DATE, Kind.TIME}:
        told = " This says whether, not when: give the day, or nothing if it did not."
        matches = f"regexp_full_match({text}, {text_sql(_WHETHER)})"
        cases.append(f"WHEN {matches} THEN {text_sql(told)}")
    return f"CASE {joined(cases, by=' ')} ELSE '' END" if cases else "''"


def _wrong_choice(name: str, choices: tuple[str, ...], text: str, value: str) -> Check:
    allowed = joined(text_sql(choice) for choice in choices)
    return Check(
        name,
        "wrong_choice",
        f"{value} NOT IN ({allowed})",
        text,
        f"{text_sql(f'{name} is ')} || {shown(text)} ||"
        f" {text_sql(f'; expected one of {joined(choices)}. To translate, write ')} ||"
        f" {text_sql(f'values: {{{name}: {{')} || {shown(text)} ||"
        f" {text_sql(f': {choices[0]}}}}} into a mapping file.')}",
    )


def _negative_period(span: tuple[str, str], start: int, end: int) -> Check:
    first, last = span
    return Check(
        last,
        "negative_period",
        f"v{end} < v{start}",
        f"g{end}",
        f"{text_sql(f'{last} (')} || g{end} || {text_sql(f') is before {first} (')} ||"
        f" g{start} || ').'",
    )


def _negative_mrr(number: int) -> Check:
    return Check(
        _NEVER_NEGATIVE,
        "negative_mrr",
        f"v{number} < 0",
        f"g{number}",
        f"'mrr is ' || g{number} || '; recurring revenue is never below zero."
        " A refund is a row of charges.'",
    )


def quoted_fields(fields: Mapping[str, str]) -> str:
    """Return SQL for a JSON object of texts, by name, without those that are null.

    The same values give the same text, whatever file they came from.
    """
    members = [
        f"{text_sql(_json_name(name))} || CAST(to_json({text}) AS VARCHAR)"
        for name, text in sorted(fields.items())
    ]
    return f"'{{' || concat_ws(',', {joined(members)}) || '}}'"


def _json_name(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}":'


def identity(table: str, raw: str, reason: str, column: str) -> str:
    """Return SQL for what identifies a row in quarantine: bad in the same way."""
    return (
        f"left(sha256(concat_ws(chr(31), {text_sql(table)}, {raw}, {reason},"
        f" {column})), 32)"
    )
