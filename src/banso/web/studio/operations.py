"""Drafting weights, talking about them, and deciding."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from banso.analytics.weights.weighting import weighting_of
from banso.kernel.errors import BansoError
from banso.runs.adopting import Decision, publish_weights, republish, weighted_files
from banso.runs.drafting import effect_of_weights
from banso.runs.project import Project
from banso.runs.results import lake_of, published_catalog
from banso.web.audit import operations as audit
from banso.web.studio import effects, queries
from banso.web.studio.models import DraftNote, WeightDraft
from banso.webkit.permissions import Staff

LONGEST_NOTE = 4_000


class DraftDecided(BansoError):
    """Refuse to decide, change or compute a draft that was decided."""

    code = "draft_decided"


class NothingWeighs(BansoError):
    """Refuse weights that are all 0."""

    code = "nothing_weighs"


def draft_weights(
    model_key: str,
    shares: Mapping[str, float],
    *,
    is_proposed: bool,
    by: Staff,
    at: dt.datetime,
) -> WeightDraft:
    """Keep other weights as a draft, with what they would do.

    Parameters
    ----------
    model_key
        A health model in force.
    shares
        By ``<dimension>.<element>``; not negative, they need not add up to 1.
    is_proposed
        Whether the run proposed them; else somebody typed them in.
    by, at
        Who, and when.

    Raises
    ------
    NothingWeighs, RunFirst
        All are 0; or there are no results of this model yet.

    """
    total = sum(shares.values())
    if total <= 0:
        raise NothingWeighs("At least one element has to count.")
    project = _project()
    effect = effect_of_weights(project, model_key, shares)
    based_on = lake_of(project).current().definitions[-1].digest
    models = published_catalog(lake_of(project), based_on).health
    model = next(model for model in models if model.key == model_key)
    weighting = weighting_of(model)
    present = zip(weighting.keys, weighting.shares.tolist(), strict=True)
    with transaction.atomic():
        draft = WeightDraft.objects.create(
            model=model_key,
            model_name={"ja": model.label.ja, "en": model.label.en},
            shares={key: value / total for key, value in shares.items()},
            present=dict(present),
            origin=WeightDraft.Origin.PROPOSED
            if is_proposed
            else WeightDraft.Origin.TYPED,
            based_on=based_on,
            effect=effects.as_json(effect),
            by_id=by.pk,
            at=at,
        )
        audit.record("weights_drafted", subject=draft, by=by, at=at)
    return draft


def compute_again(draft_id: int, *, by: Staff, at: dt.datetime) -> WeightDraft:
    """Compute an open draft anew, from the definitions and results of now.

    Raises
    ------
    DraftDecided, RunFirst
        It was decided; or there are no results of this model yet.

    """
    kept = _open_draft(draft_id)
    project = _project()
    effect = effect_of_weights(project, kept.model, kept.shares)
    based_on = lake_of(project).current().definitions[-1].digest
    with transaction.atomic():
        draft = _open_draft(draft_id, lock=True)
        draft.effect, draft.based_on = effects.as_json(effect), based_on
        draft.save(update_fields=["effect", "based_on"])
        audit.record("draft_computed", subject=draft, by=by, at=at)
    return draft


@transaction.atomic
def note_on_draft(draft_id: int, text: str, *, by: Staff, at: dt.datetime) -> DraftNote:
    """Keep what somebody says about a draft, also after it was decided."""
    draft = queries.get_draft(draft_id)
    note = DraftNote.objects.create(
        draft=draft, by_id=by.pk, at=at, text=text.strip()[:LONGEST_NOTE]
    )
    audit.record("draft_noted", subject=draft, by=by, at=at)
    return note


@transaction.atomic
def accept_draft(draft_id: int, why: str, *, by: Staff, at: dt.datetime) -> WeightDraft:
    """Publish a draft's weights; the next run computes with them.

    The lake and the folder come last: when they refuse, nothing is decided.

    Raises
    ------
    DraftDecided
        It was decided already.
    DefinitionsMoved, AlreadyInForce, FolderDiffers, FolderNotWritable, LakeBusy
        See `banso.runs.adopting.publish_weights`. Nothing was changed.

    """
    draft = _open_draft(draft_id, lock=True)
    _decide(draft, WeightDraft.Status.ACCEPTED, why, by=by, at=at)
    version = publish_weights(
        _project(),
        draft.model,
        draft.shares,
        decision=Decision(by.email, draft.why, at, based_on=draft.based_on),
    )
    draft.published = version.digest
    draft.save(update_fields=["published"])
    audit.record(
        "weights_accepted",
        subject=draft,
        by=by,
        at=at,
        details={"version": version.digest[:8]},
    )
    return draft


@transaction.atomic
def reject_draft(draft_id: int, why: str, *, by: Staff, at: dt.datetime) -> WeightDraft:
    """Decide that a draft is not to be used; it stays to be read.

    Raises
    ------
    DraftDecided
        It was decided already.

    """
    draft = _open_draft(draft_id, lock=True)
    _decide(draft, WeightDraft.Status.REJECTED, why, by=by, at=at)
    audit.record("weights_rejected", subject=draft, by=by, at=at)
    return draft


@transaction.atomic
def go_back(digest: str, why: str, *, based_on: str, by: Staff, at: dt.datetime) -> str:
    """Publish an earlier version of the definitions again; return its digest.

    Raises
    ------
    NoSuchDefinitions
        Nothing was published under that digest.
    DefinitionsMoved, AlreadyInForce, FolderDiffers, FolderNotWritable, LakeBusy
        See `banso.runs.adopting.republish`. Nothing was changed.

    """
    subject = audit.Subject(kind="definitions", id=digest, name=digest[:8])
    audit.record(
        "definitions_restored",
        subject=subject,
        by=by,
        at=at,
        details={"version": based_on[:8]},
    )
    decision = Decision(by.email, why.strip(), at, based_on=based_on)
    return republish(_project(), digest, decision=decision).digest


def health_file(draft_id: int) -> bytes:
    """Return health.yaml with the weights of a draft, to be put in place by hand.

    Raises
    ------
    NoSuchModel, WeightsNotWritable
        The weights cannot be written into the file.

    """
    draft = queries.get_draft(draft_id)
    files = weighted_files(
        _project(), draft.model, draft.shares, based_on=draft.based_on
    )
    return files["health.yaml"]


def _project() -> Project:
    folder = settings.BANSO_PROJECT_FOLDER
    assert folder is not None
    return Project.open(folder)


def _open_draft(draft_id: int, *, lock: bool = False) -> WeightDraft:
    draft = queries.get_draft(draft_id, lock=lock)
    if draft.status != WeightDraft.Status.OPEN:
        raise DraftDecided("This draft was decided already.")
    return draft


def _decide(
    draft: WeightDraft,
    status: WeightDraft.Status,
    why: str,
    *,
    by: Staff,
    at: dt.datetime,
) -> None:
    draft.status, draft.why = status, why.strip()
    draft.decided_by_id, draft.decided_at = by.pk, at
    draft.save(update_fields=["status", "why", "decided_by", "decided_at"])
