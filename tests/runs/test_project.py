"""A project is made once, opened as it was made, and says what is wrong in its file."""

from pathlib import Path

import pytest

from banso.runs.project import (
    NotAProject,
    Project,
    ProjectExists,
    ProjectFileInvalid,
    create_project,
)

GOOD = """\
[company]
name = "青空クラウド"
timezone = "Asia/Tokyo"
currency = "JPY"
language = "ja"
"""


@pytest.fixture(autouse=True)
def _no_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANSO_DATABASE_URL", raising=False)


def write(folder: Path, text: str) -> Path:
    (folder / "banso.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_made_project_opens_with_the_same_values(tmp_path: Path) -> None:
    made = create_project(
        tmp_path / "acme",
        name='A "quoted"\\ \x7f name 🍣',
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )

    assert Project.open(tmp_path / "acme") == made
    assert made.name == 'A "quoted"\\ \x7f name 🍣'
    assert made.lake_folder == made.folder / ".banso" / "lake"
    assert made.database_url == f"sqlite:///{made.folder}/.banso/app.sqlite3"
    assert (made.folder / ".gitignore").read_text() == ".banso/\n"


def test_a_made_project_has_the_starter_definitions(tmp_path: Path) -> None:
    made = create_project(
        tmp_path, name="Acme", timezone="UTC", currency="USD", language="en"
    )

    assert (made.definitions_folder / "health.yaml").is_file()
    assert list((made.definitions_folder / "metrics").glob("*.yaml"))


def test_a_project_is_never_made_over_another(tmp_path: Path) -> None:
    write(tmp_path, GOOD)

    with pytest.raises(ProjectExists, match="already is a project"):
        create_project(
            tmp_path, name="Acme", timezone="UTC", currency="USD", language="en"
        )

    assert (tmp_path / "banso.toml").read_text(encoding="utf-8") == GOOD


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "health.yaml").write_text("mine")

    create_project(tmp_path, name="Acme", timezone="UTC", currency="USD", language="en")

    assert (tmp_path / ".gitignore").read_text() == "*.log\n.banso/\n"
    assert (tmp_path / "definitions" / "health.yaml").read_text() == "mine"


def test_a_folder_without_settings_is_not_a_project(tmp_path: Path) -> None:
    with pytest.raises(NotAProject) as refusal:
        Project.open(tmp_path)

    assert refusal.value.message == (
        f"{tmp_path} is not a Banso project: it has no banso.toml."
    )
    assert "banso init" in refusal.value.hint


def test_the_database_url_comes_from_the_file_then_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, GOOD + '[app]\ndatabase_url = "postgres://file/db"\n')
    assert Project.open(tmp_path).database_url == "postgres://file/db"

    monkeypatch.setenv("BANSO_DATABASE_URL", "postgres://environment/db")
    assert Project.open(tmp_path).database_url == "postgres://environment/db"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[company", "Expected ']' at the end of a table declaration"),
        ("", "the section [company] is missing"),
        ("company = 3", "'company' has to be a section: write [company]"),
        (GOOD.replace("Tokyo", "Tokio"), "company.timezone: unknown time zone"),
        (GOOD.replace("Tokyo", "Tokio"), "Did you mean 'Asia/Tokyo'?"),
        (GOOD.replace("JPY", "YPJ"), "company.currency: unknown currency 'YPJ'"),
        (GOOD.replace("JPY", "jpy"), "Did you mean 'JPY'?"),
        (GOOD.replace('"ja"', '"fr"'), "unknown language 'fr': expected ja or en"),
        (GOOD.replace('"ja"', "3"), "company.language has to be a text, not 3"),
        (GOOD.replace("language", "langage"), "Did you mean 'language'?"),
        (GOOD.replace("language", "langage"), "company.language is missing"),
        (GOOD + "[ap]\n", "unknown section [ap]. Did you mean 'app'?"),
        (GOOD + "[app]\nurl = 'x'\n", "unknown key app.url."),
    ],
)
def test_a_fault_is_named_with_file_and_key(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(ProjectFileInvalid) as refusal:
        Project.open(write(tmp_path, text))

    assert refusal.value.message.startswith(f"{tmp_path / 'banso.toml'}: ")
    assert fault in refusal.value.message


def test_values_that_could_not_be_opened_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileInvalid, match="unknown currency 'EURO'"):
        create_project(
            tmp_path / "new", name="A", timezone="UTC", currency="EURO", language="en"
        )

    assert not (tmp_path / "new").exists()
