"""What customers do in the product, and what it brings them."""

import json
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.demo.aozora.habits import days_of_use, worked_off
from banso.demo.aozora.lives import Lives
from banso.demo.aozora.paths import Paths
from banso.demo.aozora.people import People
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import (
    PURPOSES,
    WEEKS_BEFORE,
    Block,
    Flags,
    Floats,
    Ints,
)
from banso.demo.aozora.seasons import day_weights
from banso.demo.aozora.writing import NO_DAY, Tables, dates, numbered, times

_DOCUMENT = "document_digitized"
# name, module it belongs to (-1: all), share, features
_EVENTS = (
    ("login", -1, 0.26, ("web", "mobile", "sso")),
    (_DOCUMENT, 0, 0.30, ("invoice", "receipt", "delivery_note", "purchase_order")),
    ("approval_completed", 0, 0.12, ("invoice_flow", "ringi_flow")),
    ("invoice_searched", 0, 0.07, ("full_text", "ledger_search")),
    ("report_exported", 0, 0.04, ("csv", "pdf", "accounting_link")),
    ("admin_settings_changed", -1, 0.015, ("users", "flows", "retention_rules")),
    ("api_call", -1, 0.05, ("invoices", "masters", "webhooks")),
    ("expense_submitted", 1, 0.11, ("receipt_photo", "transit_card", "per_diem")),
    ("expense_approved", 1, 0.05, ("single", "bulk")),
    ("business_card_scanned", 2, 0.10, ("camera", "scanner")),
    ("contact_shared", 2, 0.03, ("mail", "team_list")),
    ("contract_signed", 3, 0.05, ("e_seal", "e_signature")),
    ("contract_searched", 3, 0.03, ("full_text", "expiry_list")),
)  # fmt: skip
_DOCUMENT_KIND = [row[0] for row in _EVENTS].index(_DOCUMENT)
_MODULE_NAMES = ("invoice", "expense", "card", "contract")
_NO_PERSON = {"api_call"}
_EVENTS_A_WEEK_AND_SEAT = 0.62  # at engagement 1

_UNITS = {"digitization_rate": "ratio", "hours_saved": "hours"}
_HOURS_A_DOCUMENT = 0.05
DIGITIZATION_TARGET = 0.8  # of the documents that a customer expects in a month
# The main measure comes last on its day: "the latest outcome" is always that one.
_HOUR_MEASURED = {"hours_saved": 5, "digitization_rate": 6}
_BUSINESS_CARDS = PURPOSES.index("business_cards")

MILESTONES = (
    ("キックオフ", 7), ("初期設定", 21), ("管理者研修", 30), ("初回デジタル化", 40),
    ("承認フロー稼働", 60), ("全社展開", 90), ("自走判定", 180),
)  # fmt: skip
GO_LIVE = MILESTONES.index(("全社展開", 90))
GO_LIVE_WITHIN_DAYS = 120  # later, or never: onboarding has failed


@dataclass(frozen=True)
class Usage:
    """What came of the use, for other tables to build on."""

    month_days: Ints  # first day of each calendar month that the company touches
    documents: NDArray[np.int64]  # customers × months
    events: NDArray[np.int64]  # other than documents, customers × months


def month_starts(setting: Setting) -> Ints:
    """Return the first days of the months from the first day to after the last."""
    day = setting.first_day.replace(day=1)
    starts: list[int] = []
    while not starts or starts[-1] < setting.days:
        starts.append(setting.offset(day))
        year, month = divmod(day.year * 12 + day.month, 12)
        day = day.replace(year=year, month=month + 1)
    return np.array(starts, dtype=np.int64)


def write_usage(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    paths: Paths,
    people: People,
) -> Usage:
    """Write the events and outcomes of a block, a month at a time."""
    rng = setting.random("usage", block.number)
    months = month_starts(setting)
    n = len(block)
    documents = np.zeros((n, len(months) - 1), dtype=np.int64)
    events = np.zeros_like(documents)
    for m, (first, until) in enumerate(pairwise(months)):
        days = np.arange(max(first, 0), min(until, setting.days))
        if len(days) == 0:
            continue
        drawn = _draw_month(
            setting, rng, block=block, lives=lives, paths=paths, days=days
        )
        digitised = drawn.where(drawn.kind == _DOCUMENT_KIND)
        total = np.bincount(digitised.customer, weights=digitised.value, minlength=n)
        documents[:, m] = total.astype(np.int64)
        others = drawn.customer[drawn.kind != _DOCUMENT_KIND]
        events[:, m] = np.bincount(others, minlength=n)
        heard = ~block.silent[drawn.customer]
        _add_events(
            setting,
            tables,
            block=block,
            people=people,
            drawn=drawn.where(heard),
            alone=paths.failed,
        )
    usage = Usage(months, documents, events)
    _add_outcomes(
        setting, tables, block=block, lives=lives, failed=paths.failed, usage=usage
    )
    return usage


