"""Reading what plays seem to achieve by their history, from the newest release."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from banso.runs.backtesting import NobodyLeft, NoRelease
from banso.runs.play_estimating import ESTIMATES, Kind
from banso.runs.project import Project
from banso.runs.reading import Row, reader_of
from banso.runs.results import lake_of


@dataclass(frozen=True)
class PlayEstimates:
    """Rows of ``play_estimates``: estimates from history, not trials."""

    as_of: dt.date
    known_by: dt.date  # what happened later is not used
    rows: Sequence[Row]

    def of(self, kind: Kind) -> Sequence[Row]:
        """Return the rows of one kind."""
        return [row for row in self.rows if row["kind"] == kind]


def estimates_of_plays(project: Project, signal: str | None) -> PlayEstimates:
    """Return the estimates of the newest release, of one signal or all.

    Raises
    ------
    NoRelease
        Nothing was computed yet.
    NobodyLeft
        There are no contracts, so nothing is known to have come of anything.

    """
    release = lake_of(project).current().release
    if release is None:
        raise NoRelease("Nothing was computed yet.", hint="Run `banso run` first.")
    note = release.notes.get("analyses")
    if not isinstance(note, dict) or "known_by" not in note:
        raise NobodyLeft(
            "Without contracts nobody is known to have left.",
            hint="Load `subscriptions`, then run again.",
        )
    reader = reader_of(project, release.release_id)
    equal = {} if signal is None else {"signal": signal}
    rows = reader.findings(ESTIMATES, **equal)
    plain = [
        {name: row[name] for name in row if name != "place"}
        for row in sorted(rows, key=lambda row: int(str(row["place"])))
    ]
    known_by = dt.date.fromisoformat(str(note["known_by"]))
    return PlayEstimates(release.as_of, known_by, plain)
