"""What of the lake goes once its time of keeping has ended."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from banso.definitions.availability import columns_read_by
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.runs.results import lake_of, open_session, published_catalog
from banso.runs.retention_rules import Rules
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.warehouse.columns import (
    KNOWN_AT,
    MERGED_INTO,
    RESERVED,
    name_sql,
    text_sql,
)
from banso.warehouse.erasing import Rewritten, count_rows, erase

# What people wrote, by table. Rows stay, for numbers are made of them.
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "tickets": ("text",),
    "interactions": ("note",),
    "responses": ("comment",),
    "requests": ("text",),
    "actions": ("note",),
}
# What stays of a contact: an ID, whose it was, and what numbers are made of.
_KEPT_OF_CONTACT: Final = frozenset(
    {"contact_id", "customer_id", "layer", "created_on", "left_on", MERGED_INTO}
    | {KNOWN_AT, *RESERVED}
)
EXPIRED: Final = "[expired]"  # where a column cannot be empty


@dataclass(frozen=True)
class Expiry:
    """What of the lake's rows goes on a day; a `warehouse.erasing.Change`.

    Rows of facts stay, with day, customer, contact's ID, kind and value, so that no
    number changes, however far back it is computed anew.
    """

    rules: Rules
    today: dt.date
    left: frozenset[str]  # customers whose contacts go
    zone: str  # in which days begin

    def condition(self, types: Mapping[str, str], spec: TableSpec | None) -> str | None:
        """Return SQL for the rows that say too much, over the alias ``p``."""
        if "quarantine_id" in types:
            return self._of_quarantine()
        if spec is None:
            return None  # results, which hold no such words
        says = _says(spec, types)
        due = self._contacts_due() if spec.name == "contacts" else self._texts_due(spec)
        if not says or due is None:
            return None
        cases = [due, f"({' OR '.join(says)})", *self._not_held(types)]
        return " AND ".join(cases)

    def changed(self, rows: pa.Table, spec: TableSpec | None) -> pa.Table:
        """Return the rows that `condition` found without what they say."""
        if spec is None:
            return rows
        columns = {}
        for name in rows.column_names:
            kind = rows.schema.field(name).type
            column = rows.column(name)
            if name in _words(spec.name, rows.column_names):
                said = [EXPIRED if _is_required(spec, name) else None] * rows.num_rows
                column = pa.array(said, kind)
            columns[name] = column
        return pa.table(columns)

    def findings(self, rows: pa.Table) -> pa.Table:
        """Return none: rows that were not taken in go as they are."""
        return rows.slice(0, 0)

    def _of_quarantine(self) -> str | None:
        edge = self.rules.edge("quarantine", self.today)
        if edge is None:
            return None
        held = self.rules.held_customers(self.today)
        held |= self.rules.held_contacts(self.today)
        cases = [f"p.seen_at < TIMESTAMP '{self._begin(edge):%F %T}'"]
        cases += [f"NOT contains(p.raw, {text_sql(key)})" for key in sorted(held)]
        return " AND ".join(cases)

    def _contacts_due(self) -> str | None:
        return f"p.customer_id IN ({_listed(self.left)})" if self.left else None

    def _texts_due(self, spec: TableSpec) -> str | None:
        edge = self.rules.edge("texts", self.today)
        if edge is None or spec.time is None:
            return None
        return f"p.{name_sql(spec.time)} < TIMESTAMP '{self._begin(edge):%F %T}'"

    def _begin(self, day: dt.date) -> dt.datetime:
        """Return when a day begins at the company, as the lake keeps times."""
        begin = dt.datetime.combine(day, dt.time(), ZoneInfo(self.zone))
        return begin.astimezone(dt.UTC)

    def day(self, time: object) -> dt.date | None:
        """Return the company's day of a time of the lake."""
        if not isinstance(time, dt.datetime):
            return None
        there = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
        return there.astimezone(ZoneInfo(self.zone)).date()

    def _not_held(self, types: Mapping[str, str]) -> list[str]:
        customers = self.rules.held_customers(self.today)
        contacts = self.rules.held_contacts(self.today)
        held = [(n, customers) for n in ("customer_id", MERGED_INTO) if n in types]
        held += [("contact_id", contacts)] if "contact_id" in types else []
        return [
            f"coalesce(p.{name_sql(name)} NOT IN ({_listed(keys)}), true)"
            for name, keys in held
            if keys
        ]


def _words(table: str, columns: Sequence[str]) -> list[str]:
    """Return the columns that tell of people or were written by them."""
    if table == "contacts":
        kept = _KEPT_OF_CONTACT
        return [name for name in columns if name not in kept and name[:2] != "__"]
    return [name for name in TEXTS.get(table, ()) if name in columns]


