"""Writes second factors into the audit as they come and go, in their transaction."""

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from banso.web.accounts import sessions
from banso.web.accounts.models import User


@receiver(post_save, sender=Authenticator, dispatch_uid="banso.factor_added")
def note_added(instance: Authenticator, *, created: bool, **_: object) -> None:
    """Note a factor that its owner set up."""
    if created and context.request is not None:
        sessions.note_factor("factor_added", instance, at=context.request.now)


@receiver(post_delete, sender=Authenticator, dispatch_uid="banso.factor_removed")
def note_removed(instance: Authenticator, **_: object) -> None:
    """Note a factor that its owner took away; a reset has its own entry."""
    request = context.request
    if request is not None and request.user.pk == instance.user_id:
        sessions.note_factor("factor_removed", instance, at=request.now)


@receiver(authentication_failed, dispatch_uid="banso.factor_failed")
def note_failed(request: HttpRequest, user: User, **_: object) -> None:
    """Note a wrong code."""
    sessions.note_wrong_proof(user, at=request.now)  # type: ignore[attr-defined]
