"""Who the customers are, and the people at them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso.demo.aozora import names
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.writing import NO_DAY, Days

BLOCK = 5_000  # customers that are simulated together: bounds the memory

SIZES = ("50名以下", "51〜300名", "301〜1,000名", "1,001名以上")
_SIZE_SHARES = (0.34, 0.40, 0.18, 0.08)
_EMPLOYEES = ((6, 50), (51, 300), (301, 1000), (1001, 6000))
PURPOSES = (
    "paperless", "invoice_law", "faster_approval", "cost_reduction", "business_cards",
)  # fmt: skip
_PURPOSE_SHARES = (0.28, 0.27, 0.18, 0.17, 0.10)
IDEAL_INDUSTRIES = ("建設業", "卸売業", "会計・法律事務所")
IDEAL_PURPOSES = ("paperless", "invoice_law")
TOUCHES = ("high", "low", "tech")
MODULES = ("あおぞら請求書", "あおぞら経費", "あおぞら名刺", "あおぞら契約")
WEEKS_BEFORE = 13  # simulated before the first day, so that windows are full

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Block:
    """Some customers, one array element each."""

    number: int  # of the block
    first: int  # number of the first customer
    ids: tuple[str, ...]
    company: tuple[names.Company, ...]
    industry: tuple[str, ...]
    size: Ints  # index into SIZES
    employees: Ints
    purpose: Ints  # index into PURPOSES
    touch: Ints  # index into TOUCHES
    partner: Ints  # index into the partners, -1 for none
    parent: Ints  # index into the block, -1 for none
    start: Days  # first day of the first subscription
    term: Ints  # months
    ideal: Flags
    misfit: Flags
    target: Ints  # documents a month
    modules: NDArray[np.int32]  # n × 4: the day each starts, NO_DAY for never
    silent: Flags
    seats: Ints

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def foreign(self) -> Flags:
        """Whether each customer sits outside Japan."""
        return np.array([company.country != "JP" for company in self.company])

    @cached_property
    def currency(self) -> list[str]:
        """The currency each customer pays in."""
        return ["USD" if c.country in {"US", "SG"} else "JPY" for c in self.company]


def draw_block(
    setting: Setting, *, number: int, namer: names.CompanyNames, partners: int
) -> Block:
    """Draw one block of customers."""
    rng = setting.random("population", number)
    first = number * BLOCK
    n = min(BLOCK, setting.customers - first)
    industry = rng.choice(len(names.INDUSTRIES), n, p=names.INDUSTRY_SHARES)
    size = rng.choice(len(SIZES), n, p=_SIZE_SHARES)
    # Offices of accountants and lawyers are small.
    office = industry == names.INDUSTRIES.index("会計・法律事務所")
    size = np.where(office, np.minimum(size, 1), size)
    low = np.array([bounds[0] for bounds in _EMPLOYEES])[size]
    high = np.array([bounds[1] for bounds in _EMPLOYEES])[size]
    employees = np.exp(rng.uniform(np.log(low), np.log(high + 0.99))).astype(np.int64)
    purpose = rng.choice(len(PURPOSES), n, p=_PURPOSE_SHARES)
    industries = tuple(names.INDUSTRIES[i] for i in industry)
    abroad = rng.random(n) < 0.04
    companies = tuple(
        namer.foreign() if away else namer.domestic(kind)
        for away, kind in zip(abroad, industries, strict=True)
    )
    width = max(5, len(str(setting.customers)))
    right = np.isin(industry, [names.INDUSTRIES.index(i) for i in IDEAL_INDUSTRIES])
    reason = np.isin(purpose, [PURPOSES.index(p) for p in IDEAL_PURPOSES])
    start = _start_days(setting, rng, n)
    return Block(
        number=number,
        first=first,
        ids=tuple(f"C{first + i + 1:0{width}d}" for i in range(n)),
        company=companies,
        industry=industries,
        size=size,
        employees=employees,
        purpose=purpose,
        touch=_touch(rng, size),
        partner=np.where(rng.random(n) < 0.22, rng.integers(partners, size=n), -1),
        parent=_parents(rng, size),
        start=start,
        term=np.where(rng.random(n) < 0.88, 12, 6),
        ideal=right & reason & np.isin(size, (1, 2)),
        misfit=(size == 0) & (purpose == PURPOSES.index("cost_reduction")),
        target=_document_target(rng, employees),
        modules=_modules(rng, start, size, purpose),
        silent=rng.random(n) < setting.planted.silent_share,
        seats=_seats(rng, employees),
    )


def _start_days(setting: Setting, rng: np.random.Generator, n: int) -> Days:
    """Let a quarter be there before the first day; of the rest, ever more arrive."""
    before = rng.integers(-720, -WEEKS_BEFORE * 7, size=n)
    inside = np.floor((setting.days + 40) * rng.random(n) ** 0.8)
    start = np.where(rng.random(n) < 0.25, before, inside).astype(np.int32)
    # Most contracts begin on the first of a month.
    monthly = rng.random(n) < 0.75
    return np.array(
        [
            setting.offset(setting.day(s).replace(day=1)) if m else s
            for s, m in zip(start, monthly, strict=True)
        ],
        dtype=np.int32,
    )


def _touch(rng: np.random.Generator, size: Ints) -> Ints:
    """Give larger customers a closer touch, with a few exceptions."""
    usual = np.array([2, 2, 1, 0])[size]
    moved = np.where(size == 1, usual - (rng.random(len(size)) < 0.45), usual)
    lifted = np.where((size == 2) & (rng.random(len(size)) < 0.25), 0, moved)
    return lifted.astype(np.int64)


def _parents(rng: np.random.Generator, size: Ints) -> Ints:
    """Let a few small customers belong to a large one."""
    large = np.flatnonzero(size >= 2)
    parent = np.full(len(size), -1, dtype=np.int64)
    if len(large):
        child = (size <= 1) & (rng.random(len(size)) < 0.05)
        parent[child] = rng.choice(large, int(child.sum()))
    return parent


def _document_target(rng: np.random.Generator, employees: Ints) -> Ints:
    """Documents a month: about two for each employee, with a wide spread."""
    raw = 40 + 2.0 * employees * np.exp(rng.normal(0, 0.45, len(employees)))
    return (np.round(raw / 10) * 10).astype(np.int64)


def _seats(rng: np.random.Generator, employees: Ints) -> Ints:
    """Seats grow more slowly than companies do: not everybody handles documents."""
    seats = np.clip(
        0.9 * employees**0.62 * rng.lognormal(0.15, 0.3, len(employees)), 3, 200
    )
    return np.where(seats > 20, np.round(seats / 5) * 5, np.round(seats)).astype(
        np.int64
    )


def _modules(
    rng: np.random.Generator, start: Days, size: Ints, purpose: Ints
) -> NDArray[np.int32]:
    """Draw the modules bought at the start; later sales add theirs."""
    n = len(start)
    chance = 0.12 + 0.08 * size[:, None] + np.zeros((n, 4))
    chance[:, 0] = 1.0
    chance[:, 2] += 0.5 * (purpose == PURPOSES.index("business_cards"))
    has = rng.random((n, 4)) < chance
    return np.where(has, start[:, None], NO_DAY).astype(np.int32)
