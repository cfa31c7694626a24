"""The commands of `banso collect`."""

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from banso.cli.computing import take_in
from banso.cli.options import as_json, in_project
from banso.cli.output import print_json, print_table
from banso.cli.words import say
from banso.runs.collecting import collect_state
from banso.runs.project import Project
from banso.site.serving import migrate

if TYPE_CHECKING:  # models exist only once Django is ready
    from banso.web.collect.operations import Made


@click.command("add")
@click.argument("key", metavar="KEY")
@click.option("--name", default="", help="What people call it. Default: the key.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000_000),
    help="Calls a second on average. Default: as many as the machine can take.",
)
@in_project
@as_json
def add(
    project: Project, *, key: str, name: str, limit: int | None, as_json: bool
) -> None:
    """Add a source, and print its write key, which is not kept.

    KEY stands in the ids of the source's events: small letters, digits and hyphens.
    """
    migrate(project)
    from banso.web.collect import operations  # noqa: PLC0415  after the settings

    made = operations.add_source(
        key=key, name=name, limit_per_second=limit, by=None, at=_now()
    )
    _tell_key(made, as_json=as_json)


@click.command("rotate")
@click.argument("key", metavar="KEY")
@click.option(
    "--overlap-hours",
    type=click.FloatRange(0, 24 * 90),
    default=24.0,
    show_default=True,
    help="How long the old keys still count.",
)
@in_project
@as_json
def rotate(project: Project, *, key: str, overlap_hours: float, as_json: bool) -> None:
    """Make a new write key of the source KEY; the old ones end after the overlap."""
    migrate(project)
    from banso.web.collect import operations  # noqa: PLC0415  after the settings

    overlap = dt.timedelta(hours=overlap_hours)
    made = operations.rotate_key(key, overlap=overlap, by=None, at=_now())
    _tell_key(made, as_json=as_json)


@click.command("list")
@in_project
@as_json
def list_sources(project: Project, *, as_json: bool) -> None:
    """List the sources, what came from them, and how far taking in is behind."""
    migrate(project)
    from banso.web.collect import queries  # noqa: PLC0415  after the settings

    sources = queries.list_sources()
    state = collect_state(project)
    if as_json:
        print_json(
            {
                "sources": [
                    {
                        "key": each.key,
                        "name": each.name,
                        "limit_per_second": each.limit_per_second,
                        "active": each.is_active,
                        "accepted": each.accepted,
                        "refused": each.refused,
                        "last_at": each.last_at,
                    }
                    for each in sources
                ],
                "behind": asdict(state),
            }
        )
        return
    print_table(
        ("key", "name", "active", "limit", "accepted", "refused", "last"),
        [
            (
                each.key,
                each.name,
                "yes" if each.is_active else "no",
                str(each.limit_per_second or ""),
                f"{each.accepted:,}",
                f"{each.refused:,}",
                f"{each.last_at:%F %T}" if each.last_at else "",
            )
            for each in sources
        ],
    )


@click.command("take")
@in_project
@as_json
def take(project: Project, *, as_json: bool) -> None:
    """Take accepted events into the lake now, as every run does.

    Repeating it changes nothing: each message counts once.
    """
    taken = take_in(project, at=_now())
    if as_json:
        print_json(asdict(taken))
        return
    say(
        "新しいイベント {new}、取り込み済み {repeated}、隔離 {quarantined}、"
        "顧客が分かるのを待つもの {waiting}。",
        "{new} new events, {repeated} known before, {quarantined} rows in quarantine,"
        " {waiting} events wait for a customer.",
        new=f"{taken.new:,}",
        repeated=f"{taken.repeated:,}",
        quarantined=f"{taken.quarantined:,}",
        waiting=f"{taken.waiting:,}",
    )


def _tell_key(made: "Made", *, as_json: bool) -> None:
    if as_json:
        print_json({"key": made.source.key, "write_key": made.write_key})
        return
    say(
        "「{name}」の書き込みキー（もう表示されません）:",
        "The write key of {name}. It is not shown again:",
        name=made.source.name,
    )
    click.echo(made.write_key)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
