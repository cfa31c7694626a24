"""Translations as a chore of development: extract, compile, check.

``python -m banso.site.messages extract|compile|check``. Each feature that has a folder
``locale`` keeps its own catalog; all others share ``banso/web/locale``. A message that
the shared catalog has already is not repeated in a feature's.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import django.conf
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType

import banso
from banso.webkit.catalogs import compile_catalogs

ROOT = Path(banso.__path__[0])
LANGUAGE = "ja"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}

HEADER = b"""\
msgid ""
msgstr ""
"Language: ja\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""  # without dates and names, which would change with every extraction

_QUOTED = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')"""
_TRANSLATE = re.compile(
    rf"^(?:translate|trans)\s+{_QUOTED}(?:.*\bcontext\s+{_QUOTED})?"
)
_CONSTANT = re.compile(rf"\b_\({_QUOTED}\)")
_CONTEXT = re.compile(rf"\bcontext\s+{_QUOTED}")


@dataclass(frozen=True, order=True)
class Found:
    """One message of the sources; `plural` is empty for most."""

    message: str
    plural: str
    context: str
    path: str  # relative to the package


@dataclass(frozen=True)
class Place:
    """One catalog and what it is extracted from."""

    catalog: Path
    sources: tuple[Path, ...]


def places() -> list[Place]:
    """Return all catalogs, the shared one first."""
    web = ROOT / "web"
    own = [folder for folder in sorted(web.iterdir()) if (folder / "locale").is_dir()]
    shared = [
        path
        for top in ("web", "webkit", "site")
        for path in _source_files(ROOT / top)
        if not any(path.is_relative_to(folder) for folder in own)
    ]
    return [
        Place(_catalog_of(web), tuple(shared)),
        *(Place(_catalog_of(each), tuple(_source_files(each))) for each in own),
    ]


def _catalog_of(folder: Path) -> Path:
    return folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def _source_files(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.py"), *folder.rglob("*.html")])


def extract() -> None:
    """Bring every catalog up to date with the sources; gone messages are dropped."""
    shared: set[tuple[str, str]] = set()
    for place in places():
        found = [
            each
            for each in found_in(place.sources)
            if (each.message, each.context) not in shared
        ]
        _write(place.catalog, found)
        if not shared:
            shared = {(each.message, each.context) for each in found}


def found_in(sources: Iterable[Path]) -> list[Found]:
    """Return the messages of some files, each once, in the order of the files."""
    seen: dict[tuple[str, str], Found] = {}
    for path in sources:
        read = _of_template if path.suffix == ".html" else _of_python
        for message, plural, context in read(path):
            name = path.relative_to(ROOT).as_posix()
            each = Found(message, plural, context, name)
            seen.setdefault((message, context), each)
    return list(seen.values())


def _of_python(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open("rb") as file:
        for _line, function, said, _notes in extract_python(file, KEYWORDS, (), {}):
            parts = _texts(said)
            name = str(function)
            if name.startswith("pgettext"):
                yield parts[1], "", parts[0]
            elif parts[0]:
                yield parts[0], parts[1] if name.startswith("ngettext") else "", ""


def _texts(said: object) -> list[str]:
    """Return the texts of a call: Babel gives one alone, and several together."""
    if isinstance(said, tuple | list):
        return [str(text or "") for text in said]
    return [str(said or "")]


def _of_template(path: Path) -> Iterator[tuple[str, str, str]]:
    tokens = iter(Lexer(path.read_text(encoding="utf-8")).tokenize())
    for token in tokens:
        if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        for constant in _CONSTANT.finditer(token.contents):
            yield _doubled(constant), "", ""
        simple = _TRANSLATE.match(token.contents)
        if simple:
            context = simple.group(3) or simple.group(4) or ""
            yield _doubled(simple), "", context
        elif token.contents.startswith("blocktrans"):
            context_match = _CONTEXT.search(token.contents)
            context = _text(context_match) if context_match else ""
            trimmed = " trimmed" in token.contents
            yield (*_block(tokens, trimmed=trimmed), context)


def _block(tokens: Iterator[object], *, trimmed: bool) -> tuple[str, str]:
    """Return the singular and plural of a block, from behind its opening tag."""
    parts, sides = [""], 0
    for token in tokens:
        kind, contents = token.token_type, token.contents  # type: ignore[attr-defined]
        if kind == TokenType.TEXT:
            parts[sides] += contents.replace("%", "%%")
        elif kind == TokenType.VAR:
            parts[sides] += f"%({contents})s"
        elif contents.startswith("endblocktrans"):
            break
        elif contents == "plural":
            parts.append("")
            sides = 1
    if trimmed:
        parts = [" ".join(map(str.strip, part.strip().splitlines())) for part in parts]
    return parts[0], parts[1] if sides else ""


def _text(match: re.Match[str]) -> str:
    text = match.group(1) if match.group(1) is not None else match.group(2)
    return text.replace('\\"', '"').replace("\\'", "'")


def _doubled(match: re.Match[str]) -> str:
    """Return a text of a template as Django looks it up: with its % doubled."""
    return _text(match).replace("%", "%%")


def _write(path: Path, found: list[Found]) -> None:
    before = _read(path)
    catalog = Catalog(LANGUAGE)
    for each in found:
        old = before.get(each.message, each.context or None)
        catalog.add(
            (each.message, each.plural) if each.plural else each.message,
            string=old.string if old else None,
            locations=[(each.path, 0)],
            context=each.context or None,
            flags=["python-format"] if "%(" in each.message else [],
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER)
        write_po(file, catalog, width=100, include_lineno=False, omit_header=True)


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def faults() -> list[str]:
    """Return what is wrong with the translations, one line each.

    A message of the sources that no catalog knows or translates; a translation whose
    placeholders differ; one message with two translations.
    """
    known: dict[tuple[str, str], set[str]] = {}
    lines = []
    for place in places():
        for message in _read(place.catalog):
            if message.id and message.string and not message.fuzzy:
                key = (_first(message.id), message.context or "")
                known.setdefault(key, set()).add(_first(message.string))
                lines += [f"{place.catalog}: {fault}" for fault in _wrong(message)]
    for place in places():
        for each in found_in(place.sources):
            key = (each.message, each.context)
            if not any(known.get(key, ())):
                lines.append(f"{each.path}: no Japanese for {each.message!r}")
    lines += [
        f"two translations of {message!r}: {sorted(strings)}"
        for (message, _context), strings in known.items()
        if len(strings) > 1
    ]
    return lines


def _first(text: object) -> str:
    return str(text[0]) if isinstance(text, tuple | list) else str(text)


def _wrong(message: Message) -> Iterator[str]:
    names = re.compile(r"%\((\w+)\)s")
    wanted = set(names.findall(_first(message.id)))
    given = set(names.findall(_first(message.string)))
    if wanted != given:
        yield f"{_first(message.id)!r} has {sorted(wanted)}, not {sorted(given)}"


def main(arguments: list[str]) -> int:
    """Do one chore; 1 when `check` finds something, 2 for a chore that is none."""
    if not django.conf.settings.configured:
        django.conf.settings.configure()  # for the lexer of templates
    match arguments:
        case ["extract"]:
            extract()
        case ["compile"]:
            compile_catalogs(ROOT)
        case ["check"]:
            found = faults()
            sys.stdout.write("".join(f"{line}\n" for line in found))
            return 1 if found else 0
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
