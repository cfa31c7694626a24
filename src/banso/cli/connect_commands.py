"""The commands of `banso connect`."""

import datetime as dt
from dataclasses import asdict

import click

from banso.cli.failures import FINDINGS
from banso.cli.options import as_json, in_project, to_type
from banso.cli.output import print_json, print_table
from banso.cli.progress import showing_progress
from banso.cli.refusals import explained, said
from banso.cli.words import say, words, write_line
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.runs.source_checking import Checked, check_source
from banso.runs.source_reading import TableRead, read_source
from banso.runs.source_states import SourceState, find_sources, list_states

_COUNTS = ("new", "changed", "unchanged", "quarantined")


@click.command("check")
@click.argument("name", metavar="[SOURCE]", required=False)
@in_project
@as_json
def check(project: Project, *, name: str | None, as_json: bool) -> int:
    """Connect to SOURCE, or to all, and compare their columns with ours.

    Nothing is read into the lake. When a column that is needed is missing, one that
    looks like it is proposed.
    """
    sources = find_sources(project, name)
    found = {each.name: check_source(project, each) for each in sources}
    if as_json:
        print_json(
            {
                "tables": [
                    {
                        "source": source,
                        "from": each.name,
                        "table": each.table,
                        "columns": dict(each.columns),
                        "attributes": list(each.attributes),
                        "proposed": dict(each.proposed),
                        "failure": each.failure.message if each.failure else "",
                    }
                    for source, tables in found.items()
                    for each in tables
                ]
            }
        )
    else:
        for source, tables in found.items():
            for each in tables:
                _say_checked(source, each)
    failed = any(each.failure for tables in found.values() for each in tables)
    return FINDINGS if failed else 0


@click.command("read")
@click.argument("name", metavar="[SOURCE]", required=False)
@click.option("--full", is_flag=True, help="All rows, not only those that changed.")
@in_project
@as_json
def read(project: Project, *, name: str | None, full: bool, as_json: bool) -> int:
    """Take what is new at SOURCE, or at all sources, into the lake.

    It may be stopped at any moment: the next time goes on from what was taken in.
    """
    at = dt.datetime.now(dt.UTC)
    done: dict[str, tuple[TableRead, ...]] = {}
    failed: dict[str, BansoError] = {}
    for source in find_sources(project, name):
        try:
            with showing_progress() as progress:
                tables = read_source(
                    project, source, at=at, full=full, progress=progress
                )
        except BansoError as error:
            if name is not None:
                raise
            failed[source.name] = error
        else:
            done[source.name] = tables
    if as_json:
        print_json(
            {
                "tables": [
                    _read_json(s, r) for s, reads in done.items() for r in reads
                ],
                "failed": {source: each.message for source, each in failed.items()},
            }
        )
    else:
        _say_read(project, done, failed)
    is_whole = not failed and not any(r.failure for rs in done.values() for r in rs)
    return 0 if is_whole else FINDINGS


@click.command("list")
@in_project
@as_json
def list_sources(project: Project, *, as_json: bool) -> None:
    """List the sources, when each table was read last, and how far it came."""
    states = list_states(project)
    if as_json:
        print_json({"sources": [asdict(each) for each in states]})
        return
    if not states:
        say(
            "接続先はまだありません。sources.yaml に書きます。",
            "There are no sources yet. They are written in sources.yaml.",
        )
        return
    print_table(
        [
            words("接続先", "source"),
            words("元のテーブル", "from"),
            words("テーブル", "table"),
            words("最終読み取り", "last read"),
            words("どこまで", "up to"),
            words("間隔", "every"),
            words("状態", "state"),
        ],
        [row for state in states for row in _state_rows(state)],
    )


def _state_rows(state: SourceState) -> list[list[str]]:
    return [
        [
            state.name,
            name,
            table.table,
            f"{table.read_at:%F %T} UTC" if table.read_at else words("未読", "never"),
            table.newest,
            state.every or words("手動", "when asked"),
            str(state.failure or table.failure or ""),
        ]
        for name, table in state.tables.items()
    ]


def _say_checked(source: str, found: Checked) -> None:
    if found.failure is None:
        say(
            "✓ {source}: {name} → {table}（{columns} 列、独自の列 {own}）",
            "✓ {source}: {name} → {table} ({columns} columns, {own} of your own)",
            source=source,
            name=found.name,
            table=found.table,
            columns=len(found.columns),
            own=len(found.attributes),
        )
        return
    message, hint = explained(found.failure)
    write_line(f"✗ {message}")
    if found.proposed:
        say("  対応づけの案:", "  Proposed:")
        write_line("    columns:")
        for ours, theirs in found.proposed.items():
            write_line(f"      {ours}: {theirs}")
    elif hint:
        write_line(f"  {hint}")


def _say_read(
    project: Project,
    done: dict[str, tuple[TableRead, ...]],
    failed: dict[str, BansoError],
) -> None:
    rows = [(source, each) for source, reads in done.items() for each in reads]
    if rows:
        print_table(
            [
                words("接続先", "source"),
                words("元のテーブル", "from"),
                words("行数", "rows"),
                words("追加", "new"),
                words("更新", "changed"),
                words("変更なし", "unchanged"),
                words("隔離", "quarantined"),
                words("削除", "withdrawn"),
                words("どこまで", "up to"),
            ],
            [
                [
                    source,
                    each.name,
                    f"{each.rows:,}",
                    *(f"{each.total(count):,}" for count in _COUNTS),
                    f"{each.withdrawn:,}",
                    "" if each.newest is None else str(each.newest),
                ]
                for source, each in rows
            ],
        )
    for source, each in rows:
        for note in each.notes:
            write_line(f"- {source}: {said(note)}")
        if each.failure is not None:
            _say_failure(source, each.failure)
    for source, error in failed.items():
        _say_failure(source, error)
    if any(each.total("new") or each.total("changed") for _, each in rows):
        say("次の一歩: {run}", "Next: {run}", run=to_type(project, "run"))


def _say_failure(source: str, error: BansoError) -> None:
    message, hint = explained(error)
    write_line(f"✗ {source}: {message} {hint}".rstrip())


def _read_json(source: str, read: TableRead) -> dict[str, object]:
    return {
        "source": source,
        "from": read.name,
        "table": read.table,
        "rows": read.rows,
        **{count: read.total(count) for count in _COUNTS},
        "withdrawn": read.withdrawn,
        "newest": None if read.newest is None else str(read.newest),
        "notes": [note.message for note in read.notes],
        "failure": read.failure.message if read.failure else "",
    }
