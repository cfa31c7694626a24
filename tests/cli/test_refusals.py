"""Refusals of the core on a Japanese terminal, and for a program."""

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Banso

import banso as package
from banso.cli.faults import fault_in_words
from banso.cli.refusals import JAPANESE, REMARKS

SOURCES = Path(package.__path__[0])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANSO_LANG", "ja")


@pytest.mark.usefixtures("japanese")
def test_a_refusal_is_said_in_japanese(banso: Banso, tmp_path: Path) -> None:
    banso("init", "mine")

    nothing = banso("run", "--project", "mine")
    missing = banso("load", "not-there", "--project", "mine")
    nowhere = banso("check", "--project", str(tmp_path))

    assert nothing.status == missing.status == nowhere.status == 2
    assert "エラー: 顧客がまだありません。\n" in nothing.err
    assert "ヒント: banso load データのフォルダー --project mine で" in nothing.err
    assert missing.err == (
        "エラー: not-there には何もありません。\n"
        "ヒント: データのフォルダーか、ファイルを1つ指定してください。\n"
    )
    assert "プロジェクトではありません" in nowhere.err


def test_a_hint_can_be_typed_as_it_is(banso: Banso) -> None:
    banso("init", "mine")

    ran = banso("run", "--project", "mine")

    assert "hint: Load some with banso load FOLDER --project mine.\n" in ran.err


def test_a_program_reads_a_refusal_as_json(banso: Banso, tmp_path: Path) -> None:
    ran = banso("check", "--project", str(tmp_path), "--json")

    error = json.loads(ran.out)["error"]
    assert ran.status == 2
    assert error["code"] == "not_a_project"
    assert error["message"] in ran.err
    assert "banso init DIR" in error["hint"]


@pytest.mark.usefixtures("japanese")
def test_what_a_load_left_out_is_said_in_japanese(banso: Banso, tmp_path: Path) -> None:
    banso("init", "mine")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "customers.csv").write_text("customer_id,name\nc1,青空商事\n")
    (folder / "subscriptions.csv").write_text(
        "subscription_id,customer_id,started_on,mrr\n"
        "s1,c1,31.01.2024,100\ns2,c1,2024-01-01,-5\ns3,c9,2024-01-01,5\n"
        "s4,c1,2024-01-01,1,000\n"
    )
    (folder / "sheet.xlsx").write_bytes(b"PK")
    (folder / "tickets.csv").write_text("")

    ran = banso("load", "files", "--project", "mine")

    assert "- sheet.xlsx は読み込んでいません: 表のファイルではありません。" in ran.out
    assert "- tickets.csv は空です（見出しの行もありません）。" in ran.out
    assert "- subscriptions: 1 行が、まだ来ていない顧客を待っています。" in ran.out
    assert (
        "subscriptions.csv:2: started_on: 「31.01.2024」は実在する日付ではありません"
        "（例: 2024-01-31）。この形式なら、対応づけファイルに"
        " formats: {started_on: '%d.%m.%Y'} と書けば読めます。"
    ) in ran.out
    assert "MRR は負にできません（-5）" in ran.out
    assert "顧客「c9」がまだありません" in ran.out
    assert "  subscriptions.csv:5: 項目の数が見出しより多い行です。" in ran.out


@pytest.mark.usefixtures("japanese")
def test_an_unknown_reason_is_said_as_it_is_kept() -> None:
    fault = {"table": "events", "column": "name", "value": None, "reason": "new"}

    assert fault_in_words({**fault, "detail": "As kept."}) == "As kept."


def test_every_refusal_outside_of_the_web_has_a_japanese_wording() -> None:
    assert not set(_codes()) - set(JAPANESE)


def test_a_wording_uses_only_facts_that_every_refusal_of_its_code_gives() -> None:
    given = _facts_by_code()

    for code, wording in JAPANESE.items():
        for sentence in (wording.message, wording.hint):
            if isinstance(sentence, str) and code in given:
                assert _names(sentence) <= given[code], code


def test_a_remark_in_japanese_keeps_the_names_of_the_english_one() -> None:
    said = [REMARKS[code] for code in ("empty_file", "no_rows", "folder_inside")]

    assert all(isinstance(one, str) and _names(one) == {"name"} for one in said)


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _trees() -> Iterator[ast.Module]:
    for path in SOURCES.rglob("*.py"):
        if not path.is_relative_to(SOURCES / "web"):
            yield ast.parse(path.read_text(encoding="utf-8"))


def _classes() -> dict[str, str]:
    """Return the code of each refusal, by the name of its class."""
    found: dict[str, tuple[set[str], str]] = {}
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                codes = [
                    one.value.value
                    for one in node.body
                    if isinstance(one, ast.Assign)
                    and ast.unparse(one.targets[0]) == "code"
                    and isinstance(one.value, ast.Constant)
                ]
                bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
                if codes:
                    found[node.name] = (bases, str(codes[0]))
    names = {"BansoError"}
    while more := {n for n, (bases, _) in found.items() if bases & names} - names:
        names |= more
    return {name: found[name][1] for name in names - {"BansoError"}}


def _codes() -> Iterator[str]:
    return iter(_classes().values())


def _facts_by_code() -> dict[str, set[str]]:
    """Return the facts that all places give which raise a refusal, by its code."""
    classes, found = _classes(), dict[str, set[str]]()
    for tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            code = classes.get(ast.unparse(node.func).split(".")[-1])
            names = {word.arg for word in node.keywords}
            if code is None or None in names or "issues" in ast.unparse(node):
                continue  # facts that are handed on, or that its own __init__ gives
            facts = {name for name in names if name} - {"hint"}
            found[code] = found.get(code, facts) & facts
    return found
