"""The pages of the Health studio."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.studio import operations, queries
from banso.web.studio.forms import DecisionForm, NoteForm, typed_shares
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refuse
from banso.webkit.requests import StaffRequest, get_or_post


@require_safe
@allowed("see_definitions")
def accuracy(request: StaffRequest) -> HttpResponse:
    """Show how well the score and its parts told what would happen."""
    asked = request.GET.get("days", "")
    page = queries.accuracy_page(
        days=int(asked) if asked.isdecimal() and len(asked) < 5 else 0,
        stratum=request.GET.get("stratum", ""),
        part=request.GET.get("part", ""),
    )
    return render(request, "studio/accuracy.html", {"page": page})


@require_safe
@allowed("see_definitions")
def weights(request: StaffRequest) -> HttpResponse:
    """Show the weights in force beside those that the run proposes, and drafts."""
    return render(request, "studio/weights.html", {"page": queries.weights_page()})


@get_or_post
@allowed("publish_definitions")
def new_draft(request: StaffRequest, model: str) -> HttpResponse:
    """Ask for weights, and keep them as a draft."""
    start = request.GET.get("from", "")
    form = queries.draft_form(model, start=start)
    shares, wrong = form.shares, list[str]()
    if request.method == "POST":
        typed, wrong = typed_shares(request.POST, list(form.shares))
        if not wrong:
            as_proposed = start == "proposed" and form.is_started_with(typed)
            return _drafted(request, model, typed, proposed=as_proposed)
        shares = {**shares, **{key: value / 100 for key, value in typed.items()}}
    lines = [
        (line, f"{100 * shares[line.key]:.1f}", line.key in wrong)
        for line in form.model.elements
    ]
    context = {"model": form.model, "lines": lines, "start": start, "wrong": wrong}
    status = 422 if wrong else 200
    return render(request, "studio/draft_form.html", context, status=status)


def _drafted(
    request: StaffRequest, model: str, shares: dict[str, float], *, proposed: bool
) -> HttpResponse:
    try:
        draft = operations.draft_weights(
            model, shares, is_proposed=proposed, by=request.user, at=request.now
        )
    except BansoError as error:
        return refuse(request, error)
    return redirect("studio:draft", draft.pk)


@require_safe
@allowed("see_definitions")
def draft(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Show a draft: whom it would move, and how well it would have told."""
    page = queries.one_draft(draft_id, user=request.user)
    context = {"page": page, "note_form": NoteForm(), "decision_form": DecisionForm()}
    return render(request, "studio/draft.html", context)


@require_POST
@allowed("publish_definitions")
def compute(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Compute a draft anew."""
    try:
        operations.compute_again(draft_id, by=request.user, at=request.now)
    except BansoError as error:
        return refuse(request, error)
    return redirect("studio:draft", draft_id)


@require_POST
@allowed("discuss_definitions")
def add_note(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Keep what somebody says about a draft."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write something first."))
    else:
        operations.note_on_draft(
            draft_id, form.cleaned_data["text"], by=request.user, at=request.now
        )
    return _to(draft_id, "notes")


@require_POST
@allowed("publish_definitions")
def accept(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Publish the weights of a draft."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays with the version."))
        return _to(draft_id, "decision")
    try:
        operations.accept_draft(
            draft_id, form.cleaned_data["why"], by=request.user, at=request.now
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(
        request,
        _("The weights are in force. The next run computes with them: banso run."),
    )
    return redirect("studio:draft", draft_id)


@require_POST
@allowed("publish_definitions")
def reject(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Decide not to use a draft."""
    try:
        operations.reject_draft(
            draft_id,
            request.POST.get("why", "")[:500],
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("The draft was rejected; it stays to be read."))
    return redirect("studio:draft", draft_id)


@require_safe
@allowed("publish_definitions")
def health_file(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Give health.yaml with the weights of a draft."""
    try:
        content = operations.health_file(draft_id)
    except BansoError as error:
        return refuse(request, error)
    response = HttpResponse(content, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="health.yaml"'
    return response


@require_POST
@allowed("publish_definitions")
def restore(request: StaffRequest, digest: str) -> HttpResponse:
    """Publish an earlier version again."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays with the version."))
        return redirect("studio:weights")
    try:
        operations.go_back(
            digest,
            form.cleaned_data["why"],
            based_on=request.POST.get("based_on", ""),
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(
        request,
        _("The earlier version is in force. The next run computes with it: banso run."),
    )
    return redirect("studio:weights")


def _to(draft_id: int, part: str) -> HttpResponseRedirect:
    target = redirect("studio:draft", draft_id)
    return HttpResponseRedirect(f"{target.url}#{part}")
