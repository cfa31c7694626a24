"""`banso mcp`: an assistant asks and acts for one user."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import click

from banso.cli.options import as_json, in_project
from banso.cli.user_commands import NoSuchUser, find_user
from banso.cli.words import language
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.site.serving import migrate
from banso.webkit.permissions import TOKEN_SCOPES


class McpMissing(BansoError):
    """Refuse to serve assistants without the package that speaks with them."""

    code = "mcp_missing"


class NobodyNamed(BansoError):
    """Refuse to ask as nobody."""

    code = "nobody_named"


@click.command("mcp")
@click.option("--user", default="", metavar="E-MAIL", help="As whom; on this machine.")
@click.option(
    "--token",
    envvar="BANSO_TOKEN",
    default="",
    help="As whose token, instead. Better given as BANSO_TOKEN.",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(TOKEN_SCOPES),
    default=("write",),
    show_default=True,
    help="With --user: what the assistant may do at most.",
)
@in_project
@as_json
def command(
    project: Project,
    *,
    user: str,
    token: str,
    scopes: tuple[str, ...],
    as_json: bool,  # noqa: ARG001  refusals alone: the rest is the protocol's JSON
) -> None:
    """Serve an assistant over standard input and output (MCP).

    It sees what the user sees, and may do what the user may; before anything is
    written a person is asked. Ends with its standard input.
    """
    if find_spec("mcp") is None:
        raise McpMissing(
            "The package 'mcp' is not installed.", hint="pip install 'banso[mcp]'"
        )
    if not user and not token:
        raise NobodyNamed(
            "Whose assistant is it?", hint="Give --user E-MAIL, or set BANSO_TOKEN."
        )
    migrate(project)
    from banso.site.assistant.callers import LocalCaller  # noqa: PLC0415  slow
    from banso.site.assistant.server import make_server  # noqa: PLC0415  slow

    with _secret(project, user, token, scopes) as secret:
        caller = LocalCaller(secret, language())
        make_server(caller, language=language()).run("stdio")


@contextmanager
def _secret(
    project: Project, email: str, token: str, scopes: tuple[str, ...]
) -> Iterator[str]:
    """Give the token that came, else one of the user for as long as this runs."""
    if token:
        yield token
        return
    user = find_user(project, email)
    if user is None or not user.is_active:
        raise NoSuchUser(
            f"Nobody signs in as {email}.", hint="See `banso user list`.", email=email
        )
    from banso.web.tokens import operations  # noqa: PLC0415  after the settings

    now = dt.datetime.now(dt.UTC)
    made = operations.make_token(
        user=user, name="banso mcp", scopes=scopes, days=1, by=None, at=now
    )
    try:
        yield made.secret
    finally:
        operations.revoke_token(made.token, by=None, at=dt.datetime.now(dt.UTC))
