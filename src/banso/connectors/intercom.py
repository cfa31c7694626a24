"""Intercom: companies, contacts, conversations and what was said of them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Final

from banso.connectors.services import (
    FLAG,
    MOMENT,
    MONEY,
    NUMBER,
    TEXT,
    Asked,
    Client,
    Json,
    Resource,
    Row,
    Service,
)

_PAGE: Final = 150  # the most that a search gives at once
# A search for contacts knows days only, of the workspace's zone: "after" a moment means
# from the next midnight on.
_A_DAY: Final = dt.timedelta(days=1)
_CENT: Final = Decimal("0.0001")
_BLOCKS: Final = frozenset(("p", "br", "div", "li", "ul", "ol", "tr", "h1", "h2"))
_UNSEEN: Final = frozenset(("script", "style"))


def _companies(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
    """Yield companies that changed; Intercom cannot be asked for these alone."""
    given: dict[str, object] = {}
    while True:
        answer = client.get("/companies/scroll", **given)
        found = _listed(answer.get("data"))
        if not found:
            return
        yield [row for each in found if _is_wanted(row := _company(each), asked)]
        scroll = answer.get("scroll_param")
        if not isinstance(scroll, str):
            return
        given = {"scroll_param": scroll}


def _company(found: Json) -> Row:
    key = _text(found, "id")
    spend = found.get("monthly_spend")
    return {
        "customer_id": key,
        "name": _text(found, "name") or _text(found, "company_id") or key,
        "industry": _text(found, "industry"),
        "size": _text(found, "size"),
        "created_on": _moment(found, "remote_created_at")
        or _moment(found, "created_at"),
        "company_id": _text(found, "company_id"),
        "website": _text(found, "website"),
        "plan": _text(_inside(found, "plan"), "name"),
        "monthly_spend": _money(spend),
        "updated_at": _moment(found, "updated_at"),
    }


def _contacts(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
    """Yield contacts that changed, but for leads of no company: visitors by chance."""
    since = int((asked.since - _A_DAY).timestamp()) if asked.since else 0
    for page in _search(client, "contacts", "data", _after("updated_at", since)):
        rows = [_contact(found) for found in page if not _is_visitor(found)]
        yield [row for row in rows if _is_wanted(row, asked)]


def _contact(found: Json) -> Row:
    return {
        "contact_id": _text(found, "id"),
        "customer_id": _company_of(found),
        "name": _text(found, "name"),
        "email": _text(found, "email"),
        "locale": _text(found, "language_override") or _text(found, "browser_language"),
        "created_on": _moment(found, "signed_up_at") or _moment(found, "created_at"),
        "external_id": _text(found, "external_id"),
        "unsubscribed": found.get("unsubscribed_from_emails") is True,
        "updated_at": _moment(found, "updated_at"),
    }


def _is_visitor(found: Json) -> bool:
    return found.get("role") == "lead" and _company_of(found) is None


def _conversations(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
    """Yield conversations that changed."""
    for page, companies in _talks(client, _changed(asked)):
        yield [_ticket(each, companies) for each in page]


def _ticket(found: Json, companies: dict[str, str]) -> Row:
    source = _inside(found, "source")
    contact = _contact_of(found)
    is_closed = found.get("state") == "closed"
    said = (_text(found, "title") or _text(source, "subject"), _text(source, "body"))
    closed = _moment(_inside(found, "statistics"), "last_close_at")
    changed = _moment(found, "updated_at")
    return {
        "ticket_id": _text(found, "id"),
        "customer_id": companies.get(contact or ""),
        "contact_id": contact,
        "opened_at": _moment(found, "created_at"),
        "closed_at": (closed or changed) if is_closed else None,
        "priority": "high" if found.get("priority") == "priority" else None,
        "text": "\n".join(plain_text(each) for each in said if each) or None,
        "status": _text(found, "state"),
        "begun_by": _text(source, "delivered_as"),
        "updated_at": changed,
    }


def _ratings(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
    """Yield what people answered when asked how a conversation was, from 1 to 5."""
    rated = _after("conversation_rating.replied_at", 0)
    for page, companies in _talks(client, [*_changed(asked), *rated]):
        yield [
            _rating(each, companies)
            for each in page
            if _inside(each, "conversation_rating").get("rating") is not None
        ]


def _rating(found: Json, companies: dict[str, str]) -> Row:
    rating = _inside(found, "conversation_rating")
    contact = _text(_inside(rating, "contact"), "id") or _contact_of(found)
    score = rating.get("rating")
    return {
        "response_id": _text(found, "id"),
        "customer_id": companies.get(contact or ""),
        "contact_id": contact,
        "occurred_at": _moment(rating, "updated_at") or _moment(rating, "created_at"),
        "survey": "csat",
        "score": score if isinstance(score, int) else None,
        "comment": _text(rating, "remark"),
        "about": _text(found, "id"),
        "updated_at": _moment(found, "updated_at"),
    }


def _talks(
    client: Client, conditions: list[Json]
) -> Iterator[tuple[Sequence[Json], dict[str, str]]]:
    """Yield conversations, and the company of each contact that they are with."""
    companies: dict[str, str] = {}
    asked_of: set[str] = set()
    for page in _search(client, "conversations", "conversations", conditions):
        unknown = {key for each in page for key in _contacts_of(each)} - asked_of
        asked_of |= unknown
        companies |= _companies_of(client, sorted(unknown))
        yield page, companies


def _companies_of(client: Client, contacts: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(contacts), _PAGE):
        some = contacts[start : start + _PAGE]
        condition = {"field": "id", "operator": "IN", "value": some}
        for page in _search(client, "contacts", "data", [condition]):
            for each in page:
                key, company = _text(each, "id"), _company_of(each)
                if key and company:
                    found[key] = company
    return found


def _search(
    client: Client, kind: str, name: str, conditions: list[Json]
) -> Iterator[Sequence[Json]]:
    """Yield pages of what a search finds, the one that changed first first."""
    pagination: dict[str, object] = {"per_page": _PAGE}
    while True:
        answer = client.post(
            f"/{kind}/search",
            {
                "query": {"operator": "AND", "value": conditions},
                "sort": {"field": "updated_at", "order": "ascending"},
                "pagination": pagination,
            },
        )
        yield _listed(answer.get(name))
        following = _inside(_inside(answer, "pages"), "next")
        after = _text(following, "starting_after")
        if after is None:
            return
        pagination = {"per_page": _PAGE, "starting_after": after}


def _changed(asked: Asked) -> list[Json]:
    # "greater" counts the second itself
    return _after("updated_at", int(asked.since.timestamp()) if asked.since else 0)


def _after(field: str, seconds: int) -> list[Json]:
    return [{"field": field, "operator": ">", "value": seconds}]


def _is_wanted(row: Row, asked: Asked) -> bool:
    changed = row["updated_at"]
    if asked.since is None or not isinstance(changed, dt.datetime):
        return True
    return changed >= asked.since


def _company_of(found: Json) -> str | None:
    listed = _listed(_inside(found, "companies").get("data"))
    return next((key for each in listed if (key := _text(each, "id"))), None)


def _contacts_of(found: Json) -> list[str]:
    listed = _listed(_inside(found, "contacts").get("contacts"))
    rated_by = _inside(_inside(found, "conversation_rating"), "contact")
    return [key for each in (*listed, rated_by) if (key := _text(each, "id"))]


def _contact_of(found: Json) -> str | None:
    """Return with whom a conversation is: who began it, else the first."""
    author = _inside(_inside(found, "source"), "author")
    if author.get("type") in ("user", "lead", "contact"):
        return _text(author, "id")
    return next(iter(_contacts_of(found)), None)


def plain_text(html: str) -> str:
    """Return what somebody reads of a message, a line for each paragraph."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    lines = "".join(parser.pieces).splitlines()
    return "\n".join(line for each in lines if (line := " ".join(each.split())))


