"""Tokens for programs: which there are, and revoking them.

A program makes none: what it can do would outlive it.
"""

from ninja import Router

from banso.web.tokens import operations, queries
from banso.web.tokens.schemas import TokenOut, TokensOut
from banso.webkit.api.paging import Key
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Administration"])


@router.get("tokens", response=TokensOut, operation_id="listTokens")
@allowed("administer_users")
def tokens(request: StaffRequest) -> object:
    """List the tokens of everybody."""
    lines = queries.list_all(at=request.now)
    return {"items": [queries.told(line) for line in lines]}


@router.get("my-tokens", response=TokensOut, operation_id="listOwnTokens")
@allowed("make_tokens")
def own(request: StaffRequest) -> object:
    """List the user's own tokens."""
    lines = queries.list_own(request.user, at=request.now)
    return {"items": [queries.told(line) for line in lines]}


@router.post(
    "tokens/{token_id}/revocation", response=TokenOut, operation_id="revokeToken"
)
@allowed("make_tokens")
def revocation(request: StaffRequest, token_id: Key) -> object:
    """Revoke a token of one's own, or anybody's as an administrator; for good."""
    token = queries.get_token(token_id, visible_to=request.user)
    operations.revoke_token(token, by=request.user, at=request.now)
    revoked = queries.get_token(token_id, visible_to=request.user)
    return queries.told(queries.line_of(revoked, at=request.now))
