"""What trials say on the as-of date: results, looks by week, and whom to treat."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from banso.analytics.trials.guard_rails import OUTCOMES
from banso.analytics.trials.verdicts import proven_share
from banso.kernel.zones import day_number
from banso.runs.derived import Recipe
from banso.runs.row_tables import placed_table
from banso.runs.trial_entrants import ASSIGNMENTS, TRIALS, TrialEntrants
from banso.runs.trial_rows import ReadTrial, TrialLook, TrialResult
from banso.runs.trial_targeting import TARGETING, TrialTargeting
from banso.warehouse.manifest import Part, content_digest

RESULTS: Final = "trial_results"
LOOKS: Final = "trial_looks"
_PROOF: Final = (
    "play", "trial_id", "started_on", "measure", "verdict", "effect", "mean_held_out",
)  # fmt: skip
VERSION: Final = 1  # of what is computed here and in analytics.trials


@dataclass
class Trialing:
    """The trials of the facts on the as-of date of a run."""

    entrants: TrialEntrants
    as_of: dt.date

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files of the result tables; nothing without trials."""
        if not self.entrants.trials:
            return {}
        kitchen = self.entrants.panels.kitchen
        results = kitchen.table_part(
            self._recipe(RESULTS), lambda: placed_table(self.rows(), TrialResult)
        )
        looks = kitchen.table_part(
            self._recipe(LOOKS), lambda: placed_table(self._looks(), TrialLook)
        )
        whom = self._whom(results)
        return {RESULTS: (results,), LOOKS: (looks,), TARGETING: whom}

    def _whom(self, results: Part) -> tuple[Part, ...]:
        """Return a file for each trial that says whom to treat."""
        kitchen, until = self.entrants.panels.kitchen, day_number(self.as_of)
        table = kitchen.table([results])
        rows = kitchen.session.to_arrow(table.filter(table.kind == "outcome"))
        said = {str(row["trial_id"]): row for row in rows.to_pylist()}
        return tuple(
            TrialTargeting(self.entrants, trial, said[trial.trial_id], until).part()
            for trial in self.entrants.trials
        )

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

    def proven(self, results: Sequence[Part]) -> dict[str, float]:
        """Return what plays achieve by their newest trial that told anything.

        Parameters
        ----------
        results
            The files of ``trial_results``; none without trials.

        Returns
        -------
        dict
            By play, a share in 0..1 of the chance (`proven_share`). A play whose newest
            telling trial proved nothing, or did harm, is not there.

        """
        if not results:
            return {}
        kitchen = self.entrants.panels.kitchen
        table = kitchen.table(results)
        told = table.filter(
            table.kind == "outcome",
            table.play.notnull(),
            table.measure.isin(list(OUTCOMES)),
            table.verdict != "not_enough",
        ).select(*_PROOF)
        found: dict[str, float] = {}
        rows = kitchen.session.to_arrow(told.order_by("started_on", "trial_id"))
        for row in rows.to_pylist():
            share = proven_share(
                row["effect"],
                row["mean_held_out"],
                is_good=row["measure"] == "expansion",
            )
            found.pop(row["play"], None)
            if row["verdict"] == "proven" and share is not None:
                found[row["play"]] = share
        return found

    @cached_property
    def _read(self) -> Sequence["ReadTrial"]:
        until = day_number(self.as_of)
        return [ReadTrial(self.entrants, t, until) for t in self.entrants.trials]

    def rows(self) -> list[TrialResult]:
        """Return every measure of every trial."""
        return [row for read in self._read for row in read.rows()]

    def _looks(self) -> list[TrialLook]:
        return [row for read in self._read for row in read.looks()]
