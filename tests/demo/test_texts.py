"""What people write in Aozora Cloud reads like Japanese, and is nobody's address."""

import re

import pytest
from tests.demo.conftest import Company

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("customers", "name"),
        ("contacts", "name"),
        ("tickets", "text"),
        ("requests", "text"),
        ("interactions", "note"),
        ("responses", "comment"),
        ("gatherings", "title"),
        ("milestones", "milestone"),
    ],
)
def test_texts_are_japanese(small: Company, table: str, column: str) -> None:
    texts = [
        text
        for (text,) in small.ask(
            f"select {column} from {{{table}}} where {column} is not null"
        )
    ]

    japanese = sum(bool(JAPANESE.search(text)) for text in texts) / len(texts)
    assert japanese > 0.9  # the rest is written by customers abroad
    assert not any("{" in text or "  " in text or "。。" in text for text in texts)


def test_tickets_hardly_repeat_each_other(small: Company) -> None:
    ((share,),) = small.ask("select count(distinct text) / count(*) from {tickets}")

    assert share > 0.6


def test_company_names_are_unique_and_carry_one_legal_form(small: Company) -> None:
    names = [name for (name,) in small.ask("select name from {customers}")]

    assert len(set(names)) == len(names)
    assert all(name.count("株式会社") <= 1 for name in names)
    assert any(name.startswith("株式会社") for name in names)
    assert any(name.endswith("株式会社") for name in names)


@pytest.mark.parametrize(
    ("table", "column"), [("contacts", "email"), ("staff", "email")]
)
def test_addresses_lie_in_domains_for_examples(
    small: Company, table: str, column: str
) -> None:
    wrong = small.ask(
        f"select {column} from {{{table}}} "
        f"where not regexp_matches({column}, '[@.]example\\.(com|jp)$')"
    )

    assert wrong == []
