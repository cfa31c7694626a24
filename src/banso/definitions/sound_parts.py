"""The parts of definition files that have the right shape, each with its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter

from banso.definitions.documents import Document
from banso.definitions.drafts import Draft, Placed
from banso.definitions.drivers import DriverRules, DriversFile, Question
from banso.definitions.forecast import ForecastFile, ForecastRules
from banso.definitions.health import HealthFile, HealthModel
from banso.definitions.metrics import Metric, MetricsFile
from banso.definitions.naming import NameRules, NamesFile
from banso.definitions.plays import Play, PlaysFile
from banso.definitions.revenue import RevenueFile, RevenueRules
from banso.definitions.signals import Signal, SignalsFile
from banso.definitions.structure import shape_of
from banso.definitions.success import SuccessFile, SuccessRules
from banso.definitions.touch import TouchFile, TouchRules
from banso.definitions.work import WorkFile, WorkRules
from banso.kernel.issues import Issue

T = TypeVar("T")

# Where the list of a file is, of which each item is checked by itself.
_ITEMS: Mapping[type[BaseModel], tuple[str, ...]] = {
    MetricsFile: ("metrics",),
    HealthFile: ("health",),
    ForecastFile: (),
    DriversFile: ("drivers", "questions"),
    RevenueFile: (),
    SuccessFile: (),
    NamesFile: (),
    SignalsFile: ("signals",),
    PlaysFile: ("plays",),
    WorkFile: (),
    TouchFile: (),
}
_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)
_MODEL = TypeAdapter(HealthModel)
_QUESTION = TypeAdapter(Question)
_SIGNAL = TypeAdapter(Signal)
_PLAY = TypeAdapter(Play)
# What a file holds one of, under its key, which is a field of `SoundParts` too.
_WHOLE: Mapping[type[BaseModel], tuple[str, TypeAdapter[Any]]] = {
    ForecastFile: ("forecast", TypeAdapter(ForecastRules)),
    DriversFile: ("drivers", TypeAdapter(DriverRules)),
    RevenueFile: ("revenue", TypeAdapter(RevenueRules)),
    SuccessFile: ("success", TypeAdapter(SuccessRules)),
    NamesFile: ("names", TypeAdapter(NameRules)),
    WorkFile: ("work", TypeAdapter(WorkRules)),
    TouchFile: ("touch", TypeAdapter(TouchRules)),
}


@dataclass
class SoundParts:
    """Collects what has the right shape, file by file."""

    metrics: list[Placed[Metric]] = field(default_factory=list)
    health: list[Placed[HealthModel]] = field(default_factory=list)
    questions: list[Placed[Question]] = field(default_factory=list)
    signals: list[Placed[Signal]] = field(default_factory=list)
    plays: list[Placed[Play]] = field(default_factory=list)
    forecast: Placed[ForecastRules] | None = None
    drivers: Placed[DriverRules] | None = None
    revenue: Placed[RevenueRules] | None = None
    success: Placed[SuccessRules] | None = None
    names: Placed[NameRules] | None = None
    work: Placed[WorkRules] | None = None
    touch: Placed[TouchRules] | None = None
    broken_keys: set[str] = field(default_factory=set)
    has_forecast_file: bool = False
    has_broken_health: bool = False
    has_plays_file: bool = False
    has_broken_plays: bool = False

    def add(self, document: Document, model: type[BaseModel]) -> tuple[Issue, ...]:
        """Take what is sound in a file of `model`; return what is wrong with it."""
        self.expect(model)
        way = _ITEMS[model]
        shape = shape_of(document, model, *way)
        items = _items(document, way) if way else []
        sound = [place for place in range(len(items)) if place not in shape.broken]
        if model is MetricsFile:
            self.metrics += _placed(document, _METRIC, way, sound)
            self.broken_keys |= _keys(items[place] for place in shape.broken)
        elif model is HealthFile:
            self.health += _placed(document, _MODEL, way, sound)
            self.has_broken_health |= not shape.is_sound
        elif model is DriversFile:
            self.questions += _placed(document, _QUESTION, way, sound)
        elif model is SignalsFile:
            self.signals += _placed(document, _SIGNAL, way, sound)
        elif model is PlaysFile:
            self.plays += _placed(document, _PLAY, way, sound)
            self.has_broken_plays |= not shape.is_sound
        if shape.is_sound and model in _WHOLE:
            key, adapter = _WHOLE[model]
            setattr(self, key, _one(document, adapter, key))
        return shape.issues

    def expect(self, model: type[BaseModel]) -> None:
        """Note that there is a file of `model`, whether or not it can be read."""
        self.has_forecast_file |= model is ForecastFile
        self.has_plays_file |= model is PlaysFile

    def lack(self, model: type[BaseModel]) -> None:
        """Note that there is a file of `model` that cannot be read at all."""
        self.expect(model)
        self.has_broken_health |= model is HealthFile
        self.has_broken_plays |= model is PlaysFile

    def draft(self) -> Draft:
        """Return all of it, to be checked by the rules."""
        return Draft(
            metrics=tuple(self.metrics),
            health=tuple(self.health),
            broken_keys=frozenset(self.broken_keys),
            forecast=self.forecast,
            drivers=self.drivers,
            revenue=self.revenue,
            success=self.success,
            names=self.names,
            touch=self.touch,
            questions=tuple(self.questions),
            signals=tuple(self.signals),
            plays=tuple(self.plays),
            work=self.work,
            knows_profile=self.forecast is not None or not self.has_forecast_file,
            knows_health=not self.has_broken_health,
            has_plays_file=self.has_plays_file,
            knows_plays=not self.has_broken_plays,
        )


def _placed(
    document: Document,
    adapter: TypeAdapter[T],
    way: tuple[str, ...],
    places: Sequence[int],
) -> list[Placed[T]]:
    return [
        Placed(
            adapter.validate_json(document.json_at(*way, place)),
            document,
            (*way, place),
        )
        for place in places
    ]


def _one(document: Document, adapter: TypeAdapter[T], key: str) -> Placed[T]:
    return Placed(adapter.validate_json(document.json_at(key)), document, (key,))


def _keys(items: Iterator[dict[str, object]]) -> set[str]:
    keys = (item.get("key") for item in items)
    return {key for key in keys if isinstance(key, str)}


def _items(document: Document, way: tuple[str, ...]) -> list[dict[str, object]]:
    """Return the list that `way` leads to, with {} for items that are no mapping."""
    value: object = document.value
    for step in way:
        value = value.get(step) if isinstance(value, dict) else None
    if not isinstance(value, list):
        return []
    return [dict(item) if isinstance(item, dict) else {} for item in value]
