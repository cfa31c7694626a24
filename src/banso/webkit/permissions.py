"""Who may do what: the one table of capabilities, and the decorator that asks it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

Parameters = ParamSpec("Parameters")
Request = TypeVar("Request", bound=HttpRequest)
Response = TypeVar("Response", bound=HttpResponseBase)


class Role(TextChoices):
    """What a user does with Banso."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OPS = "ops", _("CS operations")
    LEAD = "lead", _("Lead")
    CSM = "csm", _("CSM")
    READ_ONLY = "read_only", _("Read only")


class Scope(TextChoices):
    """Which customers a user sees."""

    OWN = "own", _("Own customers")
    TEAM = "team", _("Customers of the team")
    ALL = "all", _("All customers")


EVERYONE: Final = frozenset(Role)
WRITERS: Final = EVERYONE - {Role.READ_ONLY}
KEEPERS: Final = frozenset({Role.ADMINISTRATOR, Role.OPS})

CAPABILITIES: Final[dict[str, frozenset[Role]]] = {
    "see_overview": EVERYONE,
    "see_customers": EVERYONE,
    "see_work": EVERYONE,
    "do_work": WRITERS,
    "hand_over_work": KEEPERS | {Role.LEAD},  # of others; one's own is `do_work`
    "merge_customers": KEEPERS,
    "export_customers": WRITERS,
    "record_contacts": WRITERS,
    "save_views": EVERYONE,
    "share_views": KEEPERS | {Role.LEAD},
    "see_data": EVERYONE,
    "see_quarantine": KEEPERS,  # raw rows of customers in nobody's scope yet
    "see_definitions": EVERYONE,
    "see_drivers": EVERYONE,  # sums over all customers, as definitions show them
    "see_success": EVERYONE,  # likewise
    "see_revenue": EVERYONE,  # of the customers in scope
    "see_touch": EVERYONE,  # likewise
    "assign_touch": KEEPERS | {Role.LEAD},  # within the scope
    "see_cohorts": EVERYONE,
    "see_lifetime": EVERYONE,
    "see_trials": EVERYONE,  # sums over all customers; names only in scope
    "run_trials": KEEPERS | {Role.LEAD},
    "mark_always_act": WRITERS,
    "see_simulators": EVERYONE,
    "see_team": EVERYONE,  # of the owners whose customers are in scope
    "save_scenarios": WRITERS,
    "publish_definitions": KEEPERS,
    "discuss_definitions": WRITERS,
    "administer_users": frozenset({Role.ADMINISTRATOR}),
    "see_audit": KEEPERS,
}


class Staff(Protocol):
    """A signed-in person of ours, as far as every feature may know one."""

    pk: int
    email: str
    name: str
    role: str
    scope: str
    language: str
    theme: str

    @property
    def team_id(self) -> int | None:
        """The key of the user's team, if any."""


def may(user: object, capability: str) -> bool:
    """Return whether `user` has a capability; a visitor who is not signed in has none.

    Raises
    ------
    KeyError
        The capability is not in the table: a mistake of the caller, never a refusal.

    """
    return getattr(user, "role", None) in CAPABILITIES[capability]


View = Callable[Concatenate[Request, Parameters], Response]


def allowed(
    capability: str,
) -> Callable[
    [View[Request, Parameters, Response]], View[Request, Parameters, Response]
]:
    """Let a view answer only users with a capability; others get 403.

    Sign-in itself is demanded before, of every view, by the middleware.
    """
    if capability not in CAPABILITIES:
        message = f"unknown capability {capability!r}"
        raise KeyError(message)

    def decorate(
        view: View[Request, Parameters, Response],
    ) -> View[Request, Parameters, Response]:
        @wraps(view)
        def guarded(
            request: Request, *args: Parameters.args, **kwargs: Parameters.kwargs
        ) -> Response:
            if not may(getattr(request, "user", None), capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("View[Request, Parameters, Response]", guarded)

    return decorate
