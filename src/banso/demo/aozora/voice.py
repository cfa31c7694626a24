"""What customers say: tickets, requests, and answers to surveys."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from banso.demo.aozora import notes, phrases
from banso.demo.aozora.lives import Lives
from banso.demo.aozora.paths import Paths
from banso.demo.aozora.people import People
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import WEEKS_BEFORE, Block, Flags, Floats, Ints, Texts
from banso.demo.aozora.writing import NO_DAY, Days, Tables, numbered, times

_TICKET_KINDS = ("question", "bug", "feature", "improvement", "other")
_TICKET_SHARES = (0.52, 0.2, 0.1, 0.1, 0.08)
_TICKETS_A_YEAR = np.array([3.0, 5.5, 9.0, 16.0])  # by size
_HOURS_TO_CLOSE = {"question": 9, "bug": 52, "feature": 90, "improvement": 70}
_REQUEST_KINDS = ("feature", "improvement", "bug", "praise")
_REQUEST_SHARES = (0.42, 0.3, 0.13, 0.15)
_STATUSES = ("received", "considering", "planned", "released", "declined")


def pick_contacts(
    rng: np.random.Generator, people: People, *, customer: Ints, day: Ints, deep: float
) -> Ints:
    """Return someone present at each customer, from the first `deep` of its list."""
    crowd = np.maximum(2, people.count[customer] * deep)
    pick = people.first[customer] + np.floor(
        crowd * rng.random(len(day)) ** 1.5
    ).astype(int)
    successor = people.successor[customer]
    gone = people.left[pick] <= day
    pick = np.where(gone & (successor >= 0), successor, pick)
    here = (people.created[pick] <= day) & (people.left[pick] > day)
    return np.where(here, pick, -1)


def contact_column(people: People, contact: Ints) -> pa.Array:
    """Return the keys of contacts; -1 becomes null."""
    return people.ids.take(pa.array(contact, mask=contact < 0))


def office_seconds(rng: np.random.Generator, count: int) -> Ints:
    """Return seconds of a day between nine and six."""
    return rng.integers(9 * 3600, 18 * 3600, count)


def draw_days(
    rng: np.random.Generator, block: Block, *, lives: Lives, per_day: Floats, days: int
) -> tuple[Ints, Ints]:
    """Draw customers and days of things that happen by chance, on working days."""
    day = np.arange(days)
    customers, found = [], []
    for first in range(0, days, 91):
        part = day[first : first + 91]
        active = lives.active(block, part)
        counts = rng.poisson(active * per_day[:, None])
        customer, index = np.nonzero(counts)
        customers.append(customer)
        found.append(part[index])
    return np.concatenate(customers), np.concatenate(found)


def to_weekday(setting: Setting, day: Ints) -> Ints:
    """Move Saturdays to Fridays and Sundays to Mondays, within the period."""
    weekday = (setting.first_day.weekday() + day) % 7
    moved = np.where(weekday == 5, day - 1, np.where(weekday == 6, day + 1, day))
    return np.where((moved >= 0) & (moved < setting.days), moved, day)


def under_contract(block: Block, lives: Lives, *, customer: Ints, day: Ints) -> Flags:
    """Return whether each customer has a running contract on its day."""
    inside = (day >= block.start[customer]) & (day < lives.ended[customer])
    inside |= day >= lives.returned[customer]
    resting = (day >= lives.paused[customer]) & (day < lives.resumed[customer])
    return inside & ~resting


def _warnings(
    setting: Setting, rng: np.random.Generator, *, lives: Lives
) -> tuple[Ints, Ints]:
    """Draw requests for discounts that come before a notice."""
    leaving = np.flatnonzero(lives.notice != NO_DAY)
    asks = rng.random(len(leaving)) < setting.planted.discount_request_before_churn
    customer = leaving[asks]
    return customer, lives.notice[customer] - rng.integers(10, 75, len(customer))


def write_tickets(
    setting: Setting, tables: Tables, *, block: Block, lives: Lives, people: People
) -> None:
    """Write the support cases of a block, and the answers about them."""
    rng = setting.random("tickets", block.number)
    # Tickets follow size and the first months, never the will to stay.
    customer, day = draw_days(
        rng,
        block,
        lives=lives,
        per_day=_TICKETS_A_YEAR[block.size] / 365,
        days=setting.days,
    )
    new = day - block.start[customer] < 90
    again = new & (rng.random(len(day)) < 0.7)
    customer = np.concatenate([customer, customer[again]])
    day = np.concatenate(
        [
            day,
            np.minimum(day[again] + rng.integers(1, 20, again.sum()), setting.days - 1),
        ]
    )
    kind = rng.choice(_TICKET_KINDS, len(day), p=_TICKET_SHARES).astype(object)
    asking, asked = _warnings(setting, rng, lives=lives)
    leaving = np.flatnonzero((lives.notice != NO_DAY) & (rng.random(len(block)) < 0.6))
    parts = (
        (customer, day, kind),
        (asking, asked, np.full(len(asking), "discount", dtype=object)),
        (
            leaving,
            lives.notice[leaving],
            np.full(len(leaving), "cancellation", dtype=object),
        ),
    )
    _add_tickets(
        setting, tables, block=block, people=people,
        rows=_in_order(setting, block, lives=lives, parts=parts),
    )  # fmt: skip


def _in_order(
    setting: Setting,
    block: Block,
    *,
    lives: Lives,
    parts: Sequence[tuple[Ints | Days, Ints | Days, Texts]],
) -> tuple[Ints, Ints, Texts]:
    """Join things said, on working days under contract, in the order of their days."""
    customer = np.concatenate([part[0] for part in parts]).astype(np.int64)
    day = to_weekday(setting, np.concatenate([part[1] for part in parts]))
    kind = np.concatenate([part[2] for part in parts])
    keep = (day >= 0) & (day < setting.days)
    keep &= under_contract(block, lives, customer=customer, day=day)
    customer, day, kind = customer[keep], day[keep], kind[keep]
    order = np.lexsort((customer, day))
    return customer[order], day[order], kind[order]


def _add_tickets(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    rows: tuple[Ints, Ints, Texts],
) -> None:
    rng = setting.random("ticket rows", block.number)
    customer, day, kind = rows
    count = len(day)
    second = office_seconds(rng, count)
    typical = np.array([_HOURS_TO_CLOSE.get(k, 20) for k in kind])
    hours = typical * rng.lognormal(0, 0.8, count)
    end = day + (second + hours * 3600) // 86400
    closed = end < setting.days
    contact = pick_contacts(rng, people, customer=customer, day=day, deep=0.6)
    contact = np.where(rng.random(count) < 0.06, -1, contact)
    urgent = rng.choice(("low", "normal", "normal", "normal", "high", "urgent"), count)
    foreign = block.foreign
    tables.add(
        "tickets",
        {
            "ticket_id": numbered("T", tables.count("tickets") + 1, count),
            "customer_id": [block.ids[i] for i in customer],
            "opened_at": times(setting, day.astype(np.int32), second),
            "closed_at": times(
                setting,
                np.where(closed, end, NO_DAY).astype(np.int32),
                ((second + hours * 3600) % 86400).astype(np.int64),
            ),
            "contact_id": contact_column(people, contact),
            "kind": list(kind),
            "priority": list(urgent),
            "text": [
                phrases.message(
                    rng, k, month=setting.day(d).month, english=bool(foreign[c])
                )
                for k, d, c in zip(kind, day, customer, strict=True)
            ],
        },
    )
    answered = closed & (contact >= 0) & (rng.random(count) < 0.3)
    _add_case_answers(
        setting, tables, block=block, people=people,
        rows=(customer[answered], end[answered].astype(np.int64), contact[answered]),
    )  # fmt: skip


def _add_case_answers(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    rows: tuple[Ints, Ints, Ints],
) -> None:
    """CSAT is a matter of luck; CES is left to the yearly question."""
    rng = setting.random("csat", block.number)
    customer, day, contact = rows
    score = rng.choice((1, 2, 3, 4, 5), len(day), p=(0.03, 0.06, 0.16, 0.4, 0.35))
    mood = np.where(score >= 4, "high", np.where(score == 3, "middle", "low"))
    comment = [
        str(rng.choice(notes.CASE_COMMENTS[m])) if rng.random() < 0.35 else None
        for m in mood
    ]
    _add_responses(
        setting, tables, block=block, people=people,
        rows=_Answers(customer, day, contact, score, comment, "csat", "support"),
    )  # fmt: skip


@dataclass(frozen=True)
class _Answers:
    """Answers to one survey."""

    customer: Ints
    day: Ints
    contact: Ints
    score: Ints | Floats
    comment: list[str | None]
    survey: str
    about: str


def _add_responses(
    setting: Setting, tables: Tables, *, block: Block, people: People, rows: _Answers
) -> None:
    rng = setting.random(f"responses {rows.survey}", block.number)
    count = len(rows.day)
    tables.add(
        "responses",
        {
            "response_id": numbered("R", tables.count("responses") + 1, count),
            "customer_id": [block.ids[i] for i in rows.customer],
            "occurred_at": times(
                setting, rows.day.astype(np.int32), office_seconds(rng, count)
            ),
            "survey": [rows.survey] * count,
            "score": rows.score.astype(float),
            "contact_id": contact_column(people, rows.contact),
            "comment": rows.comment,
            "about": [rows.about] * count,
        },
    )


def write_surveys(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    paths: Paths,
    people: People,
) -> None:
    """Write NPS (pure chance) and CES (goes with the driver), twice a year."""
    rng = setting.random("surveys", block.number)
    taste = rng.normal(7.4, 1.4, len(block))
    for wave, first in enumerate(range(45, setting.days - 30, 182)):
        active = lives.active(block, np.array([first]))[:, 0]
        asked = active & (block.start < first - 60)
        for part in range(3):
            customer = np.flatnonzero(asked & (rng.random(len(block)) < 0.3))
            day = first + rng.integers(0, 25, len(customer))
            keep = under_contract(block, lives, customer=customer, day=day)
            customer, day = customer[keep], day[keep]
            contact = pick_contacts(rng, people, customer=customer, day=day, deep=0.8)
            nps = np.clip(
                np.rint(taste[customer] + rng.normal(0, 1.6, len(customer))), 0, 10
            )
            comment = _nps_comments(rng, nps)
            _add_responses(
                setting, tables, block=block, people=people,
                rows=_Answers(
                    customer, day, contact, nps, comment, "nps", f"wave {wave + 1}"
                ),
            )  # fmt: skip
            if part:
                continue
            driver = paths.driver[customer, first // 7 + WEEKS_BEFORE]
            ces = np.clip(
                np.rint(3.2 + 3.2 * driver + rng.normal(0, 1, len(customer))), 1, 7
            )
            _add_responses(
                setting, tables, block=block, people=people,
                rows=_Answers(
                    customer, day, contact, ces, [None] * len(day), "ces", "daily work"
                ),
            )  # fmt: skip


def _nps_comments(rng: np.random.Generator, score: Floats) -> list[str | None]:
    mood = np.where(score >= 9, "high", np.where(score >= 7, "middle", "low"))
    return [
        str(rng.choice(notes.NPS_COMMENTS[m])) if rng.random() < 0.45 else None
        for m in mood
    ]


def write_requests(
    setting: Setting, tables: Tables, *, block: Block, lives: Lives, people: People
) -> None:
    """Write wishes and praise by chance, and requests for discounts before notices."""
    rng = setting.random("requests", block.number)
    customer, day = draw_days(
        rng,
        block,
        lives=lives,
        per_day=np.full(len(block), 1.6 / 365),
        days=setting.days,
    )
    kind = rng.choice(_REQUEST_KINDS, len(day), p=_REQUEST_SHARES).astype(object)
    yearly = setting.planted.discount_request_per_year
    others, then = draw_days(
        rng,
        block,
        lives=lives,
        per_day=np.full(len(block), yearly / 365),
        days=setting.days,
    )
    asking, asked = _warnings(setting, rng, lives=lives)
    parts = (
        (customer, day, kind),
        (others, then, np.full(len(others), "discount", dtype=object)),
        (asking, asked, np.full(len(asking), "discount", dtype=object)),
    )
    _add_requests(
        setting, tables, block=block, people=people,
        rows=_in_order(setting, block, lives=lives, parts=parts),
    )  # fmt: skip


def _add_requests(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    rows: tuple[Ints, Ints, Texts],
) -> None:
    rng = setting.random("request rows", block.number)
    customer, day, kind = rows
    count = len(day)
    contact = pick_contacts(rng, people, customer=customer, day=day, deep=0.5)
    foreign = block.foreign
    texts = [
        phrases.message(rng, k, month=setting.day(d).month, english=bool(foreign[c]))
        for k, d, c in zip(kind, day, customer, strict=True)
    ]
    age = setting.days - day
    status = np.minimum(rng.integers(0, 5, count), np.where(age < 90, 1, 4))
    tables.add(
        "requests",
        {
            "request_id": numbered("Q", tables.count("requests") + 1, count),
            "customer_id": [block.ids[i] for i in customer],
            "occurred_at": times(
                setting, day.astype(np.int32), office_seconds(rng, count)
            ),
            "text": texts,
            "contact_id": contact_column(people, contact),
            "kind": list(kind),
            "theme": [
                {"discount": "料金", "praise": None}.get(k, phrases.theme(text))
                for k, text in zip(kind, texts, strict=True)
            ],
            "status": [
                None if k in {"praise", "discount"} else _STATUSES[s]
                for k, s in zip(kind, status, strict=True)
            ],
        },
    )
