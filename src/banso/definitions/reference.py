"""The reference of definitions, written from the code: `python -m` writes the files."""

import datetime as dt
import json
import sys
import types
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from banso.definitions.availability import sources_of
from banso.definitions.describing import describe_metric
from banso.definitions.describing_plays import describe_play
from banso.definitions.describing_questions import describe_question
from banso.definitions.drivers import DriverRules, Question
from banso.definitions.forecast import Ends, ForecastRules
from banso.definitions.health import (
    Bands,
    Dimension,
    Element,
    HealthModel,
    Percentile,
    Threshold,
)
from banso.definitions.metrics import Metric
from banso.definitions.naming import NameRules
from banso.definitions.plays import Branch, Play, Step, Template
from banso.definitions.reading import read_catalog
from banso.definitions.revenue import Rate, Reading, RevenueRules, Variant
from banso.definitions.rules import RULES
from banso.definitions.schemas import definition_schemas
from banso.definitions.signals import Signal
from banso.definitions.starter_set import starter_files
from banso.definitions.success import Adopted, Onboarded, SuccessRules
from banso.definitions.touch import (
    OwnerRule,
    TouchCapacity,
    TouchModel,
    TouchRule,
    TouchRules,
)
from banso.definitions.work import ContactRules, Most, Rest, WorkRules

_FORECAST_PARTS = (ForecastRules, Ends)
_DRIVERS_PARTS = (DriverRules, Question)
_REVENUE_PARTS = (RevenueRules, Reading, Variant, Rate)
_SUCCESS_PARTS = (SuccessRules, Onboarded, Adopted)
_TOUCH_PARTS = (TouchRules, TouchModel, TouchRule, TouchCapacity, OwnerRule)
_PLAY_PARTS = (Play, Step, Branch, Template)
_WORK_PARTS = (WorkRules, ContactRules, Rest, Most)
_HEALTH_PARTS = (HealthModel, Bands, Dimension, Element, Threshold, Percentile)
_HEAD = """\
# Definitions: reference

<!-- Written by `python -m banso.definitions.reference docs/reference`: do not edit. -->

日本語の要約：`definitions/` フォルダーに書ける項目の一覧です。指標の種類ごとのキー、
ヘルススコアの構成、予測・解約要因・売上・成功の定義・シグナル・プレイブック・チームの働き方・タッチモデル・コードの名前の設定、検査の規則、最初から入っている指標を載せています。

What may stand in the files of the folder `definitions/`. How it works is told in
[Definitions](../concepts/definitions.md); what each number means, in
[docs/definitions](../definitions/README.md). An editor with YAML support completes and
checks the files by these schemas: [metrics](schemas/metrics.schema.json),
[health](schemas/health.schema.json), [forecast](schemas/forecast.schema.json),
[drivers](schemas/drivers.schema.json), [revenue](schemas/revenue.schema.json),
[success](schemas/success.schema.json), [signals](schemas/signals.schema.json),
[touch](schemas/touch.schema.json), [plays](schemas/plays.schema.json),
[work](schemas/work.schema.json), [names](schemas/names.schema.json).
"""


def reference_files() -> Mapping[str, str]:
    """Return the generated reference by file name, below ``docs/reference``."""
    schemas = {
        f"schemas/{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False)
        + "\n"
        for name, schema in definition_schemas().items()
    }
    return {"definitions.md": definitions_reference(), **schemas}


def definitions_reference() -> str:
    """Return the reference page of all keys, rules and starter metrics (Markdown)."""
    sections = (
        _HEAD,
        "## Metrics: `definitions/metrics/*.yaml`\n",
        *(_section(model) for model in metric_models()),
        "## Health: `definitions/health.yaml`\n",
        *(_section(model) for model in _HEALTH_PARTS),
        "## Forecast: `definitions/forecast.yaml`\n",
        *(_section(model) for model in _FORECAST_PARTS),
        "## Drivers: `definitions/drivers.yaml`\n",
        *(_section(model) for model in _DRIVERS_PARTS),
        "## Revenue: `definitions/revenue.yaml`\n",
        *(_section(model) for model in _REVENUE_PARTS),
        "## Success: `definitions/success.yaml`\n",
        *(_section(model) for model in _SUCCESS_PARTS),
        "## Signals: `definitions/signals.yaml`\n",
        _section(Signal),
        "## Touch: `definitions/touch.yaml`\n",
        *(_section(model) for model in _TOUCH_PARTS),
        "## Plays: `definitions/plays.yaml`\n",
        *(_section(model) for model in _PLAY_PARTS),
        "## Work: `definitions/work.yaml`\n",
        *(_section(model) for model in _WORK_PARTS),
        "## Names: `definitions/names.yaml`\n",
        _section(NameRules),
        "## Rules\n",
        _rules(),
        "## The starter set\n",
        _starter_metrics(),
        _starter_questions(),
        _starter_signals(),
        _starter_plays(),
    )
    return "\n".join(sections)


def metric_models() -> tuple[type[BaseModel], ...]:
    """Return the model of every kind of metric."""
    union = get_args(Metric)[0]
    return tuple(get_args(union))


