"""Every module that reads who people are, or what they said, asks for consent.

A module that names a table of people or of their words, or one of the ways to read any
table, has to ask the gate, or be named here with the reason why it need not. The page
about consent lists both.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src" / "banso"
PAGE: Final = ROOT / "docs" / "how-to" / "consent.md"
# Layers that use data; those below declare tables, read files, or make a company up.
LAYERS: Final = ("analytics", "runs", "site", "web", "cli", "client", "webkit")
TABLES: Final = frozenset(
    {"contacts", "tickets", "interactions", "responses", "requests"}
)
WAYS: Final = frozenset(
    {"contact_name", "open_rows", "newest_rows", "read_only"}
    | {"facts_as_known", "list_readable"}
)
GATES: Final = (
    "banso.kernel.consent",
    "banso.analytics.consents",
    "banso.runs.consents",
    "banso.web.consents",
    "banso.web.customer.willing",
    "banso.web.work.addressing",
)
_COUNTS = "counts per customer; names nobody"
_OWN = "the person's own request, or what the law asks for"
_WORDS = "no rows: names, addresses or words of the program"
_GONE = "takes away what was kept long enough"
_INSIDE = "takes in or keeps rows; nothing is shown"
# Why these need not ask; the page tells it in its own words.
NEED_NOT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "analytics/cells.py": _COUNTS,
        "analytics/measures.py": _COUNTS,
        "analytics/metric_grid.py": _COUNTS,
        "analytics/spells.py": _COUNTS,
        "runs/as_of.py": _COUNTS,
        "runs/judging.py": _COUNTS,
        "runs/rolling.py": _COUNTS,
        "runs/success.py": _COUNTS,
        "runs/teaming.py": _COUNTS,
        "runs/touching.py": _COUNTS,
        "web/customer/head.py": _COUNTS,
        "web/team/queries.py": _COUNTS,
        "runs/matching.py": "domains of e-mails alone; which customers are one",
        "runs/collected_rows.py": _INSIDE,
        "runs/collecting.py": _INSIDE,
        "runs/erased_rows.py": _OWN,
        "runs/erasures.py": _OWN,
        "runs/masked_rows.py": _OWN,
        "runs/person_rows.py": _OWN,
        "web/data/table_page.py": "who keeps the data mends it there",
        "cli/sql.py": "who owns the lake asks it directly",
        "web/timeline/drafts.py": "whom one talked to is written down",
        "web/timeline/forms.py": "likewise",
        "web/timeline/models.py": "likewise",
        "web/timeline/telling.py": "likewise",
        "web/timeline/apps.py": _WORDS,
        "web/timeline/waiting.py": "who wrote to us gets an answer",
        "web/customer/happenings.py": "words rows; see web/customer/stream.py",
        "web/customer/urls.py": _WORDS,
        "web/customer/views.py": _WORDS,
        "web/data/row_access.py": "see web/data/operations.py",
        "web/data/api.py": "see web/data/operations.py",
        "web/tokens/limits.py": _WORDS,
        "web/work/apps.py": _WORDS,
        "web/work/release_rows.py": "keeps whom to ask; see web/work/addressing.py",
        "site/api_document.py": _WORDS,
        "runs/retention.py": _GONE,
        "runs/retention_rules.py": _GONE,
        "site/retention.py": _GONE,
        "webkit/api/files.py": _WORDS,
        "webkit/personal.py": _WORDS,
    }
)


def reads_of_people(tree: ast.AST) -> bool:
    """Return whether a module names what tells of people."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in TABLES:
            return True
        if any(getattr(node, each, None) in WAYS for each in ("id", "attr", "arg")):
            return True
    return False


def asks(tree: ast.AST) -> bool:
    """Return whether a module imports a way to ask what people allow."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
            if any(name.startswith(GATES) for name in names):
                return True
    return False


def modules() -> Iterator[tuple[str, ast.AST]]:
    for layer in LAYERS:
        for path in sorted((SOURCE / layer).rglob("*.py")):
            if "migrations" not in path.parts:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                yield path.relative_to(SOURCE).as_posix(), tree


@cache
def reading() -> dict[str, bool]:
    """Return the modules that read of people, and whether each of them asks."""
    return {name: asks(tree) for name, tree in modules() if reads_of_people(tree)}


def test_who_reads_of_people_asks_or_says_why_not() -> None:
    forgotten = [name for name, asking in reading().items() if not asking]

    assert sorted(set(forgotten) - set(NEED_NOT)) == []


def test_nobody_is_excused_who_need_not_be() -> None:
    assert {name for name in NEED_NOT if reading().get(name) is not False} == set()


def test_page_lists_every_module_that_reads_of_people() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert [name for name in reading() if f"`{name}`" not in page] == []


def test_a_module_that_reads_contacts_without_asking_is_found() -> None:
    bad = ast.parse('def names(reader):\n    return reader.facts("contacts", "C1")\n')
    good = ast.parse("from banso.web.consents import queries as consents\n")

    assert reads_of_people(bad)
    assert not asks(bad)
    assert asks(good)
