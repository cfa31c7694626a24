"""What taking in collected events remembers: how far, who belongs where, who waits."""

# ruff: noqa: S608 - only question marks are put into the SQL.
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from banso.collect.log import Position

_SCHEMA = """
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS membership (
    person TEXT, at INTEGER, customer_id TEXT, PRIMARY KEY (person, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS joined (
    previous TEXT PRIMARY KEY, person TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS joined_person ON joined (person);
CREATE TABLE IF NOT EXISTS trait (
    kind TEXT, id TEXT, name TEXT, at INTEGER, value TEXT, PRIMARY KEY (kind, id, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (
    event_id TEXT PRIMARY KEY, person TEXT, event TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting_person ON waiting (person);
"""


@dataclass(frozen=True)
class Event:
    """One event whose customer is not settled yet."""

    event_id: str
    at: int  # microseconds
    name: str
    person: str  # "u:" and a userId, or "a:" and an anonymousId; may be empty
    value: float | None
    properties: str | None  # JSON


class Memory:
    """A small database beside the log; all changes of one taking in are one.

    It is written after the lake. When a crash comes between the two, the same part of
    the log is taken in again, and the lake knows its events by their ids.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=20)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep all changes of the block, or none when it fails."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @property
    def position(self) -> Position:
        """How far the log was taken in."""
        segment, _, offset = self.note("position", "0:0").partition(":")
        return Position(int(segment), int(offset))

    def set_position(self, position: Position) -> None:
        """Remember how far the log was taken in."""
        self.set_note("position", f"{position.segment}:{position.offset}")

    def note(self, name: str, default: str = "") -> str:
        """Return what was noted under a name."""
        row = self._one("SELECT value FROM note WHERE name = ?", name)
        return str(row[0]) if row else default

    def set_note(self, name: str, value: str) -> None:
        """Note something."""
        self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def add_membership(self, person: str, *, customer_id: str, at: int) -> None:
        """Remember that a person belongs to a customer from a moment on."""
        self._db.execute(
            "INSERT OR REPLACE INTO membership VALUES (?, ?, ?)",
            (person, at, customer_id),
        )

    def find_customer(self, person: str, *, at: int) -> str | None:
        """Return the customer of a person at a moment.

        Before the first membership that is known, the first one counts.
        """
        row = self._one(
            "SELECT customer_id FROM membership WHERE person = ? AND at <= ?"
            " ORDER BY at DESC LIMIT 1",
            person,
            at,
        ) or self._one(
            "SELECT customer_id FROM membership WHERE person = ? ORDER BY at LIMIT 1",
            person,
        )
        return str(row[0]) if row else None

    def newest_customer(self, person: str) -> str | None:
        """Return the customer that a person belongs to since last."""
        row = self._one(
            "SELECT customer_id FROM membership WHERE person = ?"
            " ORDER BY at DESC LIMIT 1",
            person,
        )
        return str(row[0]) if row else None

    def join(self, previous: str, person: str) -> bool:
        """Let `previous` be `person` from now on; return whether that is new."""
        target = self.who(person)
        if previous == target or self.who(previous) == target:
            return False
        # whoever was `previous` is the new person, too: one step always suffices
        self._db.execute(
            "UPDATE joined SET person = ? WHERE person = ?", (target, previous)
        )
        self._db.execute(
            "INSERT OR REPLACE INTO joined VALUES (?, ?)", (previous, target)
        )
        self._db.execute(
            "INSERT OR IGNORE INTO membership"
            " SELECT ?, at, customer_id FROM membership WHERE person = ?",
            (target, previous),
        )
        return True

    def who(self, person: str) -> str:
        """Return the person that an id stands for."""
        row = self._one("SELECT person FROM joined WHERE previous = ?", person)
        return str(row[0]) if row else person

    def set_trait(
        self, kind: str, key: str, name: str, *, value: object, at: int
    ) -> bool:
        """Remember a trait unless a later one is known; return whether it counts."""
        changed = self._db.execute(
            "INSERT INTO trait VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id, name)"
            " DO UPDATE SET at = excluded.at, value = excluded.value"
            " WHERE excluded.at >= trait.at",
            (kind, key, name, at, json.dumps(value, ensure_ascii=False)),
        )
        return changed.rowcount > 0

    def traits(self, kind: str, key: str) -> dict[str, object]:
        """Return all traits of a customer or contact."""
        rows = self._db.execute(
            "SELECT name, value FROM trait WHERE kind = ? AND id = ? ORDER BY name",
            (kind, key),
        )
        return {str(name): json.loads(value) for name, value in rows}

    def ids_of(self, person: str) -> list[str]:
        """Return the IDs that a person was known by before."""
        rows = self._db.execute(
            "SELECT previous FROM joined WHERE person = ? ORDER BY previous", (person,)
        )
        return [str(previous) for (previous,) in rows]

    def forget(self, persons: Sequence[str]) -> int:
        """Remove everything about persons; return how many events waited for them."""
        marks = ", ".join("?" * len(persons))
        gone = self._db.execute(
            f"DELETE FROM waiting WHERE person IN ({marks})", persons
        ).rowcount
        for sql in (
            f"DELETE FROM membership WHERE person IN ({marks})",
            f"DELETE FROM joined WHERE person IN ({marks})",
            f"DELETE FROM joined WHERE previous IN ({marks})",
            f"DELETE FROM trait WHERE kind = 'contacts' AND 'u:' || id IN ({marks})",
        ):
            self._db.execute(sql, persons)
        return int(gone)

    def customer_traits(self) -> list[tuple[str, str, str]]:
        """Return every trait of customers: whose, its name, its value as JSON."""
        rows = self._db.execute(
            "SELECT id, name, value FROM trait WHERE kind = 'customers' ORDER BY id"
        )
        return [(str(key), str(name), str(value)) for key, name, value in rows]

    def reword_trait(self, customer_id: str, name: str, value: str) -> None:
        """Let a trait of a customer say something else."""
        self._db.execute(
            "UPDATE trait SET value = ? WHERE kind = 'customers' AND id = ?"
            " AND name = ?",
            (value, customer_id, name),
        )

    def waiting_texts(self) -> list[tuple[str, str]]:
        """Return what every event that waits says, by its ID."""
        rows = self._db.execute("SELECT event_id, event FROM waiting ORDER BY event_id")
        return [(str(event_id), str(said)) for event_id, said in rows]

    def reword_waiting(self, event_id: str, said: str) -> None:
        """Let an event that waits say something else."""
        self._db.execute(
            "UPDATE waiting SET event = ? WHERE event_id = ?", (said, event_id)
        )

    def shrink(self) -> bool:
        """Let the file hold nothing that was removed; False while others read it."""
        self._db.execute("VACUUM")
        row = self._one("PRAGMA wal_checkpoint(TRUNCATE)")
        return row is not None and row[0] == 0

    def wait(self, event: Event) -> None:
        """Keep an event until its person's customer is known."""
        said = [event.at, event.name, event.value, event.properties]
        self._db.execute(
            "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)",
            (event.event_id, event.person, json.dumps(said, ensure_ascii=False)),
        )

    def waiting_of(self, persons: Iterable[str]) -> list[Event]:
        """Return the events that wait for some persons, whatever id they came under."""
        found: dict[str, Event] = {}
        for person in sorted(set(persons)):
            rows = self._db.execute(
                "SELECT event_id, person, event FROM waiting"
                " WHERE person = ?1 OR person IN"
                " (SELECT previous FROM joined WHERE person = ?1) ORDER BY event_id",
                (person,),
            )
            for event_id, under, said in rows:
                at, name, value, properties = json.loads(said)
                found[event_id] = Event(event_id, at, name, under, value, properties)
        return list(found.values())

    def waiting_persons(self) -> list[str]:
        """Return whom events wait for."""
        rows = self._db.execute("SELECT DISTINCT person FROM waiting ORDER BY person")
        return [str(person) for (person,) in rows]

    def stop_waiting(self, event_ids: Iterable[str]) -> None:
        """Forget events that go into the lake."""
        self._db.executemany(
            "DELETE FROM waiting WHERE event_id = ?", [(each,) for each in event_ids]
        )

    def count_waiting(self) -> int:
        """Return how many events wait."""
        row = self._one("SELECT count(*) FROM waiting")
        assert row is not None
        return int(str(row[0]))

    def notes(self) -> Mapping[str, str]:
        """Return everything that was noted."""
        return dict(self._db.execute("SELECT name, value FROM note").fetchall())

    def _one(self, sql: str, *values: object) -> tuple[object, ...] | None:
        row: tuple[object, ...] | None = self._db.execute(sql, values).fetchone()
        return row
