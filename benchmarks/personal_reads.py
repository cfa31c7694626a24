"""What it costs a page to have its reading noted.

    .venv/bin/python benchmarks/personal_reads.py PROJECT CUSTOMER_ID [--rounds 100]

Asks a project that was run for the pages of one customer as an administrator of its
own, in turns with and without the middleware that notes reads, and prints p50 and p95
of CPU and wall time, and the ratio of the medians. Its user is added to the project:
take a copy.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

PAGES = ("", "contacts/", "timeline/")
MIDDLEWARE = "banso.web.audit.reading.PersonalReadMiddleware"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project")
    parser.add_argument("customer")
    parser.add_argument("--rounds", type=int, default=100)
    asked = parser.parse_args()
    os.environ["BANSO_PROJECT"] = asked.project

    from banso.runs.project import Project  # noqa: PLC0415
    from banso.site.serving import migrate  # noqa: PLC0415

    project = Project.open(Path(asked.project))
    migrate(project)
    clients = make_clients(project)
    for page in PAGES:
        measure(clients, f"/customers/{asked.customer}/{page}", rounds=asked.rounds)


def make_clients(project: object) -> dict[str, object]:
    """Return a client that is noted, and one that is not."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from banso.web.accounts import operations  # noqa: PLC0415
    from banso.web.customers.operations import publish_newest  # noqa: PLC0415

    now = timezone.now()
    publish_newest(project, at=now)
    person = operations.Person(
        email=f"bench-{now.timestamp()}@example.com", name="B", role="administrator",
        scope="all", team="",
    )  # fmt: skip
    user = operations.create_user(person, password="a-quiet-forest-7", by=None, at=now)
    clients = {}
    every = list(settings.MIDDLEWARE)
    for name in ("noted", "unnoted"):
        settings.MIDDLEWARE = [m for m in every if name == "noted" or m != MIDDLEWARE]
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        client.get("/healthz")  # it takes its middleware at the first request
        clients[name] = client
    return clients


def measure(clients: dict[str, object], path: str, *, rounds: int) -> None:
    """Print the times of one page."""
    cpu: dict[str, list[float]] = {name: [] for name in clients}
    wall: dict[str, list[float]] = {name: [] for name in clients}
    for _round in range(rounds):
        for name, client in clients.items():
            began, at = time.process_time(), time.perf_counter()
            answer = client.get(path)
            cpu[name].append((time.process_time() - began) * 1000)
            wall[name].append((time.perf_counter() - at) * 1000)
            assert answer.status_code == 200, answer.status_code
    print(path)
    for what, times in (("CPU", cpu), ("wall", wall)):
        for name, taken in times.items():
            taken.sort()
            middle, late = statistics.median(taken), taken[int(len(taken) * 0.95)]
            print(f"  {what:4} {name:8} p50 {middle:7.2f} ms  p95 {late:7.2f} ms")
        ratio = statistics.median(times["noted"]) / statistics.median(times["unnoted"])
        print(f"  {what:4} ratio of the medians {ratio:.3f}")


if __name__ == "__main__":
    main()
