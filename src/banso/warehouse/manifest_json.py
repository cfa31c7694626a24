"""Manifests as canonical JSON: the same manifest has the same bytes."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from banso.kernel.errors import BansoError
from banso.tables.spec import Kind
from banso.warehouse.manifest import (
    DefinitionsVersion,
    Manifest,
    Part,
    Release,
    TableVersion,
)

FORMAT = 1

Node = dict[str, Any]  # one object of the JSON; never leaves this module


class UnknownLakeFormat(BansoError):
    """Refuse a lake that a newer Banso wrote."""

    code = "unknown_lake_format"


def to_bytes(manifest: Manifest) -> bytes:
    """Return the manifest as JSON. Each part is written once and then numbered."""
    parts = _Numbered()
    node = {
        "format": FORMAT,
        "version": manifest.version,
        "parent": manifest.parent,
        "written_at": manifest.written_at.isoformat(),
        "facts": _tables_node(manifest.facts, parts),
        "quarantine": parts.numbers(manifest.quarantine),
        "definitions": [_definitions_node(each) for each in manifest.definitions],
        "releases": [_release_node(each, parts) for each in manifest.releases],
    }
    if manifest.identities:
        node["identities"] = dict(manifest.identities)
    if manifest.marks:  # without any, the bytes are what they always were
        node["marks"] = dict(manifest.marks)
    if manifest.erased:
        node["erased"] = manifest.erased
    node["parts"] = [_part_node(part) for part in parts.known]
    text = json.dumps(node, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def from_bytes(content: bytes) -> Manifest:
    """Return the manifest that `to_bytes` wrote.

    Raises
    ------
    UnknownLakeFormat
        A newer Banso wrote it.

    """
    node: Node = json.loads(content)
    if node["format"] != FORMAT:
        raise UnknownLakeFormat(
            f"The lake has format {node['format']}; this Banso reads {FORMAT}.",
            hint="Upgrade Banso.",
            found=node["format"],
        )
    parts = [_part(each) for each in node["parts"]]
    return Manifest(
        version=node["version"],
        parent=node["parent"],
        written_at=dt.datetime.fromisoformat(node["written_at"]),
        facts=_tables(node["facts"], parts),
        quarantine=_pick(node["quarantine"], parts),
        definitions=tuple(_definitions(each) for each in node["definitions"]),
        releases=tuple(_release(each, parts) for each in node["releases"]),
        identities=node.get("identities", {}),
        marks=node.get("marks", {}),
        erased=node.get("erased", 0),
    )


class _Numbered:
    """Parts by the order in which they were met; most releases share theirs."""

    def __init__(self) -> None:
        self.known: dict[Part, int] = {}

    def numbers(self, parts: Sequence[Part]) -> list[int]:
        return [self.known.setdefault(part, len(self.known)) for part in parts]


def _pick(numbers: Sequence[int], parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(parts[number] for number in numbers)


def _part_node(part: Part) -> Node:
    return {
        "path": part.path,
        "slice": part.slice,
        "rows": part.rows,
        "bytes": part.bytes,
        "sha256": part.sha256,
        "first_day": part.first_day and part.first_day.isoformat(),
        "last_day": part.last_day and part.last_day.isoformat(),
        "known_at_given": part.known_at_given,
        "deletes": part.deletes,
        "deleted_rows": part.deleted_rows,
        "made_from": part.made_from,
        "columns": [[name, str(kind)] for name, kind in part.columns],
        "content": part.content,
    }


def _part(node: Node) -> Part:
    return Part(
        **{
            **node,
            "first_day": _day(node["first_day"]),
            "last_day": _day(node["last_day"]),
            "columns": tuple((name, Kind(kind)) for name, kind in node["columns"]),
        }
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _tables_node(tables: Mapping[str, TableVersion], parts: _Numbered) -> Node:
    return {
        name: {
            # A list, because the order of the columns is part of what it says.
            "columns": [[column, str(kind)] for column, kind in table.columns.items()],
            "parts": parts.numbers(table.parts),
        }
        for name, table in sorted(tables.items())
    }


def _tables(node: Node, parts: Sequence[Part]) -> Mapping[str, TableVersion]:
    return {
        name: TableVersion(
            name=name,
            columns={column: Kind(kind) for column, kind in table["columns"]},
            parts=_pick(table["parts"], parts),
        )
        for name, table in node.items()
    }


def _definitions_node(version: DefinitionsVersion) -> Node:
    return {
        "digest": version.digest,
        "files": dict(version.files),
        "published_at": version.published_at.isoformat(),
        "published_by": version.published_by,
        "why": version.why,
    }


def _definitions(node: Node) -> DefinitionsVersion:
    published_at = dt.datetime.fromisoformat(node["published_at"])
    return DefinitionsVersion(**{**node, "published_at": published_at})


def _release_node(release: Release, parts: _Numbered) -> Node:
    # In the order in which they are read back, so that the bytes stay what they were.
    tables = {
        name: parts.numbers(release.tables[name]) for name in sorted(release.tables)
    }
    return {
        "release_id": release.release_id,
        "as_of": release.as_of.isoformat(),
        "made_at": release.made_at.isoformat(),
        "definitions_digest": release.definitions_digest,
        "facts_digest": release.facts_digest,
        "seed": release.seed,
        "tables": tables,
        "facts": _tables_node(release.facts, parts),
        "notes": dict(release.notes),
    }


def _release(node: Node, parts: Sequence[Part]) -> Release:
    return Release(
        **{
            **node,
            "as_of": dt.date.fromisoformat(node["as_of"]),
            "made_at": dt.datetime.fromisoformat(node["made_at"]),
            "tables": {n: _pick(each, parts) for n, each in node["tables"].items()},
            "facts": _tables(node["facts"], parts),
        }
    )
