"""`banso person reads`: who has looked at somebody's data."""

import datetime as dt
from dataclasses import asdict

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import language, say, words
from banso.runs.project import Project
from banso.site.serving import migrate


@click.command("reads")
@click.argument("asked", metavar="CONTACT|E-MAIL|CUSTOMER")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Not before this day.",
)
@in_project
@as_json
def reads(
    project: Project, *, asked: str, since: dt.datetime | None, as_json: bool
) -> None:
    """List who read data of a contact, or of the people at a customer.

    One line a day for each reader, kind of data and way. Reads of many customers at
    once (lists, exports, SQL) are listed too: this one may be among them.
    """
    migrate(project)
    from django.utils import translation  # noqa: PLC0415  after the settings

    from banso.site.personal_reads import reads_about  # noqa: PLC0415  likewise

    with translation.override(language()):
        found = reads_about(project, asked, since=since.date() if since else None)
        if as_json:
            print_json([{**asdict(row)} for row in found])
            return
        for row in found:
            say(
                "{at:%Y-%m-%d %H:%M} UTC  {who}  {kind}{table}  {of}  {way}  {times} 回"
                "  {address}",
                "{at:%Y-%m-%d %H:%M} UTC  {who}  {kind}{table}  {of}  {way}  {times}×"
                "  {address}",
                at=row.last_at,
                who=" ".join(filter(None, (row.by_email, row.through))) or "–",
                kind=row.kind_label,
                table=f" ({row.table_label})" if row.table else "",
                of=" ".join(filter(None, (row.customer_id, row.contact_id)))
                or words("複数の顧客", "many customers"),
                way=row.way_label,
                times=row.times,
                address=row.address,
            )
        if not found:
            say("記録された閲覧はありません。", "No read was noted.")
