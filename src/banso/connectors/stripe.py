"""Stripe: customers, subscriptions and charges."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from banso.connectors.services import (
    MOMENT,
    MONEY,
    NUMBER,
    TEXT,
    Asked,
    Client,
    Json,
    Read,
    Resource,
    Row,
    Service,
)

# of https://docs.stripe.com/currencies: amounts in whole, and in thousandths
_WHOLE: Final = frozenset(
    (
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    )
)
_THOUSANDTHS: Final = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
_MONTHS: Final = MappingProxyType(
    {"month": Decimal(1), "year": Decimal(12), "week": Decimal(12) / 52}
)
_DAY_OF_MONTH: Final = Decimal(12) / 365
_PAGE: Final = 100
_EVENTS_KEPT: Final = dt.timedelta(days=29)  # Stripe keeps them for 30
_CENT: Final = Decimal("0.0001")


def _customer(found: Json) -> Row:
    address = found.get("address")
    country = address.get("country") if isinstance(address, dict) else None
    key = _text(found, "id")
    return {
        "customer_id": key,
        "name": _text(found, "name") or _text(found, "email") or key,
        "country": country,
        "created_on": _moment(found, "created"),
        "email": _text(found, "email"),
    }


def _subscription(found: Json) -> Row:
    lines = _list(found, "items")
    ended = _moment(found, "ended_at")
    details = found.get("cancellation_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    return {
        "subscription_id": _text(found, "id"),
        "customer_id": _text(found, "customer"),
        "started_on": _moment(found, "start_date"),
        "ended_on": ended,
        "cancelled_on": _moment(found, "canceled_at"),
        "renews_on": None if ended else _moment(found, "current_period_end"),
        "mrr": _mrr(found, lines),
        "currency": _text(found, "currency").upper(),
        "seats": sum(_number(line, "quantity") for line in lines) or None,
        "plan": ", ".join(filter(None, map(_price_name, lines))) or None,
        "ended_reason": reason,
        "status": _text(found, "status"),
    }


def _charge(found: Json) -> Row:
    currency = _text(found, "currency")
    paid = found.get("status") == "succeeded" and found.get("captured") is not False
    kept = _number(found, "amount") - _number(found, "amount_refunded")
    return {
        "charge_id": _text(found, "id"),
        "customer_id": _text(found, "customer") or None,
        "charged_on": _moment(found, "created"),
        "amount": _money(Decimal(kept if paid else 0), currency),
        "currency": currency.upper(),
        "kind": "recurring" if found.get("invoice") else "one_off",
        "status": _text(found, "status"),
    }


def _mrr(found: Json, lines: list[Json]) -> Decimal | None:
    """Return what a subscription brings a month, less lasting discounts.

    None where it depends on use or on steps: nobody knows it beforehand.
    """
    if _text(found, "status") in ("incomplete", "incomplete_expired"):
        return Decimal(0)  # it never began
    total = Decimal(0)
    for line in lines:
        price = line.get("price")
        recurring = price.get("recurring") if isinstance(price, dict) else None
        if not isinstance(price, dict) or not isinstance(recurring, dict):
            continue
        unit = price.get("unit_amount_decimal") or price.get("unit_amount")
        if recurring.get("usage_type") == "metered":
            continue
        if unit is None:
            return None
        every = Decimal(str(recurring.get("interval_count") or 1))
        interval = str(recurring.get("interval"))
        months = _MONTHS.get(interval, _DAY_OF_MONTH) * every
        total += Decimal(str(unit)) * _number(line, "quantity", otherwise=1) / months
    return _money(_discounted(total, found.get("discount")), _text(found, "currency"))


def _discounted(amount: Decimal, discount: object) -> Decimal:
    coupon = discount.get("coupon") if isinstance(discount, dict) else None
    if not isinstance(coupon, dict) or coupon.get("duration") == "once":
        return amount
    share = Decimal(str(coupon.get("percent_off") or 0)) / 100
    less = Decimal(str(coupon.get("amount_off") or 0))
    return max(Decimal(0), amount * (1 - share) - less)


def _money(amount: Decimal, currency: str) -> Decimal:
    if currency in _WHOLE:
        return amount.quantize(_CENT)
    return (amount / (1000 if currency in _THOUSANDTHS else 100)).quantize(_CENT)


def _reading(path: str, kind: str, row: Callable[[Json], Row]) -> Read:
    """Return what reads one list: all of it, or what events say changed since."""

    def read(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
        stamp = {"updated_at": asked.at}
        if asked.since is None or asked.at - asked.since > _EVENTS_KEPT:
            more = {"status": "all"} if path == "subscriptions" else {}
            for page in _pages(client, f"/v1/{path}", more):
                yield [{**row(each), **stamp} for each in page]
            return
        changed = _changed(client, kind, asked.since)
        for start in range(0, len(changed), _PAGE):
            some = changed[start : start + _PAGE]
            found = [client.get(f"/v1/{path}/{key}") for key in some]
            yield [{**row(each), **stamp} for each in found if not each.get("deleted")]

    return read


def _changed(client: Client, kind: str, since: dt.datetime) -> list[str]:
    """Return the ids of what events say was made or changed."""
    given = {"type": f"{kind}.*", "created[gte]": int(since.timestamp())}
    keys: dict[str, None] = {}
    for page in _pages(client, "/v1/events", given):
        for event in page:
            inner = event.get("data")
            changed = inner.get("object") if isinstance(inner, dict) else None
            # customer.* tells of subscriptions too
            if (
                isinstance(changed, dict)
                and changed.get("object") == kind.rsplit(".", maxsplit=1)[-1]
            ):
                keys[_text(changed, "id")] = None
    return sorted(keys)


def _pages(
    client: Client, path: str, given: Mapping[str, object]
) -> Iterator[Sequence[Json]]:
    after: dict[str, object] = {}
    while True:
        answer = client.get(path, limit=_PAGE, **given, **after)
        page = _listed(answer.get("data"))
        yield page
        if not answer.get("has_more") or not page:
            return
        after = {"starting_after": page[-1]["id"]}


def _listed(found: object) -> list[Json]:
    return (
        [each for each in found if isinstance(each, dict)]
        if isinstance(found, list)
        else []
    )


def _list(found: Json, name: str) -> list[Json]:
    inner = found.get(name)
    return _listed(inner.get("data")) if isinstance(inner, dict) else []


def _price_name(line: Json) -> str:
    price = line.get("price")
    if not isinstance(price, dict):
        return ""
    return str(price.get("nickname") or price.get("id") or "")


def _text(found: Json, name: str) -> str:
    value = found.get(name)
    if isinstance(value, dict):  # expanded
        value = value.get("id")
    return str(value) if value is not None else ""


def _number(found: Json, name: str, *, otherwise: int = 0) -> int:
    value = found.get(name)
    return value if isinstance(value, int) else otherwise


def _moment(found: Json, name: str) -> dt.datetime | None:
    """Return a moment; where a day is wanted, it is that of the company's zone."""
    value = found.get(name)
    return dt.datetime.fromtimestamp(value, dt.UTC) if isinstance(value, int) else None


