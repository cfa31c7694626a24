"""A fitted forecast as bytes and back: arrays and JSON in one npz, no pickle."""

import dataclasses
import io
import json

import numpy as np

from banso.analytics.figures.estimate import Estimate
from banso.analytics.forecast.additive import Additive, Layout
from banso.analytics.forecast.base_rate import BaseRate
from banso.analytics.forecast.boosting import Boosted
from banso.analytics.forecast.card import FeatureNote, JudgedRule, ModelCard
from banso.analytics.forecast.fixed_ends import FixedEnds
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.hazard import Hazard, Recalibration
from banso.analytics.forecast.preparation import (
    CategoryColumn,
    NumberColumn,
    Preparation,
)
from banso.analytics.forecast.reference import Reference
from banso.analytics.forecast.requirements import Need, Unfit
from banso.analytics.forecast.terms import CategoryTerm, NumberTerm
from banso.analytics.forecast.trees import Trees

VERSION = 4  # of the layout of the file; another one is fitted anew
KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Additive,
        BaseRate,
        Boosted,
        CategoryColumn,
        CategoryTerm,
        Estimate,
        FeatureNote,
        FixedEnds,
        Forecaster,
        Hazard,
        JudgedRule,
        Layout,
        ModelCard,
        Need,
        NumberColumn,
        NumberTerm,
        Preparation,
        Recalibration,
        Reference,
        Trees,
        Unfit,
    )
}
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


class UnknownModelFile(ValueError):
    """The bytes are no forecast of this version; fit it anew."""

    code = "unknown_model_file"


def to_bytes(model: Forecaster | Unfit) -> bytes:
    """Return the model as a file; the same model gives the same bytes."""
    arrays: list[np.ndarray] = []
    tree = {"version": VERSION, "model": _plain(model, arrays)}
    file = io.BytesIO()
    named = {f"a{number}": array for number, array in enumerate(arrays)}
    named["model"] = np.array(json.dumps(tree, sort_keys=True))
    np.savez_compressed(file, allow_pickle=False, **named)
    return file.getvalue()


def model_from_bytes(content: bytes) -> Forecaster | Unfit:
    """Return the model that `to_bytes` wrote.

    Its predictions are equal to the last bit.

    Raises
    ------
    UnknownModelFile
        No such file, or of another version.

    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            tree = json.loads(str(file["model"]))
            arrays = [file[f"a{number}"] for number in range(len(file.files) - 1)]
    except (ValueError, KeyError, OSError) as error:
        raise UnknownModelFile from error
    if tree["version"] != VERSION:
        raise UnknownModelFile
    model = _built(tree["model"], arrays)
    assert isinstance(model, Forecaster | Unfit)
    return model


def _plain(value: object, arrays: list[np.ndarray]) -> Json:
    """Return a value as JSON; arrays go to the list, and their place stays."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: _plain(getattr(value, field.name), arrays)
            for field in dataclasses.fields(value)
        }
        return {"is": type(value).__name__, "fields": fields}
    if isinstance(value, tuple):
        return [_plain(item, arrays) for item in value]
    if isinstance(value, dict):
        return {"table": {key: _plain(item, arrays) for key, item in value.items()}}
    assert value is None or isinstance(value, str | int | float | bool)
    return value


def _built(tree: Json, arrays: list[np.ndarray]) -> object:
    if isinstance(tree, list):
        return tuple(_built(item, arrays) for item in tree)
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        return arrays[int(str(tree["array"]))]
    inner = tree.get("table", tree.get("fields"))
    assert isinstance(inner, dict)
    built = {key: _built(item, arrays) for key, item in inner.items()}
    return built if "table" in tree else KINDS[str(tree["is"])](**built)
