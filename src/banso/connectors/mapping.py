"""Mapping files: how foreign files become canonical tables, as YAML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from banso.connectors.values import DATE_FORMATS, NUMBER_FORMATS
from banso.kernel.issues import Issue, Level
from banso.kernel.nearness import did_you_mean
from banso.tables.registry import TABLES
from banso.tables.spec import Column, Kind

DATED = (Kind.DATE, Kind.TIME)
NUMERIC = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)


def _as_text(value: object) -> object:
    """Return a YAML scalar as the text that a file would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


Scalar = Annotated[str, BeforeValidator(_as_text)]


class Part(BaseModel):
    """A part of a file that people write: nothing unknown, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Monthly(Part):
    """How an amount per billing interval becomes an amount per month."""

    interval: str  # their column that names the interval
    months: Mapping[Scalar, float]  # how many months each interval has


class FileMapping(Part):
    """How the rows of one file (or of files by pattern) fill one table."""

    file: str = Field(min_length=1)  # a file name, or a pattern such as crm-*.csv
    table: str
    columns: Mapping[str, str] = {}  # ours: theirs
    formats: Mapping[str, str] = {}  # ours: %d.%m.%Y, excel, wareki or 1,234.56
    constants: Mapping[str, Scalar] = {}  # ours: a value for every row
    values: Mapping[str, Mapping[Scalar, Scalar]] = {}  # ours: {theirs: ours}
    monthly: Mapping[str, Monthly] = {}  # ours, of money
    ignore: tuple[str, ...] = Field(default=(), strict=False)  # theirs
    attributes: bool = True  # whether columns that nobody names are kept
    encoding: str | None = None

    def matches(self, name: str) -> bool:
        """Return whether the mapping is for a file of this name."""
        return self.file == name or fnmatchcase(name, self.file)


class LoadMapping(Part):
    """A whole mapping file."""

    schema_version: Literal[1]
    files: tuple[FileMapping, ...] = Field(strict=False)

    def for_file(self, name: str) -> tuple[FileMapping, ...]:
        """Return what is said about the file: one entry per table that it fills."""
        return tuple(entry for entry in self.files if entry.matches(name))


@dataclass(frozen=True)
class Document:
    """A parsed YAML file that still knows its lines."""

    path: str
    content: object

    def line_of(self, place: Sequence[int | str]) -> int:
        """Return the line (from 1) of the innermost part of `place` that is there."""
        node: object = self.content
        line = 0
        for step in place:
            try:
                if isinstance(node, CommentedMap):
                    line = node.lc.key(step)[0]
                elif isinstance(node, CommentedSeq):
                    line = node.lc.item(step)[0]
                else:
                    break
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
        return line + 1


def read_mapping(path: Path) -> tuple[LoadMapping | None, list[Issue]]:
    """Return the mapping in a YAML file, or None, and what was found wrong in it.

    YAML is read by version 1.2: ``no`` and ``on`` are texts.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return None, [_issue(str(path), 0, "unreadable", f"cannot be read: {error}")]
    return parse_mapping(text, path=str(path))


def parse_mapping(text: str, *, path: str) -> tuple[LoadMapping | None, list[Issue]]:
    """Return the mapping in `text`, as `read_mapping` does for a file."""
    document = parse_document(text, path=path)
    if isinstance(document, Issue):
        return None, [document]
    try:
        mapping = LoadMapping.model_validate(document.content)
    except ValidationError as error:
        known = [*FileMapping.model_fields, *LoadMapping.model_fields]
        return None, [structure_issue(document, f, known) for f in error.errors()]
    issues = [
        issue
        for place, entry in enumerate(mapping.files)
        for issue in meaning_issues(document, ("files", place), entry)
    ]
    return (None if issues else mapping), issues


def parse_document(text: str, *, path: str) -> Document | Issue:
    """Return what `text` says as YAML 1.2, with its lines, or why it says nothing."""
    try:
        content = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return _issue(path, line, "invalid_yaml", f"not valid YAML: {error.problem}")
    except YAMLError as error:
        return _issue(path, 0, "invalid_yaml", f"not valid YAML: {error}")
    return Document(path, content)


def structure_issue(
    document: Document, fault: Mapping[str, object], known: Sequence[str]
) -> Issue:
    """Return what pydantic found, with its line and the nearest key."""
    place = fault["loc"]
    assert isinstance(place, tuple)
    where = ".".join(str(step) for step in place)
    if fault["type"] == "extra_forbidden":
        name = str(place[-1])
        return _issue(
            document.path,
            document.line_of(place),
            "unknown_key",
            f"unknown key '{where}'",
            did_you_mean(name, known),
        )
    code = "missing_key" if fault["type"] == "missing" else "wrong_value"
    return _issue(
        document.path, document.line_of(place), code, f"{where}: {fault['msg']}"
    )


def meaning_issues(
    document: Document, place: tuple[str | int, ...], entry: FileMapping
) -> Iterator[Issue]:
    """Yield what an entry says that its table cannot take."""
    spec = TABLES.get(entry.table)
    if spec is None:
        yield _issue(
            document.path,
            document.line_of((*place, "table")),
            "unknown_table",
            f"unknown table '{entry.table}'",
            did_you_mean(entry.table, TABLES) or f"Known: {', '.join(TABLES)}.",
        )
        return
    for section in ("formats", "monthly"):
        for name, value in getattr(entry, section).items():
            column = spec.by_name.get(name)
            fault = _fault(section, name, column, value)
            if fault is not None:
                yield _issue(
                    document.path,
                    document.line_of((*place, section, name)),
                    *fault,
                    did_you_mean(name, spec.by_name) if column is None else "",
                )


def _fault(
    section: str, name: str, column: Column | None, value: object
) -> tuple[str, str] | None:
    if column is None:
        return "unknown_column", f"the table has no column '{name}'"
    if section == "monthly":
        if column.kind is not Kind.MONEY:
            return "wrong_kind", f"'{name}' is not money"
    elif column.kind in NUMERIC:
        if value not in NUMBER_FORMATS:
            known = " or ".join(NUMBER_FORMATS)
            return "wrong_format", f"the format of '{name}' has to be {known}"
    elif column.kind not in DATED:
        return "wrong_kind", f"'{name}' is neither a date, a time nor a number"
    elif value not in DATE_FORMATS and "%" not in str(value):
        known = ", ".join(DATE_FORMATS)
        return "wrong_format", (
            f"the format of '{name}' has to be like %d.%m.%Y, or one of: {known}"
        )
    return None


def _issue(path: str, line: int, code: str, message: str, hint: str = "") -> Issue:
    return Issue(path, line, Level.ERROR, code, message, hint)
