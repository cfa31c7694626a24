"""`banso init`: make a project."""

import os
from pathlib import Path

import click
from babel.core import get_global
from babel.numbers import get_territory_currencies

from banso.cli.options import as_json, to_type
from banso.cli.output import print_json
from banso.cli.words import language, say, words
from banso.runs.project import LANGUAGES, create_project


@click.command("init")
@click.argument(
    "folder",
    metavar="[DIR]",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
)
@click.option("--name", help="The company's name. Default: the folder's name.")
@click.option(
    "--timezone",
    help="Where the company's day begins, e.g. Asia/Tokyo. Default: this machine's.",
)
@click.option(
    "--currency",
    help="Of money that names none, e.g. JPY. Default: the time zone's country's.",
)
@click.option(
    "--language",
    "company_language",
    type=click.Choice(LANGUAGES),
    help="Of pages and mails when a person chose none. Default: the terminal's.",
)
@as_json
def command(
    *,
    folder: Path,
    name: str | None,
    timezone: str | None,
    currency: str | None,
    company_language: str | None,
    as_json: bool,
) -> None:
    """Make a project in DIR (default: here), with a starter set of definitions.

    A project is a folder with the company's settings (banso.toml), its definitions of
    metrics and health (definitions/), and Banso's own store (.banso/).
    """
    zone = timezone or machine_timezone()
    project = create_project(
        folder,
        name=name or folder.resolve().name,
        timezone=zone,
        currency=currency or currency_of(zone),
        language=company_language or language(),
    )
    if as_json:
        print_json(
            {
                "folder": project.folder,
                "name": project.name,
                "timezone": project.timezone,
                "currency": project.currency,
                "language": project.language,
            }
        )
        return
    say(
        "プロジェクトを作りました: {folder}\n"
        "  会社名 {name} / タイムゾーン {zone} / 通貨 {currency}\n"
        "  違うところは banso.toml で直せます。\n"
        "次の一歩: {load}",
        "Made a project in {folder}\n"
        "  company {name} / time zone {zone} / currency {currency}\n"
        "  Mend what is not right in banso.toml.\n"
        "Next: {load}",
        folder=project.folder,
        name=project.name,
        zone=project.timezone,
        currency=project.currency,
        load=to_type(project, words("load データのフォルダー", "load YOUR_FILES")),
    )


def machine_timezone() -> str:
    """Return the IANA name of this machine's time zone; UTC when it has none."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if named in get_global("zone_territories"):
        return named
    link = Path("/etc/localtime").resolve()
    parts = link.parts
    if "zoneinfo" in parts:
        name = "/".join(parts[parts.index("zoneinfo") + 1 :])
        return "UTC" if name in {"Etc/UTC", "Etc/UCT", "UCT", "Universal"} else name
    return "UTC"


def currency_of(timezone: str) -> str:
    """Return today's currency where `timezone` is; JPY or USD when that is nowhere."""
    territory = get_global("zone_territories").get(timezone)
    currencies = get_territory_currencies(territory) if territory else []
    if currencies:
        return str(currencies[-1])
    return "JPY" if language() == "ja" else "USD"
