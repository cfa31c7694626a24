"""HubSpot: companies, contacts and deals, by its search in the order of changes."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

import pyarrow as pa

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
)

_PAGE: Final = 200
_MOST: Final = 10_000  # results of one search; the next begins where it ended
_BEGINNING: Final = dt.datetime(2006, 1, 1, tzinfo=dt.UTC)  # HubSpot is younger


class TooManyAtOnce(OSError):
    """More was changed in one millisecond than a search can list."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"more than {_MOST:,} {kind} changed in one millisecond")


def _company(found: Json) -> Row:
    key = str(found.get("id"))
    return {
        "customer_id": key,
        "name": _text(found, "name") or _text(found, "domain") or key,
        "industry": _text(found, "industry"),
        "country": _text(found, "country"),
        "size": _text(found, "numberofemployees"),
        "parent_id": _text(found, "hs_parent_company_id"),
        "created_on": _moment(found, "createdate"),
        "domain": _text(found, "domain"),
        "lifecycle_stage": _text(found, "lifecyclestage"),
    }


def _contact(found: Json) -> Row:
    # names are written in the order of the country; Japan's family name comes first
    parts = (_text(found, "lastname"), _text(found, "firstname"))
    return {
        "contact_id": str(found.get("id")),
        "customer_id": _text(found, "associatedcompanyid"),
        "name": " ".join(filter(None, parts)) or None,
        "email": _text(found, "email"),
        "role": _text(found, "jobtitle"),
        "created_on": _moment(found, "createdate"),
    }


def _deal(found: Json) -> Row:
    is_closed = _text(found, "hs_is_closed") == "true"
    return {
        "deal_id": str(found.get("id")),
        "customer_id": _text(found, "hs_primary_associated_company"),
        "prospect": _text(found, "dealname"),
        "opened_on": _moment(found, "createdate"),
        "closed_on": _moment(found, "closedate") if is_closed else None,
        "won": _text(found, "hs_is_closed_won") == "true" if is_closed else None,
        "mrr": _money(found, "hs_mrr"),
        "currency": _text(found, "deal_currency_code"),
        "stage": _text(found, "dealstage"),
        "pipeline": _text(found, "pipeline"),
    }


def _reading(
    kind: str, changed: str, properties: str, row: Callable[[Json], Row]
) -> Read:
    """Return what reads one kind of object, the one that changed first first."""

    def read(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
        since = asked.since or _BEGINNING
        while True:
            last, count = since, 0
            for page in _search(client, kind, changed, properties.split(), since):
                rows = []
                for each in page:
                    last = _moment(each, changed) or last
                    rows.append({**row(each), "updated_at": last})
                count += len(page)
                yield rows
                if count >= _MOST:
                    break
            if count < _MOST:
                return
            if last <= since:
                raise TooManyAtOnce(kind)
            since = last

    return read


def _search(
    client: Client, kind: str, changed: str, properties: list[str], since: dt.datetime
) -> Iterator[Sequence[Json]]:
    milliseconds = int(since.timestamp() * 1000)
    condition = {"propertyName": changed, "operator": "GTE", "value": milliseconds}
    body: dict[str, object] = {
        "filterGroups": [{"filters": [condition]}],
        "sorts": [{"propertyName": changed, "direction": "ASCENDING"}],
        "properties": [*properties, changed],
        "limit": _PAGE,
    }
    while True:
        answer = client.post(f"/crm/v3/objects/{kind}/search", body)
        results = answer.get("results")
        page = (
            [r for r in results if isinstance(r, dict)]
            if isinstance(results, list)
            else []
        )
        if page:
            yield page
        after = _after(answer)
        if not after or not page:
            return
        body = {**body, "after": after}


def _after(answer: Json) -> str:
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following.get("after", "")) if isinstance(following, dict) else ""


def _property(found: Json, name: str) -> object:
    properties = found.get("properties")
    return properties.get(name) if isinstance(properties, dict) else None


def _text(found: Json, name: str) -> str | None:
    value = _property(found, name)
    return str(value) if value not in (None, "") else None


def _moment(found: Json, name: str) -> dt.datetime | None:
    value = _text(found, name)
    if value is None:
        return None
    if value.isdecimal():  # milliseconds, as some properties are written
        return dt.datetime.fromtimestamp(int(value) / 1000, dt.UTC)
    moment = dt.datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _money(found: Json, name: str) -> Decimal | None:
    value = _text(found, name)
    try:
        return Decimal(value).quantize(Decimal("0.0001")) if value else None
    except InvalidOperation:
        return None


def _resource(table: str, columns: Mapping[str, pa.DataType], read: Read) -> Resource:
    return Resource(table, {**columns, "updated_at": MOMENT}, read)


HUBSPOT: Final = Service(
    url="https://api.hubapi.com",
    setting="access_token",
    resources=MappingProxyType(
        {
            "companies": _resource(
                "customers",
                {
                    **dict.fromkeys(
                        ("customer_id", "name", "industry", "country", "size"), TEXT
                    ),
                    "parent_id": TEXT,
                    "created_on": MOMENT,
                    "domain": TEXT,
                    "lifecycle_stage": TEXT,
                },
                _reading(
                    "companies",
                    "hs_lastmodifieddate",
                    "name domain industry country numberofemployees createdate"
                    " hs_parent_company_id lifecyclestage",
                    _company,
                ),
            ),
            "contacts": _resource(
                "contacts",
                {
                    **dict.fromkeys(
                        ("contact_id", "customer_id", "name", "email", "role"), TEXT
                    ),
                    "created_on": MOMENT,
                },
                _reading(
                    "contacts",
                    "lastmodifieddate",
                    "firstname lastname email jobtitle associatedcompanyid createdate",
                    _contact,
                ),
            ),
            "deals": _resource(
                "deals",
                {
                    **dict.fromkeys(("deal_id", "customer_id", "prospect"), TEXT),
                    "opened_on": MOMENT,
                    "closed_on": MOMENT,
                    "won": FLAG,
                    "mrr": MONEY,
                    **dict.fromkeys(("currency", "stage", "pipeline"), TEXT),
                },
                _reading(
                    "deals",
                    "hs_lastmodifieddate",
                    "dealname createdate closedate hs_is_closed hs_is_closed_won hs_mrr"
                    " deal_currency_code dealstage pipeline"
                    " hs_primary_associated_company",
                    _deal,
                ),
            ),
        }
    ),
)
