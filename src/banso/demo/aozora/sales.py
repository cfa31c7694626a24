"""Sales: how customers came, what they bought later, and who sent whom."""

import numpy as np
import pyarrow as pa

from banso.demo.aozora import names
from banso.demo.aozora.community import is_fan
from banso.demo.aozora.contracts import Growth, Spans
from banso.demo.aozora.lives import Lives
from banso.demo.aozora.people import People
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import Block, Ints
from banso.demo.aozora.writing import NO_DAY, Tables, dates, numbered, times

_LOST_FOR_EACH_WON = 1.6
_SEAT_YEN, _MODULE_YEN = 900, 25_000


class Deals:
    """Rows of deals as they are made."""

    def __init__(self) -> None:
        self.rows: list[
            tuple[int, int | None, str | None, int, bool | None, str, int]
        ] = []
        self.referrer: dict[int, int] = {}  # row: contact

    def add(  # noqa: PLR0913 - the columns of a table
        self, opened: int, closed: int, *, customer: int | None = None,
        prospect: str | None = None, won: bool | None, motion: str, mrr: int,
    ) -> int:  # fmt: skip
        """Append a deal and return its row."""
        self.rows.append((opened, customer, prospect, closed, won, motion, mrr))
        return len(self.rows) - 1


def write_deals(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    people: People,
    sold: tuple[Spans, Growth],
) -> tuple[int, int]:
    """Write the deals and referrals of a block; return those by fans and by others."""
    rng = setting.random("deals", block.number)
    spans, growth = sold
    deals = Deals()
    _add_new(setting, rng, deals, block=block, spans=spans)
    _add_growth(setting, rng, deals, block=block, growth=growth)
    _add_renewals(setting, rng, deals, spans=spans)
    counts = _add_referrals(
        setting, tables, deals, block=block, lives=lives, people=people
    )
    _write(setting, tables, block=block, people=people, deals=deals)
    return counts


def _prospect(rng: np.random.Generator) -> str:
    industry = str(rng.choice(names.INDUSTRIES, p=names.INDUSTRY_SHARES))
    return names.CompanyNames(rng).domestic(industry).name


def _add_new(
    setting: Setting,
    rng: np.random.Generator,
    deals: Deals,
    *,
    block: Block,
    spans: Spans,
) -> None:
    first: dict[int, int] = {}
    for i, start, mrr in zip(spans.customer, spans.start, spans.mrr, strict=True):
        if start == block.start[i]:
            first[i] = first.get(i, 0) + mrr
    for i, mrr in first.items():
        start = int(block.start[i])
        closed = min(start - int(rng.integers(5, 40)), setting.days - 1)
        deals.add(
            closed - int(rng.integers(20, 120)), closed, customer=i, won=True,
            motion="new", mrr=mrr,
        )  # fmt: skip
    for _ in range(int(len(block) * _LOST_FOR_EACH_WON)):
        opened = int(rng.integers(-60, setting.days))
        closed = opened + int(rng.integers(20, 150))
        done = closed < setting.days
        deals.add(
            opened, closed if done else NO_DAY, prospect=_prospect(rng),
            won=False if done else None, motion="new",
            mrr=int(rng.lognormal(10.8, 0.7)) // 100 * 100,
        )  # fmt: skip


def _add_growth(
    setting: Setting,
    rng: np.random.Generator,
    deals: Deals,
    *,
    block: Block,
    growth: Growth,
) -> None:
    for i, day, kind, amount in zip(
        growth.customer, growth.day, growth.kind, growth.amount, strict=True
    ):
        if kind == "seats_down":
            continue
        closed = min(int(day) - int(rng.integers(1, 15)), setting.days - 1)
        motion, yen = (
            ("upsell", amount * _SEAT_YEN)
            if kind == "seats_up"
            else ("cross_sell", _MODULE_YEN)
        )
        mrr = int(yen) // 150 if block.currency[i] == "USD" else int(yen)
        opened = closed - int(rng.integers(10, 70))
        deals.add(opened, closed, customer=int(i), won=True, motion=motion, mrr=mrr)
        if rng.random() < 0.7:
            # Most offers of this kind are turned down.
            then = int(rng.integers(max(0, block.start[i]), setting.days))
            end = then + int(rng.integers(15, 80))
            done = end < setting.days
            deals.add(
                then, end if done else NO_DAY, customer=int(i),
                won=False if done else None,
                motion=motion, mrr=mrr,
            )  # fmt: skip


def _add_renewals(
    setting: Setting, rng: np.random.Generator, deals: Deals, *, spans: Spans
) -> None:
    starts = spans.starts_of()
    for i, start, renews, end, mrr, module in zip(
        spans.customer, spans.start, spans.renews, spans.end, spans.mrr, spans.module,
        strict=True,
    ):  # fmt: skip
        # The row that reaches its renewal is the one whose renewal is talked about.
        if (
            module
            or end < renews
            or renews - 90 < max(0, start)
            or renews - 90 >= setting.days
        ):
            continue
        lost = end == renews and renews not in starts[i]
        done = renews < setting.days
        closed = renews - int(rng.integers(1, 30)) if done else NO_DAY
        deals.add(
            renews - 90, closed, customer=i, won=None if not done else not lost,
            motion="renewal", mrr=mrr,
        )  # fmt: skip


