"""Setting up a demonstration: project, facts, results and people."""

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from banso.cli.computing import Wish, compute, show_release
from banso.cli.user_commands import add_user, find_user
from banso.cli.words import language
from banso.demo.companies import DemoCompany, Facts, Making
from banso.kernel.progress import Progress
from banso.runs.loading import load
from banso.runs.project import SETTINGS_FILE, Project, create_project
from banso.runs.results import lake_of, open_session
from banso.site.configuration import secret_key
from banso.site.serving import migrate
from banso.webkit.permissions import Role, Scope

FACTS_FOLDER = "facts"  # within the project, for the curious


@dataclass(frozen=True)
class DemoUser:
    """Somebody to sign in as."""

    email: str
    name: str
    role: Role
    scope: Scope


def is_set_up(folder: Path) -> bool:
    """Return whether a demonstration was set up in `folder` to its end."""
    if not (folder / SETTINGS_FILE).is_file():
        return False
    return lake_of(Project.open(folder)).current().release is not None


def open_again(folder: Path, *, progress: Progress) -> Project:
    """Return the demonstration in `folder`, with its release on the pages.

    A set-up that was stopped between the two is completed; else nothing changes.
    """
    project = Project.open(folder)
    release = lake_of(project).current().release
    assert release is not None  # as `is_set_up` saw
    show_release(project, release, at=dt.datetime.now(dt.UTC), progress=progress)
    return project


def set_up(
    company: DemoCompany, folder: Path, *, customers: int | None, progress: Progress
) -> Project:
    """Make a project about `company` with all its results, and return it.

    What an interrupted set-up left is used or made again.
    """
    now = dt.datetime.now(dt.UTC)
    folder.mkdir(parents=True, exist_ok=True)
    making = Making(last_day=now.astimezone(ZoneInfo(company.timezone)).date())
    if customers is not None:
        making = Making(last_day=making.last_day, customers=customers)
    facts = company.prepare(
        folder / FACTS_FOLDER,
        making=making,
        progress=_simulated(progress) if company.made_up else None,
    )
    project = _project(company, folder, facts)
    load(project, facts.folder, at=now, progress=progress)
    compute(project, Wish(as_of=facts.as_of), progress=progress)
    return project


def _simulated(progress: Progress) -> Callable[[int, int], None]:
    return lambda done, total: progress("simulate", done, total)


def _project(company: DemoCompany, folder: Path, facts: Facts) -> Project:
    if facts.definitions is not None:
        shutil.copytree(facts.definitions, folder / "definitions", dirs_exist_ok=True)
    if (folder / SETTINGS_FILE).is_file():
        return Project.open(folder)
    # Made anew at will: no version control should ask about it.
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return create_project(
        folder,
        name=company.name.in_language(language()),
        timezone=company.timezone,
        currency=company.currency,
        language=language(),
    )


def add_demo_users(project: Project, *, password: str) -> tuple[DemoUser, ...]:
    """See to it that there are people to sign in as, and return them."""
    owner, name = _busiest_owner(project)
    users = (
        DemoUser("admin@example.com", "Admin", Role.ADMINISTRATOR, Scope.ALL),
        DemoUser(
            owner or "csm@example.com",
            name or "CSM",
            Role.CSM,
            Scope.OWN if owner else Scope.ALL,
        ),
        DemoUser("viewer@example.com", "Viewer", Role.READ_ONLY, Scope.ALL),
    )
    for user in users:
        if find_user(project, user.email) is None:
            add_user(
                project,
                email=user.email,
                name=user.name,
                role=user.role,
                scope=user.scope,
                password=password,
            )
    return users


def demo_password(project: Project) -> str:
    """Return the password of the demonstration's users: the same at every start."""
    secret = secret_key(project.private_folder)
    return hashlib.sha256(f"demonstration {secret}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Fallen:
    """The active customer whose score fell most within four weeks."""

    name: str
    points: float
    path: str  # of the customer's page, without the leading slash


def most_fallen(project: Project) -> Fallen | None:
    """Return the customer to look at first; None when no score fell."""
    with open_session(project) as session:
        now = session.result("customer_now")
        fell = now.score_before - now.score
        falling = now.filter((now.status == "active") & (fell > 0))
        first = falling.order_by([fell.desc(), now.customer_id]).limit(1)
        chosen = first.select("customer_id", "name", points=fell)
        rows = session.to_arrow(chosen).to_pylist()
    if not rows:
        return None
    migrate(project)
    from django.urls import reverse  # noqa: PLC0415  after the settings

    address = reverse("customer:page", args=[rows[0]["customer_id"]])
    return Fallen(rows[0]["name"], rows[0]["points"], address.removeprefix("/"))


def _busiest_owner(project: Project) -> tuple[str, str]:
    """Return e-mail and name of who owns most customers; empty when nobody does."""
    with open_session(project) as session:
        now = session.result("customer_now")
        owned = now.filter((now.status == "active") & now.owner.notnull())
        counted = owned.group_by("owner").aggregate(customers=owned.count())
        first = counted.order_by([counted.customers.desc(), counted.owner]).limit(1)
        owners = session.to_arrow(first)["owner"].to_pylist()
        if not owners:
            return "", ""
        staff = session.facts("staff")
        named = session.to_arrow(staff.filter(staff.email == owners[0]).select("name"))
    names = [name for name in named["name"].to_pylist() if name]
    return owners[0], names[0] if names else owners[0].partition("@")[0]
