"""One YAML file of definitions: its values, and the line on which each stands."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from banso.kernel.issues import Issue, Level

LARGEST_FILE = 1_000_000  # bytes
MOST_NODES = 100_000  # after aliases are written out
DEEPEST_NESTING = 40
_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset({"str", "timestamp", "null", "bool", "int", "float", "seq", "map"})

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
Location = Sequence[str | int]


@dataclass(frozen=True)
class Document:
    """A parsed file; `path` is written as the reader would open it."""

    path: str
    root: Node
    value: Value

    def line_at(self, location: Location = ()) -> int:
        """Return the line (from 1) of a key or item, or of the nearest one above it.

        Steps that are in no file, such as the kind of a metric in the locations that
        pydantic gives, are passed over.
        """
        node, line = self.root, _line_of(self.root)
        for step in location:
            found = _child(node, step)
            if found is not None:
                line, node = found
        return line

    def issue(
        self,
        code: str,
        message: str,
        *,
        at: Location = (),
        hint: str = "",
        level: Level = Level.ERROR,
    ) -> Issue:
        """Return a finding that points at a place of this file."""
        return Issue(self.path, self.line_at(at), level, code, message, hint)

    def json_at(self, *location: str | int) -> bytes:
        """Return the value at a location as JSON."""
        value: Any = self.value
        for step in location:
            value = value[step]
        return json.dumps(value).encode()


def read_document(path: str, content: bytes) -> tuple[Document | None, list[Issue]]:
    """Return the document in `content`, or why there is none.

    YAML 1.2 is read: ``on`` and ``no`` are texts. A document may come together with
    issues (a key given twice, an empty value).
    """
    if len(content) > LARGEST_FILE:
        return None, [too_large(path)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        hint = "Save the file as UTF-8."
        return None, [Issue(path, line, Level.ERROR, "not_utf8", message, hint)]
    try:
        root = _composed(text)
    except (YAMLError, RecursionError, ValueError) as error:
        return None, [_yaml_fault(path, error)]
    if root is None:
        message = "the file is empty"
        hint = "Remove it, or start it with 'schema_version: 1'."
        return None, [Issue(path, 0, Level.ERROR, "empty_file", message, hint)]
    reading = _Reading(path)
    value = reading.value(root, ())
    faults = [issue for issue in reading.issues if issue.code == "bad_yaml"]
    return (None if faults else Document(path, root, value)), reading.issues


def too_large(path: str) -> Issue:
    """Return the finding for a file that is too large to be read."""
    message = f"the file is larger than {LARGEST_FILE:,} bytes"
    hint = "Split it into several files."
    return Issue(path, 0, Level.ERROR, "too_large", message, hint)


def _composed(text: str) -> Node | None:
    with warnings.catch_warnings():
        # An anchor may be given again, as YAML allows; there is nothing to tell.
        warnings.simplefilter("ignore")
        # Not "rt": it marks folds in the text with a control character.
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    return root


@dataclass
class _Reading:
    """Turns nodes into plain values, within bounds."""

    path: str
    issues: list[Issue] = field(default_factory=list)
    nodes: int = 0

    def value(self, node: Node, above: tuple[Node, ...]) -> Value:
        self.nodes += 1
        if self.nodes > MOST_NODES or len(above) > DEEPEST_NESTING:
            # Told once: an alias that contains itself would be told for ever.
            if not any(issue.code == "bad_yaml" for issue in self.issues):
                self.fault(node, "bad_yaml", "aliases or nesting without end")
            return None
        kind = str(node.tag).removeprefix(_TAG)
        if kind not in _TAGS:
            self.fault(node, "bad_yaml", f"the tag {kind[:60]} has no meaning here")
            return None
        match node:
            case ScalarNode():
                return self.scalar(node, kind)
            case SequenceNode():
                return [self.value(item, (*above, node)) for item in node.value]
            case MappingNode():
                return self.mapping(node, (*above, node))
        raise AssertionError(node)

    def mapping(self, node: MappingNode, above: tuple[Node, ...]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.fault(key_node, "bad_yaml", "a key must be a word")
                continue
            key = key_node.value
            if key in values:
                message = f"'{key}' is given twice; first on line {lines[key]}"
                self.fault(key_node, "repeated_key", message)
                continue
            lines[key] = _line_of(key_node)
            values[key] = self.value(value_node, above)
            if values[key] is None and isinstance(value_node, ScalarNode):
                message = f"'{key}' has no value"
                hint = "Give one, or remove the line."
                self.fault(key_node, "empty_value", message, hint)
        return values

    def scalar(self, node: ScalarNode, kind: str) -> Value:
        text: str = node.value
        if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
            self.fault(node, "bad_yaml", "a character that no text can hold")
            return None
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" | "float":
                return _number(text)
        return text

    def fault(self, node: Node, code: str, message: str, hint: str = "") -> None:
        issue = Issue(self.path, _line_of(node), Level.ERROR, code, message, hint)
        self.issues.append(issue)


def _number(text: str) -> Value:
    digits = text.replace("_", "")
    for read in (int, lambda d: int(d, 0), _finite):
        try:
            return read(digits)
        except ValueError:
            continue
    return text  # .inf and .nan: no field takes them


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")} or number != number:  # noqa: PLR0124
        raise ValueError(digits)
    return number


def _yaml_fault(path: str, error: Exception) -> Issue:
    line = 0
    message = "the file cannot be read as YAML"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        message = str(error.problem or error.context or message)
    elif isinstance(error, RecursionError):
        message = "the file is nested too deeply"
    hint = "Indent with spaces." if "\\t" in message else ""
    return Issue(path, line, Level.ERROR, "bad_yaml", message, hint)


def _line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _child(node: Node, step: str | int) -> tuple[int, Node] | None:
    """Return the line and node of a key or item of `node`, if it has it."""
    if isinstance(node, MappingNode) and isinstance(step, str):
        for key, value in node.value:
            if key.value == step:
                return _line_of(key), value
    if (
        isinstance(node, SequenceNode)
        and isinstance(step, int)
        and step < len(node.value)
    ):
        return _line_of(node.value[step]), node.value[step]
    return None
