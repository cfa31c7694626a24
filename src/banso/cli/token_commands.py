"""The commands of `banso token`."""

import datetime as dt
from typing import TYPE_CHECKING

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json, print_table
from banso.cli.user_commands import NoSuchUser, find_user
from banso.cli.words import say
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.site.serving import migrate
from banso.webkit.permissions import READ, TOKEN_SCOPES

if TYPE_CHECKING:  # models exist only once Django is ready
    from banso.web.tokens.queries import Line


class NoSuchToken(BansoError):
    """Refuse a number that no token has."""

    code = "no_such_token"


@click.command("add")
@click.argument("email", metavar="E-MAIL")
@click.option("--name", default="", help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(TOKEN_SCOPES),
    default=(READ,),
    show_default=True,
    help="What it is good for; more than one may be given.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    default=90,
    show_default=True,
    help="For how long it is valid.",
)
@in_project
@as_json
def add(
    project: Project,
    *,
    email: str,
    name: str,
    scopes: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """Make a token with which a program acts as the person with E-MAIL.

    Its secret is printed once and cannot be read again.
    """
    user = find_user(project, email)
    if user is None or not user.is_active:
        raise NoSuchUser(
            f"Nobody signs in as {email}.", hint="See `banso user list`.", email=email
        )
    from banso.web.tokens import operations  # noqa: PLC0415  after the settings

    made = operations.make_token(
        user=user, name=name, scopes=scopes, days=days, by=None, at=_now()
    )
    if as_json:
        kept = {
            "id": made.token.pk,
            "name": made.token.name,
            "email": user.email,
            "scopes": made.token.scopes,
            "expires_at": made.token.expires_at,
        }
        print_json({**kept, "token": made.secret})
        return
    say(
        "{email} のトークン（{scopes}、{until} まで）です。もう表示されません:",
        "Made a token of {email} ({scopes}, until {until}). It is not shown again:",
        email=user.email,
        scopes=", ".join(made.token.scopes),
        until=f"{made.token.expires_at:%F}",
    )
    click.echo(made.secret)


@click.command("list")
@in_project
@as_json
def list_tokens(project: Project, *, as_json: bool) -> None:
    """List the tokens of everybody."""
    migrate(project)
    from banso.web.tokens import queries  # noqa: PLC0415  after the settings

    lines = queries.list_all(at=_now())
    if as_json:
        print_json([_in_json(line) for line in lines])
        return
    print_table(
        ("id", "name", "email", "scopes", "expires", "used", "state"),
        [
            (
                str(line.token.pk),
                line.token.name,
                line.token.user.email,
                ", ".join(map(str, line.token.scopes)),
                f"{line.token.expires_at:%F}",
                f"{line.token.last_used_at:%F}" if line.token.last_used_at else "",
                line.state,
            )
            for line in lines
        ],
    )


@click.command("revoke")
@click.argument("token_id", metavar="ID", type=int)
@in_project
@as_json
def revoke(project: Project, *, token_id: int, as_json: bool) -> None:
    """Let nobody in any more with the token of that ID of `banso token list`."""
    migrate(project)
    from banso.web.tokens import operations, queries  # noqa: PLC0415  likewise

    token = queries.find_token(token_id)
    if token is None:
        raise NoSuchToken(
            f"There is no token {token_id}.",
            hint="See `banso token list`.",
            id=token_id,
        )
    operations.revoke_token(token, by=None, at=_now())
    if as_json:
        print_json({"id": token.pk, "state": "revoked"})
        return
    say(
        "トークン「{name}」（{email}）を取り消しました。",
        "Revoked the token {name} of {email}.",
        name=token.name,
        email=token.user.email,
    )


def _in_json(line: "Line") -> dict[str, object]:
    token = line.token
    return {
        "id": token.pk,
        "name": token.name,
        "email": token.user.email,
        "scopes": token.scopes,
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "state": line.state,
    }


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
