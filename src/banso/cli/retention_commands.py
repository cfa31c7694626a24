"""The commands of `banso retention`."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import say, tell
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.site.serving import migrate

if TYPE_CHECKING:
    from banso.runs.retention import Due


class NotConfirmed(BansoError):
    """Refuse to take anything out that nobody agreed to."""

    code = "retention_not_confirmed"


@click.command("preview")
@in_project
@as_json
def preview(project: Project, *, as_json: bool) -> None:
    """Show what the rules would take out: rows, the oldest day, and which rule.

    Nothing is changed.
    """
    migrate(project)
    from banso.site.retention import preview_retention  # noqa: PLC0415  after the settings

    due = preview_retention(project, at=dt.datetime.now(dt.UTC))
    if as_json:
        print_json([_plain(each) for each in due])
        return
    _show(due)


@click.command("apply")
@click.option("--yes", is_flag=True, help="Do it; without, nothing is taken out.")
@in_project
@as_json
def apply(project: Project, *, yes: bool, as_json: bool) -> None:
    """Take out what the rules no longer keep. It cannot be undone.

    A run under way keeps it from beginning; the web may go on. Killed on the way, the
    next call takes out the rest. Backups keep what they have: let old ones go.
    """
    if not yes:
        raise NotConfirmed(
            "Taking out cannot be undone.",
            hint="Look at `banso retention preview`, then add --yes.",
        )
    migrate(project)
    from banso.site.retention import apply_retention  # noqa: PLC0415  after the settings

    done = apply_retention(project, at=dt.datetime.now(dt.UTC))
    if as_json:
        print_json({"due": [_plain(each) for each in done.due], "files": done.files})
        return
    _show(done.due)
    say(
        "{rows:,} 行とファイル {files:,} 個を取り除きました。",
        "Took out {rows:,} rows and {files:,} files.",
        rows=done.rows,
        files=done.files,
    )
    if done.due:
        tell(
            "バックアップには残っています。古いものを削除してください。",
            "Backups have it still: let old ones go.",
        )


def _show(due: Sequence["Due"]) -> None:
    for each in due:
        say(
            "{place}  {rows:,} 行  最も古い日 {oldest}  規則 {rule}",
            "{place}  {rows:,} rows  oldest {oldest}  rule {rule}",
            place=each.place,
            rows=each.rows,
            oldest=each.oldest or "–",
            rule=each.kind,
        )
    if not due:
        say(
            "取り除くものはありません。",
            "There is nothing to take out.",
        )


def _plain(each: "Due") -> dict[str, object]:
    return {
        "place": each.place,
        "rule": each.kind,
        "rows": each.rows,
        "oldest": each.oldest,
    }
