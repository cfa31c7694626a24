"""Reading a folder of definitions: every fault found, each with its line."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel

from banso.definitions.catalog import Catalog
from banso.definitions.documents import LARGEST_FILE, read_document, too_large
from banso.definitions.drafts import Draft
from banso.definitions.drivers import DriverRules, DriversFile
from banso.definitions.forecast import ForecastFile, ForecastRules
from banso.definitions.health import HealthFile
from banso.definitions.metrics import MetricsFile
from banso.definitions.naming import NameRules, NamesFile
from banso.definitions.plays import PlaysFile
from banso.definitions.revenue import RevenueFile, RevenueRules
from banso.definitions.rules import RULES
from banso.definitions.signals import SignalsFile
from banso.definitions.sound_parts import SoundParts
from banso.definitions.success import SuccessFile
from banso.definitions.touch import TouchFile
from banso.definitions.work import WorkFile, WorkRules
from banso.kernel.issues import Issue, Level, has_errors

FOLDER = "definitions"  # as paths of issues begin, relative to the project
HEALTH_FILE = "health.yaml"
FORECAST_FILE = "forecast.yaml"
DRIVERS_FILE = "drivers.yaml"
REVENUE_FILE = "revenue.yaml"
SUCCESS_FILE = "success.yaml"
NAMES_FILE = "names.yaml"
SIGNALS_FILE = "signals.yaml"
TOUCH_FILE = "touch.yaml"
PLAYS_FILE = "plays.yaml"
WORK_FILE = "work.yaml"
_FILES: Mapping[str, type[BaseModel]] = {
    HEALTH_FILE: HealthFile,
    FORECAST_FILE: ForecastFile,
    DRIVERS_FILE: DriversFile,
    REVENUE_FILE: RevenueFile,
    SUCCESS_FILE: SuccessFile,
    NAMES_FILE: NamesFile,
    SIGNALS_FILE: SignalsFile,
    TOUCH_FILE: TouchFile,
    PLAYS_FILE: PlaysFile,
    WORK_FILE: WorkFile,
}


Issues = tuple[Issue, ...]


def read_catalog(
    source: Path | Mapping[str, bytes],
) -> tuple[Catalog | None, list[Issue]]:
    """Return the definitions of a folder, and everything that is wrong with them.

    Parameters
    ----------
    source
        The folder ``definitions``, or its files by name (``metrics/usage.yaml``,
        ``health.yaml``). Metrics are read in alphabetical order of their files.

    Returns
    -------
    Catalog or None
        None when any issue is an error.
    list of Issue
        All findings of all files, sorted by path and line. Paths begin with
        ``definitions/``, whatever the folder is called.

    """
    files, unread = files_of(source) if isinstance(source, Path) else (source, [])
    catalog, issues = _read(tuple(sorted(files.items())))
    # An alias repeats what is wrong with its anchor on the same line.
    found = sorted({*unread, *issues})
    return (None if has_errors(found) else catalog), found


@lru_cache(maxsize=8)  # a run asks for what was just published
def _read(contents: tuple[tuple[str, bytes], ...]) -> tuple[Catalog | None, Issues]:
    """Return what files in alphabetical order say; none when it is faulty."""
    issues: list[Issue] = []
    parts = SoundParts()
    for name, content in contents:
        path = f"{FOLDER}/{name}"
        model = _model_of(name)
        if model is None:
            issues += _unread(name)
            continue
        document, found = read_document(path, content)
        issues += found
        if document is None:
            parts.lack(model)
            continue
        issues += parts.add(document, model)
    issues += _missing_parts(dict(contents))
    draft = parts.draft()
    issues += [issue for rule in RULES for issue in rule.issues(draft)]
    return (None if has_errors(issues) else _catalog_of(draft)), tuple(issues)


def files_of(folder: Path) -> tuple[dict[str, bytes], list[Issue]]:
    """Return the YAML files below `folder`, read within bounds."""
    files: dict[str, bytes] = {}
    issues: list[Issue] = []
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        place = f"{FOLDER}/{name}"
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            issues.append(Issue(place, 0, Level.ERROR, "unreadable_file", message))
            continue
        if len(content) > LARGEST_FILE:
            issues.append(too_large(place))
        else:
            files[name] = content
    return files, issues


def _model_of(name: str) -> type[BaseModel] | None:
    if name.startswith("metrics/") and name.endswith(".yaml"):
        return MetricsFile
    return _FILES.get(name)


def _unread(name: str) -> list[Issue]:
    if not name.endswith((".yaml", ".yml")):
        return []
    message = "nothing reads this file"
    known = ", ".join(_FILES)
    hint = f"Metrics belong in metrics/*.yaml; the other files are {known}."
    path = f"{FOLDER}/{name}"
    return [Issue(path, 0, Level.WARNING, "unread_file", message, hint)]


def _missing_parts(files: Mapping[str, bytes]) -> list[Issue]:
    issues: list[Issue] = []
    if not any(_model_of(name) is MetricsFile for name in files):
        path, hint = f"{FOLDER}/metrics", "`banso init` writes a starter set."
        message = "there is no file of metrics"
        issues.append(Issue(path, 0, Level.ERROR, "no_metrics", message, hint))
    if HEALTH_FILE not in files:
        path = f"{FOLDER}/{HEALTH_FILE}"
        message = "there is no health model, so no customer has a score"
        issues.append(Issue(path, 0, Level.WARNING, "no_health", message))
    return issues


def _catalog_of(draft: Draft) -> Catalog:
    forecast, drivers, revenue = draft.forecast, draft.drivers, draft.revenue
    return Catalog(
        metrics=tuple(placed.definition for placed in draft.metrics),
        health=tuple(placed.definition for placed in draft.health),
        forecast=forecast.definition if forecast else ForecastRules(),
        drivers=drivers.definition if drivers else DriverRules(),
        revenue=revenue.definition if revenue else RevenueRules(),
        success=draft.success.definition if draft.success else None,
        names=draft.names.definition if draft.names else NameRules(),
        signals=tuple(placed.definition for placed in draft.signals),
        touch=draft.touch.definition if draft.touch else None,
        plays=tuple(placed.definition for placed in draft.plays),
        work=draft.work.definition if draft.work else WorkRules(),
    )