_SHARED: Final = {"updated_at": MOMENT}
STRIPE: Final = Service(
    url="https://api.stripe.com",
    setting="api_key",
    # the form of the answers that is read here; Stripe keeps it for good
    headers={"Stripe-Version": "2024-06-20"},
    resources=MappingProxyType(
        {
            "customers": Resource(
                "customers",
                {
                    "customer_id": TEXT,
                    "name": TEXT,
                    "country": TEXT,
                    "created_on": MOMENT,
                    "email": TEXT,
                    **_SHARED,
                },
                _reading("customers", "customer", _customer),
                is_ordered=False,
            ),
            "subscriptions": Resource(
                "subscriptions",
                {
                    "subscription_id": TEXT,
                    "customer_id": TEXT,
                    "started_on": MOMENT,
                    "ended_on": MOMENT,
                    "cancelled_on": MOMENT,
                    "renews_on": MOMENT,
                    "mrr": MONEY,
                    "currency": TEXT,
                    "seats": NUMBER,
                    "plan": TEXT,
                    "ended_reason": TEXT,
                    "status": TEXT,
                    **_SHARED,
                },
                _reading("subscriptions", "customer.subscription", _subscription),
                is_ordered=False,
            ),
            "charges": Resource(
                "charges",
                {
                    "charge_id": TEXT,
                    "customer_id": TEXT,
                    "charged_on": MOMENT,
                    "amount": MONEY,
                    "currency": TEXT,
                    "kind": TEXT,
                    "status": TEXT,
                    **_SHARED,
                },
                _reading("charges", "charge", _charge),
                is_ordered=False,
            ),
        }
    ),
)
