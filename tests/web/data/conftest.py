"""A small company on disk: some tables, a run, and rows that were not taken in."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from banso.runs.loading import load
from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.runs.running import run

AT = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
AS_OF = dt.date(2026, 11, 22)

CUSTOMERS = """\
customer_id,name,owner,touch,created_on,segment,nickname
C1,株式会社あおぞら,chika@example.com,high,2025-01-10,gold,<script>alert(1)</script>
C2,みどり商事,aoi@example.com,low,2025-02-10,silver,
C3,=HYPERLINK("x"),aoi@example.com,,2025-03-10,,
C4,四番目,aoi@example.com,tech,2025-04-10,gold,
"""
CONTACTS = """\
contact_id,customer_id,name,email,layer,created_on
P1,C1,佐藤 花子,hanako@example.com,user,2025-02-01
"""
EVENTS = """\
event_id,occurred_at,customer_id,name
E1,2026-09-01T10:00:00,C1,opened
E2,2026-09-02T10:00:00,C2,opened
"""
SUBSCRIPTIONS = """\
subscription_id,started_on,customer_id,ended_on,mrr
S1,2025-02-01,C1,,10000
S2,2025-03-01,C2,,20000
S3,2025-03-01,C3,,30000
"""
BAD_SUBSCRIPTIONS = """\
subscription_id,started_on,customer_id,ended_on,mrr
S7,2026-05-01,C1,2026-04-01,10000
S8,2026-05-01,C2,,-5
S9,2026-05-01,C3,,<script>alert(2)</script>
"""
BAD_CUSTOMERS = """\
customer_id,name,touch
C9,新規,gigantic
"""


def build(folder: Path) -> Project:
    """Make the project, load it in two steps, and run it."""
    project = create_project(
        folder / "project",
        name="あおぞら",
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )
    first, second = folder / "first", folder / "second"
    write(
        first,
        customers=CUSTOMERS,
        contacts=CONTACTS,
        events=EVENTS,
        subscriptions=SUBSCRIPTIONS,
    )
    waiting = [
        f"R{i},GHOST-{i % 3},2026-11-01T10:00:00,nps,{i % 11}" for i in range(120)
    ]
    head = "response_id,customer_id,occurred_at,survey,score"
    write(
        second,
        subscriptions=BAD_SUBSCRIPTIONS,
        customers=BAD_CUSTOMERS,
        responses="\n".join([head, *waiting, ""]),
    )
    apply_definitions(project, by="aoi@example.com", why="first", at=AT)
    load(project, first, at=AT)
    load(project, second, at=AT + dt.timedelta(hours=1))
    run(project, as_of=AS_OF, at=AT + dt.timedelta(hours=2))
    return project


def write(folder: Path, **tables: str) -> None:
    """Write files to load."""
    folder.mkdir(exist_ok=True)
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build the company once; no test changes it."""
    return build(tmp_path_factory.mktemp("data-company"))


@pytest.fixture
def company(built: Project, settings: object) -> Project:
    """Serve the company in this test."""
    settings.BANSO_PROJECT_FOLDER = built.folder  # type: ignore[attr-defined]
    return built


@pytest.fixture
def own_company(built: Project, settings: object, tmp_path: Path) -> Project:
    """Serve a copy of the company that the test may change."""
    folder = tmp_path / "own"
    shutil.copytree(built.folder, folder)
    settings.BANSO_PROJECT_FOLDER = folder  # type: ignore[attr-defined]
    return Project.open(folder)


@pytest.fixture
def spoil_definitions(own_company: Project) -> Callable[[], None]:
    """Return a function: publish what no version of Banso can read yet."""

    def spoil() -> None:
        lake = lake_of(own_company)
        current = lake.current()
        files = dict(lake.definition_files(current.definitions[-1].digest))
        files["health.yaml"] = b"schema_version: 99\nhealth: []\n"
        with lake.writing(at=current.written_at) as draft:
            draft.put_definitions(files, digest="f" * 64, by="x", why="the future")
            draft.commit()

    return spoil


@pytest.fixture
def more(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes files to load, and gives their folder."""

    def add(**tables: str) -> Path:
        folder = tmp_path / "more"
        write(folder, **tables)
        return folder

    return add
