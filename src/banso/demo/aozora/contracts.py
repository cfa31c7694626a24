"""What was agreed: subscriptions, one row for each term, price and number of seats."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from banso.demo.aozora.lives import REASONS, SEAT_REVIEW, Lives, next_renewal
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import MODULES, WEEKS_BEFORE, Block, Ints
from banso.demo.aozora.writing import NO_DAY, Days, Tables, dates

_SEAT_PRICE = (900, 500, 380, 420)  # yen a seat and month, by module
_BASE_FEE = (12_000, 30_000, 60_000, 120_000)  # by size
_MODELS = ("hybrid", "tiered", "tiered", "flat")  # by module
_PLANS = ("スターター", "スタンダード", "プロ", "エンタープライズ")
YEN_PER_DOLLAR = 150


@dataclass(frozen=True)
class Growth:
    """What was bought more, or less, on the way: one element per change."""

    customer: Ints
    day: Ints
    kind: tuple[str, ...]  # seats_up, seats_down, module
    amount: Ints  # seats, or the module


@dataclass
class Spans:
    """Rows of subscriptions as they are made."""

    customer: list[int] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    module: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    seats: list[int] = field(default_factory=list)
    mrr: list[int] = field(default_factory=list)
    renews: list[int] = field(default_factory=list)
    signed: list[int] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    reason: list[str | None] = field(default_factory=list)

    def starts_of(self) -> dict[int, set[int]]:
        """Return the days on which rows of each customer begin."""
        starts: dict[int, set[int]] = defaultdict(set)
        for customer, start in zip(self.customer, self.start, strict=True):
            starts[customer].add(start)
        return starts


def draw_growth(setting: Setting, block: Block, *, lives: Lives) -> Growth:
    """Draw changes of seats and sales of modules, month by month."""
    rng = setting.random("growth", block.number)
    planted = setting.planted
    months = np.arange(20, setting.days - 20, 30)
    active = lives.active(block, months) & (months > block.start[:, None] + 90)
    ratio = np.where(block.ideal, planted.ideal_expansion_ratio, 1.0)[:, None]
    fan = months[None, :] >= lives.fan_from[:, None]
    ratio = ratio * np.where(fan, planted.fan_expansion_ratio, 1.0)
    # Nobody buys more after giving notice.
    calm = months[None, :] < lives.notice[:, None]
    u = rng.random((3, *active.shape))
    changes = (
        ("seats_up", active & calm & (u[0] < 0.011 * ratio)),
        ("seats_down", active & (u[1] < 0.006)),
        ("module", active & calm & (u[2] < 0.007 * ratio)),
    )
    found: list[tuple[int, int, str, int]] = []
    modules = block.modules.copy()
    for kind, happens in changes:
        for customer, month in zip(*np.nonzero(happens), strict=True):
            day = int(months[month] + rng.integers(0, 28))
            amount = _amount(
                rng, kind, modules=modules[customer], seats=block.seats[customer]
            )
            if kind == "module" and amount >= 0:
                modules[customer, amount] = day
            if amount >= 0:
                found.append((int(customer), day, kind, amount))
    found += _reviewed_seats(setting, block, lives=lives)
    found.sort()
    return Growth(
        customer=np.array([row[0] for row in found], dtype=np.int64),
        day=np.array([row[1] for row in found], dtype=np.int64),
        kind=tuple(row[2] for row in found),
        amount=np.array([row[3] for row in found], dtype=np.int64),
    )


def _reviewed_seats(
    setting: Setting, block: Block, *, lives: Lives
) -> list[tuple[int, int, str, int]]:
    """Let some of those whose seats were reviewed buy more within the planted weeks."""
    rng = setting.random("seat reviews", block.number)
    planted, lots = setting.planted, lives.assignments
    lots = lots.kept((lots.play == SEAT_REVIEW) & lots.treated)
    buys = rng.random(len(lots.customer)) < planted.seat_review_buys
    day = (lots.week - WEEKS_BEFORE) * 7
    day = day + rng.integers(10, 7 * planted.seat_review_weeks - 5, len(day))
    share = rng.uniform(0.08, 0.35, len(day))
    # Nobody buys more after giving notice, or within a pause.
    ends = np.minimum(lives.notice, lives.ended)[lots.customer]
    rests = (day >= lives.paused[lots.customer]) & (day < lives.resumed[lots.customer])
    buys &= (day < np.minimum(ends, setting.days - 2)) & ~rests
    return [
        (int(c), int(d), "seats_up", max(1, round(block.seats[c] * part)))
        for c, d, part in zip(lots.customer[buys], day[buys], share[buys], strict=True)
    ]


def _amount(rng: np.random.Generator, kind: str, *, modules: Days, seats: int) -> int:
    if kind == "module":
        missing = np.flatnonzero(modules == NO_DAY)
        return int(rng.choice(missing)) if len(missing) else -1
    share = rng.uniform(0.08, 0.35) if kind == "seats_up" else rng.uniform(0.05, 0.2)
    return max(1, round(seats * share))


def make_spans(
    setting: Setting, block: Block, *, lives: Lives, growth: Growth
) -> Spans:
    """Turn lives and growth into rows: one for each term, price and number of seats."""
    rng = setting.random("contracts", block.number)
    changes: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for customer, day, kind, amount in zip(
        growth.customer, growth.day, growth.kind, growth.amount, strict=True
    ):
        changes[int(customer)].append((int(day), kind, int(amount)))
    spans = Spans()
    discounts = 1 - 0.02 * np.clip(rng.normal(3, 3, len(block)).round(), 0, 10)
    for i in range(len(block)):
        spells = _spells(lives, i, start=int(block.start[i]))
        modules = {int(m): int(block.modules[i, m]) for m in range(4)}
        modules |= {a: d for d, kind, a in changes[i] if kind == "module"}
        for module, begins in sorted(modules.items()):
            if begins == NO_DAY:
                continue
            line = _Line(setting, block, i, module, float(discounts[i]))
            for spell in spells:
                _add_spell(spans, line, spell, begins=begins, changes=changes[i])
    _add_signatures(setting, spans, block=block, lives=lives, rng=rng)
    return spans


@dataclass(frozen=True)
class _Line:
    """One contract line: a module at a customer."""

    setting: Setting
    block: Block
    customer: int
    module: int
    discount: float

    def mrr(self, seats: int, day: int) -> int:
        """Return what the line costs a month from `day` on."""
        base = _BASE_FEE[self.block.size[self.customer]] if self.module == 0 else 5_000
        rise = (
            self.setting.planted.price_rise
            if day >= price_rise_day(self.setting)
            else 0
        )
        yen = (base + seats * _SEAT_PRICE[self.module]) * self.discount * (1 + rise)
        if self.block.currency[self.customer] == "USD":
            return round(yen / YEN_PER_DOLLAR / 5) * 5
        return round(yen / 100) * 100


def install_modules(block: Block, growth: Growth) -> None:
    """Enter the modules that were sold on the way, so that their use can begin."""
    for i, day, kind, module in zip(
        growth.customer, growth.day, growth.kind, growth.amount, strict=True
    ):
        if kind == "module":
            block.modules[i, module] = day


def price_rise_day(setting: Setting) -> int:
    """Return the day from which renewals cost more: an April in the middle."""
    middle = setting.day(setting.days // 2)
    return setting.offset(middle.replace(month=4, day=1))


@dataclass(frozen=True)
class _Spell:
    """A time under contract, with why it ended."""

    contract: int  # 0, or 1 after a return
    start: int
    end: int
    why: str | None


def _spells(lives: Lives, i: int, *, start: int) -> list[_Spell]:
    end = int(lives.ended[i])
    why = REASONS[lives.reason[i]] if end != NO_DAY else None
    spells = [_Spell(0, start, end, why)]
    if lives.paused[i] != NO_DAY:
        spells = [
            _Spell(0, start, int(lives.paused[i]), "paused"),
            _Spell(0, int(lives.resumed[i]), end, why),
        ]
    if lives.returned[i] != NO_DAY:
        spells.append(_Spell(1, int(lives.returned[i]), NO_DAY, None))
    return spells


def _add_spell(
    spans: Spans,
    line: _Line,
    spell: _Spell,
    *,
    begins: int,
    changes: list[tuple[int, str, int]],
) -> None:
    start, end = max(spell.start, begins), spell.end
    if start >= end:
        return
    first = spell.start if spell.contract else int(line.block.start[line.customer])
    term = int(line.block.term[line.customer])
    cuts = _cuts(line, start=start, end=end, anchor=first, changes=changes)
    days = sorted(cuts)
    priced = start
    for index, day in enumerate(days):
        following = days[index + 1] if index + 1 < len(days) else None
        if cuts[day] != "seats_changed":
            priced = day  # the price is agreed at the start and at each renewal
        seats = _seats_on(line, day, changes)
        spans.customer.append(line.customer)
        spans.line.append(_line_id(line, spell.contract))
        spans.module.append(line.module)
        spans.start.append(day)
        spans.end.append(end if following is None else following)
        spans.seats.append(seats)
        spans.mrr.append(line.mrr(seats, priced))
        spans.renews.append(next_renewal(line.setting, start=first, term=term, day=day))
        spans.reason.append(spell.why if following is None else cuts[following])


def _cuts(
    line: _Line,
    *,
    start: int,
    end: int,
    anchor: int,
    changes: list[tuple[int, str, int]],
) -> dict[int, str]:
    """Return the days on which a row of the line begins, with the reason."""
    cuts = {start: "start"}
    for day, kind, _ in changes:
        if start < day < end and kind != "module" and line.module == 0:
            cuts[day] = "seats_changed"
    for renewal in _renewals(
        line, anchor=anchor, until=min(end, line.setting.days) - 1
    ):
        if renewal > start:
            cuts[renewal] = "renewed"
    return cuts


def _seats_on(line: _Line, day: int, changes: list[tuple[int, str, int]]) -> int:
    seats = int(line.block.seats[line.customer])
    for changed, kind, amount in changes:
        if changed <= day and kind != "module":
            seats += amount if kind == "seats_up" else -amount
    return max(2, seats)


def _line_id(line: _Line, contract: int) -> str:
    # A pause goes on under the same number; a return is a new contract.
    suffix = "-R" if contract else ""
    return f"S{line.block.ids[line.customer][1:]}-{line.module + 1}{suffix}"


def _renewals(line: _Line, *, anchor: int, until: int) -> Iterator[int]:
    term = int(line.block.term[line.customer])
    day = anchor
    while True:
        day = next_renewal(line.setting, start=anchor, term=term, day=day)
        if day > until:
            return
        yield day


def _add_signatures(
    setting: Setting,
    spans: Spans,
    *,
    block: Block,
    lives: Lives,
    rng: np.random.Generator,
) -> None:
    lead = rng.integers(5, 40, len(spans.start))
    for i, start, end, reason, days in zip(
        spans.customer, spans.start, spans.end, spans.reason, lead, strict=True
    ):
        spans.signed.append(min(start - int(days), setting.days - 1))
        given = reason in {"voluntary", "replaced"} and end == lives.ended[i]
        spans.cancelled.append(int(lives.notice[i]) if given else NO_DAY)
    assert len(block) > max(spans.customer, default=0)


def write_subscriptions(
    setting: Setting, tables: Tables, *, block: Block, spans: Spans
) -> None:
    """Write the spans as the table of subscriptions."""
    currency = block.currency
    # An end that lies ahead is known only when notice was given.
    tables.add(
        "subscriptions",
        {
            "subscription_id": spans.line,
            "started_on": dates(setting, np.array(spans.start, dtype=np.int32)),
            "customer_id": [block.ids[i] for i in spans.customer],
            "ended_on": dates(setting, np.array(spans.end, dtype=np.int32)),
            "mrr": np.array(spans.mrr),
            "currency": [currency[i] for i in spans.customer],
            "product": [MODULES[m] for m in spans.module],
            "plan": [_PLANS[block.size[i]] for i in spans.customer],
            "revenue_model": [_MODELS[m] for m in spans.module],
            # Only the first module is sold by the seat: the sum over the lines is the
            # number of people who may use the product.
            "seats": [
                seats if m == 0 else None
                for seats, m in zip(spans.seats, spans.module, strict=True)
            ],
            "term_months": [int(block.term[i]) for i in spans.customer],
            "renews_on": dates(setting, np.array(spans.renews, dtype=np.int32)),
            "signed_on": dates(setting, np.array(spans.signed, dtype=np.int32)),
            "cancelled_on": dates(setting, np.array(spans.cancelled, dtype=np.int32)),
            "ended_reason": spans.reason,
        },
    )
