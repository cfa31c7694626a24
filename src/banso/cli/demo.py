"""`banso demo`: an example company, ready to click through."""

import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import click

from banso.cli.options import as_json
from banso.cli.output import print_json
from banso.cli.progress import showing_progress
from banso.cli.staging import (
    DemoUser,
    add_demo_users,
    demo_password,
    is_set_up,
    most_fallen,
    open_again,
    set_up,
)
from banso.cli.words import language, say, tell, words
from banso.demo.companies import DemoCompany, find_company, list_companies
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.site.serving import free_collect_port, serve
from banso.webkit.permissions import Scope

PORT = 8000


class NotMadeUp(BansoError):
    """Refuse to choose the size of a real company."""

    code = "not_made_up"


@click.command("demo")
@click.argument("name", required=False, metavar="[aozora|learners]")
@click.option(
    "--customers",
    type=click.IntRange(min=1),
    help="How many customers the made-up company has. Default: 400.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=f"Default: the first free one from {PORT} on.",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to make the project. Default: banso-demo-NAME in the current folder.",
)
@as_json
def command(
    *,
    name: str | None,
    customers: int | None,
    port: int | None,
    no_browser: bool,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Make a project about an example company, and serve it on this machine only.

    `aozora` is a made-up Japanese software company with every kind of data; `learners`
    are real learners of the Open University. A second start uses what the first one
    made; delete the folder to begin anew. Ctrl-C ends it.
    """
    company = find_company(name) if name else chosen_company()
    if customers is not None and not company.made_up:
        raise NotMadeUp(
            f"'{company.key}' is real: its size cannot be chosen.", company=company.key
        )
    project = prepare(company, folder or folder_of(company, customers), customers)
    password = demo_password(project)
    users = add_demo_users(project, password=password)

    def ready(address: str) -> None:
        if as_json:
            print_json(_in_json(project, address, users, password))
        else:
            say_welcome(project, address, users, password)
        if not no_browser and can_open_browser():
            webbrowser.open(address)

    serve(
        project,
        port=port or PORT,
        next_free_port=port is None,
        collect_port=free_collect_port("127.0.0.1", None),
        ready=ready,
    )
    tell("終わりました。", "Stopped.")


def chosen_company() -> DemoCompany:
    """Ask which company to show; the first one when there is nobody to ask."""
    companies = list_companies()
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return companies[0]
    for number, company in enumerate(companies, 1):
        name = company.name.in_language(language())
        about = company.about.in_language(language())
        tell(
            "{n}. {name} – {about}",
            "{n}. {name} – {about}",
            n=number,
            name=name,
            about=about,
        )
    number = click.prompt(
        words("どの会社を見ますか", "Which company"),
        type=click.IntRange(1, len(companies)),
        default=1,
        err=True,
    )
    return companies[number - 1]


def folder_of(company: DemoCompany, customers: int | None) -> Path:
    """Return the folder of a demonstration when none was named."""
    size = f"-{customers}" if customers is not None else ""
    return Path(f"banso-demo-{company.key}{size}")


def prepare(company: DemoCompany, folder: Path, customers: int | None) -> Project:
    """Return the demonstration's project, made when it is not there yet."""
    if is_set_up(folder):
        tell(
            "{folder} にある前回のデモを使います"
            "（作り直すにはフォルダーを消してください）。",
            "Using the demonstration in {folder} (delete the folder to begin anew).",
            folder=folder,
        )
        with showing_progress() as progress:
            return open_again(folder, progress=progress)
    tell(
        "{name} のデモを {folder} に作ります。",
        "Making a demonstration of {name} in {folder}.",
        name=company.name.in_language(language()),
        folder=folder,
    )
    with showing_progress() as progress:
        return set_up(company, folder, customers=customers, progress=progress)


def can_open_browser() -> bool:
    """Return whether there is a person at a desktop, rather than a server's shell."""
    has_desktop = sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_desktop and sys.stdout.isatty()


def say_welcome(
    project: Project, address: str, users: Sequence[DemoUser], password: str
) -> None:
    """Say where it is, who to sign in as, and what to look at first."""
    admin, csm, viewer = users
    is_own = csm.scope is Scope.OWN
    say(
        "\n{name}: {address}\n"
        "  管理者    {admin}\n"
        "  CSM       {csm}{sees_ja}\n"
        "  閲覧のみ  {viewer}\n"
        "  パスワード（共通） {password}\n\n"
        "まず見るところ:\n"
        "  1. {address} – 健康度ごとの顧客数とMRR、大きく動いた顧客\n"
        "  2. {address}customers/?band=at_risk&sort=renews – 健康度が「危険」の顧客を"
        "契約更新日の順に",
        "\n{name}: {address}\n"
        "  administrator  {admin}\n"
        "  CSM            {csm}{sees_en}\n"
        "  read only      {viewer}\n"
        "  password       {password} (of all three)\n\n"
        "Look at first:\n"
        "  1. {address} – customers and MRR by health, and who moved most\n"
        "  2. {address}customers/?band=at_risk&sort=renews – who is at risk, the next"
        " renewal first",
        name=project.name,
        address=address,
        admin=admin.email,
        csm=csm.email,
        sees_ja="（自分の担当だけが見えます）" if is_own else "",
        sees_en=" (sees own customers only)" if is_own else "",
        viewer=viewer.email,
        password=password,
    )
    if fallen := most_fallen(project):
        say(
            "  3. {address}{path} – {name}: 4週間で {points:.0f} 点低下。"
            "その理由を元の行まで",
            "  3. {address}{path} – {name} fell {points:.0f} points in 4 weeks: "
            "why, down to the rows",
            address=address,
            **vars(fallen),
        )
    say("\nCtrl-C で終わります。", "\nCtrl-C ends it.")


def _in_json(
    project: Project, address: str, users: Sequence[DemoUser], password: str
) -> dict[str, object]:
    return {
        "address": address,
        "folder": project.folder,
        "password": password,
        "users": [
            {"email": user.email, "role": user.role.value, "scope": user.scope.value}
            for user in users
        ],
    }
