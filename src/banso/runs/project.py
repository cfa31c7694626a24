"""A project: the folder that holds a company's settings, definitions and data."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import list_currencies

from banso.definitions.starter_set import starter_files
from banso.kernel.consent import DEFAULTS, OPT_IN, OPT_OUT, Purpose
from banso.kernel.errors import BansoError
from banso.kernel.nearness import did_you_mean
from banso.warehouse.cluster import Cluster, is_address, without_password

SETTINGS_FILE = "banso.toml"
DATABASE_URL = "BANSO_DATABASE_URL"
LANGUAGES = ("ja", "en")
DUCKDB = "duckdb"

_PRIVATE = ".banso"
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "company": ("name", "timezone", "currency", "language"),
    "app": ("database_url",),
    "engine": ("master",),
    "consent": tuple(Purpose),
}
# what the categories of a consent banner are, each by its own name
_CATEGORIES = "consent_categories"
# sections that the site reads and checks
_OF_THE_SITE = ("sign_in", "run", "log", "retention")


class NotAProject(BansoError):
    """Refuse a folder without ``banso.toml``."""

    code = "not_a_project"


class ProjectExists(BansoError):
    """Refuse to make a project where one already is."""

    code = "project_exists"


class ProjectFileInvalid(BansoError):
    """Refuse a ``banso.toml`` that cannot be read, with every fault in it."""

    code = "project_file_invalid"


class ProjectFolderUnusable(BansoError):
    """Refuse a folder in which the project's files cannot be written."""

    code = "project_folder_unusable"


class EngineUnknown(BansoError):
    """Refuse an engine that Banso does not compute with."""

    code = "engine_unknown"


@dataclass(frozen=True)
class Project:
    """One company's project."""

    folder: Path  # absolute
    name: str  # of the company
    timezone: str  # IANA, e.g. Asia/Tokyo: where a day of the company begins
    currency: str  # ISO 4217, of money that names none
    language: str  # ja or en
    database_url: str  # of the app database
    cluster: Cluster | None = None  # that computes, instead of DuckDB
    # whether a purpose is allowed of who has decided nothing
    consent: Mapping[Purpose, bool] = field(
        default_factory=lambda: DEFAULTS, compare=False
    )
    consent_categories: Mapping[str, Purpose] = field(
        default_factory=dict, compare=False
    )
    # what the site reads and checks itself, by the name of the section
    site: Mapping[str, object] = field(default_factory=dict, compare=False)

    @classmethod
    def open(cls, folder: Path) -> "Project":
        """Return the project in `folder`.

        Parameters
        ----------
        folder
            A folder with a ``banso.toml``; its parents are not searched.

        Raises
        ------
        NotAProject
            There is no ``banso.toml``.
        ProjectFileInvalid
            It cannot be read; the message names the file and each faulty key.

        """
        folder = folder.resolve()
        path = folder / SETTINGS_FILE
        settings = _read(path)
        faults = list(_faults(settings))
        if faults:
            raise ProjectFileInvalid(
                f"{path}: {'; '.join(faults)}",
                hint=f"Mend {path} and try again.",
                path=str(path),
                faults=faults,
            )
        company = settings["company"]
        return cls(
            folder=folder,
            name=company["name"],
            timezone=company["timezone"],
            currency=company["currency"],
            language=company["language"],
            database_url=os.environ.get(DATABASE_URL)
            or settings.get("app", {}).get("database_url")
            or f"sqlite:///{folder / _PRIVATE / 'app.sqlite3'}",
            cluster=cluster_of(settings.get("engine", {}).get("master", DUCKDB)),
            consent=_consent_of(settings.get("consent", {})),
            consent_categories={
                name: Purpose(said)
                for name, said in settings.get(_CATEGORIES, {}).items()
            },
            site={name: settings.get(name, {}) for name in _OF_THE_SITE},
        )

    @property
    def private_folder(self) -> Path:
        """The folder of what Banso keeps for itself; it is not for version control."""
        return self.folder / _PRIVATE

    @property
    def lake_folder(self) -> Path:
        """The folder of facts, published definitions and releases."""
        return self.private_folder / "lake"

    @property
    def collect_folder(self) -> Path:
        """The folder of everything about live events."""
        return self.private_folder / "collect"

    @property
    def collect_log(self) -> Path:
        """The folder of the log of accepted calls."""
        return self.collect_folder / "log"

    @property
    def definitions_folder(self) -> Path:
        """The folder of metrics and health, as people edit them."""
        return self.folder / "definitions"


def cluster_of(engine: str) -> Cluster | None:
    """Return the cluster that an engine's name stands for; None for DuckDB.

    Raises
    ------
    EngineUnknown
        It is neither ``duckdb`` nor the address of a master or a database.

    """
    if not _is_engine(engine):
        raise EngineUnknown(
            f"There is no engine '{without_password(engine)}'.",
            hint="Use duckdb, the address of Spark's master (spark://HOST:7077), or"
            " that of a database (postgresql://USER@HOST/DATABASE).",
            engine=without_password(engine),
        )
    return None if engine == DUCKDB else Cluster(engine)


def _consent_of(said: Mapping[str, str]) -> Mapping[Purpose, bool]:
    chosen = {Purpose(key): value == OPT_OUT for key, value in said.items()}
    return {**DEFAULTS, **chosen}


