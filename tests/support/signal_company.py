"""A company of sixty customers whose use, stays and seats are told by their number."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

START = dt.date(2025, 1, 5)  # a Sunday
END = dt.date(2026, 3, 29)  # a Sunday
CUSTOMERS = 60
DAY = dt.timedelta(days=1)

SIGNALS = """schema_version: 1
signals:
  - key: silent
    label: {ja: 利用なし, en: Silent}
    kind: churn
    when: days_since_last_event >= 21
    until: days_since_last_event < 7
    cooldown_days: 28
    reason:
      ja: "{days_since_last_event}使われていません（{size}）。"
      en: "Unused for {days_since_last_event} ({size})."
    outcome: churn
    within_days: 120
    minutes: 60
  - key: few_seats_left
    label: {ja: 席が足りない, en: Few seats left}
    kind: upsell
    when: seat_use >= 0.9
    for_weeks: 3
    reason: {ja: "{seats}", en: "{seats}"}
    outcome: expansion
  - key: recent_use_low
    label: {ja: 直近の利用が低い, en: Recent use is low}
    kind: churn
    when: engagement.recency < 50
    until: engagement.recency >= 80
    reason: {ja: "{engagement.recency}点", en: "{engagement.recency} points"}
    outcome: churn
  - key: admin_silent
    label: {ja: 管理者の利用なし, en: Administrator silent}
    kind: churn
    when: admin_silent_days >= 14
    until: admin_silent_days < 7
    reason: {ja: "{admin_silent_days}", en: "{admin_silent_days}"}
    outcome: churn
  - key: champion_left
    label: {ja: 推進役の離任, en: Champion left}
    kind: churn
    when: key_contacts_left_90 >= 1
    until: key_contacts_left_90 == 0
    reason: {ja: "{key_contacts_left_90}", en: "{key_contacts_left_90}"}
    outcome: churn
  - key: many_tickets
    label: {ja: 問い合わせが多い, en: Many tickets}
    kind: churn
    when: tickets_28 >= 5
    reason: {ja: a, en: b}
    outcome: churn
"""


def left_on(number: int) -> dt.date | None:
    """Return when a customer leaves: each third one, one after the other."""
    return START + DAY * (50 + 6 * number) if number % 3 == 0 else None


def is_used(number: int, day: dt.date) -> bool:
    """Whoever leaves is silent for seven weeks before; every fifth pauses once."""
    leaves = left_on(number)
    if leaves is not None and (leaves - day).days <= 49:
        return False
    pause = START + DAY * (200 + 3 * number)
    return not (number % 5 == 1 and pause <= day < pause + 40 * DAY)


def admin_is_used(number: int, day: dt.date) -> bool:
    """The administrator does what the customer does; every fourth one rests once."""
    rests = number % 4 == 1 and START + DAY * 100 <= day < START + DAY * 140
    return is_used(number, day) and not rests


def admin_left_on(number: int) -> dt.date | None:
    """Return when the administrator moves on, at every seventh customer."""
    return START + DAY * 150 if number % 7 == 2 else None


def rows_of_company(*, until: dt.date) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return what was known on a day."""
    customers, lines, events, contacts = [], [], [], []
    for number in range(CUSTOMERS):
        name = f"c{number:02d}"
        customers.append(
            {
                "customer_id": name,
                "name": name,
                "size": "large" if number % 2 else "small",
                "owner": f"csm{number % 2}@example.com",
            }
        )
        leaves = left_on(number)
        lines.append(
            {
                "subscription_id": name,
                "customer_id": name,
                "started_on": START,
                "ended_on": leaves if leaves is not None and leaves <= until else None,
                "seats": 2 if number % 4 == 2 else 10,
                "mrr": 100,
                "currency": "JPY",
            }
        )
        moved = admin_left_on(number)
        contacts += [
            {
                "contact_id": f"{name}.{who}",
                "customer_id": name,
                "layer": layer,
                "created_on": START,
                "left_on": moved
                if layer == "administrator" and moved is not None and moved <= until
                else None,
            }
            for who, layer in enumerate(("administrator", "user"))
        ]
        days = ((until if leaves is None else min(until, leaves)) - START).days
        events += [
            {
                "event_id": f"{name}.{place}.{who}",
                "customer_id": name,
                "contact_id": f"{name}.{who}",
                "name": "login",
                # Three in the afternoon in Tokyo.
                "occurred_at": dt.datetime.combine(START + DAY * place, dt.time(6)),
            }
            for place in range(0, days + 1, 5)
            if is_used(number, START + DAY * place)
            for who, used in enumerate((admin_is_used, is_used))
            if used(number, START + DAY * place)
        ]
    return {
        "customers": customers,
        "subscriptions": lines,
        "events": events,
        "contacts": contacts,
    }
