"""What the frame shows of tokens."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class TokensFeature(Feature):
    """The tokens with which programs come."""

    name = "banso.web.tokens"
    label = "tokens"
    navigation: ClassVar = (
        NavEntry(
            title=_("Tokens"),
            url_name="tokens:all",
            icon="key-round",
            capability="administer_users",
            order=92,
            section="administration",
        ),
    )
    actions: ClassVar = {
        "token_made": _(
            "Made the token %(subject)s for %(of)s (%(scopes)s, %(days)s days)."
        ),
        "token_revoked": _("Revoked the token %(subject)s of %(of)s."),
    }
    refusals: ClassVar = {
        "scope_unknown": _("Choose what the token is good for."),
        "token_expiry_refused": _("A token is valid for 1 to %(most)s days."),
        "token_refused": _(
            "The token is unknown, expired or revoked, or its user may not sign in."
        ),
        "too_many_requests": _(
            "More than %(limit)s requests came within a minute. Wait %(seconds)s "
            "seconds."
        ),
        "idempotency_key_reused": _(
            "The Idempotency-Key was used for another request already."
        ),
        "request_under_way": _(
            "The same request is under way. Ask again when it is done."
        ),
        "cursor_invalid": _("The cursor is not one of this list."),
    }
