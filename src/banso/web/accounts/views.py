"""Pages of sign-in, settings and user administration."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.accounts import operations, queries, sessions, single_sign_on
from banso.web.accounts.forms import (
    NewPersonForm,
    PasswordForm,
    PersonForm,
    SignInForm,
)
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refusal_text, refuse
from banso.webkit.requests import (
    LANGUAGES,
    THEME_COOKIE,
    THEMES,
    StaffRequest,
    get_or_post,
    sender_address,
)


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@get_or_post
def sign_in(request: StaffRequest) -> HttpResponse:
    """Ask for e-mail and password, and sign in with them."""
    target = _safe_next(request)
    if request.user.is_authenticated:  # type: ignore[attr-defined] # may be nobody yet
        return redirect(target)
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and not settings.BANSO_PASSWORD_SIGN_IN:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        try:
            return sessions.sign_in(
                request,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                address=sender_address() or "",
                target=target,
                at=request.now,
            )
        except BansoError as refusal:
            form.add_error(None, refusal_text(refusal))
            status = 429 if isinstance(refusal, sessions.SignInLocked) else 422
    context = {
        "form": form,
        "next": target,
        "has_users": queries.has_users(),
        "by_password": settings.BANSO_PASSWORD_SIGN_IN,
        "by_passkey": settings.MFA_PASSKEY_LOGIN_ENABLED,
        "providers": single_sign_on.list_providers(request, target=target),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@login_not_required
@require_safe
def cancelled(request: StaffRequest) -> HttpResponse:
    """Go back to where one can sign in, after the provider's page was left."""
    messages.info(request, _("The sign-in was cancelled."))
    return redirect("account_login")


@login_not_required
@never_cache
@require_safe
def oidc_start(request: StaffRequest, provider_id: str) -> HttpResponse:
    """Begin a sign-in by OpenID Connect."""
    return single_sign_on.begin_oidc(request, provider_id)


@login_not_required
@never_cache
@require_safe
def saml_finish(request: StaffRequest, organization_slug: str) -> HttpResponse:
    """End a sign-in by SAML."""
    return single_sign_on.finish_saml(request, organization_slug)


@require_POST
def sign_out(request: StaffRequest) -> HttpResponse:
    """End the session."""
    sessions.sign_out(request, by=request.user, at=request.now)
    return redirect(settings.LOGIN_URL)


@login_not_required
@require_POST
def display(request: StaffRequest) -> HttpResponse:
    """Choose language or theme: for good when signed in, else in a cookie."""
    language = request.POST.get("language", "")
    theme = request.POST.get("theme", "")
    language = language if language in LANGUAGES else ""
    theme = theme if theme in THEMES else ""
    if request.user.is_authenticated:  # type: ignore[attr-defined] # may be nobody
        operations.change_display(
            request.user, language=language, theme=theme, at=request.now
        )
    response = HttpResponseRedirect(_safe_next(request))
    cookies = {settings.LANGUAGE_COOKIE_NAME: language, THEME_COOKIE: theme}
    for name, value in cookies.items():
        if value:
            response.set_cookie(
                name,
                value,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
    return response


@require_safe
def my_settings(request: StaffRequest) -> HttpResponse:
    """Show language, theme and password of the signed-in user."""
    return _settings_page(request, PasswordForm())


@sensitive_post_parameters("current", "new")
@require_POST
def my_password(request: StaffRequest) -> HttpResponse:
    """Change the signed-in user's password."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, form, status=422)
    try:
        sessions.change_own_password(
            request,
            queries.get_user(user_id=request.user.pk),
            current=form.cleaned_data["current"],
            new=form.cleaned_data["new"],
            at=request.now,
        )
    except BansoError as refusal:
        places = {"wrong_password": "current", "password_too_weak": "new"}
        form.add_error(places.get(refusal.code), refusal_text(refusal))
        status = 429 if isinstance(refusal, sessions.TooManyAttempts) else 422
        return _settings_page(request, form, status=status)
    messages.success(request, _("Your password was changed."))
    return redirect("accounts:settings")


@get_or_post
def my_sessions(request: StaffRequest) -> HttpResponse:
    """List where the user is signed in, and end all that but this one."""
    user = queries.get_user(user_id=request.user.pk)
    if request.method == "POST":
        sessions.end_other_sessions(request, user, at=request.now)
        messages.success(request, _("You are signed out everywhere but here."))
        return redirect("accounts:sessions")
    context = {"sessions": queries.list_sessions(request.user)}
    return render(request, "accounts/sessions.html", context)


@require_safe
@allowed("administer_users")
def users(request: StaffRequest) -> HttpResponse:
    """List all users."""
    context = {
        "users": queries.list_users(),
        "with_factors": queries.users_with_factors(),
    }
    return render(request, "accounts/users.html", context)


@sensitive_post_parameters("password")
@get_or_post
@allowed("administer_users")
def new_user(request: StaffRequest) -> HttpResponse:
    """Add a user."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = operations.create_user(
                form.person(),
                password=form.cleaned_data["password"],
                by=request.user,
                at=request.now,
            )
        except BansoError as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": user.name})
            return redirect("accounts:users")
    return _person_page(request, form)


