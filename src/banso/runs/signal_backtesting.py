"""Trying signals on the past, those of the definitions and drafts beside them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from banso.analytics.figures.estimate import Estimate
from banso.analytics.signals.comparing import Compared, differences
from banso.definitions.availability import silent_signals
from banso.definitions.catalog import Catalog
from banso.definitions.reading import SIGNALS_FILE, read_catalog
from banso.definitions.signals import Signal
from banso.kernel.errors import BansoError
from banso.kernel.issues import Level
from banso.kernel.nearness import did_you_mean, nearest
from banso.kernel.zones import day_number
from banso.runs.forecasting import FORECAST_GRID
from banso.runs.panels import Panels
from banso.runs.project import Project
from banso.runs.reopening import RunFirst, known_by, panels_of, reopened
from banso.runs.results import lake_of, published_catalog
from banso.runs.signal_figures import (
    MONTHS,
    Ground,
    Openings,
    csms_at_work,
    ground_of,
    judged_signals,
    tallies,
)
from banso.runs.signal_rows import SignalRows
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Release

# A signal, and the name of the draft that it stands in; None for a published one.
Asked = tuple[Signal, str | None]


class UnknownSignal(BansoError):
    """Refuse to try a signal that nobody has defined."""

    code = "unknown_signal"


class BadDraft(BansoError):
    """Refuse a draft that the definitions would not take."""

    code = "bad_draft"


@dataclass(frozen=True)
class Tried:
    """A signal, and what it would have been worth."""

    signal: Signal
    draft: str | None  # the name of the draft; None when it is published
    figures: Mapping[str, Estimate]  # by name; empty when it lacks something
    lacks: tuple[str, ...] = ()  # what it reads and the data do not have
    connect: tuple[str, ...] = ()  # the tables and columns that would bring it

    @property
    def is_draft(self) -> bool:
        """Whether it is none of those that are published."""
        return self.draft is not None


@dataclass(frozen=True)
class Beside:
    """Two signals that were tried on the same customers and dates."""

    first: Tried
    second: Tried
    differences: Mapping[Compared, Estimate]  # of the second less the first


@dataclass(frozen=True)
class SignalTrial:
    """Signals tried on the past, as of a release."""

    as_of: dt.date
    known_by: dt.date  # what happened later is not used
    months: int
    tried: Sequence[Tried]
    beside: Sequence[Beside] = ()  # drafts with what is published, and each other


@dataclass(frozen=True)
class DraftFile:
    """A file like signals.yaml that is not published."""

    name: str  # by which people tell drafts apart
    content: bytes

    @classmethod
    def read(cls, path: Path) -> "DraftFile":
        """Return a file.

        Raises
        ------
        BadDraft
            It cannot be read.

        """
        try:
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise BadDraft(
                f"{path} cannot be read: {error.strerror}.",
                path=str(path),
                fault=error.strerror,
            ) from error


@dataclass(frozen=True)
class Wanted:
    """Which signals are tried."""

    key: str | None = None  # all when null
    drafts: tuple[DraftFile, ...] = ()  # their signals beside the published ones
    months: int = MONTHS


def try_signals(project: Project, wanted: Wanted) -> SignalTrial:
    """Return what signals would have been worth over the last months.

    They are evaluated on every as-of date of the newest release, by the same code and
    from the same values as in a run: so they open where runs on those dates would have
    opened them.

    Parameters
    ----------
    project
        Whose lake.
    wanted
        Which signals; with drafts, only those that they hold, each after the published
        one of the same key. Of one key each is then compared with each other; so are
        two drafts of a single signal each, whatever their keys.

    Raises
    ------
    RunFirst
        There is no release, or it knows no contracts.
    UnknownSignal
        No signal has that key.
    BadDraft
        The draft cannot be read, or breaks a rule of the definitions.

    Notes
    -----
    Source: docs/definitions/signals.md. Checked in tests/runs/test_signalling.py.

    """
    lake = lake_of(project)
    manifest = lake.current()
    release = manifest.release
    if release is None:
        raise RunFirst("There are no results yet.", hint="Run with `banso run`.")
    catalog = published_catalog(lake, release.definitions_digest)
    drafts = [
        (signal, draft.name)
        for draft in wanted.drafts
        for signal in _drafted(lake, release.definitions_digest, draft)
    ]
    asked = _asked(catalog, drafts, wanted.key)
    until = known_by(release)
    with reopened(project, manifest, release) as session:
        panels = panels_of(session, release, catalog)
        chances = release.tables.get(FORECAST_GRID, ())
        rows = SignalRows(panels, chances, [signal for signal, _draft in asked])
        dates = [date for date in panels.watched if date <= until]
        ground = ground_of(panels, dates, months=wanted.months)
        openings = _openings(panels, rows, until)
        figures = _figures(ground, openings, csms=csms_at_work(panels))
        tried = _tried(asked, rows, figures, _waiting(release, catalog, asked))
        beside = _beside(tried, ground, openings) if drafts else ()
    return SignalTrial(release.as_of, until, wanted.months, tried, beside)


def _figures(
    ground: Ground | None, openings: Openings, *, csms: int | None
) -> Sequence[Mapping[str, Estimate]]:
    """Return the figures of the signals that speak, in their order."""
    found = judged_signals(ground, openings, csms=csms)
    return [
        {each.figure: each.estimate for each in several} for _signal, several in found
    ]


def _beside(
    tried: Sequence[Tried], ground: Ground | None, openings: Openings
) -> Sequence[Beside]:
    """Return how far drafts are from what is published, and from each other."""
    spoke = [each for each in tried if each.figures]
    if ground is None or len(spoke) < 2:
        return ()
    counted = tallies(ground, openings)
    alone = {
        name
        for name in {each.draft for each in tried if each.is_draft}
        if sum(each.draft == name for each in tried) == 1
    }
    return [
        Beside(one, other, differences(counted[place], counted[later]))
        for place, one in enumerate(spoke)
        for later, other in enumerate(spoke[place + 1 :], place + 1)
        if one.signal.key == other.signal.key
        or (one.draft in alone and other.draft in alone)
    ]


def _openings(panels: Panels, rows: SignalRows, until: dt.date) -> Openings:
    """Evaluate the signals on every date up to a day."""
    slices = [part for part in panels.gridded.slices if part.dates[0] <= until]
    of, customer, day = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0, int)]
    for date, step in rows.steps(slices, rows.nothing) if rows.signals else ():
        if date > until:
            break
        signals, customers = np.nonzero(step.opened)
        of.append(signals)
        customer.append(customers)
        day.append(np.full(len(signals), day_number(date)))
    return Openings.grouped(
        rows.signals,
        np.concatenate(of),
        np.concatenate(customer).astype(np.int64),
        np.concatenate(day).astype(np.int32),
    )


def _tried(
    asked: Sequence[Asked],
    rows: SignalRows,
    figures: Sequence[Mapping[str, Estimate]],
    waiting: Mapping[Signal, tuple[str, ...]],
) -> Sequence[Tried]:
    found = iter(figures)
    tried = []
    for signal, draft in asked:
        lacks = rows.lacks(signal)
        mine = {} if lacks else next(found, {})
        connect = waiting.get(signal, ())
        tried.append(Tried(signal, draft, mine, lacks=lacks, connect=connect))
    return tried


def _waiting(
    release: Release, catalog: Catalog, asked: Sequence[Asked]
) -> Mapping[Signal, tuple[str, ...]]:
    """Return the tables and columns that signals wait for."""
    there = {name: facts for name, facts in release.facts.items() if facts.rows}
    signals = tuple(signal for signal, _draft in asked)
    silent = silent_signals(
        replace(catalog, signals=signals),
        tuple(there),
        columns={name: tuple(facts.columns) for name, facts in there.items()},
    )
    return {entry.signal: entry.needed for entry in silent}


def _asked(
    catalog: Catalog, drafts: Sequence[tuple[Signal, str]], key: str | None
) -> Sequence[Asked]:
    """Return the signals to try, each with the draft that it stands in, if any."""
    of_draft = {each.key for each, _name in drafts}
    known = {*(each.key for each in catalog.signals), *of_draft}
    if key is not None and key not in known:
        raise UnknownSignal(
            f"There is no signal '{key}'.",
            hint=did_you_mean(key, known) or "They stand in definitions/signals.yaml.",
            key=key,
            near=nearest(key, known),
        )
    published = [s for s in catalog.signals if not drafts or s.key in of_draft]
    both: list[Asked] = [(signal, None) for signal in published]
    both += drafts
    order = list(dict.fromkeys(signal.key for signal, _name in both))
    both.sort(key=lambda pair: order.index(pair[0].key))  # drafts stay as given
    return [pair for pair in both if key in (None, pair[0].key)]


def _drafted(lake: Lake, digest: str, draft: DraftFile) -> Sequence[Signal]:
    """Return the signals of a draft, under the rules of the definitions."""
    files = {**lake.definition_files(digest), SIGNALS_FILE: draft.content}
    catalog, issues = read_catalog(files)
    faults = [
        each
        for each in issues
        if each.level is Level.ERROR and each.path.endswith(SIGNALS_FILE)
    ]
    if faults or catalog is None:
        fault = faults[0] if faults else issues[0]
        raise BadDraft(
            f"{draft.name}:{fault.line}: {fault.message}.",
            hint=fault.hint,
            path=draft.name,
            line=fault.line,
            fault=fault.message,
            advice=fault.hint,
        )
    return catalog.signals
