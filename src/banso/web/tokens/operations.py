"""Making and revoking tokens, and letting a program in that comes with one."""

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.tokens import queries
from banso.web.tokens.idempotency import (
    Answer,
    KeyReused,
    RequestUnderWay,
    begin,
    finish,
)
from banso.web.tokens.limits import Allowance, TooManyRequests, take
from banso.web.tokens.models import Token
from banso.webkit.permissions import TOKEN_SCOPES, Staff, granted_by

__all__ = [
    "Admitted",
    "Allowance",
    "Answer",
    "KeyReused",
    "RequestUnderWay",
    "ScopeUnknown",
    "TokenExpiryRefused",
    "TokenRefused",
    "TooManyRequests",
    "admit",
    "begin",
    "finish",
    "make_token",
    "revoke_token",
]

MAX_DAYS: Final = 366
DEFAULT_DAYS: Final = 90
BEGIN: Final = "banso_"
_SHOWN: Final = len(BEGIN) + 6


class ScopeUnknown(BansoError):
    """Refuse a scope that there is not, or none at all."""

    code = "scope_unknown"


class TokenExpiryRefused(BansoError):
    """Refuse a token that would be valid for ever, or not at all."""

    code = "token_expiry_refused"


class TokenRefused(BansoError):
    """Refuse a token that is unknown, expired, revoked, or of somebody who left."""

    code = "token_refused"


@dataclass(frozen=True)
class MadeToken:
    """A new token with its secret, which nobody can read again."""

    token: Token
    secret: str


@transaction.atomic
def make_token(
    *,
    user: Staff,
    name: str,
    scopes: Collection[str],
    days: int,
    by: Staff | None,
    at: dt.datetime,
) -> MadeToken:
    """Make a token of a user.

    Parameters
    ----------
    user
        As whom a program acts that comes with it.
    name
        What it is for.
    scopes
        What it is good for, within what the user may: of `TOKEN_SCOPES`.
    days
        For how long.
    by, at
        Who makes it (None: the command line), and when.

    Raises
    ------
    ScopeUnknown, TokenExpiryRefused
        Nothing was made.

    """
    unknown = sorted(set(scopes) - set(TOKEN_SCOPES))
    if unknown or not scopes:
        raise ScopeUnknown(
            f"There is no scope {unknown[0]!r}." if unknown else "No scope is given.",
            hint=f"Scopes: {', '.join(TOKEN_SCOPES)}.",
            scope=unknown[0] if unknown else "",
        )
    if not 1 <= days <= MAX_DAYS:
        raise TokenExpiryRefused(
            f"A token is valid for 1 to {MAX_DAYS} days.", days=days, most=MAX_DAYS
        )
    secret = BEGIN + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user_id=user.pk,
        name=name.strip()[:80] or secret[:_SHOWN],
        beginning=secret[:_SHOWN],
        digest=queries.digest_of(secret),
        scopes=sorted(set(scopes), key=TOKEN_SCOPES.index),
        made_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    details = {"of": user.name, "scopes": ", ".join(token.scopes), "days": days}
    audit.record("token_made", subject=token, by=by, at=at, details=details)
    return MadeToken(token, secret)


@transaction.atomic
def revoke_token(token: Token, *, by: Staff | None, at: dt.datetime) -> None:
    """Let nobody in with a token any more; a second time changes nothing."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        details = {"of": token.user.name}
        audit.record("token_revoked", subject=token, by=by, at=at, details=details)


@dataclass(frozen=True)
class Admitted:
    """A program that was let in."""

    user: Staff  # limited to what the token grants
    token_id: int
    token_name: str
    allowance: Allowance


def admit(secret: str, *, at: dt.datetime) -> Admitted:
    """Return as whom a program is let in, and what it may still ask for.

    Raises
    ------
    TokenRefused
        It lets nobody in.
    TooManyRequests
        It was used too often within this minute.

    """
    token = queries.find_by_secret(secret)
    if token is None:
        raise TokenRefused("There is no such token.", reason="unknown")
    state = queries.state_of(token, at=at)
    if state != "valid" or not token.user.is_active:
        state = state if state != "valid" else "inactive"
        raise TokenRefused(f"The token is of no use: {state}.", reason=state)
    allowance = take(token, at=at)
    user = token.user
    user.granted = granted_by(token.scopes)
    return Admitted(user, token.pk, token.name, allowance)
