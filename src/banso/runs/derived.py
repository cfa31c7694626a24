"""Files that are computed from other files, and computed only once.

A derived file is named by what it was made from. When that file is there, its content
is known to be right and is used again: so a run that was stopped goes on where it was,
and a daily run computes only what changed, by the same code as a full one.
"""

import datetime as dt
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from banso.kernel.digests import digest_of_value
from banso.kernel.zones import day_number
from banso.warehouse.bench import WrittenPart
from banso.warehouse.durable import write_durably
from banso.warehouse.manifest import Part
from banso.warehouse.queries import Query
from banso.warehouse.session import Session

FOLDER = "derived"
_MODULUS = 1 << 64


@dataclass(frozen=True)
class Recipe:
    """What a derived file is, and everything that its content depends on."""

    name: str  # the folder it lies in
    slice: str  # the part of the whole that it holds
    inputs: object  # JSON-like; equal inputs give equal bytes
    order_by: tuple[str, ...]  # columns that order its rows fully

    @cached_property
    def made_from(self) -> str:
        """The digest of the inputs."""
        return digest_of_value([self.name, self.slice, self.inputs])

    @property
    def path(self) -> Path:
        """Where the file lies within the lake."""
        return Path(FOLDER) / self.name / f"{self.slice}-{self.made_from[:16]}.parquet"


@dataclass(frozen=True)
class Order:
    """A derived file that is wanted, and how to make it when it is not there."""

    recipe: Recipe
    rows: Callable[[], ir.Table | Query]
    is_ordered: bool = False  # the rows come from a held table in the recipe's order
    # The parts that `Session.facts_given` stands for in the rows, by table.
    given: Mapping[str, Sequence[Part]] = field(default_factory=dict)


