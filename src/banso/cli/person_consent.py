"""`banso person consent`: what a person allows, shown and recorded."""

import datetime as dt
from typing import TYPE_CHECKING

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json, print_table
from banso.cli.words import language, say, words
from banso.kernel.consent import PURPOSES, Gate, Purpose
from banso.runs.person_rows import find_person
from banso.runs.project import Project
from banso.site.serving import migrate

if TYPE_CHECKING:
    from banso.web.consents.operations import Said
    from banso.web.consents.queries import Contact


@click.command("consent")
@click.argument("contact", metavar="CONTACT|E-MAIL")
@click.argument(
    "purpose", required=False, type=click.Choice([each.value for each in Purpose])
)
@click.option(
    "--grant/--withdraw", "granted", default=None, help="Allowed, or refused."
)
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@click.option("--source", metavar="TEXT", default="", help="Where or how it was said.")
@click.option(
    "--on",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the person said so, in UTC. Default: now.",
)
@in_project
@as_json
def consent(  # noqa: PLR0913 - the options of the command
    project: Project,
    *,
    contact: str,
    purpose: str | None,
    granted: bool | None,
    reason: str,
    source: str,
    on: dt.datetime | None,
    as_json: bool,
) -> None:
    """Show what a contact allows; with a PURPOSE, record what it says of that.

    A decision counts at once, and has an entry in the audit.
    """
    if (purpose is None) != (granted is None):
        raise click.UsageError(
            words(
                "利用目的と --grant または --withdraw は一緒に指定してください。",
                "Give a PURPOSE together with --grant or --withdraw.",
            )
        )
    migrate(project)
    from banso.web.consents import operations, queries  # noqa: PLC0415  after the settings

    at = dt.datetime.now(dt.UTC)
    person = find_person(project, contact)
    name = person.names[-1] if person.names else person.contact_id
    known = queries.Contact(person.customer_id, person.contact_id, name, "")
    if purpose is not None and granted is not None:
        said = operations.Said(
            purpose=Purpose(purpose),
            granted=granted,
            decided_at=on.replace(tzinfo=dt.UTC) if on else None,
            reason=reason,
            source=source,
        )
        operations.record_decision(known, said, by=None, at=at)
        if not as_json:
            _tell(known, said)
    if as_json:
        print_json(queries.record_of(known, at=at))
    elif purpose is None:
        _show(known.contact_id, queries.gate_for([known.contact_id], at=at))


def _tell(contact: "Contact", said: "Said") -> None:
    purpose = PURPOSES[said.purpose].label.in_language(language())
    if said.granted:
        say(
            "{contact} の同意を記録しました: {purpose}",
            "Recorded that {contact} allows: {purpose}",
            contact=contact.contact_id,
            purpose=purpose,
        )
        return
    say(
        "{contact} の拒否・撤回を記録しました: {purpose}",
        "Recorded that {contact} refuses: {purpose}",
        contact=contact.contact_id,
        purpose=purpose,
    )


def _show(contact_id: str, gate: Gate) -> None:
    yes, no = words("同意", "allowed"), words("拒否", "refused")
    rows = []
    for purpose in Purpose:
        now = gate.standing(contact_id, purpose)
        name = PURPOSES[purpose].label.in_language(language())
        since = words("既定", "default")
        if now.decided_at is not None:
            since = f"{now.decided_at:%F %H:%M}Z"
        rows.append([purpose.value, name, yes if now.granted else no, since])
    heads = words("目的,名称,現在,いつから", "purpose,name,now,since").split(",")
    print_table(heads, rows)
