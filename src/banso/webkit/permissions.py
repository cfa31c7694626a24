"""Who may do what: the one table of capabilities, and the decorator that asks it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

Parameters = ParamSpec("Parameters")
Request = TypeVar("Request", bound=HttpRequest)
Response = TypeVar("Response")  # of an API: what the answer is made of


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
    "record_consents": WRITERS,
    "save_views": EVERYONE,
    "read_mentions": EVERYONE,  # one's own: that one has read them is kept
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
    "manage_sources": KEEPERS,  # of live events, and their write keys
    "administer_jobs": frozenset({Role.ADMINISTRATOR}),
    "make_tokens": EVERYONE,  # one's own, of what one may oneself
    "load_rows": KEEPERS,  # by the API; people load files with the command line
}


@dataclass(frozen=True)
class Group:
    """Capabilities that a token is given together."""

    reading: frozenset[str]
    writing: frozenset[str] = frozenset()


GROUPS: Final[Mapping[str, Group]] = {
    "customers": Group(
        frozenset(
            {"see_overview", "see_customers", "export_customers", "see_success",
             "see_touch", "see_cohorts", "see_lifetime"}
        ),
        frozenset(
            {"record_contacts", "record_consents", "merge_customers", "assign_touch",
             "save_views", "share_views", "read_mentions"}
        ),
    ),
    "work": Group(
        frozenset({"see_work", "see_team"}),
        frozenset({"do_work", "hand_over_work", "mark_always_act"}),
    ),
    "revenue": Group(frozenset({"see_revenue"})),
    "definitions": Group(
        frozenset({"see_definitions", "see_drivers"}),
        frozenset({"publish_definitions", "discuss_definitions"}),
    ),
    "trials": Group(
        frozenset({"see_trials", "see_simulators"}),
        frozenset({"run_trials", "save_scenarios"}),
    ),
    "data": Group(
        frozenset({"see_data", "see_quarantine"}), frozenset({"load_rows"})
    ),
    "administration": Group(
        frozenset({"see_audit"}),
        frozenset(
            {"administer_users", "administer_jobs", "make_tokens", "manage_sources"}
        ),
    ),
}  # fmt: skip
READ: Final = "read"
WRITE: Final = "write"
# what "read" and "write" alone mean; administration has to be asked for by its name
_ORDINARY: Final = tuple(name for name in GROUPS if name != "administration")
TOKEN_SCOPES: Final = (
    READ,
    WRITE,
    *(f"{name}:{READ}" for name in GROUPS),
    *(f"{name}:{WRITE}" for name, group in GROUPS.items() if group.writing),
)


def granted_by(scopes: Iterable[str]) -> frozenset[str]:
    """Return the capabilities that the scopes of a token stand for.

    Who may write may read. A scope that is not known any more stands for nothing.
    """
    found: set[str] = set()
    for scope in set(scopes) & set(TOKEN_SCOPES):
        name, _colon, reach = scope.rpartition(":")
        for group in [GROUPS[name]] if name else [GROUPS[each] for each in _ORDINARY]:
            found |= group.reading
            found |= group.writing if reach == WRITE else frozenset()
    return frozenset(found)


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

    Somebody who came with a token has what the role and the token both allow.

    Raises
    ------
    KeyError
        The capability is not in the table: a mistake of the caller, never a refusal.

    """
    granted = getattr(user, "granted", None)
    if granted is not None and capability not in granted:
        return False
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
                raise PermissionDenied(capability)
            return view(request, *args, **kwargs)

        # for `demanded_by`; `wraps` keeps what is within
        guarded.capability = capability  # type: ignore[attr-defined]
        return cast("View[Request, Parameters, Response]", guarded)

    return decorate


def demanded_by(view: object) -> tuple[str, ...]:
    """Return the capabilities that `allowed` demands of who asks for a view."""
    found = []
    while view is not None:
        found += [getattr(view, "capability", "")]
        view = getattr(view, "__wrapped__", None)
    return tuple(dict.fromkeys(filter(None, found)))
