"""What stands above every page of a customer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from banso.definitions.naming import NameRules
from banso.runs.reading import ReleaseReader
from banso.web.accounts import queries as accounts
from banso.web.customer import words
from banso.web.customer.history import DayHealth, History
from banso.web.customers import queries as customers
from banso.webkit import formatting
from banso.webkit.company_names import column_name, touch_name, value_name
from banso.webkit.permissions import Staff

MAX_CHILDREN = 20
SOON_DAYS = 90
HEALTH_TABLES = ("events", "tickets", "interactions", "outcomes", "responses")


@dataclass(frozen=True)
class Fact:
    """One line of what is known of a customer."""

    name: str
    value: str
    links: Sequence[tuple[str, str]] = ()  # customer id, name
    warns: bool = False


@dataclass(frozen=True)
class Head:
    """A customer as every one of its pages begins."""

    customer_id: str
    name: str
    status: str
    status_word: str
    band: str
    as_of: dt.date | None
    score: str  # rounded down
    change: float | None  # against 28 days before
    change_note: str
    health_note: str  # coverage and freshness
    mrr: str
    mrr_note: str
    renewal: str
    renewal_note: str
    renewal_warns: bool
    last_active: str
    last_active_note: str
    owner: str
    owner_note: str
    facts: Sequence[Fact]
    has_contracts: bool


def head_of(
    customer_id: str,
    *,
    visible_to: Staff,
    reader: ReleaseReader | None,
    history: History | None,
) -> Head:
    """Return the head of a customer that the user may see, or answer 404."""
    row = customers.get_customer(customer_id, visible_to=visible_to)
    as_of = reader.release.as_of if reader else None
    names = reader.catalog.names if reader else NameRules()
    today = history.health[-1] if history and history.health else None
    if today is not None and today.as_of != as_of:
        today = None  # left before
    renewal, renewal_note, warns = _renewal(
        row.status, (row.renews_on, row.notice_on, row.ended_on), as_of
    )
    return Head(
        customer_id=row.customer_id,
        name=row.name,
        status=row.status,
        status_word=_STATUS.get(row.status, lambda: row.status)(),
        band=row.band,
        as_of=as_of,
        score=words.floored(row.score),
        change=None if row.score_before is None or row.score is None
        else row.score - row.score_before,
        change_note=_("against 28 days before"),
        health_note=_health_note(today, reader),
        mrr=_mrr(row.mrr, row.currency, row.status),
        mrr_note=" · ".join(part for part in (row.products, row.plan) if part),
        renewal=renewal,
        renewal_note=renewal_note,
        renewal_warns=warns,
        last_active=formatting.day(row.last_active_on),
        last_active_note=words.days_apart(row.last_active_on, as_of)
        if row.last_active_on and as_of else "",
        owner=_owner(row.owner, reader),
        owner_note=touch_name(row.touch),
        facts=(
            Fact(_("Customer for"), words.tenure(row.tenure_days)),
            Fact(_("Customer since"), formatting.day(row.started_on)),
            Fact(_("Seats"), formatting.number(row.seats)),
            *_ended(row.ended_on, row.ended_reason, names),
            *_named(
                {"industry": row.industry, "size": row.size,
                 "country": formatting.country(row.country), "purpose": row.purpose},
                names,
            ),
            *_relations(row.parent_id, row.customer_id, row.partner_id,
                        visible_to=visible_to, reader=reader),
            *_attributes(row.attributes, names),
            Fact(_("Customer ID"), row.customer_id),
        ),
        has_contracts=reader is not None and reader.has("subscriptions"),
    )  # fmt: skip


def _owner(email: str, reader: ReleaseReader | None) -> str:
    """Return the name of who is in charge: a user's, else that of our staff."""
    if not email:
        return _("Nobody yet")
    if email in (names := accounts.names_by_email()):
        return names[email]
    found = reader.rows_by_key("staff", [email]) if reader else {}
    return str(found[email]["name"] or email) if email in found else email


