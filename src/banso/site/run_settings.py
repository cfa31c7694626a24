"""The sections ``[run]`` and ``[log]`` of banso.toml."""

import datetime as dt
from collections.abc import Mapping

from cronsim import CronSim, CronSimError

from banso.kernel.nearness import did_you_mean
from banso.kernel.spans import seconds_of
from banso.runs.project import SETTINGS_FILE, ProjectFileInvalid

DEFAULT = "30 s"
OFF = "off"
LOG = "BANSO_LOG"
FORMATS = ("text", "json")
_SHORTEST = 5  # seconds
_ANY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def read_run_every(section: Mapping[str, object]) -> str:
    """Return the rest between two runs, or a cron line; empty for no run by itself.

    Raises
    ------
    ProjectFileInvalid
        The section cannot be followed; every fault of it is named.

    """
    every = section.get("every", DEFAULT)
    if not isinstance(every, str) or not _is_understood(every):
        _refuse(
            section,
            "run",
            ("every",),
            f"run.every: {every!r} is neither a span such as '30 s' or '5 min', of at"
            f" least {_SHORTEST} s, nor a cron line such as '0 5 * * *', nor 'off'",
        )
    _refuse(section, "run", ("every",))
    assert isinstance(every, str)
    return "" if every.strip() == OFF else every.strip()


def read_json_logs(section: Mapping[str, object], environ: Mapping[str, str]) -> bool:
    """Return whether log lines are JSON: BANSO_LOG decides, else ``[log] format``.

    Raises
    ------
    ProjectFileInvalid
        It is neither ``text`` nor ``json``.

    """
    chosen = section.get("format", "text")
    if chosen not in FORMATS:
        said = f"log.format: {chosen!r} is neither 'text' nor 'json'"
        _refuse(section, "log", ("format",), said)
    _refuse(section, "log", ("format",))
    return (environ.get(LOG) or chosen) == "json"


def _refuse(
    section: Mapping[str, object], name: str, known: tuple[str, ...], *faults: str
) -> None:
    """Refuse a section for its faults, and for keys that it does not have."""
    unknown = [
        f"unknown key {name}.{key}. {did_you_mean(key, known)}".strip()
        for key in section
        if key not in known
    ]
    if not (found := [*unknown, *faults]):
        return
    raise ProjectFileInvalid(
        f"{SETTINGS_FILE}: {'; '.join(found)}",
        hint=f"Mend {SETTINGS_FILE} and try again.",
        path=SETTINGS_FILE,
        faults=found,
    )


def _is_understood(every: str) -> bool:
    seconds = seconds_of(every)
    if seconds is not None:
        return seconds >= _SHORTEST
    if every.strip() == OFF:
        return True
    try:
        next(CronSim(every.strip(), _ANY))
    except (CronSimError, StopIteration):
        return False
    return True
