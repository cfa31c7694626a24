"""A customer's health and metrics on every as-of date, read once a release."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from banso.analytics.health import part_names
from banso.analytics.movement import Movement, Place, Reading, movement
from banso.definitions.catalog import Catalog
from banso.definitions.health import HealthModel
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, Row, reader_of

_RESERVED = ("customer_id", "as_of", "tenure_days")


@dataclass(frozen=True)
class DayHealth:
    """The health of one date with all its elements."""

    as_of: dt.date
    model: str | None
    score: float | None
    band: str
    coverage: float
    readings: Mapping[Place, Reading]
    reasons: Mapping[Place, str]  # why an element has no score

    def dimension_score(self, dimension: str) -> float | None:
        """Return 0 to 100 over the elements of a dimension that count."""
        mine = [r for (key, _e), r in self.readings.items() if key == dimension]
        weight = sum(reading.weight for reading in mine if reading.counts)
        points = sum(reading.points for reading in mine if reading.counts)
        return points / weight if weight else None


class MetricValues:
    """The metrics of a customer, read when they are asked for.

    Most pages compare two dates: these are read alone. Whoever asks for a third means
    the history, and all of it is read.
    """

    _AT_ONCE = 2

    def __init__(self, folder: Path, release_id: str, customer_id: str) -> None:
        self._folder = folder
        self._release_id = release_id
        self._customer_id = customer_id
        self._read: dict[dt.date, Mapping[str, float | None]] = {}
        self._has_all = False

    def on(self, date: dt.date) -> Mapping[str, float | None]:
        """Return the metrics of an as-of date by their keys; empty: not there."""
        if date not in self._read and not self._has_all:
            few = len(self._read) < self._AT_ONCE
            reader = reader_of(_project(self._folder), self._release_id)
            rows = reader.metric_values(self._customer_id, on=date if few else None)
            found = {row["as_of"]: _values(row) for row in rows}
            # in one step: another thread may be reading it
            self._read = {date: {}, **self._read, **found}  # type: ignore[dict-item]
            self._has_all = not few
        return self._read.get(date, {})


def _values(row: Row) -> Mapping[str, float | None]:
    return {name: row[name] for name in row if name not in _RESERVED}  # type: ignore[misc]


@dataclass(frozen=True, eq=False)
class History:
    """All dates on which a customer was there, ascending."""

    health: tuple[DayHealth, ...]
    metrics: "MetricValues"

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The as-of dates with results."""
        return tuple(day.as_of for day in self.health)

    def on(self, date: dt.date) -> DayHealth | None:
        """Return the health of an as-of date."""
        place = bisect_left(self.dates, date)
        found = self.health[place : place + 1]
        return found[0] if found and found[0].as_of == date else None

    def date_until(self, date: dt.date) -> dt.date | None:
        """Return the last as-of date that is not after `date`."""
        dates = self.dates
        place = bisect_right(dates, date)
        return dates[place - 1] if place else None

    def value(self, metric: str, date: dt.date) -> float | None:
        """Return a metric on an as-of date."""
        return self.metrics.on(date).get(metric)

    def movement(self, before: dt.date, after: dt.date) -> Movement | None:
        """Return why the score moved; None when one of the dates has no score."""
        old, new = self.on(before), self.on(after)
        if old is None or new is None or old.score is None or new.score is None:
            return None
        return movement(old.readings, new.readings)


@lru_cache(maxsize=4)
def _project(folder: Path) -> Project:
    return Project.open(folder)


def history_of(reader: ReleaseReader, customer_id: str) -> History:
    """Return the history of a customer; that of the last ones asked for is kept."""
    release = reader.release.release_id
    return _history(reader.project.folder, release, customer_id)


@lru_cache(maxsize=128)
def _history(folder: Path, release_id: str, customer_id: str) -> History:
    reader = reader_of(_project(folder), release_id)
    names = _columns(reader.catalog)
    health = tuple(_day(row, names) for row in reader.health(customer_id))
    return History(health, MetricValues(folder, release_id, customer_id))


_Columns = Mapping[str, Mapping[Place, tuple[str, str, str]]]


def _columns(catalog: Catalog) -> _Columns:
    """Return the columns of each model's elements: score, weight and reason."""
    return {
        model.key: {
            (name.dimension, name.element): (
                name.column("score"),
                name.column("weight"),
                name.column("reason"),
            )
            for name in part_names([model])
        }
        for model in catalog.health
    }


def _day(row: Row, columns: _Columns) -> DayHealth:
    model = row["model"]
    mine = columns.get(str(model), {})
    return DayHealth(
        as_of=row["as_of"],  # type: ignore[arg-type]
        model=None if model is None else str(model),
        score=row["score"],  # type: ignore[arg-type]
        band=str(row["band"]),
        coverage=row["coverage"],  # type: ignore[arg-type]
        readings={
            place: Reading(row.get(score), row.get(weight) or 0.0)  # type: ignore[arg-type]
            for place, (score, weight, _reason) in mine.items()
        },
        reasons={
            place: str(row.get(reason, "table_missing"))  # off: not even a column
            for place, (_score, _weight, reason) in mine.items()
            if row.get(reason, "table_missing") is not None
        },
    )


def model_of(catalog: Catalog, key: str | None) -> HealthModel | None:
    """Return a health model by its key."""
    return next((model for model in catalog.health if model.key == key), None)