def _says(spec: TableSpec, types: Mapping[str, str]) -> list[str]:
    """Return SQL for rows of a table that say anything still."""
    return [
        f"p.{name_sql(name)} <> {text_sql(EXPIRED)}"
        if _is_required(spec, name)
        else f"p.{name_sql(name)} IS NOT NULL"
        for name in _words(spec.name, list(types))
    ]


def _is_required(spec: TableSpec, name: str) -> bool:
    return name in spec.by_name and spec.by_name[name].required


def _listed(keys: frozenset[str]) -> str:
    return ", ".join(text_sql(key) for key in sorted(keys))


@dataclass(frozen=True)
class Due:
    """What a rule would take out."""

    place: str  # ``facts/tickets``, ``app/audit_personalread``
    kind: str  # the rule, by its name in banso.toml
    rows: int
    oldest: dt.date | None


class WordsAreCounted(BansoError):
    """Refuse to take out words of which a metric is made: its past would change."""

    code = "words_are_counted"


def expiry_of(project: Project, rules: Rules, today: dt.date) -> Expiry:
    """Return what is to go from the lake on a day.

    Raises
    ------
    WordsAreCounted
        A published metric reads a column that would lose what it says.

    """
    _refuse_counted(project, rules)
    edge = rules.edge("contacts", today)
    left: frozenset[str] = frozenset()
    if edge is not None:
        left = _left_before(project, edge) - rules.held_customers(today)
    return Expiry(rules, today, left, project.timezone)


def due_in_lake(project: Project, expiry: Expiry, *, at: dt.datetime) -> list[Due]:
    """Return what would go from the lake; nothing is changed."""
    found = []
    for place, rows in sorted(count_rows(lake_of(project), expiry, at=at).items()):
        table = place.rpartition("/")[2]
        kind = "quarantine" if place == "quarantine" else "texts"
        kind = "contacts" if table == "contacts" else kind
        found.append(Due(place, kind, rows, _oldest(project, table, expiry)))
    return found


def expire_in_lake(project: Project, expiry: Expiry, *, at: dt.datetime) -> Rewritten:
    """Take what expired out of every version of the lake; within `Lake.quiet`.

    May be done again, also after a kill: what is gone is found gone.
    """
    return erase(lake_of(project), expiry, at=at)


def _refuse_counted(project: Project, rules: Rules) -> None:
    lake = lake_of(project)
    published = lake.current().definitions
    if not published:
        return
    for metric in published_catalog(lake, published[-1].digest).metrics:
        for table, column in sorted(columns_read_by(metric)):
            rule = "contacts" if table == "contacts" else "texts"
            if getattr(rules, rule) is None or column not in _words(table, [column]):
                continue
            raise WordsAreCounted(
                f"The metric '{metric.key}' reads {table}.{column}, which the rule"
                f" retention.{rule} would empty: its past would change.",
                hint=f"Leave {column} out of the metric, or {rule} = 'for ever'.",
                metric=metric.key,
                column=f"{table}.{column}",
                rule=rule,
            )


def _left_before(project: Project, edge: dt.date) -> frozenset[str]:
    """Return the customers all of whose contracts ended before a day."""
    with open_session(project) as session:
        if "subscriptions" not in session.manifest.facts:
            return frozenset()
        lines = session.facts("subscriptions")
        ends = lines["ended_on"].fill_null(dt.date.max)
        last = lines.group_by("customer_id").aggregate(last=ends.max())
        found = session.to_arrow(last.filter(last["last"] < edge).select("customer_id"))
    return frozenset(str(key) for key in found.column(0).to_pylist())


def _oldest(project: Project, table: str, expiry: Expiry) -> dt.date | None:
    """Return the earliest day of which something would go; None: it has no days."""
    with open_session(project) as session:
        if table == "quarantine":
            rows, time = session.quarantine(), "seen_at"
        elif table in TEXTS and (spec := TABLES[table]).time is not None:
            rows, time = session.facts(table), str(spec.time)
            words = [n for n in TEXTS[table] if n in rows.columns]
            says = [rows[n].notnull() & (rows[n] != EXPIRED) for n in words]
            rows = rows.filter(ibis.or_(*says)) if says else rows
            held = sorted(expiry.rules.held_customers(expiry.today))
            rows = rows.filter(~rows["customer_id"].isin(held)) if held else rows
        else:
            return None
        first = session.to_arrow(rows.aggregate(first=rows[time].min()))
    return expiry.day(first.column(0)[0].as_py())
