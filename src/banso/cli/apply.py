"""`banso apply`: publish the definitions of the project's folder."""

import datetime as dt
import getpass

import click

from banso.cli.check import in_json
from banso.cli.failures import FINDINGS
from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import say, tell, write_line
from banso.definitions.differences import Change
from banso.runs.project import Project
from banso.runs.publishing import Applied, DefinitionsFaulty, apply_definitions


@click.command("apply")
@click.option("--why", default="", help="The reason, kept with the version.")
@click.option("--by", help="Who publishes. Default: the user of this machine.")
@in_project
@as_json
def command(project: Project, *, why: str, by: str | None, as_json: bool) -> int:
    """Publish the project's definitions, for the next run to use.

    Definitions with errors are not published; the exit status is then 1.
    """
    at = dt.datetime.now(dt.UTC)
    try:
        applied = apply_definitions(project, by=by or who(), why=why, at=at)
    except DefinitionsFaulty as error:
        if as_json:
            print_json({"issues": [in_json(issue) for issue in error.issues]})
        else:
            for issue in error.issues:
                write_line(str(issue))
            tell("公開しませんでした。", "Nothing was published.")
        return FINDINGS
    if as_json:
        print_json(_applied_in_json(applied))
    else:
        _say_applied(applied)
    return 0


def who() -> str:
    """Return the name of the machine's user, or ``unknown`` when there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _say_applied(applied: Applied) -> None:
    for issue in applied.warnings:
        write_line(str(issue))
    if not applied.is_new:
        say(
            "公開済みの定義と同じです（{digest}）。",
            "These definitions are published already ({digest}).",
            digest=applied.version.digest[:12],
        )
        return
    for change in applied.changes:
        write_line(f"  {worded(change)}")
    say(
        "定義を公開しました（{digest}）。次の計算から使われます。",
        "Published the definitions ({digest}); the next run uses them.",
        digest=applied.version.digest[:12],
    )


def worded(change: Change) -> str:
    """Return a change as one line: ``metric mrr: window_days 28 → 30``."""
    subject = f"{change.subject} {change.key}"
    if not change.field:
        return f"{subject}: {change.kind}"
    before, after = _value(change.old), _value(change.new)
    return f"{subject}: {change.field} {before} → {after}"


def _value(value: object) -> str:
    return "–" if value is None else str(value)


def _applied_in_json(applied: Applied) -> dict[str, object]:
    return {
        "digest": applied.version.digest,
        "is_new": applied.is_new,
        "published_by": applied.version.published_by,
        "published_at": applied.version.published_at,
        "changes": [vars(change) for change in applied.changes],
        "issues": [in_json(issue) for issue in applied.warnings],
    }
