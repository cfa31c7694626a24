"""When we and the customers meet: regular work, and the two plays."""

from dataclasses import dataclass

import numpy as np

from banso.demo.aozora import notes
from banso.demo.aozora.lives import PLAYS, Lives
from banso.demo.aozora.people import COMMUNITY, CSMS, LEFT_CSM, SUPPORT, People
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import WEEKS_BEFORE, Block, Flags, Ints, Texts
from banso.demo.aozora.usage import GO_LIVE_WITHIN_DAYS
from banso.demo.aozora.voice import (
    contact_column,
    draw_days,
    office_seconds,
    pick_contacts,
    to_weekday,
    under_contract,
)
from banso.demo.aozora.writing import Tables, numbered, times

# How often a month, by touch (high, low, tech) and channel.
_RATES = {
    "meeting": (1.1, 0.22, 0.01),
    "visit": (0.28, 0.02, 0.0),
    "call": (0.6, 0.22, 0.04),
    "mail": (1.0, 0.6, 0.25),
    "webinar": (0.05, 0.08, 0.10),
    "chat": (0.25, 0.12, 0.10),
    "in_app": (0.02, 0.05, 0.15),
}
_MINUTES = {
    "meeting": 55,
    "visit": 90,
    "call": 18,
    "mail": 8,
    "webinar": 60,
    "chat": 12,
}
_THEIRS = {"call": 0.4, "chat": 0.7, "mail": 0.25, "meeting": 0.1}


def write_interactions(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    people: People,
    failed: Flags,
) -> None:
    """Write the contacts between our people and the customers of a block.

    Where the onboarding has failed, hardly anybody answers any more.
    """
    rng = setting.random("interactions", block.number)
    customers, days, channels = [], [], []
    for kind, rates in _RATES.items():
        per_day = np.array(rates)[block.touch] / 30.4
        customer, day = draw_days(
            rng, block, lives=lives, per_day=per_day, days=setting.days
        )
        customers.append(customer)
        days.append(to_weekday(setting, day))
        channels.append(np.full(len(day), kind, dtype=object))
    customer, day = np.concatenate(customers), np.concatenate(days)
    channel = np.concatenate(channels)
    keep = under_contract(block, lives, customer=customer, day=day)
    silent = failed[customer] & (day > block.start[customer] + GO_LIVE_WITHIN_DAYS)
    heard = rng.random(len(day)) < setting.planted.touchpoints_after_failure
    keep &= ~silent | heard
    customer, day, channel = customer[keep], day[keep], channel[keep]
    theirs = np.array([_THEIRS.get(c, 0.0) for c in channel]) > rng.random(len(day))
    text = [
        notes.note(rng, how, month=setting.day(d).month, theirs=bool(t))
        for how, d, t in zip(channel, day, theirs, strict=True)
    ]
    plain = _Meetings(customer, day, channel, theirs, text)
    _add(setting, tables, block=block, people=people, rows=plain)
    plays = _play_meetings(setting, rng, lives=lives)
    _add(setting, tables, block=block, people=people, rows=plays)
    calls = _play_calls(setting, block, lives=lives)
    _add(setting, tables, block=block, people=people, rows=calls, stream="calls")


@dataclass(frozen=True)
class _Meetings:
    """Contacts, one element each."""

    customer: Ints
    day: Ints
    channel: Texts
    theirs: Flags
    note: list[str | None]
    play: list[str] | None = None  # of which all are a part


def _play_meetings(
    setting: Setting, rng: np.random.Generator, *, lives: Lives
) -> _Meetings:
    """Three meetings for each customer coached, six mails for each reader."""
    rows: list[tuple[int, int, str, str, str]] = []
    lots = lives.assignments.kept(lives.assignments.play < 2)
    for customer, play, week in zip(
        lots.customer[lots.treated], lots.play[lots.treated], lots.week[lots.treated],
        strict=True,
    ):  # fmt: skip
        first = int(week - WEEKS_BEFORE) * 7
        if play == 0:
            for number, text in enumerate(notes.COACHING):
                day = first + 3 + 21 * number + int(rng.integers(0, 5))
                rows.append((int(customer), day, "meeting", text, PLAYS[0]))
        else:
            rows += [
                (int(customer), first + 2 + 30 * n, "mail", notes.NEWSLETTER, PLAYS[1])
                for n in range(6)
            ]
    return _as_meetings(setting, rows, lives=lives)