def _add_referrals(
    setting: Setting,
    tables: Tables,
    deals: Deals,
    *,
    block: Block,
    lives: Lives,
    people: People,
) -> tuple[int, int]:
    """Champions of the community send others; the first new customers are theirs."""
    rng = setting.random("referrals", block.number)
    weeks = np.arange(3, setting.days, 7)
    fans = is_fan(lives, weeks, block)
    others = lives.active(block, weeks) & ~fans
    planted = setting.planted
    yearly = (
        fans * planted.fan_referrals_per_year
        + others * planted.other_referrals_per_year
    )
    sender, week = np.nonzero(rng.random(fans.shape) < yearly / 52.18)
    waiting = _new_deals_by_day(deals)
    for i, day in zip(sender, weeks[week], strict=True):
        row = _matching(waiting, day=int(day), sender=int(i), rng=rng)
        if row is None:
            closed = int(day) + int(rng.integers(30, 150))
            done = closed < setting.days
            row = deals.add(
                int(day), closed if done else NO_DAY, prospect=_prospect(rng),
                won=False if done else None, motion="new", mrr=30_000,
            )  # fmt: skip
        deals.referrer[row] = _sender(people, int(i), day=int(day))
    _add_acts(setting, tables, block=block, people=people, sent=(sender, weeks[week]))
    count = int(fans[sender, week].sum())
    return count, len(sender) - count


def _add_acts(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    sent: tuple[Ints, Ints],
) -> None:
    """Write each referral as an act of the community too."""
    sender, day = sent
    count = len(sender)
    contact = np.array(
        [_sender(people, int(i), day=int(d)) for i, d in zip(sender, day, strict=True)],
        dtype=np.int64,
    )
    tables.add(
        "participations",
        {
            "participation_id": numbered(
                "A", tables.count("participations") + 1, count
            ),
            "customer_id": [block.ids[i] for i in sender],
            "occurred_at": times(
                setting, day.astype(np.int32), np.full(count, 11 * 3600)
            ),
            "kind": ["referred"] * count,
            "contact_id": people.ids.take(pa.array(contact)),
        },
    )


def _sender(people: People, customer: int, *, day: int) -> int:
    first = int(people.first[customer])
    gone = people.left[first] <= day and people.successor[customer] >= 0
    return int(people.successor[customer]) if gone else first


def _new_deals_by_day(deals: Deals) -> list[tuple[int, int, int]]:
    return sorted(
        (opened, row, customer)
        for row, (opened, customer, _, _, _, motion, _) in enumerate(deals.rows)
        if motion == "new" and customer is not None and opened >= 0
    )


def _matching(
    waiting: list[tuple[int, int, int]],
    *,
    day: int,
    sender: int,
    rng: np.random.Generator,
) -> int | None:
    """Take a won deal that was opened within two weeks after the referral."""
    if rng.random() > 0.4:
        return None
    for place, (opened, row, customer) in enumerate(waiting):
        if day <= opened <= day + 14 and customer != sender:
            del waiting[place]
            return row
    return None


def _write(
    setting: Setting, tables: Tables, *, block: Block, people: People, deals: Deals
) -> None:
    order = sorted(range(len(deals.rows)), key=lambda row: (deals.rows[row][0], row))
    rows = [deals.rows[row] for row in order]
    senders: list[int | None] = [deals.referrer.get(row) for row in order]
    customer: list[int | None] = [row[1] for row in rows]
    currency = block.currency
    opened: Ints = np.array([row[0] for row in rows])
    tables.add(
        "deals",
        {
            "deal_id": numbered("D", tables.count("deals") + 1, len(rows)),
            "opened_on": dates(setting, opened.astype(np.int32)),
            "customer_id": [None if c is None else block.ids[c] for c in customer],
            "prospect": [
                block.company[row[1]].name
                if row[1] is not None and row[5] == "new"
                else row[2]
                for row in rows
            ],
            "closed_on": dates(setting, np.array([row[3] for row in rows], np.int32)),
            "won": [row[4] for row in rows],
            "motion": [row[5] for row in rows],
            "mrr": np.array([row[6] for row in rows]),
            "currency": ["JPY" if c is None else currency[c] for c in customer],
            "partner_id": [
                None
                if c is None or block.partner[c] < 0
                else f"P{block.partner[c] + 1:02d}"
                for c in customer
            ],
            "referred_by_contact_id": [
                None if s is None else people.ids[s].as_py() for s in senders
            ],
        },
    )
