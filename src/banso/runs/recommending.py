"""The recommendations of a run: learned by schedule, told to everybody each day."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from banso.analytics.recommending.adoptions import Adoptions, Item
from banso.analytics.recommending.judging import (
    JudgedRecommendations,
    judged_recommendations,
)
from banso.analytics.recommending.persistence import from_text, to_text
from banso.analytics.recommending.recommending import (
    Learned,
    TooLittle,
    learn,
    recommend,
    users_of,
)
from banso.analytics.recommending.staying import staying
from banso.kernel.days import closed_day, month_end
from banso.kernel.digests import digest_of_value
from banso.kernel.progress import Progress
from banso.runs.derived import Recipe
from banso.runs.forecasting import Forecasting
from banso.runs.recommendation_rows import (
    RECOMMENDATION_ROWS,
    RecommendedItem,
    Told,
    item_rows,
    recommendation_rows,
)
from banso.runs.row_tables import placed_table, table_of
from banso.runs.uses import USE, Levels, Uses
from banso.warehouse.manifest import JSON, Part

VERSION: Final = 3  # of what is computed here and in analytics.recommending
RECOMMENDATIONS: Final = "recommendations"
ITEMS: Final = "recommendation_items"
JUDGED: Final = "recommendations_judged"
MODEL: Final = "recommending.model"  # a by-product: what was learned
MODEL_ROWS: Final = pa.schema([("learned_on", pa.date32()), ("model", pa.string())])
TRIAL_MONTHS: Final = 6  # before the last day that is known to the trial


@dataclass
class Recommending:
    """What to suggest to whom, as of the date of a run.

    It is learned, and tried, from what was known when the last quarter (or month) was
    over; only what each customer has used by today, and what follows for it, is looked
    at every day.
    """

    forecasting: Forecasting
    zone: str
    seed: int

    @cached_property
    def learned_on(self) -> dt.date:
        """The last day that what was learned knows: the end of a month."""
        panels = self.forecasting.panels
        is_quarterly = panels.catalog.forecast.refit == "quarterly"
        return closed_day(panels.as_of, quarterly=is_quarterly)

    @cached_property
    def tried_on(self) -> dt.date:
        """The day on which the trial recommends: the end of a month, half a year ago.

        What came of it, within 90 days and the 84 after, was known when it was learned.
        """
        return month_end(self.learned_on, months_before=TRIAL_MONTHS)

    def parts(self, progress: Progress) -> dict[str, tuple[Part, ...]]:
        """Return the files of recommendations, by result table."""
        steps: dict[str, Callable[[], Part]] = {
            MODEL: lambda: self._model_part,
            JUDGED: lambda: self._judged_part,
            ITEMS: lambda: self._kept(ITEMS, self._item_rows, ("kind", "item")),
            RECOMMENDATIONS: self._recommended_part,
        }
        found = {USE: self._uses.parts} if self._uses.parts else {}
        for done, (name, part) in enumerate(steps.items()):
            progress("recommendations", done, len(steps))
            found[name] = (part(),)
        progress("recommendations", len(steps), len(steps))
        return found

    def note(self) -> dict[str, JSON]:
        """Return what the release says of it: by when it was learned, or why not."""
        lack = self._learned if isinstance(self._learned, TooLittle) else None
        return {
            "learned_on": self.learned_on.isoformat(),
            "tried_on": self.tried_on.isoformat(),
            "too_little": None
            if lack is None
            else {"reason": lack.reason, "have": lack.have, "need": lack.need},
        }

    # -- what was known when it was learned -------------------------------------------

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self.forecasting.panels, self.zone)

    @cached_property
    def _items(self) -> tuple[Item, ...]:
        return self._uses.items(self.learned_on)

    @cached_property
    def _known(self) -> Adoptions:
        return self._uses.adoptions(self.learned_on, self._items)

    @cached_property
    def _levels(self) -> Levels:
        return self._uses.levels(self.learned_on)

    @cached_property
    def _made_from(self) -> str:
        return digest_of_value(
            [
                VERSION,
                self.forecasting.past.up_to(self.learned_on),
                self._uses.digest(self.learned_on),
                self.tried_on.isoformat(),
                self.seed,
            ]
        )

    def _kept(
        self, name: str, rows: Callable[[], pa.Table], order_by: tuple[str, ...]
    ) -> Part:
        """Return a file that stays the same until it is learned anew."""
        recipe = Recipe(
            name=name,
            slice=self.learned_on.isoformat(),
            inputs=self._made_from,
            order_by=order_by,
        )
        return self.forecasting.panels.kitchen.table_part(recipe, rows)

    # -- what was learned -------------------------------------------------------------

    @cached_property
    def _model_part(self) -> Part:
        return self._kept(MODEL, self._model_rows, ("learned_on",))

    def _model_rows(self) -> pa.Table:
        profiles = self._uses.profiles(self._levels)
        found = learn(self._known, profiles, seed=self.seed)
        row = {"learned_on": self.learned_on, "model": to_text(found)}
        return pa.Table.from_pylist([row], MODEL_ROWS)

    @cached_property
    def _learned(self) -> Learned | TooLittle:
        (row,) = self._read(self._model_part).to_pylist()
        return from_text(row["model"])

    @cached_property
    def _judged_part(self) -> Part:
        return self._kept(JUDGED, self._judged_rows, ("place",))

    def _judged_rows(self) -> pa.Table:
        rows = judged_recommendations(
            self._uses.adoptions(self.tried_on, self._items),
            self._known,
            self._uses.profiles(self._levels),
            seed=self.seed,
        )
        return placed_table(rows, JudgedRecommendations)

    @cached_property
    def _why_popular(self) -> str | None:
        """Why the most popular are recommended; None when similarity was better."""
        rows = self._read(self._judged_part).to_pylist()
        (row,) = (row for row in rows if row["method"] == "difference")
        return None if row["reason"] is None else str(row["reason"])

    def _item_rows(self) -> pa.Table:
        learned = self._learned
        if isinstance(learned, TooLittle):
            return table_of([], RecommendedItem)
        profiles = self._uses.profiles(self._levels)
        stayed = staying(
            self._known,
            profiles,
            items=learned.similarity.items.tolist(),
            seed=self.seed,
        )
        used = users_of(self._known, profiles)
        return table_of(item_rows(learned, stayed, used), RecommendedItem)

    def _read(self, part: Part) -> pa.Table:
        folder = self.forecasting.panels.kitchen.session.lake.folder
        return pq.read_table(folder / part.path)

    # -- for whom ---------------------------------------------------------------------

    def _recommended_part(self) -> Part:
        kitchen = self.forecasting.panels.kitchen
        recipe = Recipe(
            name=RECOMMENDATIONS,
            slice=self.forecasting.panels.as_of.isoformat(),
            inputs={
                "version": VERSION,
                "facts": kitchen.session.manifest.facts_digest,
                "model": self._model_part.sha256,
                "why_popular": self._why_popular,
            },
            order_by=("customer_id", "rank"),
        )
        return kitchen.table_part(recipe, self._recommended_rows)

    def _recommended_rows(self) -> pa.Table:
        learned, panels = self._learned, self.forecasting.panels
        if isinstance(learned, TooLittle):
            return RECOMMENDATION_ROWS.empty_table()
        found = recommend(
            learned,
            self._uses.adoptions(panels.as_of, learned.items),
            self._uses.profiles(learned.columns.traits),
            is_better=self._why_popular is None,
        )
        customer = panels.stays.customer[found.customer]
        ids = panels.customer_ids.take(pa.array(customer))
        told = Told(ids, panels.as_of, self._why_popular)
        return recommendation_rows(found, learned, told)
