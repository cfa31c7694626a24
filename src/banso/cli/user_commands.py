"""The commands of `banso user`."""

import datetime as dt
import secrets
import sys
from typing import TYPE_CHECKING

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json, print_table
from banso.cli.words import language, say, words
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.site.serving import migrate
from banso.webkit.permissions import Role, Scope

if TYPE_CHECKING:  # models exist only once Django is ready
    from banso.web.accounts.models import User

# What each role sees unless something else is said.
_SCOPES = {Role.CSM: Scope.OWN}


class NoSuchUser(BansoError):
    """Refuse an e-mail that no user has."""

    code = "no_such_user"


class PasswordMissing(BansoError):
    """Refuse an empty password."""

    code = "password_missing"


password_stdin = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input. Default: ask on a terminal, else "
    "make one and print it.",
)


@click.command("add")
@click.argument("email", metavar="E-MAIL")
@click.option("--name", default="", help="Default: the e-mail.")
@click.option(
    "--role",
    type=click.Choice(Role.values),
    default=Role.CSM.value,
    show_default=True,
)
@click.option(
    "--scope",
    type=click.Choice(Scope.values),
    help="Which customers. Default: 'own' for a CSM, else 'all'.",
)
@click.option("--team", default="", help="The team's name; made when it is new.")
@password_stdin
@in_project
@as_json
def add(  # noqa: PLR0913  each is an option of the command
    project: Project,
    *,
    email: str,
    name: str,
    role: str,
    scope: str | None,
    team: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add a person, by E-MAIL, who may sign in at once."""
    password, made = _password(from_stdin=password_stdin)
    user = add_user(
        project,
        email=email,
        name=name,
        role=Role(role),
        scope=Scope(scope) if scope else None,
        team=team,
        password=password,
    )
    if as_json:
        print_json({**_in_json(user), **({"password": password} if made else {})})
        return
    say(
        "{email} を追加しました（{role}、{scope}）。",
        "Added {email} ({role}, {scope}).",
        email=user.email,
        role=user.role,
        scope=user.scope,
    )
    _tell_password(password, made=made)


@click.command("list")
@in_project
@as_json
def list_users(project: Project, *, as_json: bool) -> None:
    """List everybody who signs in or did."""
    _prepare(project)
    from banso.web.accounts import queries  # noqa: PLC0415  after the settings

    users = list(queries.list_users())
    if as_json:
        print_json([_in_json(user) for user in users])
        return
    print_table(
        ("email", "name", "role", "scope", "team", "active"),
        [
            (
                user.email,
                user.name,
                user.role,
                user.scope,
                user.team.name if user.team else "",
                "yes" if user.is_active else "no",
            )
            for user in users
        ],
    )


@click.command("password")
@click.argument("email", metavar="E-MAIL")
@password_stdin
@in_project
@as_json
def password(
    project: Project, *, email: str, password_stdin: bool, as_json: bool
) -> None:
    """Give the person with E-MAIL another password; their sessions end."""
    user = _get(project, email)
    from banso.web.accounts import operations  # noqa: PLC0415  after the settings

    new, made = _password(from_stdin=password_stdin)
    operations.set_password(user, new, by=None, at=_now())
    if as_json:
        print_json({**_in_json(user), **({"password": new} if made else {})})
        return
    say(
        "{email} のパスワードを変えました。",
        "Changed the password of {email}.",
        email=user.email,
    )
    _tell_password(new, made=made)


@click.command("deactivate")
@click.argument("email", metavar="E-MAIL")
@in_project
@as_json
def deactivate(project: Project, *, email: str, as_json: bool) -> None:
    """Let the person with E-MAIL sign in no longer; what they did stays."""
    user = _set_active(project, email, active=False)
    if as_json:
        print_json(_in_json(user))
        return
    say(
        "{email} はサインインできなくなりました。",
        "{email} can no longer sign in.",
        email=user.email,
    )


@click.command("activate")
@click.argument("email", metavar="E-MAIL")
@in_project
@as_json
def activate(project: Project, *, email: str, as_json: bool) -> None:
    """Let the person with E-MAIL sign in again."""
    user = _set_active(project, email, active=True)
    if as_json:
        print_json(_in_json(user))
        return
    say(
        "{email} はまたサインインできます。",
        "{email} can sign in again.",
        email=user.email,
    )


def add_user(  # noqa: PLR0913  what an administrator decides about a person
    project: Project,
    *,
    email: str,
    password: str,
    role: Role,
    name: str = "",
    scope: Scope | None = None,
    team: str = "",
) -> "User":
    """Add a user to a project's app database."""
    _prepare(project)
    from banso.web.accounts import operations  # noqa: PLC0415  after the settings

    person = operations.Person(
        email=email,
        name=name,
        role=role,
        scope=scope or _SCOPES.get(role, Scope.ALL),
        team=team,
    )
    return operations.create_user(person, password=password, by=None, at=_now())


def find_user(project: Project, email: str) -> "User | None":
    """Return the user of an e-mail, if there is one."""
    _prepare(project)
    from banso.web.accounts import queries  # noqa: PLC0415  after the settings

    return queries.find_user_by_email(email)


def has_users(project: Project) -> bool:
    """Return whether anybody can sign in to a project."""
    _prepare(project)
    from banso.web.accounts import queries  # noqa: PLC0415  after the settings

    return queries.has_users()


def _set_active(project: Project, email: str, *, active: bool) -> "User":
    user = _get(project, email)
    from banso.web.accounts import operations  # noqa: PLC0415  after the settings

    return operations.set_active(user, active=active, by=None, at=_now())


def _get(project: Project, email: str) -> "User":
    user = find_user(project, email)
    if user is None:
        raise NoSuchUser(
            f"Nobody signs in as {email}.",
            hint="See `banso user list`.",
            email=email,
        )
    return user


def _prepare(project: Project) -> None:
    migrate(project)
    from django.utils import translation  # noqa: PLC0415  after the settings

    translation.activate(language())


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    """Return a password and whether it was made here."""
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = click.prompt(
            words("パスワード", "Password"),
            hide_input=True,
            confirmation_prompt=words("もう一度", "Again"),
        )
    else:
        return secrets.token_urlsafe(12), True
    if not given:
        raise PasswordMissing("The password is empty.")
    return given, False


def _tell_password(password: str, *, made: bool) -> None:
    if made:
        say("パスワード: {password}", "Password: {password}", password=password)


def _in_json(user: "User") -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "scope": user.scope,
        "team": user.team.name if user.team else None,
        "active": user.is_active,
    }


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
