"""The tables of people: customers, their contacts, partners, and our staff."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from banso.demo.aozora import names
from banso.demo.aozora.lives import Lives
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import (
    PURPOSES,
    SIZES,
    TOUCHES,
    Block,
    Flags,
    Ints,
    Texts,
)
from banso.demo.aozora.writing import NO_DAY, Days, Tables, dates, numbered

PARTNERS = (
    ("関東オフィスソリューションズ株式会社", "gold"),
    ("株式会社なにわビジネスサポート", "gold"),
    ("東海DXパートナーズ株式会社", "silver"),
    ("みちのく情報サービス株式会社", "silver"),
    ("九州クラウドインテグレーション株式会社", "silver"),
    ("税理士法人ひばり総研", "bronze"),
    ("北海道ビズリンク株式会社", "bronze"),
    ("株式会社瀬戸内コンサルティング", "bronze"),
)
_STAFF = (
    ("suzuki.haruna@aozora-cloud.example.jp", "鈴木 春奈", "csm", "A"),
    ("kimura.takuma@aozora-cloud.example.jp", "木村 拓真", "csm", "A"),
    ("ogawa.mizuki@aozora-cloud.example.jp", "小川 瑞希", "csm", "A"),
    ("tanabe.ryosuke@aozora-cloud.example.jp", "田辺 亮介", "csm", "B"),
    ("hayashi.saori@aozora-cloud.example.jp", "林 沙織", "csm", "B"),
    ("matsui.daichi@aozora-cloud.example.jp", "松井 大地", "csm", "B"),
    ("nomura.kazuki@aozora-cloud.example.jp", "野村 和希", "csm", "A"),
    ("ishikawa.yuko@aozora-cloud.example.jp", "石川 裕子", "lead", "A"),
    ("fujisawa.ken@aozora-cloud.example.jp", "藤沢 健", "lead", "B"),
    ("miyake.aya@aozora-cloud.example.jp", "三宅 彩", "ops", None),
    ("arai.shota@aozora-cloud.example.jp", "荒井 翔太", "support", None),
    ("sakai.nozomi@aozora-cloud.example.jp", "酒井 望", "support", None),
    ("okubo.tetsuya@aozora-cloud.example.jp", "大久保 哲也", "sales", None),
    ("hirano.mai@aozora-cloud.example.jp", "平野 舞", "sales", None),
    ("kuroki.jun@aozora-cloud.example.jp", "黒木 純", "product", None),
    ("sonoda.chika@aozora-cloud.example.jp", "園田 千佳", "community", None),
    ("aoyama.toru@aozora-cloud.example.jp", "青山 徹", "executive", None),
)
CSMS = tuple(email for email, _, role, _ in _STAFF if role == "csm")
LEFT_CSM = CSMS[-1]  # left half-way; the customers went to colleagues
SUPPORT = tuple(email for email, _, role, _ in _STAFF if role == "support")
COMMUNITY = next(email for email, _, role, _ in _STAFF if role == "community")

_ROLES = {
    "decision_maker": (
        "代表取締役", "取締役管理本部長", "経理部長", "管理部長", "執行役員CFO",
    ),
    "administrator": (
        "経理課長", "情報システム課主任", "総務課長", "経理主任", "業務改革推進室",
    ),
    "user": (
        "経理担当", "営業", "総務担当", "購買担当", "営業事務", "支店事務", "経理課",
    ),
    "beneficiary": ("顧問先ご担当",),
}  # fmt: skip
_ROLES_ABROAD = {
    "decision_maker": ("CFO", "Managing Director"),
    "administrator": ("Finance Manager", "IT Administrator"),
    "user": ("Accounts Payable", "Sales", "Procurement"),
    "beneficiary": ("Client",),
}


@dataclass(frozen=True)
class People:
    """The contacts of a block: those of one customer stand together."""

    first: Ints  # index of each customer's first contact: the champion
    count: Ints  # how many it has at first
    successor: Ints  # index of the new champion, -1 for none
    ids: pa.Array
    created: Days
    left: Days
    owner: tuple[str | None, ...]  # per customer


def write_company_people(setting: Setting, tables: Tables) -> None:
    """Write the partners and our staff."""
    tables.add(
        "partners",
        {
            "partner_id": [f"P{i + 1:02d}" for i in range(len(PARTNERS))],
            "name": [name for name, _ in PARTNERS],
            "tier": [tier for _, tier in PARTNERS],
        },
    )
    left = [
        setting.day(setting.days * 5 // 9) if email == LEFT_CSM else None
        for email, *_ in _STAFF
    ]
    tables.add(
        "staff",
        {
            "email": [row[0] for row in _STAFF],
            "name": [row[1] for row in _STAFF],
            "role": [row[2] for row in _STAFF],
            "left_on": left,
            "team": [row[3] for row in _STAFF],
        },
    )


def write_customers(
    setting: Setting, tables: Tables, *, block: Block
) -> list[str | None]:
    """Write the customers; return the owner of each."""
    rng = setting.random("customers", block.number)
    n = len(block)
    present = CSMS[:-1]
    owner = [
        None if touch == 2 and unowned else present[pick]
        for touch, unowned, pick in zip(
            block.touch,
            rng.random(n) < 0.3,
            rng.integers(len(present), size=n),
            strict=True,
        )
    ]
    created = np.minimum(block.start - rng.integers(5, 40, n), setting.days - 1)
    tables.add(
        "customers",
        {
            "customer_id": block.ids,
            "name": [company.name for company in block.company],
            "parent_id": [block.ids[p] if p >= 0 else None for p in block.parent],
            "partner_id": [f"P{p + 1:02d}" if p >= 0 else None for p in block.partner],
            "industry": _sometimes_missing(rng, block.industry, 0.02),
            "country": [company.country for company in block.company],
            "size": [SIZES[i] for i in block.size],
            "purpose": _sometimes_missing(
                rng, [PURPOSES[i] for i in block.purpose], 0.05
            ),
            "owner": owner,
            "touch": [TOUCHES[i] for i in block.touch],
            "created_on": dates(setting, created.astype(np.int32)),
            "prefecture": [company.prefecture for company in block.company],
            "employees": block.employees,
            "monthly_document_target": block.target,
        },
    )
    return owner


def _sometimes_missing(
    rng: np.random.Generator, values: list[str] | tuple[str, ...], share: float
) -> list[str | None]:
    missing = rng.random(len(values)) < share
    return [None if m else v for m, v in zip(missing, values, strict=True)]


def write_contacts(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    lives: Lives,
    owner: list[str | None],
) -> People:
    """Write the contacts of a block."""
    rng = setting.random("contacts", block.number)
    n = len(block)
    count = np.clip(np.round(block.seats * 0.85), 3, 120).astype(np.int64)
    succeeded = (lives.champion_left != NO_DAY) & (rng.random(n) < 0.8)
    sizes = count + succeeded
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    customer = np.repeat(np.arange(n), sizes)
    place = np.arange(len(customer)) - first[customer]
    follows = succeeded[customer] & (place == count[customer])
    places = _Places(customer, place, follows)
    created, left = _stay(setting, rng, block=block, lives=lives, places=places)
    persons = _names(rng, block, customer=customer)
    people = People(
        first=first,
        count=count,
        successor=np.where(succeeded, first + count, -1),
        ids=numbered("U", tables.count("contacts") + 1, len(place)),
        created=created.astype(np.int32),
        left=left.astype(np.int32),
        owner=tuple(owner),
    )
    _add_contacts(setting, tables, block=block, people=people, who=(places, persons))
    return people


@dataclass(frozen=True)
class _Places:
    """Where each contact stands: whose it is, and the how manieth."""

    customer: Ints
    place: Ints  # 0 is the champion
    follows: Flags  # is the champion's successor


def _stay(
    setting: Setting,
    rng: np.random.Generator,
    *,
    block: Block,
    lives: Lives,
    places: _Places,
) -> tuple[Ints, Ints]:
    """Return the days on which contacts come and leave."""
    customer, place, follows = places.customer, places.place, places.follows
    created = _created_days(rng, block=block, customer=customer, place=place)
    gap = rng.integers(7, 60, len(place))
    new = lives.champion_left[customer].astype(np.int64) + gap
    created = np.where(follows, new, created)
    left = np.where(place == 0, lives.champion_left[customer], NO_DAY)
    leaves = (place > 0) & ~follows & (rng.random(len(place)) < 0.12)
    gone = np.maximum(created, 0) + rng.integers(90, 800, len(place))
    left = np.where(leaves & (gone < setting.days), gone, left)
    # Nobody is entered later than today: the last ones came just now.
    created = np.minimum(created, setting.days - 1)
    return created, np.where(left > created, left, NO_DAY).astype(np.int64)


def _add_contacts(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    people: People,
    who: tuple[_Places, list[tuple[str, str]]],
) -> None:
    rng = setting.random("contact rows", block.number)
    places, persons = who
    customer, count = places.customer, len(places.customer)
    layer = _layers(rng, block, customer=customer, place=places.place)
    layer[places.follows] = "administrator"
    abroad = block.foreign[customer]
    emails = [
        None if hidden else f"{local}@{block.company[c].domain}"
        for (_, local), c, hidden in zip(
            persons, customer, rng.random(count) < 0.03, strict=True
        )
    ]
    pick = rng.integers(1000, size=count)
    tables.add(
        "contacts",
        {
            "contact_id": people.ids,
            "customer_id": [block.ids[c] for c in customer],
            "name": [name for name, _ in persons],
            "email": emails,
            "layer": list(layer),
            "role": [
                _role(kind, away=away, pick=p)
                for kind, away, p in zip(layer, abroad, pick, strict=True)
            ],
            "locale": ["en" if away else "ja" for away in abroad],
            "created_on": dates(setting, people.created),
            "left_on": dates(setting, people.left),
            "champion": (places.place == 0) | places.follows,
        },
    )


def _created_days(
    rng: np.random.Generator, *, block: Block, customer: Ints, place: Ints
) -> Ints:
    """Let the first people be there at the start; more join over the first year."""
    early = place < 3
    later = np.floor(rng.exponential(60, len(place))).clip(0, 500)
    start = block.start[customer].astype(np.int64)
    return start + np.where(early, 0, later).astype(np.int64)


def _layers(
    rng: np.random.Generator, block: Block, *, customer: Ints, place: Ints
) -> Texts:
    layer = np.full(len(place), "user", dtype=object)
    layer[place == 0] = "administrator"
    layer[place == 1] = "decision_maker"
    layer[(place > 4) & (rng.random(len(place)) < 0.08)] = "administrator"
    office = np.array([kind == "会計・法律事務所" for kind in block.industry])[customer]
    layer[office & (place > 3) & (rng.random(len(place)) < 0.5)] = "beneficiary"
    return layer


def _names(
    rng: np.random.Generator, block: Block, *, customer: Ints
) -> list[tuple[str, str]]:
    persons = names.draw_people(rng, len(customer))
    abroad = np.flatnonzero(block.foreign[customer])
    others = names.draw_people(rng, len(abroad), foreign=True)
    for i, person in zip(abroad, others, strict=True):
        persons[i] = person
    return persons


def _role(layer: str, *, away: bool, pick: int) -> str | None:
    if pick > 950:
        return None
    roles = (_ROLES_ABROAD if away else _ROLES)[layer]
    return roles[pick % len(roles)]
