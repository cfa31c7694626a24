"""The pages of the simulators."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banso.kernel.errors import BansoError
from banso.web.simulators import operations, plans, queries
from banso.web.simulators.forms import ScenarioForm, plain
from banso.web.simulators.pricing import PricingPage, pricing_page
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refuse
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_simulators")
def fish(request: StaffRequest) -> HttpResponse:
    """Simulate the way from licences to subscriptions."""
    start = queries.start_of(request.GET.get("currency", ""))
    return _page(request, "fish", start, plans.fish_page(start, request.GET))


@require_safe
@allowed("see_simulators")
def growth(request: StaffRequest) -> HttpResponse:
    """Simulate keeping beside winning."""
    start = queries.start_of(request.GET.get("currency", ""))
    return _page(request, "growth", start, plans.growth_page(start, request.GET))


@require_safe
@allowed("see_simulators")
def pricing(request: StaffRequest) -> HttpResponse:
    """Simulate other pricing models on the customers of today."""
    start = queries.start_of(request.GET.get("currency", ""))
    page = pricing_page(start, request.GET, visible_to=request.user)
    return _page(request, "pricing", start, page, extra=page.extra)


@require_POST
@allowed("save_scenarios")
def save(request: StaffRequest, kind: str) -> HttpResponse:
    """Keep the assumptions under a name."""
    if kind not in queries.KINDS:
        raise Http404
    form = ScenarioForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the scenario a name."))
        return redirect(_address(kind, request.POST.get("query", "")))
    query = form.cleaned_data["query"]
    try:
        operations.save_scenario(
            kind=kind,
            name=form.cleaned_data["name"],
            query=query,
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("The scenario is saved."))
    return redirect(_address(kind, query))


@require_POST
@allowed("save_scenarios")
def delete(request: StaffRequest, scenario_id: int) -> HttpResponse:
    """Delete a scenario."""
    try:
        kind = operations.delete_scenario(scenario_id, by=request.user, at=request.now)
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("The scenario is deleted."))
    return redirect(_address(kind, ""))


def _page(
    request: StaffRequest,
    kind: str,
    start: queries.Start,
    page: plans.FishPage | plans.GrowthPage | PricingPage,
    *,
    extra: Mapping[str, str] | None = None,
) -> HttpResponse:
    # every slider stands in the link, so that it says the same when data has changed
    said = {each.slider.name: plain(each.value) for each in page.settings}
    query = urlencode({**said, **(extra or {}), "currency": start.currency})
    context = {
        "kind": kind,
        "start": start,
        "page": page,
        "query": query,
        "extra": extra or {},
        "link": request.build_absolute_uri(f"{request.path}?{query}"),
        "scenarios": queries.list_scenarios(kind),
        "form": ScenarioForm(initial={"query": query}),
    }
    return render(request, f"simulators/{kind}.html", context)


def _address(kind: str, query: str) -> str:
    address = reverse(f"simulators:{kind}")
    return f"{address}?{query}" if query else address
