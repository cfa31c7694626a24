"""Who may enter by a provider of the company, by OpenID Connect or SAML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess, Provider
from allauth.socialaccount.providers.openid_connect import (
    views as openid_connect_views,
)
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from banso.kernel.errors import BansoError
from banso.web.accounts import operations, queries, sessions
from banso.web.accounts.models import User
from banso.web.audit import operations as audit
from banso.webkit.permissions import Role, Scope
from banso.webkit.refusals import refusal_text


class NotAdmitted(BansoError):
    """Refuse a sign-in by a provider; each reason is a code of its own."""

    code = "sso_failed"


class EmailNotVerified(NotAdmitted):
    """Refuse an e-mail that the provider does not vouch for."""

    code = "sso_email_not_verified"


class EmailElsewhere(NotAdmitted):
    """Refuse an e-mail of a domain that is not the provider's to vouch for."""

    code = "sso_email_elsewhere"


class PersonUnknown(NotAdmitted):
    """Refuse somebody whom no administrator added."""

    code = "sso_person_unknown"


class PersonInactive(NotAdmitted):
    """Refuse somebody who was deactivated."""

    code = "sso_person_inactive"


class LinkedOtherwise(NotAdmitted):
    """Refuse another person of the provider for a user who is linked already."""

    code = "sso_linked_otherwise"


class AnswerForged(NotAdmitted):
    """Refuse an answer whose signature does not hold."""

    code = "sso_answer_forged"


class AnswerForOthers(NotAdmitted):
    """Refuse an answer that was made for another application."""

    code = "sso_answer_for_others"


class AnswerExpired(NotAdmitted):
    """Refuse an answer that is too old, or too new."""

    code = "sso_answer_expired"


class AnswerUnasked(NotAdmitted):
    """Refuse an answer to no question of ours, or to one answered before."""

    code = "sso_answer_unasked"


class ProviderUnreachable(NotAdmitted):
    """Refuse to send somebody to a provider that does not answer."""

    code = "sso_unreachable"


@dataclass(frozen=True)
class ProviderLink:
    """A provider as the page of sign-in offers it."""

    name: str
    url: str


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Decides who enters by a provider: a known, active person of a verified e-mail."""

    def populate_user(
        self,
        request: HttpRequest,  # noqa: ARG002
        sociallogin: SocialLogin,
        data: Mapping[str, str],
    ) -> User:
        """Note e-mail and name that the provider gives."""
        user: User = sociallogin.user
        parts = (data.get("last_name"), data.get("first_name"))
        user.email = (data.get("email") or "").strip().lower()
        user.name = data.get("name") or " ".join(part for part in parts if part)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse in words who may not enter; link who enters for the first time."""
        try:
            _admit(request, sociallogin)
        except NotAdmitted as refusal:
            raise ImmediateHttpResponse(
                _refused(request, refusal, email=sociallogin.user.email)
            ) from refusal

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,  # noqa: ARG002
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: Mapping[str, object] | None = None,
    ) -> None:
        """Say why the way to the provider and back failed."""
        if error == AuthError.CANCELLED:
            return
        more = extra_context or {}
        refusal = _saml_refusal(str(more.get("saml_last_error_reason") or ""))
        if not more.get("saml_errors") and exception is None:
            refusal = AnswerUnasked("No question of this browser was answered.")
        raise ImmediateHttpResponse(_refused(request, refusal))


def list_providers(request: HttpRequest, *, target: str) -> Sequence[ProviderLink]:
    """Return the providers to sign in by, each with the way there."""
    return [
        ProviderLink(each.name, each.get_login_url(request, next=target))
        for each in get_adapter().list_providers(request)
    ]


def ways_to_prove(request: HttpRequest, user: User) -> list[dict[str, str]]:
    """Return the providers at which a user without a password signs in anew."""
    linked = set(
        SocialAccount.objects.filter(user_id=user.pk).values_list("provider", flat=True)
    )
    return [
        {
            "id": each.sub_id,
            "description": each.name,
            "url": each.get_login_url(request),
        }
        for each in get_adapter().list_providers(request)
        if each.sub_id in linked
    ]


