"""The pages of webhooks."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banso.kernel.errors import BansoError
from banso.web.webhooks import operations, queries
from banso.web.webhooks.forms import EndpointForm
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest, get_or_post


@never_cache
@get_or_post
@allowed("administer_users")
def every(request: StaffRequest) -> HttpResponse:
    """List the endpoints, and add one; its secret is shown once."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        url, kinds = form.cleaned_data["url"], form.cleaned_data["kinds"]
        try:
            endpoint = operations.add_endpoint(
                url, kinds, by=request.user, at=request.now
            )
        except BansoError as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            return render(request, "webhooks/secret.html", {"endpoint": endpoint})
    context = {"form": form, "endpoints": queries.endpoints()}
    status = 422 if form.is_bound else 200
    return render(request, "webhooks/list.html", context, status=status)


@require_safe
@allowed("administer_users")
def one(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Show an endpoint and what was sent to it."""
    endpoint = queries.get_endpoint(endpoint_id)
    deliveries = queries.newest_deliveries(endpoint)
    context = {"endpoint": endpoint, "deliveries": deliveries}
    return render(request, "webhooks/one.html", context)


@never_cache
@require_POST
@allowed("administer_users")
def secret(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Renew the secret, and show it once."""
    endpoint = queries.get_endpoint(endpoint_id)
    operations.rotate_secret(endpoint, by=request.user, at=request.now)
    return render(request, "webhooks/secret.html", {"endpoint": endpoint})


@require_POST
@allowed("administer_users")
def change(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Switch an endpoint on or off, test it, send again what failed, or delete it."""
    endpoint = queries.get_endpoint(endpoint_id)
    by, at = request.user, request.now
    match request.POST.get("do"):
        case "on":
            operations.switch(endpoint, is_on=True, by=by, at=at)
        case "off":
            operations.switch(endpoint, is_on=False, by=by, at=at)
        case "test":
            operations.send_test(endpoint, by=by, at=at)
            messages.success(request, _("It is sent within seconds."))
        case "failed":
            operations.replay_failed(endpoint, by=by, at=at)
            messages.success(request, _("It is sent within seconds."))
        case "delete":
            operations.delete_endpoint(endpoint, by=by, at=at)
            return redirect("webhooks:all")
    return redirect("webhooks:one", endpoint_id)


@require_POST
@allowed("administer_users")
def replay(request: StaffRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """Send one event again."""
    delivery = queries.get_delivery(endpoint_id, delivery_id)
    operations.replay(delivery, by=request.user, at=request.now)
    messages.success(request, _("It is sent within seconds."))
    return redirect("webhooks:one", endpoint_id)
