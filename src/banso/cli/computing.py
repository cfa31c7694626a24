"""From facts to a published release: what `banso run` and `banso demo` do."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from banso.cli.apply import who
from banso.cli.words import tell
from banso.kernel.progress import Progress
from banso.runs.as_of import default_as_of
from banso.runs.collecting import Collected, take_collected
from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.runs.running import refuse_without_customers, run
from banso.runs.tidying import tidy
from banso.site.returning import return_facts
from banso.site.serving import migrate
from banso.warehouse.manifest import Release


@dataclass(frozen=True)
class Wish:
    """What a run is asked for."""

    as_of: dt.date | None = None  # None: what the facts suggest
    seed: int = 0
    full: bool = False


def compute(project: Project, wish: Wish, *, progress: Progress) -> Release:
    """Publish changed definitions, then run, then publish the release."""
    at = dt.datetime.now(dt.UTC)
    publish_folder(project, at=at)
    # Before an app database is made that nobody needs yet.
    refuse_without_customers(lake_of(project).current())
    take_in(project, at=at)
    take_back(project, at=at)
    as_of = wish.as_of or chosen_as_of(project, at=at)
    release = run(
        project,
        as_of=as_of,
        at=at,
        seed=wish.seed,
        full=wish.full,
        progress=progress,
    )
    show_release(project, release, at=at, progress=progress)
    tidy(project, at=at)
    return release


def show_release(
    project: Project, release: Release, *, at: dt.datetime, progress: Progress
) -> None:
    """Let the pages show a release; showing it again changes nothing."""
    progress("publish", 0, 1)
    migrate(project)
    from banso.web.customers import operations  # noqa: PLC0415  after the settings

    operations.publish_release(project, release, at=at)
    progress("publish", 1, 1)


def show_newest(project: Project) -> None:
    """Let the pages show the newest release, should a run have been stopped short."""
    migrate(project)
    from banso.web.customers import operations  # noqa: PLC0415  after the settings

    operations.publish_newest(project, at=dt.datetime.now(dt.UTC))


def publish_folder(project: Project, *, at: dt.datetime) -> None:
    """Publish the folder's definitions if they are not the published ones."""
    applied = apply_definitions(project, by=who(), why="banso run", at=at)
    if applied.is_new:
        tell(
            "定義を公開しました（{digest}）。",
            "Published the definitions ({digest}).",
            digest=applied.version.digest[:12],
        )


def take_in(project: Project, *, at: dt.datetime) -> Collected:
    """Let the live events that were accepted count as facts, and say how many came."""
    taken = Collected()
    while True:
        part = take_collected(project, at=at)
        taken = taken.plus(part)
        if not part.has_more:
            break
    if taken.new:
        tell(
            "受け付けたイベント {events} 件を取り込みました。",
            "Took in {events} live events.",
            events=f"{taken.new:,}",
        )
    if taken.damages:
        tell(
            "イベントの記録に読めない部分があります: {places}",
            "A part of the log of live events cannot be read: {places}",
            places=", ".join(f"{d.segment}:{d.offset}" for d in taken.damages),
        )
    return taken


def take_back(project: Project, *, at: dt.datetime) -> None:
    """Let what people recorded in the app count as facts, and say what does not fit."""
    returned = return_facts(project, at=at)
    if returned.quarantined:
        tell(
            "アプリで記録された{rows}行を取り込めませんでした。理由は「データ」の"
            "隔離の一覧にあります。",
            "{rows} rows that were recorded in the app could not be taken in. The"
            " quarantine, under Data, says why.",
            rows=returned.quarantined,
        )


def chosen_as_of(project: Project, *, at: dt.datetime) -> dt.date:
    """Return the as-of date that the facts suggest, and say when it is not today."""
    today = at.astimezone(ZoneInfo(project.timezone)).date()
    choice = default_as_of(project, today)
    if choice.is_old:
        tell(
            "最新のデータは {newest} です。今日ではなく、その日を基準日にします"
            "（--as-of で変えられます）。",
            "The newest fact is of {newest}: that day is taken as the as-of date, "
            "instead of today (--as-of changes it).",
            newest=choice.newest_fact,
        )
    return choice.as_of
