"""A small company with two published versions of its definitions and a run."""

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

OWN_METRIC = """\
schema_version: 1
metrics:
  # what counts as value here
  - key: reports
    label: {ja: '<b>レポート</b>', en: <b>Reports</b>}
    about: {ja: 説明です。, en: Reports that somebody opened.}
    unit: count
    kind: count
    table: events
    where: name == 'report'
    window_days: 28

  - key: after_it
    label: {ja: 次, en: The next one}
    unit: count
    kind: count
    table: events
"""


def build(folder: Path) -> Project:
    """Make the project, publish twice, load and run in between."""
    project = create_project(
        folder / "project",
        name="あおぞら",
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )
    own = project.definitions_folder / "metrics" / "own.yaml"
    own.write_text(OWN_METRIC, encoding="utf-8")
    apply_definitions(project, by="aoi@example.com", why="最初の定義", at=AT)
    load(project, write_facts(folder / "facts"), at=AT)
    change(project, "bands: {healthy: 70, watch: 40}", "bands: {healthy: 75}")
    apply_definitions(
        project, by="robot", why="A higher bar", at=AT + dt.timedelta(hours=1)
    )
    run(project, as_of=AS_OF, at=AT + dt.timedelta(hours=2))
    return project


def write_facts(folder: Path) -> Path:
    """Write four customers; one of them never did anything."""
    folder.mkdir()
    customers, spans, events = [], [], []
    for number in range(1, 5):
        customers.append(f"C{number},Customer {number}")
        spans.append(f"S{number},2026-01-01,C{number},{number * 1000}")
        events += [
            f"{number}-{day},2026-11-{day:02d}T10:00:00,C{number},report,P{number}"
            for day in range(1, 1 + 5 * (number - 1))
        ]
    tables = {
        "customers": ["customer_id,name", *customers],
        "subscriptions": ["subscription_id,started_on,customer_id,mrr", *spans],
        "events": ["event_id,occurred_at,customer_id,name,contact_id", *events],
    }
    for name, lines in tables.items():
        text = "\n".join([*lines, ""])
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def change(project: Project, old: str, new: str) -> None:
    """Edit the health model in the project's folder."""
    path = project.definitions_folder / "health.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build the company once; no test changes it."""
    return build(tmp_path_factory.mktemp("definitions-company"))


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
def edit(own_company: Project) -> Callable[[str, str], None]:
    """Return a function that edits the health model of the test's own company."""
    return lambda old, new: change(own_company, old, new)


@pytest.fixture
def spoil(own_company: Project) -> Callable[[], None]:
    """Return a function: publish what no version of Banso can read yet."""

    def publish() -> None:
        lake = lake_of(own_company)
        files = dict(lake.definition_files(lake.current().definitions[-1].digest))
        files["health.yaml"] = b"schema_version: 99\nhealth: []\n"
        with lake.writing(at=AT + dt.timedelta(hours=3)) as draft:
            draft.put_definitions(files, digest="f" * 64, by="x", why="the future")
            draft.commit()

    return publish
