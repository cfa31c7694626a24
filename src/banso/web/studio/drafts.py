"""A draft of weights as its page shows it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language

from banso.kernel.labels import Label
from banso.runs.drafting import BANDS as BAND_KEYS
from banso.runs.drafting import Effect, Move
from banso.web.customers import queries as customers
from banso.web.forecast import queries as forecast
from banso.web.studio import effects
from banso.web.studio.models import WeightDraft
from banso.web.studio.weights import Compared, compared_figures
from banso.webkit import formatting
from banso.webkit.bands import Band, band_of
from banso.webkit.permissions import Staff

MOST_SHOWN: Final = 200


@dataclass(frozen=True)
class DraftRow:
    """A draft in a list."""

    pk: int
    model: str
    origin: str
    status: str  # open | accepted | rejected
    status_words: str
    by: str
    at: dt.datetime
    moved: int
    notes: int


@dataclass(frozen=True)
class WeightLine:
    """One element with its weight before and after."""

    label: str
    dimension: str
    before: str
    after: str
    share: float  # after, of the largest
    change: float  # of the share


@dataclass(frozen=True)
class BandLine:
    """Where the customers of a band would go."""

    band: Band
    before: int
    after: int
    to: Sequence[tuple[Band, int]]  # only those to which any goes

    @property
    def change(self) -> int:
        """How many more there would be."""
        return self.after - self.before


@dataclass(frozen=True)
class MovedCustomer:
    """A customer who would change band."""

    customer_id: str
    name: str
    before: Band
    after: Band
    score_before: str
    score_after: str
    mrr: str


@dataclass(frozen=True)
class NoteLine:
    """What somebody said."""

    by: str
    at: dt.datetime
    text: str


@dataclass(frozen=True)
class DraftPage:
    """Everything on the page of a draft."""

    draft: WeightDraft
    model: str
    effect: Effect
    weights: Sequence[WeightLine]
    bands: Sequence[BandLine]
    customers: Sequence[MovedCustomer]
    listed: int  # customers among the moved ones that the user may see
    compared: Sequence[Compared]
    gain: Compared | None  # of AUC
    reason: str  # why nothing was judged
    notes: Sequence[NoteLine]
    is_outdated: bool  # other definitions or results are there by now
    is_in_force: bool  # it was accepted, and nothing was published since

    @property
    def total(self) -> int:
        """How many customers the model scores."""
        return sum(self.effect.bands_before.values())

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide."""
        return self.draft.status == WeightDraft.Status.OPEN


def draft_rows(
    drafts: Sequence[WeightDraft], notes: Mapping[int, int]
) -> list[DraftRow]:
    """Return drafts for a list; `notes` counts what was said about each."""
    return [
        DraftRow(
            pk=draft.pk,
            model=_name(draft.model_name),
            origin=draft.get_origin_display(),
            status=draft.status,
            status_words=draft.get_status_display(),
            by=draft.by.name,
            at=draft.at,
            moved=effects.from_json(draft.effect).moved,
            notes=notes.get(draft.pk, 0),
        )
        for draft in drafts
    ]


def draft_page(
    draft: WeightDraft,
    names: forecast.Names,
    *,
    in_force: str,
    release_id: str,
    user: Staff,
) -> DraftPage:
    """Return the page of a draft.

    Parameters
    ----------
    draft
        The draft.
    names
        What people call the elements.
    in_force, release_id
        The digest of the definitions, and the newest release.
    user
        Who reads; of customers that the user may not see, only the number is told.

    """
    effect = effects.from_json(draft.effect)
    compared = compared_figures(effect.judged)
    seen = _customers(effect.listed, user)
    return DraftPage(
        draft=draft,
        model=_name(draft.model_name),
        effect=effect,
        weights=_weights(draft, names),
        bands=_bands(effect),
        customers=seen[:MOST_SHOWN],
        listed=len(seen),
        compared=compared,
        gain=next((each for each in compared if each.label == "auc"), None),
        reason=forecast.reason_text(effect.reason),
        notes=[
            NoteLine(note.by.name, note.at, note.text)
            for note in draft.notes.select_related("by")
        ],
        is_outdated=draft.status == WeightDraft.Status.OPEN
        and (draft.based_on != in_force or effect.release_id != release_id),
        is_in_force=bool(draft.published) and draft.published == in_force,
    )


def _name(kept: Mapping[str, str]) -> str:
    return Label(ja=kept["ja"], en=kept["en"]).in_language(get_language() or "en")


def _weights(draft: WeightDraft, names: forecast.Names) -> list[WeightLine]:
    shares: Mapping[str, float] = draft.shares
    present: Mapping[str, float] = draft.present
    most = max([*shares.values(), *present.values()], default=1.0) or 1.0
    return [
        WeightLine(
            label=names.label(key),
            dimension=names.label(key.partition(".")[0]),
            before=formatting.ratio(before, places=1),
            after=formatting.ratio(shares.get(key, 0.0), places=1),
            share=shares.get(key, 0.0) / most,
            change=shares.get(key, 0.0) - before,
        )
        for key, before in present.items()
    ]


def _bands(effect: Effect) -> list[BandLine]:
    lines = []
    for key in BAND_KEYS:
        to = [
            (band_of(after), n)
            for (before, after), n in effect.moves.items()
            if before == key
        ]
        before, after = effect.bands_before[key], effect.bands_after[key]
        if before or after:
            lines.append(BandLine(band_of(key), before, after, to))
    return lines


def _customers(moves: Sequence[Move], user: Staff) -> list[MovedCustomer]:
    """Return the customers among the moved ones that a user may see."""
    keys = [move.customer_id for move in moves]
    rows = customers.visible_customers(user).filter(pk__in=keys)
    known = {
        row[0]: row[1:] for row in rows.values_list("pk", "name", "mrr", "currency")
    }
    return [
        MovedCustomer(
            customer_id=move.customer_id,
            name=known[move.customer_id][0],
            before=band_of(move.before),
            after=band_of(move.after),
            score_before=_floored(move.score_before),
            score_after=_floored(move.score_after),
            mrr=customers.money_text(*known[move.customer_id][1:]),
        )
        for move in moves
        if move.customer_id in known
    ]


def _floored(score: float | None) -> str:
    return formatting.MISSING if score is None else str(int(score + 1e-9))