_STATUS = {
    "active": lambda: pgettext("customer", "Active"),
    "upcoming": lambda: _("Not started yet"),
    "churned": lambda: _("Churned"),
}


def _mrr(mrr: Decimal | None, currency: str, status: str) -> str:
    if mrr is None and status == "active" and not currency:
        return _("Several currencies")
    return formatting.money(mrr, currency or settings.BANSO_CURRENCY)


def _renewal(
    status: str, days: tuple[dt.date | None, ...], as_of: dt.date | None
) -> tuple[str, str, bool]:
    renews_on, notice_on, ended_on = days
    if as_of is None:
        return formatting.MISSING, "", False
    if status == "churned":
        note = words.days_apart(ended_on, as_of) if ended_on else ""
        return formatting.day(ended_on), note, False
    note = words.days_apart(renews_on, as_of) if renews_on else ""
    if notice_on:
        given = _("Notice given on %(day)s") % {"day": formatting.day(notice_on)}
        return formatting.day(renews_on), given, True
    soon = renews_on is not None and (renews_on - as_of).days <= SOON_DAYS
    return formatting.day(renews_on), note, soon


def _health_note(today: DayHealth | None, reader: ReleaseReader | None) -> str:
    """Return ``9 of 13 elements · data of 22 Nov 2026``."""
    if today is None or reader is None or not today.readings:
        return ""
    n, of = sum(r.counts for r in today.readings.values()), len(today.readings)
    counted = ngettext(
        "%(n)s of %(of)s element", "%(n)s of %(of)s elements", of
    ) % {"n": n, "of": of}  # fmt: skip
    newest = [day for name in HEALTH_TABLES if (day := reader.newest(name))]
    if not newest:
        return counted
    fresh = formatting.day(max(newest))
    return f"{counted} · " + _("data of %(day)s") % {"day": fresh}


def _ended(ended_on: dt.date | None, reason: str, names: NameRules) -> list[Fact]:
    if ended_on is None:
        return []
    facts = [Fact(_("Left on"), formatting.day(ended_on))]
    if not reason:
        return facts
    return [*facts, Fact(_("Reason"), value_name(names, "ended_reason", reason))]


def _named(values: Mapping[str, str], names: NameRules) -> list[Fact]:
    return [
        Fact(column_name(names, name), value_name(names, name, value))
        for name, value in values.items()
        if value
    ]


def _relations(
    parent_id: str,
    customer_id: str,
    partner_id: str,
    *,
    visible_to: Staff,
    reader: ReleaseReader | None,
) -> list[Fact]:
    """Return parent, children and partner; names only of what the user may see."""
    seen = customers.visible_customers(visible_to)
    facts = []
    if parent_id:
        parent = seen.filter(pk=parent_id).values_list("pk", "name").first()
        facts.append(
            Fact(_("Parent"), "" if parent else parent_id, [parent] if parent else ())
        )
    children = list(
        seen.filter(parent_id=customer_id)
        .order_by("name")
        .values_list("pk", "name")[: MAX_CHILDREN + 1]
    )
    if children:
        more = _("and more") if len(children) > MAX_CHILDREN else ""
        facts.append(Fact(_("Children"), more, children[:MAX_CHILDREN]))
    if partner_id:
        found = reader.rows_by_key("partners", [partner_id]) if reader else {}
        name = str(found[partner_id]["name"]) if partner_id in found else partner_id
        facts.append(Fact(_("Partner"), name))
    return facts


def _attributes(attributes: object, names: NameRules) -> list[Fact]:
    if not isinstance(attributes, dict):
        return []
    return [
        Fact(
            column_name(names, name),
            formatting.quantity(value)
            if _is_number(value)
            else value_name(names, name, str(value)),
        )
        for name, value in sorted(attributes.items())
        if value is not None and value != ""
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