class _Words(HTMLParser):
    """Collects the text of a message, with a new line where a block ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BLOCKS:
            self.pieces.append("\n")
        self._unseen += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        self._unseen -= tag in _UNSEEN

    def handle_data(self, data: str) -> None:
        if self._unseen <= 0:
            self.pieces.append(data)


def _inside(found: Json, name: str) -> Json:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _listed(found: object) -> list[Json]:
    listed = found if isinstance(found, list) else []
    return [each for each in listed if isinstance(each, dict)]


def _text(found: Json, name: str) -> str | None:
    value = found.get(name)
    return str(value) if value not in (None, "") else None


def _moment(found: Json, name: str) -> dt.datetime | None:
    value = found.get(name)
    return dt.datetime.fromtimestamp(value, dt.UTC) if isinstance(value, int) else None


def _money(value: object) -> Decimal | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Decimal(str(value)).quantize(_CENT) if is_number else None


_CHANGED: Final = MappingProxyType({"updated_at": MOMENT})
INTERCOM: Final = Service(
    url="https://api.intercom.io",
    setting="access_token",
    headers={"Intercom-Version": "2.14"},
    resources=MappingProxyType(
        {
            "companies": Resource(
                "customers",
                {
                    **dict.fromkeys(("customer_id", "name", "industry", "size"), TEXT),
                    "created_on": MOMENT,
                    **dict.fromkeys(("company_id", "website", "plan"), TEXT),
                    "monthly_spend": MONEY,
                    **_CHANGED,
                },
                _companies,
                is_ordered=False,
            ),
            "contacts": Resource(
                "contacts",
                {
                    **dict.fromkeys(
                        ("contact_id", "customer_id", "name", "email", "locale"), TEXT
                    ),
                    "created_on": MOMENT,
                    "external_id": TEXT,
                    "unsubscribed": FLAG,
                    **_CHANGED,
                },
                _contacts,
            ),
            "conversations": Resource(
                "tickets",
                {
                    **dict.fromkeys(("ticket_id", "customer_id", "contact_id"), TEXT),
                    "opened_at": MOMENT,
                    "closed_at": MOMENT,
                    **dict.fromkeys(("priority", "text", "status", "begun_by"), TEXT),
                    **_CHANGED,
                },
                _conversations,
            ),
            "ratings": Resource(
                "responses",
                {
                    **dict.fromkeys(("response_id", "customer_id", "contact_id"), TEXT),
                    "occurred_at": MOMENT,
                    "survey": TEXT,
                    "score": NUMBER,
                    **dict.fromkeys(("comment", "about"), TEXT),
                    **_CHANGED,
                },
                _ratings,
            ),
        }
    ),
)
