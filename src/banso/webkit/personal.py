"""Which views answer with personal data: declared at each, noted by the audit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from banso.tables.registry import TABLES

Parameters = ParamSpec("Parameters")
Request = TypeVar("Request", bound=HttpRequest)
Response = TypeVar("Response")
View = Callable[Concatenate[Request, Parameters], Response]


class Personal(TextChoices):
    """What is read of people at customers."""

    CONTACTS = "contacts", _("Names and addresses")
    CONVERSATIONS = "conversations", _("Conversations and tickets")
    ANSWERS = "answers", _("Comments in surveys")
    USE = "use", _("What a person did")
    FILES = "files", _("Attached files")
    ROWS = "rows", _("Raw rows")
    EVERYTHING = "everything", _("Everything held of a person")


class Way(TextChoices):
    """By what something is read."""

    WEB = "web", _("Page")
    API = "api", _("API")
    ASSISTANT = "mcp", _("Assistant (MCP)")
    CLI = "cli", _("Command line")


@dataclass(frozen=True)
class Reading:
    """What an answer tells of people."""

    kinds: tuple[Personal, ...]
    customers: tuple[str, ...] = ()  # none: of many, nobody counted whose
    contact_id: str = ""
    table: str = ""  # when rows of a table were read


# Of more customers than these in one answer it is noted how many, not which.
MOST_NAMED: Final = 100


def personal(
    *kinds: Personal,
) -> Callable[
    [View[Request, Parameters, Response]], View[Request, Parameters, Response]
]:
    """Declare that a view answers with personal data.

    Of the customer in its address, and of the contact if one is there. The audit notes
    each answer. A view that knows better whose data it was, or that this time there
    was none, says so by `told`.
    """

    def decorate(
        view: View[Request, Parameters, Response],
    ) -> View[Request, Parameters, Response]:
        @wraps(view)
        def noted(
            request: Request, *args: Parameters.args, **kwargs: Parameters.kwargs
        ) -> Response:
            customer, contact = kwargs.get("customer_id"), kwargs.get("contact_id")
            of = (str(customer),) if customer else ()
            of_contact = str(contact) if contact else ""
            request.reading = Reading(kinds, of, of_contact)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        # for `personal_of`; `wraps` keeps what is within
        noted.personal = kinds  # type: ignore[attr-defined]
        return cast("View[Request, Parameters, Response]", noted)

    return decorate


def personal_of(view: object) -> tuple[Personal, ...]:
    """Return what a view is declared to tell of people."""
    while view is not None:
        if "personal" in vars(view):
            return tuple(vars(view)["personal"])
        view = getattr(view, "__wrapped__", None)
    return ()


def told(
    request: HttpRequest,
    *,
    kinds: Iterable[Personal] | None = None,
    customers: Iterable[str] | None = None,
    table: str = "",
) -> None:
    """Say more exactly what the answer to a request tells of people.

    Parameters
    ----------
    request
        Answered by a view that `personal` declares.
    kinds
        What it tells; none: nothing this time.
    customers
        Whose people.
    table
        Whose rows they are.

    """
    reading: Reading = request.reading  # type: ignore[attr-defined]
    if kinds is not None:
        reading = replace(reading, kinds=tuple(kinds))
    if customers is not None:
        reading = replace(reading, customers=tuple(dict.fromkeys(customers)))
        if not reading.customers:
            reading = replace(reading, kinds=())
    request.reading = replace(reading, table=table)  # type: ignore[attr-defined]


def kinds_of_table(name: str, columns: Iterable[str] = ()) -> tuple[Personal, ...]:
    """Return what the rows of a table tell of people.

    Parameters
    ----------
    name
        Of facts, of a result, or ``quarantine``.
    columns
        Of a result: those that it has.

    """
    if name == "quarantine":
        return (Personal.ROWS,)
    spec = TABLES.get(name)
    found = []
    if name == "contacts":
        found.append(Personal.CONTACTS)
    elif "contact_id" in {*columns, *(spec.by_name if spec else ())}:
        found.append(Personal.USE)
    if spec is not None and any(column.free_text for column in spec.columns):
        found.append(
            Personal.ANSWERS if name == "responses" else Personal.CONVERSATIONS
        )
    return tuple(found)