def _section(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("kind")
    title = f"kind: {get_args(kind.annotation)[0]}" if kind else model.__name__
    rows = [
        _row(name, field)
        for name, field in model.model_fields.items()
        if name != "kind"
    ]
    lines = (
        f"### `{title}`\n" if kind else f"### {title}\n",
        _paragraphs(model.__doc__),
        "| key | value | default | meaning |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
    )
    return "\n".join(lines)


def _paragraphs(doc: str | None) -> str:
    lines = (doc or "").replace("``", "`").strip().splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines) + "\n"


def _row(name: str, field: FieldInfo) -> str:
    default = "required" if field.is_required() else _default_in_words(field.default)
    meaning = " ".join((field.description or "").replace("``", "`").split())
    value = _type_in_words(field.annotation) + _bounds_in_words(field.metadata)
    return f"| `{name}` | {value} | {default} | {meaning} |"


def _default_in_words(default: object) -> str:
    match default:
        case None | ():
            return "none"
        case BaseModel():
            values = (f"{key} {_default_in_words(value)}" for key, value in default)
            return "; ".join(values) if isinstance(default, Ends) else ", ".join(values)
        case bool():
            return str(default).lower()
        case float():
            return f"{default:g}"
        case tuple():
            return ", ".join(str(item) for item in default)
    return str(default)


_TYPES: Mapping[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    types.NoneType: "",
    dt.date: "date",
    Decimal: "decimal number",
}


def _type_in_words(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type_in_words(parts[0]) + _bounds_in_words(parts[1:])
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in {Union, types.UnionType}:
        return ", ".join(word for word in map(_type_in_words, parts) if word)
    if origin is tuple:
        return f"list of {_type_in_words(parts[0])}"
    if annotation in _TYPES:
        return _TYPES[annotation]
    name: str = annotation.__name__
    return "`{ja: …, en: …}`" if name == "Text" else f"[{name}](#{name.lower()})"


def _bounds_in_words(metadata: Any) -> str:
    bounds: dict[str, Any] = {}
    for item in metadata:
        for part in (item, *getattr(item, "metadata", ())):
            for name in ("ge", "le"):
                if getattr(part, name, None) is not None:
                    bounds[name] = getattr(part, name)
    return f", {bounds['ge']} to {bounds['le']}" if len(bounds) == 2 else ""


def _rules() -> str:
    lines = [
        f"- {(type(rule).__doc__ or '').splitlines()[0].replace('``', '`')}"
        for rule in RULES
    ]
    return "\n".join(lines) + "\n"


def _starter_metrics() -> str:
    catalog, _ = read_catalog(starter_files())
    assert catalog is not None
    rows = []
    for metric in catalog.metrics:
        words = describe_metric(metric, catalog.metric_by_key)
        sources = sources_of(metric, catalog.metric_by_key)
        tables = ", ".join(sorted({f"`{table}`" for table, _ in sources}))
        rows.append(
            f"| `{metric.key}` | {metric.label.ja} | {metric.label.en} "
            f"| {words.en} | {tables} |"
        )
    head = (
        "| metric | 日本語 | English | computed as | needs |",
        "| --- | --- | --- | --- | --- |",
    )
    return "\n".join((*head, *rows)) + "\n"


def _starter_questions() -> str:
    catalog, _ = read_catalog(starter_files())
    assert catalog is not None
    rows = [
        f"| `{question.key}` | {question.label.ja} | {question.label.en} "
        f"| {describe_question(question, catalog).en} |"
        for question in catalog.drivers.questions
    ]
    head = (
        "| question | 日本語 | English | asked of |",
        "| --- | --- | --- | --- |",
    )
    return "\n".join((*head, *rows)) + "\n"


def _starter_signals() -> str:
    catalog, _ = read_catalog(starter_files())
    assert catalog is not None
    rows = []
    for signal in catalog.signals:
        needed = {
            table
            for name in signal.names
            if name in catalog.metric_by_key
            for table, _ in sources_of(
                catalog.metric_by_key[name], catalog.metric_by_key
            )
        }
        tables = ", ".join(f"`{table}`" for table in sorted(needed))
        rows.append(
            f"| `{signal.key}` | {signal.kind} | {signal.label.ja} | {signal.label.en} "
            f"| `{signal.when}` | `{signal.play}` | {tables or '`subscriptions`'} |"
        )
    head = (
        "| signal | kind | 日本語 | English | opens when | proposes | needs |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    )
    return "\n".join((*head, *rows)) + "\n"


def _starter_plays() -> str:
    catalog, _ = read_catalog(starter_files())
    assert catalog is not None
    rows = [
        f"| `{play.key}` | {play.label.ja} | {play.label.en} "
        f"| {describe_play(play).en} |"
        for play in catalog.plays
    ]
    head = (
        "| play | 日本語 | English | steps |",
        "| --- | --- | --- | --- |",
    )
    return "\n".join((*head, *rows)) + "\n"


def _write(folder: Path) -> None:
    for name, text in reference_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
