"""What the lake holds of one person at a customer, current or superseded."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from banso.kernel.errors import BansoError
from banso.runs.erasing_collected import other_ids
from banso.runs.erasures import Person
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.columns import name_sql, text_sql
from banso.warehouse.durable import make_folder
from banso.warehouse.engine import connect
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import HISTORY, Manifest, Part
from banso.warehouse.staging import workspace

_ID = "contact_id"  # also after the part that a contact played in a row
_SOME = 1_000
_SHORTEST_NAME = 2  # signs; a shorter one is in too many texts


class NoSuchPerson(BansoError):
    """Refuse an ID or e-mail that no contact has."""

    code = "no_such_person"


class SeveralPersons(BansoError):
    """Refuse an e-mail that several contacts have."""

    code = "several_persons"


@dataclass(frozen=True)
class HeldRow:
    """A row that is about a person, or names it."""

    store: str  # facts | quarantine | release
    table: str
    found_by: str  # contact_id | email | name
    is_current: bool  # False: replaced since, and kept for "as known on a day"
    values: Mapping[str, object]


def find_person(project: Project, asked: str) -> Person:
    """Return the contact with an ID or an e-mail.

    Raises
    ------
    NoSuchPerson, SeveralPersons
        The message says which IDs there are.

    """
    lake = lake_of(project)
    rows = list_contacts(lake, lake.current())
    by_id = [row for row in rows if row["contact_id"] == asked]
    by_mail = [row for row in rows if str(row["email"] or "").lower() == asked.lower()]
    ids = sorted({str(row["contact_id"]) for row in by_id or by_mail})
    if not ids:
        raise NoSuchPerson(
            f"No contact has the ID or e-mail {asked}.",
            hint="See `banso export contacts`.",
            asked=asked,
        )
    if len(ids) > 1:
        raise SeveralPersons(
            f"Several contacts have the e-mail {asked}: {', '.join(ids)}.",
            hint="Name one of the IDs.",
            asked=asked,
            ids=", ".join(ids),
        )
    return person_among(rows, ids[0], project, lake.current())


def person_among(
    rows: Sequence[Mapping[str, object]],
    contact_id: str,
    project: Project,
    manifest: Manifest,
) -> Person:
    """Return the contact with an ID, which one of the rows of contacts has.

    An e-mail that another contact has as well, such as that of an office, and a name
    that another one of the same customer has, say nothing of this one.
    """
    others, devices = other_ids(project, contact_id)
    ids = {contact_id, *others}
    mine = [row for row in rows if row["contact_id"] in ids]
    theirs = [row for row in rows if row["contact_id"] not in ids]
    customers = _together({str(row["customer_id"]) for row in mine}, manifest)
    emails = {str(row["email"]).lower() for row in mine if row["email"]}
    emails -= {str(row["email"]).lower() for row in theirs if row["email"]}
    names = {str(row["name"]) for row in mine if row["name"]}
    names -= {str(row["name"]) for row in theirs if row["customer_id"] in customers}
    of_id = [row for row in mine if row["contact_id"] == contact_id]
    return Person(
        contact_id=contact_id,
        customer_id=str((of_id or mine)[0]["customer_id"]),
        names=tuple(sorted(names)),
        emails=tuple(sorted(emails)),
        customer_ids=tuple(sorted(customers)),
        other_ids=tuple(sorted(others)),
        devices=tuple(sorted(devices)),
    )


def _together(customers: set[str], manifest: Manifest) -> set[str]:
    """Return customers with those that were merged with them."""
    ends = {manifest.identities.get(each, each) for each in customers}
    merged = {gone for gone, kept in manifest.identities.items() if kept in ends}
    return customers | ends | merged


def held_rows(project: Project, person: Person) -> Iterator[HeldRow]:
    """Yield every row of the lake's newest version that is about a person.

    A row is found by the contact's ID in any column of such IDs, by its e-mail in any
    text, or, among the rows of its customer, by its name in any text; one in quarantine
    also by the ID among its values.
    """
    lake = lake_of(project)
    manifest = lake.current()
    make_folder(lake.folder)
    with workspace(lake.folder) as folder, connect(spill=folder) as con:
        search = _Search(con, lake, person)
        for name, table in manifest.facts.items():
            yield from search.rows("facts", name, table.parts)
        yield from search.rows("quarantine", "quarantine", manifest.quarantine)
        if manifest.release is not None:
            for name, parts in manifest.release.tables.items():
                yield from search.rows("release", name, parts)


@dataclass(frozen=True)
class _Search:
    """Looks for one person in parts, one after the other."""

    con: duckdb.DuckDBPyConnection
    lake: Lake
    person: Person

    def rows(self, store: str, table: str, parts: Sequence[Part]) -> Iterator[HeldRow]:
        for part in parts:
            yield from self._rows_of(store, table, part)

    def _rows_of(self, store: str, table: str, part: Part) -> Iterator[HeldRow]:
        scan = f"read_parquet({text_sql(str(self.lake.folder / part.path))})"
        described = self.con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        kinds = {str(name): str(kind) for name, kind, *_ in described}
        found_by = self._found_by(kinds, is_raw=store == "quarantine")
        if found_by is None:
            return
        gone = "false"
        if part.deletes:
            deletes = text_sql(str(self.lake.folder / part.deletes))
            gone = f"p.file_row_number IN (SELECT row_no FROM read_parquet({deletes}))"
        self.con.execute(
            f"SELECT * FROM (SELECT {found_by} AS found_by, {gone} AS is_gone, p.*"
            f" FROM {scan} AS p) WHERE found_by IS NOT NULL"
        )
        names = [str(column[0]) for column in self.con.description or ()][2:]
        while some := self.con.fetchmany(_SOME):
            for by, is_gone, *values in some:
                yield HeldRow(
                    store,
                    table,
                    str(by),
                    not is_gone and part.made_from != HISTORY,
                    _shown(names, values),
                )

    def _found_by(self, kinds: Mapping[str, str], *, is_raw: bool) -> str | None:
        """Return SQL for how a row was found, or null; None: it cannot be about one."""
        person = self.person
        contacts = ", ".join(map(text_sql, person.contact_ids))
        cases = [
            f"WHEN CAST(p.{name_sql(name)} AS VARCHAR) IN ({contacts})"
            " THEN 'contact_id'"
            for name in kinds
            if name == _ID or name.endswith(f"_{_ID}")
        ]
        if is_raw and "raw" in kinds:  # JSON of a row as it came
            values = [json.dumps(c, ensure_ascii=False) for c in person.contact_ids]
            cases += [
                f"WHEN contains(p.raw, {text_sql(value)}) THEN 'contact_id'"
                for value in values
            ]
        texts = [name for name, kind in kinds.items() if kind == "VARCHAR"]
        if texts:
            listed = ", ".join(f"p.{name_sql(name)}" for name in texts)
            text = f"lower(concat_ws(chr(31), {listed}))"
            cases += [
                f"WHEN contains({text}, {text_sql(email)}) THEN 'email'"
                for email in person.emails
            ]
            names = [each for each in person.names if len(each) >= _SHORTEST_NAME]
            if "customer_id" in kinds and names:
                customers = {person.customer_id, *person.customer_ids}
                theirs = ", ".join(map(text_sql, sorted(customers)))
                mine = f"p.customer_id IN ({theirs})"
                named = " OR ".join(
                    f"contains({text}, {text_sql(each.lower())})" for each in names
                )
                cases.append(f"WHEN {mine} AND ({named}) THEN 'name'")
        return f"CASE {' '.join(cases)} END" if cases else None


def _shown(names: Sequence[str], values: Sequence[object]) -> dict[str, object]:
    """Return the columns that say something: not our hashes, not what is empty."""
    return {
        name: value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) else value
        for name, value in zip(names, values, strict=True)
        if value is not None and not name.startswith("_") and name != "file_row_number"
    }


def list_contacts(lake: Lake, manifest: Manifest) -> list[dict[str, object]]:
    """Return what every row of contacts says of who it is, corrected ones too."""
    table = manifest.facts.get("contacts")
    if table is None or not table.parts:
        return []
    found: list[dict[str, object]] = []
    wanted = ("contact_id", "customer_id", "name", "email")
    with workspace(lake.folder) as folder, connect(spill=folder) as con:
        for part in table.parts:
            scan = f"read_parquet({text_sql(str(lake.folder / part.path))})"
            described = con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
            there = {str(row[0]) for row in described}
            listed = ", ".join(n if n in there else f"NULL AS {n}" for n in wanted)
            rows = con.execute(f"SELECT DISTINCT {listed} FROM {scan}").fetchall()
            found += (dict(zip(wanted, row, strict=True)) for row in rows)
    return found
