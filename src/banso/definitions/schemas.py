"""JSON Schemas of the definition files, for editors that complete and check YAML."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from banso.definitions.drivers import DriversFile
from banso.definitions.forecast import ForecastFile
from banso.definitions.health import HealthFile
from banso.definitions.metrics import MetricsFile
from banso.definitions.naming import NamesFile
from banso.definitions.plays import PlaysFile
from banso.definitions.revenue import RevenueFile
from banso.definitions.signals import SignalsFile
from banso.definitions.success import SuccessFile
from banso.definitions.touch import TouchFile
from banso.definitions.work import WorkFile
from banso.tables.registry import TABLES

Schema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def definition_schemas() -> Mapping[str, Schema]:
    """Return the schema of each kind of file: metrics, health, forecast and others.

    A schema finds faults of shape while somebody types; `read_catalog` finds those
    and the rest. It accepts every file that `read_catalog` accepts.
    """
    return {
        "drivers": _schema_of(DriversFile, "Banso: definitions/drivers.yaml"),
        "forecast": _schema_of(ForecastFile, "Banso: definitions/forecast.yaml"),
        "health": _schema_of(HealthFile, "Banso: definitions/health.yaml"),
        "metrics": _schema_of(MetricsFile, "Banso: definitions/metrics/*.yaml"),
        "names": _schema_of(NamesFile, "Banso: definitions/names.yaml"),
        "plays": _schema_of(PlaysFile, "Banso: definitions/plays.yaml"),
        "revenue": _schema_of(RevenueFile, "Banso: definitions/revenue.yaml"),
        "signals": _schema_of(SignalsFile, "Banso: definitions/signals.yaml"),
        "success": _schema_of(SuccessFile, "Banso: definitions/success.yaml"),
        "touch": _schema_of(TouchFile, "Banso: definitions/touch.yaml"),
        "work": _schema_of(WorkFile, "Banso: definitions/work.yaml"),
    }


def _schema_of(model: type[BaseModel], title: str) -> Schema:
    raw = model.model_json_schema()
    definitions = {
        name: _plain(part, name_of_field=None)
        for name, part in raw.pop("$defs").items()
    }
    schema: Schema = {"$schema": _DIALECT, **_plain(raw, name_of_field=None)}
    schema["title"] = title
    schema["$defs"] = dict(sorted(definitions.items()))
    return schema


def _plain(part: Any, *, name_of_field: str | None) -> Any:
    """Return a part of a schema as an editor wants it.

    Titles that only repeat the key are left out, an empty value (null) is not allowed,
    and a table is one of those that exist.
    """
    if isinstance(part, list):
        return [_plain(item, name_of_field=None) for item in part]
    if not isinstance(part, dict):
        return part
    kept: Schema = {
        key: _properties(value)
        if key == "properties"
        else _plain(value, name_of_field=None)
        for key, value in part.items()
        if key not in {"title", "discriminator"}
        and not (key == "default" and value is None)
    }
    choices = [c for c in kept.get("anyOf", []) if c != {"type": "null"}]
    if len(choices) == 1:
        del kept["anyOf"]
        kept = dict(choices[0]) | kept
    if name_of_field == "table":
        kept["enum"] = sorted(TABLES)
    return kept


def _properties(properties: Mapping[str, Any]) -> Schema:
    return {name: _plain(part, name_of_field=name) for name, part in properties.items()}