@get_or_post
@allowed("administer_users")
def edit_user(request: StaffRequest, user_id: int) -> HttpResponse:
    """Change a user's name, e-mail, role, scope or team."""
    user = queries.get_user(user_id=user_id)
    initial = {
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "scope": user.scope,
        "team": user.team.name if user.team else "",
    }
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_user(
                user,
                form.person(),
                by=request.user,
                at=request.now,
            )
        except BansoError as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("%(name)s was changed.") % {"name": user.name})
            return redirect("accounts:users")
    return _person_page(request, form, edited=user)


@require_POST
@allowed("administer_users")
def activity(request: StaffRequest, user_id: int) -> HttpResponse:
    """Deactivate a user, or let them sign in again."""
    active = request.POST.get("active") == "1"
    try:
        user = operations.set_active(
            queries.get_user(user_id=user_id),
            active=active,
            by=request.user,
            at=request.now,
        )
    except operations.LastAdministrator as refusal:
        return refuse(request, refusal)
    said = (
        _("%(name)s can sign in again.")
        if active
        else _("%(name)s was signed out and cannot sign in any more.")
    )
    messages.success(request, said % {"name": user.name})
    return redirect("accounts:users")


@require_POST
@allowed("administer_users")
def factors(request: StaffRequest, user_id: int) -> HttpResponse:
    """Take all second factors from a user who lost them."""
    user = queries.get_user(user_id=user_id)
    sessions.reset_factors(user, by=request.user, at=request.now)
    said = _("%(name)s has no second factor any more, and was signed out.")
    messages.success(request, said % {"name": user.name})
    return redirect("accounts:edit_user", user_id)


def _settings_page(
    request: StaffRequest, form: PasswordForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "has_password": queries.has_password(request.user)}
    return render(request, "accounts/settings.html", context, status=status)


def _person_page(
    request: StaffRequest, form: PersonForm, *, edited: object = None
) -> HttpResponse:
    key = getattr(edited, "pk", None)
    has_factors = key is not None and (
        key in queries.users_with_factors() or queries.is_linked(key)
    )
    context = {"form": form, "edited": edited, "has_factors": has_factors}
    status = 422 if form.errors else 200
    return render(request, "accounts/person.html", context, status=status)


def _add_refusal(form: PersonForm, refusal: BansoError) -> None:
    places = {
        "email_taken": "email",
        "email_invalid": "email",
        "password_too_weak": "password",
        "last_administrator": "role",
    }
    form.add_error(places.get(refusal.code), refusal_text(refusal))


def _safe_next(request: HttpRequest) -> str:
    """Return where to go on: a page of this site, never another one."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else "/"
