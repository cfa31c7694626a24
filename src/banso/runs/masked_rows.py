"""Rows that are about an erased person, or name one: found by SQL, then masked."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from banso.kernel.masking import (
    REMOVED,
    SHORTEST_ID,
    SHORTEST_NAME,
    Mask,
    name_pattern,
    plain_name,
)
from banso.runs.erasures import Person
from banso.tables.spec import Column, Kind, TableSpec, is_contact_column
from banso.warehouse.columns import KNOWN_AT, MERGED_INTO, RESERVED, name_sql, text_sql

CONTACT: Final = "contact_id"
_CUSTOMERS: Final = ("customer_id", MERGED_INTO)
_OF_OURS: Final = frozenset({"owner", "staff"})  # columns that name our own people
_SAID: Final = ("raw", "value", "detail")  # of a row in the quarantine
_ID_LENGTH: Final = 32
# What stays of the row of a contact who was erased: nothing that says who it was.
_KEPT_OF_CONTACT: Final = frozenset(
    {CONTACT, "customer_id", "layer", "created_on", "left_on", MERGED_INTO, KNOWN_AT}
)

Row = dict[str, object]


@dataclass(frozen=True)
class Sought:
    """What SQL is to look for: at least the rows that a mask changes."""

    contact_ids: Sequence[str] = ()
    emails: Sequence[str] = ()  # lower case
    customer_ids: Sequence[str] = ()
    # patterns in texts about those customers; None: all of their rows are looked at
    patterns: Sequence[str] | None = None

    def condition(self, types: Mapping[str, str]) -> str | None:
        """Return SQL for those rows, over the alias ``p``; None: there can be none."""
        cases = [
            f"p.{name_sql(name)} IN ({_listed(self.contact_ids)})"
            for name in types
            if self.contact_ids and is_contact_column(name)
        ]
        texts = [name for name, kind in types.items() if "VARCHAR" in kind]
        if texts:
            said = [f"CAST(p.{name_sql(name)} AS VARCHAR)" for name in texts]
            text = f"concat_ws(chr(31), {', '.join(said)})"
            cases += [
                f"contains(lower({text}), {text_sql(email)})" for email in self.emails
            ]
            cases += self._of_customers(types, text)
            if "quarantine_id" in types:
                cases += self._of_raw_rows(text)
        return " OR ".join(f"({each})" for each in cases) or None

    def _of_customers(self, types: Mapping[str, str], text: str) -> Iterator[str]:
        theirs = " OR ".join(
            f"p.{name_sql(name)} IN ({_listed(self.customer_ids)})"
            for name in _CUSTOMERS
            if self.customer_ids and name in types
        )
        if not theirs:
            return
        if self.patterns is None:
            yield theirs
            return
        for pattern in self.patterns:
            yield f"({theirs}) AND regexp_matches({text}, {text_sql(pattern)})"

    def _of_raw_rows(self, text: str) -> Iterator[str]:
        """Yield SQL for rows that were not taken in: their JSON says whose they are."""
        for contact in self.contact_ids:
            said = json.dumps(contact, ensure_ascii=False)
            yield f"contains(p.raw, {text_sql(said)})"
        for pattern in self.patterns or ():
            yield f"regexp_matches({text}, {text_sql(pattern)})"


def sought_of(person: Person) -> Sought:
    """Return what finds the rows about one person who is known in plain words."""
    names = [each for each in person.names if len(plain_name(each)) >= SHORTEST_NAME]
    patterns = [name_pattern(each) for each in names]
    patterns += [
        f"(?i){re.escape(escaped)}"
        for each in names
        if (escaped := json.dumps(each)[1:-1]) != each  # as JSON may write it
    ]
    patterns += [
        re.escape(each) for each in person.contact_ids if len(each) >= SHORTEST_ID
    ]
    return Sought(
        person.contact_ids,
        person.emails,
        tuple({person.customer_id, *person.customer_ids}),
        patterns,
    )


@dataclass(frozen=True)
class RowMask:
    """Masks rows of tables; the rows are those that `sought` finds."""

    mask: Mask
    sought: Sought
    pseudonyms: Mapping[str, str]  # for IDs; an ID without one becomes null

    def condition(
        self,
        types: Mapping[str, str],
        spec: TableSpec | None = None,  # noqa: ARG002  all are looked at
    ) -> str | None:
        """Return SQL for the rows that may have to change."""
        return self.sought.condition(types)

    def changed(self, rows: pa.Table, spec: TableSpec | None) -> pa.Table:
        """Return rows without what names anybody erased, in the same columns."""
        masked = [self.row(row, spec) for row in rows.to_pylist()]
        columns = {
            name: pa.array([row[name] for row in masked], rows.schema.field(name).type)
            for name in rows.column_names
        }
        return pa.table(columns)

    def findings(self, rows: pa.Table) -> pa.Table:
        """Return rows of the quarantine without those of anybody erased."""
        found = [self.finding(row) for row in rows.to_pylist()]
        return pa.Table.from_pylist([row for row in found if row], rows.schema)

    def finding(self, row: Row) -> Row | None:
        """Return a row that was not taken in as it may stay; None: it is theirs."""
        try:
            raw = json.loads(str(row["raw"]))
        except ValueError:
            raw = None
        given = raw if isinstance(raw, dict) else {}
        lower = {str(name).lower(): value for name, value in given.items()}
        if self._is_given(lower, str(row["table"])):
            return None
        customer = str(lower.get("customer_id") or row.get("waiting_for") or "")
        masked = {
            name: self.mask.json(str(value), customer_id=customer)
            if name in _SAID and value is not None
            else value
            for name, value in row.items()
        }
        if masked == row:
            return row
        told = (masked[name] or "" for name in ("table", "raw", "reason", "column"))
        digest = hashlib.sha256("\x1f".join(map(str, told)).encode())
        return {**masked, "quarantine_id": digest.hexdigest()[:_ID_LENGTH]}

    def _is_given(self, given: Mapping[str, object], table: str) -> bool:
        """Return whether a row as it came is theirs, whatever its columns are called.

        A short ID could be any number, so it counts only where the contract has it.
        """
        if self.mask.is_contact(given.get(CONTACT)):
            return True
        if table == "contacts" and self.mask.is_email(given.get("email")):
            return True
        long = [v for v in given.values() if len(str(v)) >= SHORTEST_ID]
        return any(self.mask.is_contact(value) for value in long)

    def is_own(self, row: Row) -> bool:
        """Return whether a row is one of somebody erased."""
        return self.mask.is_contact(row.get(CONTACT))

    def row(self, row: Row, spec: TableSpec | None) -> Row:
        """Return one row without what names anybody erased."""
        customer = self._customer(row)
        is_own = self.is_own(row)
        return {
            name: self._value(name, value, spec, customer, is_own=is_own)
            for name, value in row.items()
        }

    def _customer(self, row: Row) -> str | None:
        said = [row.get(name) for name in _CUSTOMERS]
        known = [str(each) for each in said if self.mask.is_customer(each)]
        return known[0] if known else None

    def _value(
        self,
        name: str,
        value: object,
        spec: TableSpec | None,
        customer: str | None,
        *,
        is_own: bool,
    ) -> object:
        if value is None or name in RESERVED or name.startswith("__"):
            return value
        of_ours = name in _OF_OURS or (spec is not None and spec.name == "staff")
        if of_ours or name in _CUSTOMERS or name == KNOWN_AT:
            return value
        if is_contact_column(name) and self.mask.is_contact(value):
            return self.pseudonyms.get(str(value))
        if is_own and spec is not None:
            return self._own(name, value, spec, customer)
        return self._masked(value, customer)

    def _own(
        self, name: str, value: object, spec: TableSpec, customer: str | None
    ) -> object:
        """Return what stays of a value in a row of the person's own."""
        if spec.name == "contacts":
            return value if name in _KEPT_OF_CONTACT else None
        column = spec.by_name.get(name)
        if column is None:
            return self.mask.own_value(name, value, customer_id=customer)
        if column.free_text:
            return REMOVED if column.required else None
        if column.kind is Kind.JSON:
            return self.mask.own_json(str(value), customer_id=customer)
        return self._masked_of(column, value, customer)

    def _masked_of(self, column: Column, value: object, customer: str | None) -> object:
        return self._masked(value, customer) if column.kind is Kind.TEXT else value

    def _masked(self, value: object, customer: str | None) -> object:
        if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
            return self.mask.json(value, customer_id=customer)
        return self.mask.value(value, customer_id=customer)


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(map(text_sql, texts))
