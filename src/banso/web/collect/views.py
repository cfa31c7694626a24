"""The pages of live events: sources, their keys, and what was refused."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banso.kernel.errors import BansoError
from banso.web.collect import operations, queries
from banso.web.collect.forms import EditSourceForm, NewSourceForm, RotationForm
from banso.web.collect.reasons import said
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest, get_or_post


@require_safe
@allowed("manage_sources")
def sources(request: StaffRequest) -> HttpResponse:
    """Show the sources, how far taking in is behind, and what was refused."""
    page = queries.sources_page(at=request.now)
    refusals = [(each, *said(each.code, each.words)) for each in page.refusals]
    context = {"page": page, "refusals": refusals}
    return render(request, "collect/sources.html", context)


@never_cache
@get_or_post
@allowed("manage_sources")
def new_source(request: StaffRequest) -> HttpResponse:
    """Add a source, and show its write key once."""
    form = NewSourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.add_source(
                key=form.cleaned_data["key"],
                name=form.cleaned_data["name"],
                limit_per_second=form.cleaned_data["limit_per_second"],
                by=request.user,
                at=request.now,
            )
        except BansoError as refusal:
            form.add_error("key", refusal_text(refusal))
        else:
            return _made(request, made)
    status = 422 if form.is_bound else 200
    return render(request, "collect/source.html", {"form": form}, status=status)


@get_or_post
@allowed("manage_sources")
def edit_source(request: StaffRequest, key: str) -> HttpResponse:
    """Change a source."""
    source = _source(key).source
    now = {
        "name": source.name,
        "limit_per_second": source.limit_per_second,
        "is_active": source.is_active,
    }
    form = EditSourceForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        operations.change_source(
            key, **form.cleaned_data, by=request.user, at=request.now
        )
        messages.success(request, _("The source is saved."))
        return redirect("collect:sources")
    context = {"form": form, "source": source, "rotation": RotationForm()}
    status = 422 if form.is_bound else 200
    return render(request, "collect/source.html", context, status=status)


@never_cache
@require_POST
@allowed("manage_sources")
def new_key(request: StaffRequest, key: str) -> HttpResponse:
    """Make a new write key of a source, and show it once."""
    _source(key)
    form = RotationForm(request.POST)
    if not form.is_valid():
        return redirect("collect:edit_source", key)
    made = operations.rotate_key(
        key, overlap=form.overlap(), by=request.user, at=request.now
    )
    return _made(request, made)


@require_POST
@allowed("manage_sources")
def key_end(request: StaffRequest, key_id: int) -> HttpResponse:
    """Let a write key count no longer."""
    try:
        ended = operations.end_key(key_id, by=request.user, at=request.now)
    except queries.NoSuchSource as refusal:
        raise Http404 from refusal
    messages.success(request, _("The write key %(key)s has ended.") % {"key": ended})
    return redirect("collect:sources")


def _made(request: StaffRequest, made: operations.Made) -> HttpResponse:
    address = queries.address_shown()
    return render(request, "collect/made.html", {"made": made, "address": address})


def _source(key: str) -> queries.Line:
    try:
        return queries.get_line(key)
    except queries.NoSuchSource as refusal:
        raise Http404 from refusal