def _play_calls(setting: Setting, block: Block, *, lives: Lives) -> _Meetings:
    """One meeting for each review of seats, one call for each courtesy call."""
    rng = setting.random("play calls", block.number)
    lots = lives.assignments.kept(
        (lives.assignments.play >= 2) & lives.assignments.treated
    )
    kinds = {2: ("meeting", notes.SEAT_REVIEW), 3: ("call", notes.COURTESY_CALL)}
    days = (lots.week - WEEKS_BEFORE) * 7 + rng.integers(1, 8, len(lots.week))
    rows = [
        (int(customer), int(day), *kinds[int(play)], PLAYS[play])
        for customer, day, play in zip(lots.customer, days, lots.play, strict=True)
    ]
    return _as_meetings(setting, rows, lives=lives)


def _as_meetings(
    setting: Setting, rows: list[tuple[int, int, str, str, str]], *, lives: Lives
) -> _Meetings:
    rows = [
        row for row in rows
        if row[1] < min(setting.days, int(lives.ended[row[0]]))
    ]  # fmt: skip
    return _Meetings(
        np.array([row[0] for row in rows], dtype=np.int64),
        to_weekday(setting, np.array([row[1] for row in rows], dtype=np.int64)),
        np.array([row[2] for row in rows], dtype=object),
        np.zeros(len(rows), dtype=bool),
        [row[3] for row in rows],
        play=[row[4] for row in rows],
    )


def _add(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    rows: _Meetings,
    stream: str = "",
) -> None:
    purpose = f"meeting rows {rows.play is not None}"
    rng = setting.random(f"{purpose} {stream}".rstrip(), block.number)
    count = len(rows.day)
    order = np.lexsort((rows.customer, rows.day))
    customer, day, channel = rows.customer[order], rows.day[order], rows.channel[order]
    contact = pick_contacts(rng, people, customer=customer, day=day, deep=0.35)
    contact = np.where(rng.random(count) < 0.08, -1, contact)
    minutes = np.array([_MINUTES.get(c, np.nan) for c in channel], dtype=float)
    minutes = np.rint(minutes * rng.lognormal(0, 0.25, count) / 5) * 5
    minutes[rng.random(count) < 0.1] = np.nan
    tables.add(
        "interactions",
        {
            "interaction_id": numbered("I", tables.count("interactions") + 1, count),
            "customer_id": [block.ids[i] for i in customer],
            "occurred_at": times(
                setting, day.astype(np.int32), office_seconds(rng, count)
            ),
            "contact_id": contact_column(people, contact),
            "channel": list(channel),
            "initiative": ["theirs" if t else "ours" for t in rows.theirs[order]],
            "staff": [
                _staff(rng, setting, people.owner[c], channel=kind, day=d)
                for c, kind, d in zip(customer, channel, day, strict=True)
            ],
            "minutes": np.where(minutes > 0, minutes, np.nan),
            "note": [rows.note[i] for i in order],
            "play": [rows.play[i] if rows.play else None for i in order],
        },
    )


def _staff(
    rng: np.random.Generator,
    setting: Setting,
    owner: str | None,
    *,
    channel: str,
    day: int,
) -> str | None:
    if channel == "webinar":
        return COMMUNITY
    if channel == "chat":
        return SUPPORT[rng.integers(len(SUPPORT))]
    if channel == "in_app" or owner is None:
        return None if channel == "in_app" else CSMS[rng.integers(len(CSMS) - 1)]
    # Customers of the colleague who left were handed over: the first CSM's, in part.
    before = day < setting.days * 5 // 9
    return LEFT_CSM if before and owner == CSMS[0] and rng.random() < 0.8 else owner
