"""Other weights for a health model, written into its file and nothing else changed."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from banso.definitions.catalog import Catalog
from banso.definitions.health import Dimension, HealthModel
from banso.definitions.reading import HEALTH_FILE, read_catalog
from banso.kernel.errors import BansoError

PLACES = 1  # of a weight in percent of the score


class WeightsNotWritable(BansoError):
    """Refuse to change weights that the file does not write in one place each."""

    code = "weights_not_writable"


class NoSuchModel(BansoError):
    """Refuse to weigh a health model that the definitions do not have."""

    code = "no_such_health_model"


@dataclass(frozen=True)
class _Edit:
    """A stretch of the text and what stands there instead."""

    start: int
    end: int
    text: str


def with_shares(model: HealthModel, shares: Mapping[str, float]) -> HealthModel:
    """Return a model in which each element has a given part of the score.

    Parameters
    ----------
    model
        The model as it is.
    shares
        By ``<dimension>.<element>``; not negative, one at least above 0. They need not
        add up to 1. An element that is not named counts 0.

    Returns
    -------
    HealthModel
        Weights in percent of the score, with one place. A dimension without any part
        weighs 0 and keeps the weights within it, because they must not all be 0.

    """
    total = sum(shares.values())
    assert total > 0, "something must count"
    dimensions = []
    for dimension in model.dimensions:
        percent = [
            100 * shares.get(f"{dimension.key}.{element.key}", 0.0) / total
            for element in dimension.elements
        ]
        dimensions.append(_weighed(dimension, percent))
    return model.model_copy(update={"dimensions": tuple(dimensions)})


def _weighed(dimension: Dimension, percent: list[float]) -> Dimension:
    weights = [round(weight, PLACES) for weight in percent]
    if not any(weights):
        return dimension.model_copy(update={"weight": 0.0})
    elements = [
        element.model_copy(update={"weight": weight})
        for element, weight in zip(dimension.elements, weights, strict=True)
    ]
    return dimension.model_copy(
        update={"weight": round(sum(percent), PLACES), "elements": tuple(elements)}
    )


def reweighted_files(
    files: Mapping[str, bytes], model: HealthModel
) -> Mapping[str, bytes]:
    """Return definition files in which one model has other weights.

    Only the numbers change: comments, order, quotes and the width of the lines stay as
    somebody wrote them.

    Parameters
    ----------
    files
        Content by name, without faults.
    model
        A model of these files with other weights, as `with_shares` gives it.

    Raises
    ------
    NoSuchModel
        The files have no health model of that key.
    WeightsNotWritable
        The file would say something else afterwards, as when an alias makes one place
        stand for two elements.

    """
    before, _issues = read_catalog(files)
    assert before is not None, "the files have faults"
    if model.key not in {each.key for each in before.health}:
        raise NoSuchModel(f"There is no health model '{model.key}'.", model=model.key)
    text = files[HEALTH_FILE].decode("utf-8-sig")
    edits = sorted(_edits(text, model), key=lambda edit: edit.start, reverse=True)
    for edit in dict.fromkeys(edits):  # an alias leads to one place twice
        text = text[: edit.start] + edit.text + text[edit.end :]
    mark = b"\xef\xbb\xbf" if files[HEALTH_FILE].startswith(b"\xef\xbb\xbf") else b""
    after = {**files, HEALTH_FILE: mark + text.encode()}
    _check(before, after, model)
    return after


def _check(before: Catalog, after: Mapping[str, bytes], model: HealthModel) -> None:
    wanted = tuple(model if m.key == model.key else m for m in before.health)
    found, _issues = read_catalog(after)
    if found is None or found.health != wanted or found.metrics != before.metrics:
        raise WeightsNotWritable(
            f"The weights of '{model.key}' cannot be written into {HEALTH_FILE}.",
            hint="Write them by hand: an alias or a repeated part may be the reason.",
            model=model.key,
        )


def _edits(text: str, model: HealthModel) -> Iterator[_Edit]:
    newline = "\r\n" if "\r\n" in text else "\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an anchor may be given again
        root = YAML(typ="safe", pure=True).compose(text)
    node = _keyed(_value(root, "health"), model.key)
    for dimension in model.dimensions:
        inside = _keyed(_value(node, "dimensions"), dimension.key)
        yield from _weight_edit(inside, dimension.weight, text, newline)
        for element in dimension.elements:
            place = _keyed(_value(inside, "elements"), element.key)
            yield from _weight_edit(place, element.weight, text, newline)


def _weight_edit(
    node: MappingNode, weight: float, text: str, newline: str
) -> Iterator[_Edit]:
    said = f"{weight:g}"
    present = _value(node, "weight")
    if isinstance(present, ScalarNode):
        if float(present.value) != weight:
            yield _Edit(present.start_mark.index, present.end_mark.index, said)
        return
    if weight == 1.0:  # what is not written is 1
        return
    key, value = next(pair for pair in node.value if pair[0].value == "key")
    end = value.end_mark.index
    if node.flow_style:
        yield _Edit(end, end, f", weight: {said}")
        return
    line_end = text.find(newline, end)
    line_end = len(text) if line_end < 0 else line_end
    indent = " " * key.start_mark.column
    yield _Edit(line_end, line_end, f"{newline}{indent}weight: {said}")


def _value(node: Node, key: str) -> Node | None:
    assert isinstance(node, MappingNode)
    return next((value for name, value in node.value if name.value == key), None)


def _keyed(node: Node | None, key: str) -> MappingNode:
    """Return the item of a list whose ``key`` is a given one."""
    assert isinstance(node, SequenceNode)
    for item in node.value:
        found = _value(item, "key")
        if isinstance(found, ScalarNode) and found.value == key:
            assert isinstance(item, MappingNode)
            return item
    raise AssertionError(key)
