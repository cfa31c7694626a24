"""The commands of `banso person` that erase."""

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import say, tell, words
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.site.serving import migrate

if TYPE_CHECKING:
    from banso.site.person_erasure import Preview

ASKED_BY = ("person", "customer", "authority", "us")


class NotConfirmed(BansoError):
    """Refuse to erase without a word of confirmation."""

    code = "not_confirmed"


@click.command("erase")
@click.argument("contact", metavar="CONTACT|E-MAIL")
@click.option("--reason", metavar="TEXT", help="Why; it goes into the audit.")
@click.option(
    "--asked-by",
    type=click.Choice(ASKED_BY),
    default="person",
    show_default=True,
    help="Who wants it.",
)
@click.option("--preview", is_flag=True, help="Say what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_project
@as_json
def erase(  # noqa: PLR0913 - the options of the command
    project: Project,
    *,
    contact: str,
    reason: str | None,
    asked_by: str,
    preview: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase a contact: rows, texts, files, earlier versions and older releases.

    What counts stays, of nobody: its events, answers and tickets keep their day and
    customer under an ID that says nothing, so that no number of the company changes.
    Loads and live events bring nothing of it back. It cannot be undone.
    """
    migrate(project)
    from banso.site.person_erasure import erase_person, preview_erasure  # noqa: PLC0415

    at = dt.datetime.now(dt.UTC)
    if preview:
        _show(preview_erasure(project, contact, at=at), as_json=as_json)
        return
    if not reason:
        raise click.UsageError(words("--reason が要ります。", "--reason is needed."))
    if not yes:
        _confirm(project, contact, at=at)
    done = erase_person(project, contact, asked_by=asked_by, reason=reason, at=at)
    if as_json:
        print_json(
            {
                "erasure": done.erasure_id,
                "rows": dict(done.rows),
                "files": done.files,
                "lake_version": done.version,
            }
        )
        return
    say(
        "消去しました（{erasure}）: {rows:,} 行、ファイル {files:,} 個。\n"
        "以前のバックアップと、読み込み元のファイル・システムにはまだ残っています。",
        "Erased ({erasure}): {rows:,} rows, {files:,} files.\n"
        "Earlier backups, and the files and systems that you load from, still hold the"
        " person.",
        erasure=done.erasure_id,
        rows=sum(done.rows.values()),
        files=done.files,
    )


@click.command("erasures")
@in_project
@as_json
def erasures(project: Project, *, as_json: bool) -> None:
    """List when persons were erased, and whether an erasure is still under way."""
    from banso.runs.erasures import read_erasures, read_orders  # noqa: PLC0415

    under_way = {order.erasure_id for order in read_orders(project)}
    found = [
        {
            "erasure": each.erasure_id,
            "at": each.at,
            "is_done": each.erasure_id not in under_way,
        }
        for each in read_erasures(project)
    ]
    if as_json:
        print_json(found)
        return
    for each in found:
        state = words("完了", "done") if each["is_done"] else words("途中", "under way")
        say(
            "{at:%Y-%m-%d %H:%M} UTC  {erasure}  {state}",
            "{at:%Y-%m-%d %H:%M} UTC  {erasure}  {state}",
            state=state,
            **each,
        )
    if not found:
        say("まだ誰も消去していません。", "Nobody was erased yet.")


@click.command("readmit")
@click.argument("contact", metavar="CONTACT|E-MAIL")
@in_project
@as_json
def readmit(project: Project, *, contact: str, as_json: bool) -> None:
    """Let a person who was erased come in again, with the next load.

    For who comes back as a contact. What was erased stays erased.
    """
    migrate(project)
    from banso.site.person_erasure import readmit_person  # noqa: PLC0415

    count = readmit_person(project, contact, at=dt.datetime.now(dt.UTC))
    if as_json:
        print_json({"erasures": count})
        return
    say(
        "この人の行を再び取り込みます。消去した内容は戻りません。",
        "Rows of this person are taken in again. What was erased stays erased.",
    )


def _show(found: "Preview", *, as_json: bool) -> None:
    person = found.person
    if as_json:
        print_json(
            {
                "contact_id": person.contact_id,
                "rows": dict(found.rows),
                "files": found.files,
            }
        )
        return
    said = {
        "contact": person.contact_id,
        "name": " / ".join(person.names) or "–",
        "email": " / ".join(person.emails) or "–",
    }
    say(
        "{contact}  {name}  {email}\n次の行を匿名にするか取り除きます:",
        "{contact}  {name}  {email}\nThese rows become anonymous, or go:",
        **said,
    )
    for place, rows in found.rows.items():
        say("  {place}  {rows:,}", "  {place}  {rows:,}", place=place, rows=rows)
    if found.files:
        say(
            "  添付ファイル  {files:,}",
            "  attached files  {files:,}",
            files=found.files,
        )


def _confirm(project: Project, contact: str, *, at: dt.datetime) -> None:
    from banso.runs.erasures import read_orders  # noqa: PLC0415
    from banso.site.person_erasure import preview_erasure  # noqa: PLC0415

    if not sys.stdin.isatty():
        raise NotConfirmed(
            "Erasing cannot be undone, and there is nobody to ask.",
            hint="Look at what would go with --preview, then add --yes.",
        )
    if read_orders(project):
        tell(
            "途中で止まった消去があります。先に完了します。",
            "An erasure was stopped on its way. It is completed first.",
        )
    else:
        _show(preview_erasure(project, contact, at=at), as_json=False)
    question = words("元に戻せません。消去しますか", "It cannot be undone. Erase")
    if not click.confirm(question):
        raise click.Abort
