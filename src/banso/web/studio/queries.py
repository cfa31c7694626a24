"""Reading the Health studio: accuracy, weights, drafts, versions to go back to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Count
from django.http import Http404

from banso.definitions.catalog import Catalog
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.runs.published_definitions import find_catalog, list_steps
from banso.runs.reading import ReleaseReader
from banso.runs.results import lake_of
from banso.warehouse.manifest import Manifest
from banso.web.accounts.queries import names_by_email
from banso.web.customers import queries as customers
from banso.web.customers.queries import PublishedRelease
from banso.web.forecast import queries as forecast
from banso.web.forecast.queries import Figure
from banso.web.studio.accuracy import Accuracy, accuracy_of, score_figure
from banso.web.studio.drafts import DraftPage, DraftRow, draft_page, draft_rows
from banso.web.studio.models import DraftNote, WeightDraft
from banso.web.studio.weights import ModelWeights, model_weights, proposed_shares
from banso.webkit.permissions import Staff

# what the functions give; other features import it from here
__all__ = [
    "Figure",
    "accuracy_page",
    "draft_form",
    "find_score_figure",
    "get_draft",
    "one_draft",
    "weights_page",
]

EMPTY = Catalog(metrics=(), health=())
MOST_VERSIONS = 12


@dataclass(frozen=True)
class AccuracyPage:
    """How well the score told."""

    release: PublishedRelease | None  # None: nothing was computed yet
    accuracy: Accuracy | None  # None: the release does not judge
    why_not: str
    known_by: dt.date | None  # the last day that the figures know


@dataclass(frozen=True)
class VersionLine:
    """A published version that one may go back to."""

    digest: str
    at: dt.datetime
    by: str
    why: str
    changes: int
    is_in_force: bool


@dataclass(frozen=True)
class WeightsPage:
    """Weights, drafts and versions."""

    models: Sequence[ModelWeights]
    drafts: Sequence[DraftRow]
    versions: Sequence[VersionLine]
    in_force: str  # digest
    is_ahead: bool  # the next run will use other definitions than the last one
    has_release: bool
    why_not: str


class NotTheElements(BansoError):
    """Refuse weights that are not of the elements of a model."""

    code = "not_the_elements"


@dataclass(frozen=True)
class DraftForm:
    """A model whose weights somebody wants to change."""

    model: ModelWeights
    shares: dict[str, float]  # to begin with

    def checked(self, shares: Mapping[str, float]) -> Mapping[str, float]:
        """Return weights that are of this model, every one of it and no other.

        Raises
        ------
        NotTheElements
            One is missing, or of no element of the model.

        """
        wrong = sorted(set(shares) ^ set(self.shares))
        if wrong:
            raise NotTheElements(
                f"Missing, or no elements of {self.model.key}: {', '.join(wrong)}.",
                model=self.model.key,
                keys=", ".join(wrong),
            )
        return shares

    def is_of(self, shares: Mapping[str, float]) -> bool:
        """Return whether weights are those that the run proposes, on any scale."""
        if not self.model.is_proposed:
            return False
        total = sum(shares.values())
        scaled = {key: 100 * value / total for key, value in shares.items() if total}
        return len(scaled) == len(self.shares) and self.is_started_with(scaled)

    def is_started_with(self, percent: Mapping[str, float]) -> bool:
        """Return whether nobody changed what the form began with."""
        return all(
            abs(percent[key] / 100 - share) < 0.001
            for key, share in self.shares.items()
        )


def find_score_figure(reader: ReleaseReader) -> Figure | None:
    """Return how well the score told leavers from stayers; None when not judged."""
    return score_figure(reader)


def accuracy_page(*, days: int, stratum: str, part: str) -> AccuracyPage:
    """Return how well the score and its parts told, within some customers."""
    release, reader = customers.published_release(), customers.published_reader()
    if release is None or reader is None:
        return AccuracyPage(None, None, "", None)
    known_by = _analyses(release).get("known_by")
    return AccuracyPage(
        release=release,
        accuracy=accuracy_of(reader, days=days, stratum=stratum, part=part),
        why_not=_why_not(release),
        known_by=dt.date.fromisoformat(str(known_by)) if known_by else None,
    )


def weights_page() -> WeightsPage:
    """Return the weights of every model in force, drafts, and earlier versions."""
    site = _Site.now()
    release = site.manifest.release
    notes = dict(
        DraftNote.objects.values_list("draft").annotate(n=Count("pk")).order_by()
    )
    published = customers.published_release()
    return WeightsPage(
        models=model_weights(site.reader, site.catalog),
        drafts=draft_rows(list(WeightDraft.objects.select_related("by")), notes),
        versions=_versions(site),
        in_force=site.in_force,
        is_ahead=release is not None and release.definitions_digest != site.in_force,
        has_release=release is not None,
        why_not=_why_not(published) if published else "",
    )


def draft_form(model_key: str, *, start: str) -> DraftForm:
    """Return a model to be weighed anew, or answer 404.

    `start` is ``proposed``, or anything else for the present weights.
    """
    site = _Site.now()
    found = [
        model
        for model in model_weights(site.reader, site.catalog)
        if model.key == model_key
    ]
    if not found:
        raise Http404
    shares = {line.key: line.present for line in found[0].elements}
    if start == "proposed" and site.reader is not None:
        proposed = proposed_shares(site.reader, model_key)
        shares = {key: proposed.get(key, 0.0) for key in shares} if proposed else shares
    return DraftForm(found[0], shares)


def one_draft(draft_id: int, *, user: Staff) -> DraftPage:
    """Return the page of a draft, or answer 404."""
    site = _Site.now()
    release = site.manifest.release
    return draft_page(
        get_draft(draft_id),
        forecast.Names(site.catalog),
        in_force=site.in_force,
        release_id=release.release_id if release else "",
        user=user,
    )


def standing() -> tuple[str, str]:
    """Return what is in force and which release is the newest: digest and id."""
    site = _Site.now()
    release = site.manifest.release
    return site.in_force, release.release_id if release else ""


def get_draft(draft_id: int, *, lock: bool = False) -> WeightDraft:
    """Return a draft, or answer 404; `lock` it until the transaction ends."""
    drafts = WeightDraft.objects.select_related("by", "decided_by")
    if lock:
        drafts = WeightDraft.objects.select_for_update()
    draft = drafts.filter(pk=draft_id).first()
    if draft is None:
        raise Http404
    return draft


@dataclass(frozen=True)
class _Site:
    """The definitions in force and the newest results, for one page."""

    project: Project
    manifest: Manifest

    @classmethod
    def now(cls) -> "_Site":
        folder = settings.BANSO_PROJECT_FOLDER
        assert folder is not None
        project = Project.open(folder)
        return cls(project, lake_of(project).current())

    @property
    def in_force(self) -> str:
        """The digest of the definitions in force; empty before any."""
        versions = self.manifest.definitions
        return versions[-1].digest if versions else ""

    @cached_property
    def catalog(self) -> Catalog:
        """The definitions in force; empty when they cannot be read."""
        if not self.in_force:
            return EMPTY
        return find_catalog(self.project, self.in_force) or EMPTY

    @cached_property
    def reader(self) -> ReleaseReader | None:
        return customers.published_reader()


def _versions(site: _Site) -> list[VersionLine]:
    names = names_by_email()
    found: list[VersionLine] = []
    for step in list_steps(site.project, site.manifest):
        if step.after is None or step.version.digest in {v.digest for v in found}:
            continue  # cannot be read any more, or is there already
        version = step.version
        found.append(
            VersionLine(
                digest=version.digest,
                at=version.published_at,
                by=names.get(version.published_by, version.published_by),
                why=version.why,
                changes=len(step.changes),
                is_in_force=version.digest == site.in_force,
            )
        )
    return found[:MOST_VERSIONS]


def _analyses(release: PublishedRelease) -> dict[str, object]:
    noted = release.notes.get("analyses")
    return noted if isinstance(noted, dict) else {}


def _why_not(release: PublishedRelease) -> str:
    return forecast.reason_text(str(_analyses(release).get("reason") or ""))
