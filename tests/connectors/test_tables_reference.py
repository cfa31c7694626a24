"""The written reference says what the declarations say."""

from pathlib import Path

from banso.tables.reference import tables_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tables.md"


def test_the_reference_of_the_tables_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == tables_reference()
