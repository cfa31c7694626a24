"""The commands of `banso scim`."""

import datetime as dt

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json, print_table
from banso.cli.words import say
from banso.runs.project import Project
from banso.site.serving import migrate


@click.command("token")
@click.argument("name", default="directory")
@in_project
@as_json
def token(project: Project, *, name: str, as_json: bool) -> None:
    """Make a token called NAME, and show it once."""
    migrate(project)
    from banso.web.scim import operations  # noqa: PLC0415  after the settings

    secret = operations.make_token(name, by=None, at=_now())
    if as_json:
        print_json({"name": name, "token": secret, "path": "/scim/v2"})
        return
    say(
        "ディレクトリー用トークン「{name}」を発行しました。表示は今回だけです。",
        "Made the directory token {name}. It is shown this once.",
        name=name,
    )
    say("{token}", "{token}", token=secret)
    say(
        "ディレクトリーには、このサイトのアドレスに /scim/v2 を付けて登録します。",
        "Give the directory this site's address with /scim/v2 behind it.",
    )


@click.command("list")
@in_project
@as_json
def list_tokens(project: Project, *, as_json: bool) -> None:
    """List all tokens; the secrets themselves are not kept."""
    migrate(project)
    from banso.web.scim import operations  # noqa: PLC0415  after the settings

    columns = ("name", "made", "last used", "state")
    rows = operations.tokens_in_words()
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    print_table(columns, rows)


@click.command("revoke")
@click.argument("name")
@in_project
@as_json
def revoke(project: Project, *, name: str, as_json: bool) -> None:
    """Revoke the token called NAME, at once."""
    migrate(project)
    from banso.web.scim import operations  # noqa: PLC0415  after the settings

    operations.revoke_token(name, by=None, at=_now())
    if as_json:
        print_json({"name": name, "state": "revoked"})
        return
    say(
        "ディレクトリー用トークン「{name}」を無効にしました。",
        "Revoked the directory token {name}.",
        name=name,
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