def begin_oidc(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to an OpenID Connect provider."""
    try:
        answer: HttpResponse = openid_connect_views.login(request, provider_id)
    except RequestException as error:  # its addresses are asked for first
        return _refused(request, ProviderUnreachable(f"{provider_id}: {error}"))
    return answer


def finish_saml(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Answer somebody who comes back from a SAML provider."""
    from allauth.socialaccount.providers.saml.views import finish_acs  # noqa: PLC0415

    try:
        answer: HttpResponse = finish_acs(request, organization_slug=provider_id)
    except PermissionDenied:  # nothing was asked, or it was answered before
        return _refused(request, AnswerUnasked("It was answered before."))
    except (SyntaxError, ValueError) as error:  # lxml's, for what is no XML or has DTDs
        return _refused(request, NotAdmitted(f"The answer cannot be read: {error}"))
    return answer


def _admit(request: HttpRequest, login: SocialLogin) -> None:
    if login.state.get("process") != AuthProcess.LOGIN:
        raise NotAdmitted("Only signing in is offered.")
    user = login.user if login.is_existing else None
    if user is None:
        user = _find_person(login, at=request.now)  # type: ignore[attr-defined]
    if not user.is_active:
        raise PersonInactive(f"{user.email} was deactivated.")
    if not login.is_existing:
        _link(request, login, user)


def _find_person(login: SocialLogin, *, at: object) -> User:
    email = _verified_email(login)
    user = queries.find_user_by_email(email)
    if user is not None:
        return user
    standing = settings.BANSO_PROVISION
    if standing is None:
        raise PersonUnknown(f"Nobody added {email}.", email=email)
    return operations.create_user(
        operations.Person(
            email=email,
            name=login.user.name,
            role=Role(standing["role"]),
            scope=Scope(standing["scope"]),
            team=standing["team"],
        ),
        password=None,
        by=None,
        at=at,  # type: ignore[arg-type]
    )


def _verified_email(login: SocialLogin) -> str:
    """Return the e-mail that the provider vouches for and may vouch for."""
    addresses: Sequence[EmailAddress] = login.email_addresses
    email = next((each.email.lower() for each in addresses if each.verified), "")
    domains = login.provider.app.settings["email_domains"]
    given = next((each.email.lower() for each in addresses), "")
    if given.rpartition("@")[2] not in domains:
        raise EmailElsewhere(f"{given!r} is of another domain.", email=given)
    if not email or email.rpartition("@")[2] not in domains:
        raise EmailNotVerified(f"{given} is not verified.", email=given)
    return email


def _link(request: HttpRequest, login: SocialLogin, user: User) -> None:
    """Link a user to the person at the provider, for good."""
    provider = login.account.provider
    links = SocialAccount.objects.filter(user_id=user.pk, provider=provider)
    with transaction.atomic():
        if links.exists():
            # an e-mail that somebody else got at the provider is not the same person
            raise LinkedOtherwise(f"{user.email} is linked to another person.")
        login.connect(request, user)
        audit.record(
            "provider_linked",
            subject=user,
            by=None,
            at=request.now,  # type: ignore[attr-defined]
            details={"provider": login.provider.name},
        )


def _saml_refusal(reason: str) -> NotAdmitted:
    """Return which refusal the words of python3-saml mean."""
    if "ignature" in reason or "not signed" in reason or "certificate" in reason:
        return AnswerForged(reason)
    if "audience" in reason or "instead of" in reason or "issuer" in reason:
        return AnswerForOthers(reason)
    if "Timing" in reason or "expired" in reason or "SubjectConfirmation" in reason:
        return AnswerExpired(reason)
    return NotAdmitted(reason or "The provider did not answer as it should.")


def _refused(
    request: HttpRequest, refusal: NotAdmitted, *, email: str = ""
) -> HttpResponse:
    at = request.now  # type: ignore[attr-defined]
    sessions.note_failure(email, at=at, reason=refusal.code)
    context = {"reason": refusal_text(refusal)}
    return render(request, "socialaccount/refused.html", context, status=403)
