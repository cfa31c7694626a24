"""Reading JSON Lines: one object per line."""

import io
import json
import math
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import IO, cast

import numpy as np
import pyarrow as pa

from banso.connectors.chunks import BYTES, ROWS, Chunk, Misfit
from banso.connectors.files import opened
from banso.connectors.headers import normal_names
from banso.connectors.texts import text_array

_STEP = 2_000
_SAMPLE = 1_000
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

Object = dict[str, object]
Numbered = list[tuple[int, str]]


def json_headers(path: Path, encoding: str) -> tuple[str, ...]:
    """Return the names in the first thousand objects, in the order of appearance."""
    with opened(path) as (content, _):
        text = io.TextIOWrapper(content, encoding=encoding, newline="\n")
        lines = [(0, line) for line in islice(text, _SAMPLE)]
    return _names(_objects(lines)[0])


def json_chunks(path: Path, encoding: str) -> Iterator[Chunk]:
    """Yield the objects in chunks, each value as text, blank lines left out.

    A line that holds no JSON object becomes a misfit. Nested values stay JSON.
    """
    with opened(path) as (content, file):
        text = io.TextIOWrapper(content, encoding=encoding, newline="\n")
        numbered = enumerate(text, start=1)
        while lines := _some_lines(numbered, file):
            objects, numbers, misfits = _objects(lines)
            names = _names(objects)
            table = pa.table(
                [_column([each.get(name) for each in objects]) for name in names],
                names=normal_names(names),
            )
            yield Chunk(
                table, pa.array(np.array(numbers, dtype=np.int64)), file.tell(), misfits
            )


def _some_lines(numbered: Iterator[tuple[int, str]], file: IO[bytes]) -> Numbered:
    start = file.tell()
    lines: Numbered = []
    while len(lines) < ROWS and file.tell() - start < BYTES:
        step = list(islice(numbered, _STEP))
        lines += step
        if len(step) < _STEP:
            break
    return lines


def _objects(
    lines: Numbered,
) -> tuple[list[Object], list[int], tuple[Misfit, ...]]:
    lines = [(number, line) for number, line in lines if not line.isspace()]
    together = _all_at_once(lines)
    if together is not None:
        return together, [number for number, _ in lines], ()
    objects: list[Object] = []
    numbers: list[int] = []
    misfits: list[Misfit] = []
    for number, line in lines:
        value = _parsed(line)
        if isinstance(value, dict):
            objects.append(value)
            numbers.append(number)
        else:
            misfits.append(_misfit(number, line))
    return objects, numbers, tuple(misfits)


def _all_at_once(lines: Numbered) -> list[Object] | None:
    """Return the objects of all lines when each line is one: one call is faster."""
    if not all(line.lstrip().startswith("{") for _, line in lines):
        return None
    parsed = _parsed(f"[{','.join(line for _, line in lines)}]")
    if isinstance(parsed, list) and len(parsed) == len(lines):
        return parsed if all(isinstance(value, dict) for value in parsed) else None
    return None


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _misfit(line: int, text: str) -> Misfit:
    text = text.strip()
    return Misfit(
        line=line,
        reason="unparsable_json",
        value=text,
        detail="The line is not a JSON object such as"
        ' {"customer_id": "c1", "name": "Acme"}.',
        raw=json.dumps({"(line)": text}, ensure_ascii=False),
    )


def _names(objects: Sequence[Object]) -> tuple[str, ...]:
    return tuple({name: None for each in objects for name in each})


def _column(values: list[object]) -> pa.Array:
    if set(map(type, values)) <= {str, NoneType}:
        return text_array(cast("list[str | None]", values))
    return text_array([_text(value) for value in values])


def _text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return None if math.isnan(value) else repr(value)
        case int():
            return str(value)
        case _:
            return _ENCODER.encode(value)
