"""Reading tokens."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from banso.web.tokens.models import Token
from banso.webkit.permissions import Staff, may


@dataclass(frozen=True)
class Line:
    """A token as people see it: everything but the secret."""

    token: Token
    state: str  # valid | expired | revoked

    @property
    def is_valid(self) -> bool:
        """Whether a program may come with it."""
        return self.state == "valid"


def list_own(user: Staff, *, at: dt.datetime) -> Sequence[Line]:
    """Return the tokens of a user, the newest first."""
    own = Token.objects.filter(user_id=user.pk).select_related("user")
    return [Line(token, state_of(token, at=at)) for token in own]


def list_all(*, at: dt.datetime) -> Sequence[Line]:
    """Return the tokens of everybody, the newest first."""
    return [
        Line(token, state_of(token, at=at))
        for token in Token.objects.select_related("user")
    ]


def line_of(token: Token, *, at: dt.datetime) -> Line:
    """Return a token as people see it."""
    return Line(token, state_of(token, at=at))


def told(line: Line) -> dict[str, object]:
    """Return a token as values, for programs."""
    token = line.token
    names = (
        "name", "scopes", "made_at", "expires_at", "revoked_at", "last_used_at",
    )  # fmt: skip
    return {
        "token_id": token.pk,
        "user": token.user.email,
        "state": line.state,
        **{name: getattr(token, name) for name in names},
    }


def get_token(token_id: int, *, visible_to: Staff) -> Token:
    """Return a token of one's own, or anybody's for an administrator; else 404."""
    tokens = Token.objects.select_related("user").filter(pk=token_id)
    if not may(visible_to, "administer_users"):
        tokens = tokens.filter(user_id=visible_to.pk)
    token = tokens.first()
    if token is None:
        raise Http404
    return token


def find_token(token_id: int) -> Token | None:
    """Return a token, for the command line."""
    return Token.objects.select_related("user").filter(pk=token_id).first()


def find_by_secret(secret: str) -> Token | None:
    """Return the token of a secret."""
    tokens = Token.objects.select_related("user")
    return tokens.filter(digest=digest_of(secret)).first()


def state_of(token: Token, *, at: dt.datetime) -> str:
    """Return whether a token is ``valid``, ``expired`` or ``revoked``."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= at else "valid"


def digest_of(secret: str) -> str:
    """Return what is kept of a secret; one of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
