"""What trials say on the as-of date: their results, and their looks by week."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from banso.kernel.zones import day_number
from banso.runs.derived import Recipe
from banso.runs.row_tables import placed_table
from banso.runs.trial_entrants import ASSIGNMENTS, TRIALS, TrialEntrants
from banso.runs.trial_rows import ReadTrial, TrialLook, TrialResult
from banso.warehouse.manifest import Part, content_digest

RESULTS: Final = "trial_results"
LOOKS: Final = "trial_looks"
VERSION: Final = 1  # of what is computed here and in analytics.trials


@dataclass
class Trialing:
    """The trials of the facts on the as-of date of a run."""

    entrants: TrialEntrants
    as_of: dt.date

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files of both result tables; nothing without trials."""
        if not self.entrants.trials:
            return {}
        kitchen = self.entrants.panels.kitchen
        results = kitchen.table_part(
            self._recipe(RESULTS), lambda: placed_table(self.rows(), TrialResult)
        )
        looks = kitchen.table_part(
            self._recipe(LOOKS), lambda: placed_table(self._looks(), TrialLook)
        )
        return {RESULTS: (results,), LOOKS: (looks,)}

    def _recipe(self, name: str) -> Recipe:
        facts = self.entrants.panels.kitchen.session.manifest.facts
        tables = (TRIALS, ASSIGNMENTS, "subscriptions", "customers")
        grids = self.entrants.panels.gridded
        inputs = {
            "version": VERSION,
            "facts": [content_digest(facts[table].parts) for table in tables],
            "ends": self.entrants.panels.stays.digest(day_number(self.as_of)),
            "grids": [
                part.sha256
                for part in (
                    *grids.metric_parts,
                    *grids.health_parts,
                    *self.entrants.chances,
                )
            ],
        }
        return Recipe(name, self.as_of.isoformat(), inputs, ("place",))

    @cached_property
    def _read(self) -> Sequence["ReadTrial"]:
        until = day_number(self.as_of)
        return [ReadTrial(self.entrants, t, until) for t in self.entrants.trials]

    def rows(self) -> list[TrialResult]:
        """Return every measure of every trial."""
        return [row for read in self._read for row in read.rows()]

    def _looks(self) -> list[TrialLook]:
        return [row for read in self._read for row in read.looks()]