class Kitchen:
    """Makes derived files in one session, or finds them made.

    Parameters
    ----------
    session
        The session that reads the facts.
    full
        Make every file anew, even one that is there.

    Raises
    ------
    LakeBusy, ErasedMeanwhile
        Somebody is being erased, or was: what is derived would bring it back.

    """

    def __init__(self, session: Session, *, full: bool = False) -> None:
        session.opened.enter_context(session.lake.deriving(session.manifest))
        self.session = session
        self.made = 0
        self.found = 0
        self._full = full
        self._fresh: set[Path] = set()  # made by this kitchen

    def has(self, recipe: Recipe) -> bool:
        """Return whether the file is there and may be used."""
        if self._full and recipe.path not in self._fresh:
            return False
        return self._note(recipe).exists()

    def part(self, recipe: Recipe, rows: Callable[[], ir.Table | Query]) -> Part:
        """Return the file of a recipe; `rows` is asked only when it must be made."""
        (part,) = self.parts([Order(recipe, rows)])
        return part

    def table_part(self, recipe: Recipe, rows: Callable[[], pa.Table]) -> Part:
        """Return the file of a recipe whose rows are made in memory, made or found."""
        if self.has(recipe):
            self.found += 1
            return self._found(recipe)
        written = self.session.write_part(
            rows(), path=recipe.path, order_by=recipe.order_by
        )
        self._keep(recipe, written)
        return self._found(recipe)

    def parts(self, orders: Sequence[Order]) -> Iterator[Part]:
        """Yield the file of each order, made or found."""
        missing = [order for order in orders if not self.has(order.recipe)]
        made = self.session.write_parts(
            self.session.writing(
                order.rows(),
                path=order.recipe.path,
                order_by=() if order.is_ordered else order.recipe.order_by,
                given=order.given,
            )
            for order in missing
        )
        for order in orders:
            if self.has(order.recipe):
                self.found += 1
            else:
                self._keep(order.recipe, next(made))
            yield self._found(order.recipe)

    def _keep(self, recipe: Recipe, written: WrittenPart) -> None:
        self.made += 1
        self._fresh.add(recipe.path)
        note = {"rows": written.rows, "bytes": written.bytes, "sha256": written.sha256}
        # The note follows the file, so a file without one is not finished.
        write_durably(self._note(recipe), json.dumps(note).encode())

    def table(self, parts: Sequence[Part]) -> ir.Table:
        """Return the rows of files that this kitchen made, at least one."""
        return self.session.parts(parts)

    def daily_digests(
        self, parts: Sequence[Part], day_column: str
    ) -> list[Mapping[int, int]]:
        """Return, for each of some derived files, a digest of the rows of each day.

        Parameters
        ----------
        parts
            Files made by this kitchen, with the same columns.
        day_column
            Their column of day numbers (int32, not null).

        Returns
        -------
        list of Mapping
            Day number to a 64-bit sum over the hashes of the rows of that day, the
            same whatever other rows stand beside them.

        """
        paths = [self.session.lake.folder / f"{part.path}.days.json" for part in parts]
        missing = [number for number, path in enumerate(paths) if not path.exists()]
        if missing:
            found = self._digest_days([parts[n] for n in missing], day_column)
            for number, digests in zip(missing, found, strict=True):
                write_durably(paths[number], json.dumps(digests).encode())
        return [
            {int(day): int(digest) for day, digest in json.loads(stored).items()}
            for stored in (path.read_bytes() for path in paths)
        ]

    def _digest_days(
        self, parts: Sequence[Part], day_column: str
    ) -> list[dict[str, int]]:
        rows = self.session.parts(parts, numbered=True)
        columns = [name for name in rows.columns if name != "part_no"]
        # `hash` differs between engines and versions; here it only ever decides
        # whether something has to be computed again.
        row = ibis.struct({name: rows[name] for name in columns}).hash()
        hashed = rows.select("part_no", day=rows[day_column], row_hash=row)
        sums = hashed.group_by("part_no", "day").aggregate(
            digest=_.row_hash.cast("decimal(38, 0)").sum()
        )
        digests: list[dict[str, int]] = [{} for _part in parts]
        for found in self.session.to_arrow(sums).to_pylist():
            digest = int(found["digest"]) % _MODULUS
            digests[found["part_no"]][str(found["day"])] = digest
        return digests

    def _note(self, recipe: Recipe) -> Path:
        return self.session.lake.folder / f"{recipe.path}.json"

    def _found(self, recipe: Recipe) -> Part:
        note = json.loads(self._note(recipe).read_bytes())
        return Part(
            path=recipe.path.as_posix(),
            slice=recipe.slice,
            rows=note["rows"],
            bytes=note["bytes"],
            sha256=note["sha256"],
            made_from=recipe.made_from,
        )


@dataclass(frozen=True)
class History:
    """What dated rows say up to each day: two equal digests mean equal pasts."""

    digests: Mapping[int, int]  # by day number, ascending

    @classmethod
    def of(cls, several: Sequence[Mapping[int, int]]) -> "History":
        """Return the history of several files together."""
        total: dict[int, int] = {}
        for digests in several:
            for day, digest in digests.items():
                total[day] = (total.get(day, 0) + digest) % _MODULUS
        return cls(dict(sorted(total.items())))

    def up_to(self, last: dt.date) -> str:
        """Return the digest of everything dated up to a day."""
        day = self.newest(last)
        return "" if day is None else self._so_far[day]

    @cached_property
    def _so_far(self) -> Mapping[int, str]:
        """The digest of everything up to each day that has rows."""
        running = hashlib.sha256()
        found = {}
        for day, digest in self.digests.items():
            running.update(f"{day}:{digest}\n".encode())
            found[day] = running.hexdigest()
        return found

    def newest(self, last: dt.date) -> int | None:
        """Return the newest day number with rows, up to a day."""
        place = bisect_right(self._days, day_number(last))
        return self._days[place - 1] if place else None

    @cached_property
    def _days(self) -> Sequence[int]:
        return tuple(self.digests)
