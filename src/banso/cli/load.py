"""`banso load`: take a company's files in."""

import datetime as dt
import shlex
from dataclasses import asdict
from pathlib import Path

import click

from banso.cli.failures import FINDINGS
from banso.cli.faults import fault_in_words
from banso.cli.options import as_json, in_project, to_type
from banso.cli.output import print_json, print_table
from banso.cli.progress import showing_progress
from banso.cli.refusals import said
from banso.cli.words import say, words, write_line
from banso.connectors.discovery import MAPPING_FILES
from banso.kernel.errors import BansoError
from banso.runs.loading import LoadSummary, load
from banso.runs.project import Project
from banso.runs.results import open_session

FAULTS_SHOWN = 5


class MappingExists(BansoError):
    """Refuse to write a proposed mapping over one that is there."""

    code = "mapping_exists"


@click.command("load")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--table", metavar="TABLE", help="The table of a single file.")
@click.option(
    "--mapping",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Which foreign column is which of ours. Default: mapping.yaml in the folder.",
)
@click.option(
    "--write-mapping",
    is_flag=True,
    help="Save a proposed mapping as mapping.yaml beside the files, to look through.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 when any row was left out.")
@in_project
@as_json
def command(  # noqa: PLR0913  each is an option of the command
    project: Project,
    *,
    path: Path,
    table: str | None,
    mapping: Path | None,
    write_mapping: bool,
    strict: bool,
    as_json: bool,
) -> int:
    """Load a folder of files, or one file: CSV, gzip CSV, JSON Lines or Parquet.

    A file is named as the table that it holds, such as customers.csv or
    events-2026-11.parquet. Rows are added or replaced by their key, so that loading the
    same file again changes nothing. Rows with a fault go to quarantine, with file,
    line, column, value and reason; the others are loaded. Either all of this happens
    or, when the load is stopped, nothing.
    """
    at = dt.datetime.now(dt.UTC)
    with showing_progress() as progress:
        summary = load(
            project, path, table=table, mapping=mapping, at=at, progress=progress
        )
    if write_mapping and summary.proposed_mapping:
        save_mapping(path, summary.proposed_mapping)
    if as_json:
        notes = [note.message for note in summary.notes]
        print_json({**asdict(summary), "notes": notes, "faults": faults(project, at)})
    else:
        say_loaded(summary)
        _say_faults(faults(project, at))
        _say_quarantine(project, summary)
        if summary.proposed_mapping:
            _say_mapping(project, summary, path, written=write_mapping)
        elif not _say_left_out(summary) and summary.tables:
            say("次の一歩: {run}", "Next: {run}", run=to_type(project, "run"))
    is_failure = not summary.tables or (strict and summary.has_findings)
    return FINDINGS if is_failure else 0


def say_loaded(summary: LoadSummary) -> None:
    """Print what became of each table's rows."""
    if summary.tables:
        print_table(
            [
                words("テーブル", "table"),
                words("行数", "rows"),
                words("追加", "new"),
                words("更新", "changed"),
                words("変更なし", "unchanged"),
                words("重複", "repeated"),
                words("隔離", "quarantined"),
                words("隔離から復帰", "taken in"),
            ],
            [
                [
                    each.table,
                    *(
                        f"{count:,}"
                        for count in (
                            each.rows_read,
                            each.new,
                            each.changed,
                            each.unchanged,
                            each.repeated,
                            each.quarantined,
                            each.taken_in,
                        )
                    ),
                ]
                for each in summary.tables
            ],
        )
    for note in summary.notes:
        write_line(f"- {said(note)}")


def faults(project: Project, at: dt.datetime) -> list[dict[str, object]]:
    """Return the first faults that a load found: place, value and reason."""
    shown = ("source", "line", "table", "column", "value", "reason", "detail")
    with open_session(project) as session:
        rows = session.quarantine()
        found = rows.filter(rows.seen_at == at.replace(tzinfo=None))
        first = found.order_by("table", "source", "line", "column")[list(shown)]
        listed: list[dict[str, object]] = session.to_arrow(
            first.limit(FAULTS_SHOWN)
        ).to_pylist()
    return listed


def save_mapping(path: Path, text: str) -> None:
    """Write a proposed mapping to where the next load looks for it."""
    folder = path if path.is_dir() else path.parent
    target = folder / MAPPING_FILES[0]
    if target.exists():
        raise MappingExists(
            f"{target} is there already.",
            hint="Move it away, then try again.",
            path=str(target),
        )
    target.write_text(text, encoding="utf-8")


def _say_faults(found: list[dict[str, object]]) -> None:
    for fault in found:
        place = f"{fault['source']}:{fault['line']}"
        column = f" {fault['column']}:" if fault["column"] else ""  # the whole row
        write_line(f"  {place}:{column} {fault_in_words(fault)}")


def _say_quarantine(project: Project, summary: LoadSummary) -> None:
    left = sum(each.quarantined for each in summary.tables)
    if left:
        say(
            "隔離した行: {left:,}。すべて見るには: {command}",
            "Rows put into quarantine: {left:,}. To see all: {command}",
            left=left,
            command=to_type(project, "export quarantine"),
        )


def _say_left_out(summary: LoadSummary) -> bool:
    """Say of which tables no row at all was good; return whether there is any."""
    left_out = [
        each.table
        for each in summary.tables
        if each.rows_read and each.quarantined == each.rows_read + each.taken_in
    ]
    for table in left_out:
        say(
            "{table} は1行も読み込めませんでした。ファイルを直して、もう一度"
            "読み込んでください。",
            "No row of {table} could be loaded. Correct the file, then load it again.",
            table=table,
        )
    return bool(left_out)


def _say_mapping(
    project: Project, summary: LoadSummary, path: Path, *, written: bool
) -> None:
    write_line(f"\n{summary.proposed_mapping.rstrip()}\n")
    if written:
        say(
            "この対応づけを mapping.yaml に保存しました。"
            "確かめてから、もう一度読み込んでください。",
            "This mapping was saved as mapping.yaml. Look through it, then load again.",
        )
        return
    say(
        "列名から上の対応づけを提案します。保存するには: {command}",
        "From the names of the columns, the mapping above is proposed. "
        "To save it: {command}",
        command=to_type(project, f"load {shlex.quote(str(path))} --write-mapping"),
    )
