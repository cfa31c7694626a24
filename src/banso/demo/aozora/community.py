"""The community: study meetings, and who takes part."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from banso.demo.aozora import notes
from banso.demo.aozora.lives import Lives
from banso.demo.aozora.people import People
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import Block, Flags, Ints, Texts
from banso.demo.aozora.voice import contact_column
from banso.demo.aozora.writing import Tables, dates, numbered, times

_FIRST_MONTH_MEETINGS, _LAST_MONTH_MEETINGS = 2.0, 9.0


@dataclass(frozen=True)
class Gatherings:
    """The meetings of the whole company, in the order of their days."""

    ids: pa.Array
    day: Ints
    title: tuple[str, ...]
    kind: tuple[str, ...]
    by_customers: Flags
    # Contact by meeting, filled in as the blocks are written.
    organizers: dict[int, str] = field(default_factory=dict)


def draw_gatherings(setting: Setting) -> Gatherings:
    """Draw the meetings: ever more of them, and ever more run by customers."""
    rng = setting.random("gatherings")
    progress = np.arange(setting.days) / max(setting.days - 1, 1)
    growth = _FIRST_MONTH_MEETINGS + progress * (
        _LAST_MONTH_MEETINGS - _FIRST_MONTH_MEETINGS
    )
    weekday = (setting.first_day.weekday() + np.arange(setting.days)) % 7
    mean = growth / 30.4 * np.where(weekday < 5, 7 / 5, 0)
    day = np.repeat(np.arange(setting.days), rng.poisson(mean))
    count = len(day)
    theme = rng.integers(len(notes.GATHERINGS), size=count)
    place = rng.integers(len(notes.PLACES), size=count)
    by_customers = rng.random(count) < 0.05 + 0.6 * progress[day]
    held: dict[str, int] = {}
    titles = []
    for t, p in zip(theme, place, strict=True):
        name = notes.GATHERINGS[t][1]
        held[name] = held.get(name, 0) + 1
        titles.append(f"第{held[name]}回 {name}（{notes.PLACES[p]}）")
    return Gatherings(
        ids=numbered("G", 1, count, width=4),
        day=day.astype(np.int64),
        title=tuple(titles),
        kind=tuple(notes.GATHERINGS[t][0] for t in theme),
        by_customers=by_customers,
    )


def write_gatherings(
    setting: Setting, tables: Tables, *, gatherings: Gatherings
) -> None:
    """Write the meetings, once it is known who organised which."""
    count, organizers = len(gatherings.day), gatherings.organizers
    run_by = [
        "community" if i in organizers else "partner" if i % 11 == 5 else "us"
        for i in range(count)
    ]
    tables.add(
        "gatherings",
        {
            "gathering_id": gatherings.ids,
            "held_on": dates(setting, gatherings.day.astype(np.int32)),
            "title": gatherings.title,
            "kind": gatherings.kind,
            "run_by": run_by,
            "organizer_contact_id": [organizers.get(i) for i in range(count)],
        },
    )


def is_fan(lives: Lives, days: Ints, block: Block) -> Flags:
    """Return whether each customer's champion takes part then, customers × days."""
    fan = (days[None, :] >= lives.fan_from[:, None]) & lives.active(block, days)
    return fan & (days[None, :] < lives.champion_left[:, None])


def write_participations(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    people: People,
    gatherings: Gatherings,
) -> None:
    """Write the community acts of a block; add who organised which meeting."""
    rng = setting.random("community", block.number)
    days = gatherings.day
    fans = is_fan(lives, days, block)
    guests = lives.active(block, days) & ~fans
    attends = (fans & (rng.random(fans.shape) < 0.11)) | (
        guests & (rng.random(fans.shape) < 0.004)
    )
    customer, meeting = np.nonzero(attends)
    second = people.first[customer] + rng.integers(0, 3, len(customer))
    contact = np.where(fans[customer, meeting], people.first[customer], second)
    kind = np.where(
        fans[customer, meeting] & (rng.random(len(customer)) < 0.09),
        "spoke",
        "attended",
    ).astype(object)
    organizing, held = _organizers(rng, fans=fans, gatherings=gatherings)
    online = _online(setting, rng, block=block, lives=lives)
    parts = (
        (customer, days[meeting], kind, contact, meeting),
        (
            organizing, days[held], np.full(len(held), "organized", dtype=object),
            people.first[organizing], held,
        ),
        (*online, people.first[online[0]], np.full(len(online[0]), -1)),
    )  # fmt: skip
    _add(
        setting, tables, block=block, people=people, gatherings=gatherings, parts=parts
    )
    ids = people.ids.take(pa.array(people.first[organizing])).to_pylist()
    gatherings.organizers.update(zip(held.tolist(), ids, strict=True))


def _organizers(
    rng: np.random.Generator, *, fans: Flags, gatherings: Gatherings
) -> tuple[Ints, Ints]:
    """Give meetings that customers run to fans of that day: customers and meetings."""
    pairs: list[tuple[int, int]] = []
    for meeting in np.flatnonzero(gatherings.by_customers).tolist():
        ready = np.flatnonzero(fans[:, meeting])
        if len(ready) and meeting not in gatherings.organizers:
            pairs.append((int(ready[rng.integers(len(ready))]), meeting))
    joined = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return joined[:, 0], joined[:, 1]


def _online(
    setting: Setting, rng: np.random.Generator, *, block: Block, lives: Lives
) -> tuple[Ints, Ints, Texts]:
    """Draw posts and answers in the forum, by fans."""
    weeks = np.arange(3, setting.days, 7)
    fans = is_fan(lives, weeks, block)
    customer, week = np.nonzero(rng.random(fans.shape) < fans * 0.13)
    kind = np.where(rng.random(len(week)) < 0.4, "posted", "answered").astype(object)
    return customer, weeks[week], kind


def _add(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    gatherings: Gatherings,
    parts: Sequence[Sequence[Ints | Texts]],
) -> None:
    rng = setting.random("participation rows", block.number)
    customer, day, contact, meeting = (
        np.concatenate([part[place] for part in parts]).astype(np.int64)
        for place in (0, 1, 3, 4)
    )
    kind = np.concatenate([part[2] for part in parts])
    present = (people.created[contact] <= day) & (people.left[contact] > day)
    order = np.lexsort((customer, day))
    count = len(order)
    meeting = meeting[order]
    tables.add(
        "participations",
        {
            "participation_id": numbered(
                "A", tables.count("participations") + 1, count
            ),
            "customer_id": [block.ids[i] for i in customer[order]],
            "occurred_at": times(
                setting,
                day[order].astype(np.int32),
                rng.integers(12 * 3600, 20 * 3600, count),
            ),
            "kind": list(kind[order]),
            "contact_id": contact_column(people, np.where(present, contact, -1)[order]),
            "gathering_id": gatherings.ids.take(pa.array(meeting, mask=meeting < 0)),
        },
    )
