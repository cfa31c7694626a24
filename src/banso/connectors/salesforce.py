"""Salesforce: accounts, contacts, opportunities and cases, by queries in SOQL."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from banso.connectors.services import (
    FLAG,
    MOMENT,
    MONEY,
    TEXT,
    Asked,
    Client,
    Json,
    Read,
    Resource,
    Row,
    Service,
    Unanswered,
)

_VERSION: Final = "v62.0"
_BEGINNING: Final = dt.datetime(1999, 1, 1, tzinfo=dt.UTC)
_CENT: Final = Decimal("0.0001")


def sign_in(client: Client, settings: Mapping[str, str]) -> str:
    """Return a token for this reading, by the client credentials of a connected app."""
    answer = client.form(
        "/services/oauth2/token",
        grant_type="client_credentials",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
    )
    token = answer.get("access_token")
    if not isinstance(token, str):
        raise Unanswered
    return token


def _account(found: Json) -> Row:
    return {
        "customer_id": _text(found, "Id"),
        "name": _text(found, "Name"),
        "parent_id": _text(found, "ParentId"),
        "industry": _text(found, "Industry"),
        "country": _text(found, "BillingCountry"),
        "size": _text(found, "NumberOfEmployees"),
        "owner": _inner(found, "Owner", "Email"),
        "created_on": _moment(found, "CreatedDate"),
        "website": _text(found, "Website"),
        "type": _text(found, "Type"),
    }


def _contact(found: Json) -> Row:
    parts = (_text(found, "LastName"), _text(found, "FirstName"))
    return {
        "contact_id": _text(found, "Id"),
        "customer_id": _text(found, "AccountId"),
        "name": " ".join(filter(None, parts)) or None,
        "email": _text(found, "Email"),
        "role": _text(found, "Title"),
        "created_on": _moment(found, "CreatedDate"),
        "is_deleted": found.get("IsDeleted") is True,
    }


def _opportunity(found: Json) -> Row:
    is_closed = found.get("IsClosed") is True
    amount = found.get("Amount")
    return {
        "deal_id": _text(found, "Id"),
        "customer_id": _text(found, "AccountId"),
        "prospect": _text(found, "Name"),
        "opened_on": _moment(found, "CreatedDate"),
        "closed_on": _moment(found, "CloseDate") if is_closed else None,
        "won": found.get("IsWon") is True if is_closed else None,
        "amount": None if amount is None else Decimal(str(amount)).quantize(_CENT),
        "stage": _text(found, "StageName"),
        "type": _text(found, "Type"),
        "is_deleted": found.get("IsDeleted") is True,
    }


def _case(found: Json) -> Row:
    said = (_text(found, "Subject"), _text(found, "Description"))
    return {
        "ticket_id": _text(found, "Id"),
        "customer_id": _text(found, "AccountId"),
        "contact_id": _text(found, "ContactId"),
        "opened_at": _moment(found, "CreatedDate"),
        "closed_at": _moment(found, "ClosedDate"),
        "priority": _text(found, "Priority"),
        "text": "\n".join(filter(None, said)) or None,
        "status": _text(found, "Status"),
        "type": _text(found, "Type"),
        "is_deleted": found.get("IsDeleted") is True,
    }


def _reading(
    thing: str, fields: str, row: Callable[[Json], Row], *, keeps: bool = False
) -> Read:
    """Return what reads one kind of record, the one that changed first first.

    With `keeps`, one that was deleted there is left out, so that it stays here.
    """

    def read(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
        since = asked.since or _BEGINNING
        moment = since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        question = (
            f"SELECT {fields}, IsDeleted, CreatedDate, SystemModstamp FROM {thing}"  # noqa: S608
            f" WHERE SystemModstamp >= {moment} ORDER BY SystemModstamp ASC"
        )
        # queryAll: what was deleted of late is given too, and says so
        answer = client.get(f"/services/data/{_VERSION}/queryAll", q=question)
        while True:
            found = answer.get("records")
            records = found if isinstance(found, list) else []
            yield [
                {**row(each), "updated_at": _moment(each, "SystemModstamp")}
                for each in records
                if isinstance(each, dict) and not (keeps and each.get("IsDeleted"))
            ]
            following = answer.get("nextRecordsUrl")
            if answer.get("done") is not False:
                return
            # a path, so that no answer sends the token elsewhere
            if not isinstance(following, str) or not following.startswith("/services/"):
                raise Unanswered
            answer = client.get(following)

    return read


def _text(found: Json, name: str) -> str | None:
    value = found.get(name)
    return str(value) if value not in (None, "") else None


def _inner(found: Json, name: str, inside: str) -> str | None:
    inner = found.get(name)
    return _text(inner, inside) if isinstance(inner, dict) else None


def _moment(found: Json, name: str) -> dt.datetime | None:
    value = found.get(name)
    if not isinstance(value, str):
        return None
    moment = dt.datetime.fromisoformat(value)  # 2026-01-31T09:30:00.000+0000, or a day
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


_TEXTS: Final = dict.fromkeys
SALESFORCE: Final = Service(
    url="https://{domain}",
    setting="client_secret",
    sign_in=sign_in,
    resources=MappingProxyType(
        {
            "Account": Resource(
                "customers",
                {
                    **_TEXTS(
                        ("customer_id", "name", "parent_id", "industry", "country"),
                        TEXT,
                    ),
                    **_TEXTS(("size", "owner"), TEXT),
                    "created_on": MOMENT,
                    **_TEXTS(("website", "type"), TEXT),
                    "updated_at": MOMENT,
                },
                _reading(
                    "Account",
                    "Id, Name, ParentId, Industry, BillingCountry, NumberOfEmployees,"
                    " Owner.Email, Website, Type",
                    _account,
                    keeps=True,
                ),
            ),
            "Contact": Resource(
                "contacts",
                {
                    **_TEXTS(
                        ("contact_id", "customer_id", "name", "email", "role"), TEXT
                    ),
                    "created_on": MOMENT,
                    "is_deleted": FLAG,
                    "updated_at": MOMENT,
                },
                _reading(
                    "Contact",
                    "Id, AccountId, FirstName, LastName, Email, Title",
                    _contact,
                ),
                deleted="is_deleted",
            ),
            "Opportunity": Resource(
                "deals",
                {
                    **_TEXTS(("deal_id", "customer_id", "prospect"), TEXT),
                    "opened_on": MOMENT,
                    "closed_on": MOMENT,
                    "won": FLAG,
                    "amount": MONEY,
                    **_TEXTS(("stage", "type"), TEXT),
                    "is_deleted": FLAG,
                    "updated_at": MOMENT,
                },
                _reading(
                    "Opportunity",
                    "Id, AccountId, Name, CloseDate, IsClosed, IsWon, Amount,"
                    " StageName, Type",
                    _opportunity,
                ),
                deleted="is_deleted",
            ),
            "Case": Resource(
                "tickets",
                {
                    **_TEXTS(("ticket_id", "customer_id", "contact_id"), TEXT),
                    "opened_at": MOMENT,
                    "closed_at": MOMENT,
                    **_TEXTS(("priority", "text", "status", "type"), TEXT),
                    "is_deleted": FLAG,
                    "updated_at": MOMENT,
                },
                _reading(
                    "Case",
                    "Id, AccountId, ContactId, ClosedDate, Priority, Subject,"
                    " Description, Status, Type",
                    _case,
                ),
                deleted="is_deleted",
            ),
        }
    ),
)
