"""What plays achieve by their history, where no trial says it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import pyarrow as pa

from banso.analytics.effects.estimating import PlayEffect, play_effect
from banso.analytics.effects.sentences import estimate_in_words, unseen_in_words
from banso.definitions.signals import Signal
from banso.runs.judging import Judging
from banso.runs.play_history import PlayHistory
from banso.runs.row_tables import placed_table
from banso.warehouse.manifest import Part

ESTIMATES: Final = "play_estimates"
VERSION: Final = 1  # of what is computed here and in analytics.effects

Kind = Literal["effect", "balance", "placebo"]


@dataclass(frozen=True)
class PlayEstimate:
    """A row of ``play_estimates``: an effect, or something that it was checked by.

    An estimate from history, not a trial. Counts and what is said stand in every row
    of a signal and play; the columns of other kinds are null.
    """

    play: str
    signal: str
    outcome: str
    window_days: int
    kind: Kind
    measure: str  # the outcome; a column in which both sides are compared
    customers_treated: int
    customers_others: int
    firings_treated: int
    firings_others: int
    begun_late: int  # firings of the others at which the play began after all
    effective: float | None  # firings of equal weight that the others are worth
    outside: float | None  # share of those with the play that nobody is like
    treated: float | None  # share with the outcome; of a balance the mean
    others: float | None  # expected of them without the play; the weighted mean
    others_before: float | None  # of a balance: the mean without weights
    effect: float | None  # treated minus others
    low: float | None
    high: float | None
    naive: float | None  # treated minus others as they are
    ratio: float | None
    e_value: float | None
    e_value_interval: float | None
    difference_before: float | None  # of a balance, in standard deviations
    difference_after: float | None
    verdict: str
    reason: str | None
    said_ja: str
    said_en: str
    unseen_ja: str | None
    unseen_en: str | None


@dataclass
class PlayEstimating:
    """The estimates of a run, made anew when the analyses are."""

    judging: Judging
    history: PlayHistory

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the result table; nothing where no play was ever begun."""
        if not self.history.pairs:
            return {}
        worded = {
            "version": VERSION,
            "begun": self.history.digest,
            "signals": [
                each.model_dump(mode="json", exclude={"label", "reason", "seen_by"})
                for each in self.history.pairs
            ],
        }
        part = self.judging.part(ESTIMATES, self._rows, ("place",), worded=worded)
        return {ESTIMATES: (part,)}

    def _rows(self) -> pa.Table:
        rows = [row for signal in self.history.pairs for row in self._rows_of(signal)]
        return placed_table(rows, PlayEstimate)

    def _rows_of(self, signal: Signal) -> Iterator[PlayEstimate]:
        episodes = self.history.episodes(signal)
        found = play_effect(
            episodes,
            self.history.seen(signal, episodes),
            is_good=signal.outcome == "expansion",
        )
        yield _row(
            signal,
            found,
            "effect",
            signal.outcome,
            treated=found.treated,
            others=found.others,
            effect=found.effect,
            low=found.low,
            high=found.high,
            naive=found.naive,
            ratio=found.ratio,
            e_value=found.e_value,
            e_value_interval=found.e_value_interval,
        )
        for each in found.balance:
            yield _row(
                signal,
                found,
                "balance",
                each.name,
                treated=each.treated,
                others=each.after,
                others_before=each.before,
                difference_before=each.difference_before,
                difference_after=each.difference_after,
            )
        for placebo in found.placebos:
            yield _row(
                signal,
                found,
                "placebo",
                placebo.name,
                effect=placebo.effect,
                low=placebo.low,
                high=placebo.high,
            )


def _row(
    signal: Signal,
    found: PlayEffect,
    kind: Kind,
    measure: str,
    **figures: float | None,
) -> PlayEstimate:
    """Return a row; figures that it does not have are null."""
    said = estimate_in_words(
        found, outcome=signal.outcome, window_days=signal.within_days
    )
    unseen = None  # where no difference is seen there is nothing to explain away
    if found.verdict != "nothing_seen":
        unseen = unseen_in_words(found.e_value, found.e_value_interval)
    return PlayEstimate(
        play=str(signal.play),
        signal=signal.key,
        outcome=signal.outcome,
        window_days=signal.within_days,
        kind=kind,
        measure=measure,
        customers_treated=found.counts.customers_treated,
        customers_others=found.counts.customers_others,
        firings_treated=found.counts.firings_treated,
        firings_others=found.counts.firings_others,
        begun_late=found.counts.begun_late,
        effective=found.effective,
        outside=found.outside,
        verdict=found.verdict,
        reason=found.reason,
        said_ja=said.ja,
        said_en=said.en,
        unseen_ja=None if unseen is None else unseen.ja,
        unseen_en=None if unseen is None else unseen.en,
        **{**dict.fromkeys(_FIGURES), **figures},
    )


_FIGURES: Final = (
    "treated",
    "others",
    "others_before",
    "effect",
    "low",
    "high",
    "naive",
    "ratio",
    "e_value",
    "e_value_interval",
    "difference_before",
    "difference_after",
)