@dataclass(frozen=True)
class _Drawn:
    """Events of a month, in the order of their days."""

    customer: Ints
    day: Ints
    kind: Ints
    value: Floats
    reach: Floats  # 0..1: how far down the list of people the use goes

    def where(self, keep: Flags | Ints) -> "_Drawn":
        """Return the events that `keep` picks."""
        return _Drawn(
            self.customer[keep], self.day[keep], self.kind[keep], self.value[keep],
            self.reach[keep],
        )  # fmt: skip


def _property_texts() -> tuple[pa.Array, list[Ints]]:
    texts: list[str] = []
    choices = []
    for _, module, _, features in _EVENTS:
        start = len(texts)
        owner = _MODULE_NAMES[module] if module >= 0 else "platform"
        texts += [
            json.dumps({"module": owner, "feature": f, "device": device})
            for f in features
            for device in ("pc", "pc", "mobile")
        ]
        choices.append(np.arange(start, len(texts)))
    return pa.array(texts), choices


def _draw_month(
    setting: Setting,
    rng: np.random.Generator,
    *,
    block: Block,
    lives: Lives,
    paths: Paths,
    days: Ints,
) -> _Drawn:
    weights = day_weights(setting.day(int(days[0])), len(days))
    engagement = paths.engagement[:, days // 7 + WEEKS_BEFORE]
    use = days_of_use(
        setting,
        setting.random(f"days of use {int(days[0])}", block.number),
        failed=paths.failed,
        weights=weights,
        active=lives.active(block, days),
    )
    mean = (
        _EVENTS_A_WEEK_AND_SEAT / 7 * setting.volume * block.seats[:, None]
        * engagement * weights[None, :] * use
    )  # fmt: skip
    mean[paths.failed] *= setting.planted.events_on_such_a_day_after_failure
    counts = rng.poisson(mean)
    order = counts.T.ravel()  # day by day, so that the file lies in time
    cell = np.repeat(np.arange(order.size), order)
    day, customer = days[cell // len(block)], cell % len(block)
    kind = _kinds(rng, block=block, customer=customer, day=day)
    drawn = _Drawn(
        customer=customer,
        day=day,
        kind=kind,
        value=np.full(len(day), np.nan),
        reach=np.where(
            paths.failed[customer],
            setting.planted.reach_after_failure,
            np.clip(engagement[customer, day - days[0]], 0.15, 1.2),
        ),
    )
    seen = _Days(days, lives.active(block, days), use)
    return _with_documents(rng, drawn, paths=paths, seen=seen)


def _kinds(
    rng: np.random.Generator, *, block: Block, customer: Ints, day: Ints
) -> Ints:
    """Pick what was done, out of what the customer's modules offer that day."""
    share = np.array([row[2] for row in _EVENTS])
    month_first = int(day[0]) if len(day) else 0
    has = block.modules <= month_first + 15
    offered = np.stack(
        [np.ones(len(block), bool) if m <= 0 else has[:, m] for _, m, *_ in _EVENTS]
    ).T
    odds = np.cumsum(offered * share, axis=1)
    odds /= odds[:, -1:]
    u = rng.random(len(customer)).astype(np.float32)
    kind = np.zeros(len(customer), dtype=np.int64)
    for column in range(len(_EVENTS) - 1):
        kind += u > odds[customer, column]
    return kind


@dataclass(frozen=True)
class _Days:
    """The days of a month: under contract, and with use."""

    days: Ints
    active: Flags  # customers × days
    use: Flags  # customers × days

    @property
    def week(self) -> Ints:
        """By day, the column of its week among the weeks of the month."""
        column: Ints = self.days // 7 - self.days[0] // 7
        return column


def _with_documents(
    rng: np.random.Generator, drawn: _Drawn, *, paths: Paths, seen: _Days
) -> _Drawn:
    """Share each week's documents among its events of digitising.

    A customer whose week has documents but no such event gets one, so that the sum
    of the values is what was digitised.
    """
    kind = _DOCUMENT_KIND
    days = seen.days
    weeks = np.unique(days // 7)
    width = len(weeks)
    part = np.zeros((len(paths.failed), width))
    for column in range(width):
        part[:, column] = seen.active[:, seen.week == column].sum(axis=1) / 7
    due = np.rint(paths.documents[:, weeks + WEEKS_BEFORE] * part).astype(np.int64)
    late = paths.failed
    due[late] = worked_off(due[late], week=seen.week, open_days=seen.use[late])
    is_document = drawn.kind == kind
    place = drawn.customer * width + (drawn.day // 7 - weeks[0])
    there = np.bincount(place[is_document], minlength=due.size).reshape(due.shape)
    lone_customer, lone_week = np.nonzero((due > 0) & (there == 0))
    lone_day = _some_day(
        rng, days=days, week=weeks[lone_week], active=seen.use[lone_customer]
    )
    value = drawn.value.copy()
    each, rest = np.divmod(due, np.maximum(there, 1))
    rows = np.flatnonzero(is_document)
    rows = rows[np.argsort(place[rows], kind="stable")]
    first = np.concatenate([[0], np.cumsum(there.ravel())[:-1]])
    rank = np.arange(len(rows)) - first[place[rows]]
    cell = place[rows]
    value[rows] = each.ravel()[cell] + (rank < rest.ravel()[cell])
    count = len(lone_day)
    joined = _Drawn(
        np.concatenate([drawn.customer, lone_customer]),
        np.concatenate([drawn.day, lone_day]),
        np.concatenate([drawn.kind, np.full(count, kind)]),
        np.concatenate([value, due[lone_customer, lone_week].astype(float)]),
        np.concatenate([drawn.reach, np.full(count, 0.2)]),
    )
    keep = ~((joined.kind == kind) & ~(joined.value > 0))
    kept = joined.where(keep)
    return kept.where(np.argsort(kept.day, kind="stable"))


def _some_day(
    rng: np.random.Generator, *, days: Ints, week: Ints, active: Flags
) -> Ints:
    """Return a day of use of each week, as far as it lies within `days`."""
    fits = active & (days[None, :] // 7 == week[:, None])
    luck = rng.random(fits.shape) * fits
    chosen: Ints = days[luck.argmax(axis=1)]
    return chosen


def _add_events(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    drawn: _Drawn,
    alone: Flags,
) -> None:
    count = len(drawn.day)
    month = int(drawn.day[0]) if count else 0
    rng = setting.random(f"event rows {month}", block.number)
    properties, choices = _property_texts()
    names = pa.array([name for name, *_ in _EVENTS])
    low = np.array([c[0] for c in choices])[drawn.kind]
    wide = np.array([len(c) for c in choices])[drawn.kind]
    chosen = low + np.floor(rng.random(count) * wide).astype(np.int64)
    second = _second_of_day(rng, count)
    order = np.lexsort((second, drawn.day))
    drawn, chosen, second = drawn.where(order), chosen[order], second[order]
    contact = _who(rng, drawn, people, alone=alone[drawn.customer])
    tables.add(
        "events",
        {
            "event_id": numbered("E", tables.count("events") + 1, count, width=9),
            "occurred_at": times(setting, drawn.day.astype(np.int32), second),
            "customer_id": pa.array(block.ids).take(pa.array(drawn.customer)),
            "name": names.take(pa.array(drawn.kind)),
            "contact_id": people.ids.take(pa.array(contact, mask=contact < 0)),
            "value": drawn.value,
            "properties": properties.take(pa.array(chosen)),
        },
    )


def _second_of_day(rng: np.random.Generator, count: int) -> Ints:
    """Draw times of work: from nine to seven, with a break at noon."""
    morning = rng.random(count) < 0.48
    hour = np.where(morning, rng.normal(10.4, 0.9, count), rng.normal(15.2, 1.7, count))
    second: Ints = np.clip(hour * 3600, 6 * 3600, 23 * 3600).astype(np.int64)
    return second


def _who(
    rng: np.random.Generator, drawn: _Drawn, people: People, *, alone: Flags
) -> Ints:
    """Pick the person: the first of the list most often, and only those present.

    Where somebody works `alone`, all events of a day are by whoever does the work.
    """
    count = len(drawn.day)
    crowd = np.maximum(
        1, np.rint(people.count[drawn.customer] * np.clip(drawn.reach, 0, 1))
    )
    first = people.first[drawn.customer]
    contact = np.full(count, -1, dtype=np.int64)
    missing = np.ones(count, dtype=bool)
    place = np.stack([drawn.customer, drawn.day], axis=1)
    _, one, same = np.unique(place, axis=0, return_index=True, return_inverse=True)
    day_first = one[same]
    for _ in range(3):
        luck = np.where(alone, rng.random(count)[day_first], rng.random(count))
        pick = first + np.floor(crowd * luck**1.6).astype(np.int64)
        pick = _stand_in(pick, drawn, people)
        here = (people.created[pick] <= drawn.day) & (people.left[pick] > drawn.day)
        contact = np.where(missing & here, pick, contact)
        missing &= ~here
    silent = [e for e, (name, *_) in enumerate(_EVENTS) if name in _NO_PERSON]
    return np.where(np.isin(drawn.kind, silent), -1, contact)


def _stand_in(pick: Ints, drawn: _Drawn, people: People) -> Ints:
    """Send the new champion where the old one has left."""
    successor = people.successor[drawn.customer]
    gone = (people.left[pick] <= drawn.day) & (pick == people.first[drawn.customer])
    return np.where(gone & (successor >= 0), successor, pick)


def _add_outcomes(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    failed: Flags,
    usage: Usage,
) -> None:
    """Each month's share of documents digitised; each quarter's hours saved."""
    rng = setting.random("outcomes", block.number)
    # Where few people use it, work is digitised and hardly anybody saves time by it.
    saved = np.where(failed, setting.planted.hours_saved_ratio_after_failure, 1.0)
    heard = np.flatnonzero(~block.silent)
    for m, until in enumerate(usage.month_days[1:]):
        first = max(int(usage.month_days[m]), 0)
        if until >= setting.days or until - first < 25:
            continue
        days = np.arange(first, until)
        part = lives.active(block, days).mean(axis=1)
        # A month under contract for less than half of its days is not judged.
        judged = heard[(part[heard] > 0.5)]
        target = block.target[judged] * part[judged]
        rate = usage.documents[judged, m] / target
        goal = np.full(len(judged), DIGITIZATION_TARGET)
        rates = _Measured(judged, int(until), np.round(rate, 4), goal)
        _add_measured(setting, tables, block, rates, name="digitization_rate")
        if setting.day(int(until)).month % 3 != 1:
            continue
        asked = judged[block.purpose[judged] != _BUSINESS_CARDS]
        noise = rng.lognormal(np.log(_HOURS_A_DOCUMENT), 0.35, len(asked))
        hours = _Measured(
            asked,
            int(until),
            np.round(usage.documents[asked, m] * noise * saved[asked], 1),
            np.round(block.target[asked] * _HOURS_A_DOCUMENT, 1),
        )
        _add_measured(setting, tables, block, hours, name="hours_saved")


@dataclass(frozen=True)
class _Measured:
    """Values of one measure on one day."""

    customer: Ints
    day: int
    value: Floats
    target: Floats


def _add_measured(
    setting: Setting, tables: Tables, block: Block, measured: _Measured, *, name: str
) -> None:
    count = len(measured.customer)
    day = np.full(count, measured.day, dtype=np.int32)
    tables.add(
        "outcomes",
        {
            "customer_id": [block.ids[i] for i in measured.customer],
            "measure": [name] * count,
            "occurred_at": times(
                setting, day, np.full(count, _HOUR_MEASURED[name] * 3600)
            ),
            "value": measured.value,
            "target": measured.target,
            "unit": [_UNITS[name]] * count,
        },
    )


def write_milestones(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    paths: Paths,
    people: People,
) -> None:
    """Write the steps of onboarding, planned and reached."""
    rng = setting.random("milestones", block.number)
    rows: list[tuple[str, str, int, int, int]] = []
    delay = rng.lognormal(0, 0.25, (len(block), len(MILESTONES)))
    never = rng.random(len(block)) < 0.45
    for i in range(len(block)):
        if block.start[i] >= setting.days:
            continue
        for step, (milestone, days) in enumerate(MILESTONES):
            after = _days_needed(
                step,
                days=days * delay[i, step],
                failed=bool(paths.failed[i]),
                never=bool(never[i]),
            )
            reached = NO_DAY if after is None else int(block.start[i]) + after
            if reached >= min(setting.days, int(lives.ended[i])):
                reached = NO_DAY
            who = int(people.first[i]) if reached != NO_DAY else -1
            planned = int(block.start[i]) + days
            rows.append((block.ids[i], milestone, planned, reached, who))
    contact = np.array([row[4] for row in rows], dtype=np.int64)
    tables.add(
        "milestones",
        {
            "customer_id": [row[0] for row in rows],
            "milestone": [row[1] for row in rows],
            "planned_on": dates(setting, np.array([row[2] for row in rows], np.int32)),
            "reached_on": dates(setting, np.array([row[3] for row in rows], np.int32)),
            "contact_id": people.ids.take(pa.array(contact, mask=contact < 0)),
        },
    )


def _days_needed(step: int, *, days: float, failed: bool, never: bool) -> int | None:
    """Return the days from the start until a step is reached; None for never."""
    if not failed:
        return (
            min(round(days), GO_LIVE_WITHIN_DAYS - 2)
            if step <= GO_LIVE
            else round(days)
        )
    if step < 2:
        return round(days * 1.4)
    if step < GO_LIVE:
        return round(days * 2.2)
    if never or step > GO_LIVE:
        return None
    return max(GO_LIVE_WITHIN_DAYS + 15, round(days * 2.3))