def _is_engine(name: str) -> bool:
    return name == DUCKDB or is_address(name)


def create_project(
    folder: Path, *, name: str, timezone: str, currency: str, language: str
) -> Project:
    """Make a project in `folder` and return it.

    Files that are already there stay as they are. The settings are written last, so a
    run that was stopped half-way left no project and can simply be repeated.

    Parameters
    ----------
    folder
        Made when it does not exist.
    name, timezone, currency, language
        As in `Project`.

    Raises
    ------
    ProjectExists
        The folder already is a project.
    ProjectFileInvalid
        A value would make a project that cannot be opened; nothing is written.
    ProjectFolderUnusable
        The folder cannot be written.

    """
    folder = folder.resolve()
    path = folder / SETTINGS_FILE
    if path.exists():
        raise ProjectExists(
            f"{folder} already is a project.",
            hint="Work in it as it is, or choose another folder.",
            folder=str(folder),
        )
    company = {
        "name": name,
        "timezone": timezone,
        "currency": currency,
        "language": language,
    }
    faults = list(_faults({"company": company}))
    if faults:
        raise ProjectFileInvalid("; ".join(faults), path=SETTINGS_FILE, faults=faults)
    try:
        _write_files(folder, company)
    except OSError as error:
        raise ProjectFolderUnusable(
            f"{folder} cannot be written: {error.strerror}.",
            hint="Check the path and its permissions.",
            folder=str(folder),
            cause=error.strerror,
        ) from error
    return Project.open(folder)


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotAProject(
            f"{path.parent} is not a Banso project: it has no {SETTINGS_FILE}.",
            hint="Make one with `banso init DIR`, or name one with --project DIR.",
            folder=str(path.parent),
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectFileInvalid(
            f"{path}: {error}",
            hint=f"Mend {path} and try again.",
            path=str(path),
            faults=[str(error)],
        ) from error


def _faults(settings: Mapping[str, object]) -> Iterator[str]:
    for section, values in settings.items():
        known = _SECTIONS.get(section)
        if known is None and section not in (_CATEGORIES, *_OF_THE_SITE):
            near = did_you_mean(section, (*_SECTIONS, _CATEGORIES, *_OF_THE_SITE))
            yield f"unknown section [{section}]. {near}"
        elif not isinstance(values, dict):
            yield f"'{section}' has to be a section: write [{section}]"
        elif section == _CATEGORIES:
            for name in values.keys() - _purposes_named(values):
                hint = did_you_mean(str(values[name]), tuple(Purpose))
                yield f"{section}.{name} has to be a purpose. {hint}".strip()
        elif known is not None:
            for key in values.keys() - set(known):
                yield f"unknown key {section}.{key}. {did_you_mean(key, known)}"
            yield from _faults_of_values(section, values)
    if "company" not in settings:
        yield "the section [company] is missing"


def _purposes_named(values: Mapping[str, object]) -> set[str]:
    return {name for name, said in values.items() if said in tuple(Purpose)}


def _faults_of_values(section: str, values: Mapping[str, object]) -> Iterator[str]:
    for key in _SECTIONS[section]:
        value = values.get(key)
        if value is None:
            if section == "company":
                yield f"company.{key} is missing"
        elif not isinstance(value, str) or not value.strip():
            yield f"{section}.{key} has to be a text, not {value!r}"
        elif (fault := _fault_of(key, value)) is not None:
            yield f"{section}.{key}: {fault}"


def _fault_of(key: str, value: str) -> str | None:
    if key == "timezone" and not _is_timezone(value):
        hint = did_you_mean(value, available_timezones())
        return f"unknown time zone {value!r}. {hint or 'Expected e.g. Asia/Tokyo.'}"
    if key == "currency" and value not in list_currencies():
        hint = did_you_mean(value.upper(), list_currencies())
        return f"unknown currency {value!r}. {hint or 'Expected e.g. JPY.'}"
    if key == "master" and not _is_engine(value):
        return (
            f"unknown engine {without_password(value)!r}: expected duckdb,"
            " spark://HOST:7077 or postgresql://USER@HOST/DATABASE"
        )
    if key in _SECTIONS["consent"] and value not in {OPT_IN, OPT_OUT}:
        return f"unknown default {value!r}: expected {OPT_IN} or {OPT_OUT}"
    if key == "language" and value not in LANGUAGES:
        return f"unknown language {value!r}: expected ja or en"
    return None


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # absent; a path; a folder such as Asia
        return False
    return True


def _write_files(folder: Path, company: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in starter_files().items():
        path = folder / "definitions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(content)
    _ignore_private(folder / ".gitignore")
    lines = ["[company]", *(f"{key} = {_quoted(company[key])}" for key in company), ""]
    staged = folder / f"{SETTINGS_FILE}.new"
    staged.write_text("\n".join(lines), encoding="utf-8")
    staged.replace(folder / SETTINGS_FILE)


def _quoted(text: str) -> str:
    """Return a TOML string: as in JSON, where only DEL is written differently."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _ignore_private(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if f"{_PRIVATE}/" not in lines:
        path.write_text("\n".join([*lines, f"{_PRIVATE}/", ""]), encoding="utf-8")
