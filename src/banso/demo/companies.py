"""The companies that ``banso demo`` offers."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from banso.demo.aozora import write_company
from banso.demo.examples import find_example
from banso.kernel.errors import BansoError
from banso.kernel.labels import Label
from banso.kernel.nearness import did_you_mean, nearest

Progress = Callable[[int, int], None]


class UnknownCompany(BansoError):
    """No demo company has that key."""

    code = "unknown_demo_company"


@dataclass(frozen=True)
class Facts:
    """Tables that are ready to be loaded, and the day to look at them."""

    folder: Path
    definitions: Path | None  # beside the starter set, or instead of its files
    as_of: dt.date


@dataclass(frozen=True)
class Making:
    """How a made-up company is to be made; a real one has no such choice."""

    last_day: dt.date
    customers: int = 400
    years: int = 3
    seed: int = 1
    volume: float = 1.0  # of events, as a multiple of the usual


@dataclass(frozen=True)
class DemoCompany:
    """A company to show: what its project is called, and where its facts are from."""

    key: str
    name: Label
    about: Label
    timezone: str
    currency: str
    language: str
    made_up: bool
    write: Callable[[Path, Making, Progress | None], Facts]

    def prepare(
        self, folder: Path, *, making: Making, progress: Progress | None = None
    ) -> Facts:
        """Make the facts ready, in `folder` when they have to be written."""
        return self.write(folder, making, progress)


def _aozora(folder: Path, making: Making, progress: Progress | None) -> Facts:
    write_company(
        folder,
        customers=making.customers,
        years=making.years,
        last_day=making.last_day,
        seed=making.seed,
        volume=making.volume,
        progress=progress,
    )
    own = Path(__file__).parent / "aozora" / "definitions"
    return Facts(folder=folder, definitions=own, as_of=making.last_day)


def _learners(_folder: Path, _making: Making, progress: Progress | None) -> Facts:
    example = find_example("open-university")
    if progress is not None:
        progress(1, 1)
    return Facts(example.folder, example.definitions, example.as_of)


def list_companies() -> Sequence[DemoCompany]:
    """Return the demo companies, the one to start with first."""
    example = find_example("open-university")
    return (
        DemoCompany(
            key="aozora",
            name=Label("あおぞらクラウド", "Aozora Cloud"),
            about=Label(
                "架空の日本のSaaS企業。すべてのテーブルがそろい、正解が分かっています。",
                "A made-up Japanese SaaS company with every table, and known answers.",
            ),
            timezone="Asia/Tokyo",
            currency="JPY",
            language="ja",
            made_up=True,
            write=_aozora,
        ),
        DemoCompany(
            key="learners",
            name=example.company,
            about=Label(
                "実データ。通信制大学の学習者を顧客、履修登録を契約として扱います。",
                "Real data: a university's learners; a course is a contract.",
            ),
            timezone=example.timezone,
            currency=example.currency,
            language=example.language,
            made_up=False,
            write=_learners,
        ),
    )


def find_company(key: str) -> DemoCompany:
    """Return the demo company of a key.

    Raises
    ------
    UnknownCompany
        None has that key.

    """
    companies = {company.key: company for company in list_companies()}
    if key not in companies:
        raise UnknownCompany(
            f"There is no demo company '{key}'.",
            hint=did_you_mean(key, companies) or f"There are: {', '.join(companies)}.",
            key=key,
            near=nearest(key, companies),
            known=list(companies),
        )
    return companies[key]
