"""What became of reading each source: how far it came, when, and what went wrong."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from cronsim import CronSim

from banso.connectors.opening import tables_of
from banso.connectors.sources import SOURCES_FILE, DataSource, Sources, read_sources
from banso.kernel.errors import BansoError
from banso.kernel.issues import Issue
from banso.kernel.nearness import did_you_mean
from banso.kernel.remarks import Remark
from banso.kernel.spans import seconds_of
from banso.runs.project import Project
from banso.warehouse.durable import write_durably

_FOLDER = "sources"


class SourcesInvalid(BansoError):
    """Refuse a file of sources, with every fault in it."""

    code = "sources_invalid"

    def __init__(self, issues: list[Issue]) -> None:
        listed = "\n".join(map(str, issues))
        super().__init__(
            listed, hint=f"Mend {SOURCES_FILE} and try again.", listed=listed
        )
        self.issues = tuple(issues)


class NoSuchSource(BansoError):
    """Refuse a source that the file does not name."""

    code = "source_unknown"


@dataclass(frozen=True)
class Told:
    """A refusal or a remark, as it is kept: who shows it translates by `code`."""

    code: str
    message: str  # in English
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, said: BansoError | Remark) -> "Told":
        """Return what can be kept of a refusal or a remark."""
        facts = {name: str(value) for name, value in said.facts.items()}
        return cls(said.code, said.message, facts)

    def __str__(self) -> str:
        """Return the English sentence."""
        return self.message


@dataclass(frozen=True)
class SourceTableState:
    """How one table of a source was read the last time."""

    table: str  # of ours
    read_at: dt.datetime | None = None  # to its end
    rows: int = 0  # of that time
    newest: str = ""  # value of the cursor that was reached
    failure: Told | None = None  # why the last time broke off
    told: tuple[Told, ...] = ()  # about columns that came, went or changed


@dataclass(frozen=True)
class SourceState:
    """How a source was read the last time."""

    name: str
    kind: str
    every: str
    tried_at: dt.datetime | None = None
    failure: Told | None = None
    tables: Mapping[str, SourceTableState] = field(default_factory=dict)  # by theirs

    @property
    def has_failed(self) -> bool:
        """Whether anything of it broke off the last time."""
        return self.failure is not None or any(t.failure for t in self.tables.values())


def sources_of(project: Project) -> Sources:
    """Return the sources of a project.

    Raises
    ------
    SourcesInvalid
        The file has faults; all of them are named.

    """
    sources, issues = read_sources(project.folder / SOURCES_FILE)
    if sources is None:
        raise SourcesInvalid(issues)
    return sources


def find_sources(project: Project, name: str | None) -> tuple[DataSource, ...]:
    """Return the source of a name, or all of them.

    Raises
    ------
    NoSuchSource
        None has the name, or there is none at all.

    """
    sources = sources_of(project).sources
    names = [each.name for each in sources]
    if not names or (name is not None and name not in names):
        near = did_you_mean(name, names) if name else ""
        raise NoSuchSource(
            f"{SOURCES_FILE} names no source '{name}'."
            if names
            else f"There is no source: {SOURCES_FILE} names none.",
            hint=near or f"Sources: {', '.join(names) or 'none'}.",
            name=name or "",
            known=names,
        )
    return tuple(each for each in sources if name in (None, each.name))


def list_states(project: Project) -> tuple[SourceState, ...]:
    """Return how each source of the project was read last, read or not."""
    return tuple(state_of(project, each) for each in sources_of(project).sources)


def state_of(project: Project, source: DataSource) -> SourceState:
    """Return how a source was read the last time."""
    kept = _kept(_path(project, source))
    tables = kept.get("tables")
    before: Mapping[str, object] = tables if isinstance(tables, dict) else {}
    state = SourceState(source.name, source.kind, source.every)
    return replace(
        state,
        tried_at=_moment(kept.get("tried_at")),
        failure=_told(kept.get("failure")),
        tables={
            each.from_: _table_state(each.table, before.get(each.from_))
            for each in tables_of(source)
        },
    )


def keep_state(project: Project, source: DataSource, state: SourceState) -> None:
    """Remember how a source was read; nothing that counts depends on it."""
    content = json.dumps(asdict(state), default=_as_text, ensure_ascii=False)
    write_durably(_path(project, source), f"{content}\n".encode())


def source_folder(project: Project, source: DataSource) -> Path:
    """Return where a source's own files are kept."""
    return project.private_folder / _FOLDER / source.name


def is_due(project: Project, source: DataSource, *, at: dt.datetime) -> bool:
    """Return whether a source should be read by itself."""
    if not source.every:
        return False
    tried = state_of(project, source).tried_at
    if tried is None:
        return True
    seconds = seconds_of(source.every)
    if seconds is not None:
        return at >= tried + dt.timedelta(seconds=seconds)
    local = tried.astimezone(ZoneInfo(project.timezone))
    return at >= next(CronSim(source.every.strip(), local))


def _path(project: Project, source: DataSource) -> Path:
    return source_folder(project, source) / "state.json"


def _kept(path: Path) -> Mapping[str, object]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _table_state(table: str, kept: object) -> SourceTableState:
    if not isinstance(kept, dict):
        return SourceTableState(table)
    return SourceTableState(
        table=table,
        read_at=_moment(kept.get("read_at")),
        rows=int(kept.get("rows", 0)),
        newest=str(kept.get("newest", "")),
        failure=_told(kept.get("failure")),
        told=tuple(t for each in kept.get("told", ()) if (t := _told(each))),
    )


def _told(kept: object) -> Told | None:
    return Told(**kept) if isinstance(kept, dict) else None


def _moment(text: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if isinstance(text, str) else None


def _as_text(value: object) -> str:
    assert isinstance(value, dt.datetime)
    return value.isoformat()
