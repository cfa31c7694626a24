"""The Health studio for programs: draft weights, look, discuss, publish, go back."""

from django.http import HttpResponse
from ninja import Query, Router

from banso.web.studio import accuracy_records, operations, queries, records
from banso.web.studio.schemas import (
    AccuracyOut,
    AccuracyQuery,
    DraftAcceptanceIn,
    DraftIn,
    DraftsPage,
    DraftsQuery,
    NoteIn,
    OneDraftOut,
    RejectionIn,
    RestorationIn,
    RestoredOut,
    WeightsOut,
)
from banso.webkit.api.files import YAML
from banso.webkit.api.paging import Key, checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Definitions"])


@router.get("accuracy", response=AccuracyOut, operation_id="getAccuracy")
@allowed("see_definitions")
def accuracy(request: StaffRequest, asked: Query[AccuracyQuery]) -> object:
    """Return how well the score and its parts told what happened, and naive rules.

    A horizon or stratum that was not judged is 404.
    """
    del request
    return accuracy_records.accuracy(days=asked.days, stratum=asked.stratum)


@router.get("weights", response=WeightsOut, operation_id="listWeights")
@allowed("see_definitions")
def weights(request: StaffRequest) -> object:
    """List the weights in force beside those that the last run proposes."""
    del request
    return records.weights()


@router.get("weight-drafts", response=DraftsPage, operation_id="listWeightDrafts")
@allowed("see_definitions")
def drafts(request: StaffRequest, asked: Query[DraftsQuery]) -> object:
    """List drafts of weights, the newest first."""
    page = records.list_drafts(cursor=checked(asked.cursor), size=asked.limit)
    return paged(request, page.rows, page.next)


@router.post("weight-drafts", response=OneDraftOut, operation_id="draftWeights")
@allowed("publish_definitions")
def draft_weights(request: StaffRequest, body: DraftIn) -> object:
    """Keep other weights as a draft, with what they would do; nothing is in force."""
    form = queries.draft_form(body.model, start="proposed")
    draft = operations.draft_weights(
        body.model,
        form.checked(body.shares),
        is_proposed=form.is_of(body.shares),
        by=request.user,
        at=request.now,
    )
    return records.one_draft(draft.pk, visible_to=request.user)


@router.get(
    "weight-drafts/{draft_id}", response=OneDraftOut, operation_id="getWeightDraft"
)
@allowed("see_definitions")
def draft(request: StaffRequest, draft_id: Key) -> object:
    """Return a draft: whom it would move, how well it tells, what was said."""
    return records.one_draft(draft_id, visible_to=request.user)


@router.get(
    "weight-drafts/{draft_id}/health.yaml",
    operation_id="getWeightDraftFile",
    openapi_extra=YAML,
)
@allowed("publish_definitions")
def health_file(request: StaffRequest, draft_id: Key) -> HttpResponse:
    """Send health.yaml with the weights of a draft, to be put in place by hand."""
    del request
    content = operations.health_file(draft_id)
    return HttpResponse(content, content_type="application/yaml; charset=utf-8")


@router.post(
    "weight-drafts/{draft_id}/computation",
    response=OneDraftOut,
    operation_id="computeWeightDraft",
)
@allowed("publish_definitions")
def compute(request: StaffRequest, draft_id: Key) -> object:
    """Compute a draft anew, from the definitions and results of now."""
    operations.compute_again(draft_id, by=request.user, at=request.now)
    return records.one_draft(draft_id, visible_to=request.user)


@router.post(
    "weight-drafts/{draft_id}/notes",
    response=OneDraftOut,
    operation_id="noteOnWeightDraft",
)
@allowed("discuss_definitions")
def note(request: StaffRequest, draft_id: Key, body: NoteIn) -> object:
    """Say something about a draft."""
    operations.note_on_draft(draft_id, body.text, by=request.user, at=request.now)
    return records.one_draft(draft_id, visible_to=request.user)


@router.post(
    "weight-drafts/{draft_id}/acceptance",
    response=OneDraftOut,
    operation_id="acceptWeightDraft",
)
@allowed("publish_definitions")
def accept(request: StaffRequest, draft_id: Key, body: DraftAcceptanceIn) -> object:
    """Publish the weights of a draft, for a reason; the next run computes with them.

    Refused when other definitions are in force by now, or the folder of the project
    differs from what is published.
    """
    operations.accept_draft(draft_id, body.why, by=request.user, at=request.now)
    return records.one_draft(draft_id, visible_to=request.user)


@router.post(
    "weight-drafts/{draft_id}/rejection",
    response=OneDraftOut,
    operation_id="rejectWeightDraft",
)
@allowed("publish_definitions")
def reject(request: StaffRequest, draft_id: Key, body: RejectionIn) -> object:
    """Decide not to use a draft; it stays to be read."""
    operations.reject_draft(draft_id, body.why, by=request.user, at=request.now)
    return records.one_draft(draft_id, visible_to=request.user)


@router.post(
    "definitions/{digest}/restoration",
    response=RestoredOut,
    operation_id="restoreDefinitions",
)
@allowed("publish_definitions")
def restore(request: StaffRequest, digest: str, body: RestorationIn) -> object:
    """Publish an earlier version of the definitions again, for a reason."""
    restored = operations.go_back(
        digest, body.why, based_on=body.based_on, by=request.user, at=request.now
    )
    return {"digest": restored}
