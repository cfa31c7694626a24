"""How long it takes from a live event to the signal that it changes, on the page.

    python benchmarks/live.py [--customers 10000] [--events 10000000] [--times 5]

Makes a company with two years of use up to yesterday, of which a few customers have
been silent for weeks: the starter signal `use_stopped` is open at them. Starts `banso
serve` as a user does, with its worker and its collector, and waits for the first page.
Then, several times: sends one event of a silent customer through the collector, and
asks for the customer's page until the signal has closed. Prints seconds from the answer
of the collector to the page, and the peak memory of all processes of the server.
"""

import argparse
import base64
import datetime as dt
import http.cookiejar
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

import full_history
from collectors import add_source, environment, free_port

from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of, open_session
from banso.runs.running import run
from banso.tables.registry import TABLES

SIGNAL = "use_stopped"
SILENT_WEEKS = 4
PASSWORD = "a benchmark's own password"


def main() -> None:
    options = _options()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="banso-live-"))
    today = dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()
    project = _company(folder, options, today)
    silent = _silent(project)
    print(f"{len(silent):,} customers at whom {SIGNAL} is open", flush=True)
    key = add_source(project)
    _add_user(project)
    web, collect = free_port(), free_port()
    server = _serve(project, web, collect)
    try:
        memory = Memory(server.pid)
        pages = Pages(f"http://127.0.0.1:{web}")
        _wait(pages, silent[0], opened=True)
        found = []
        for customer in silent[: options.times]:
            seconds = _once(pages, f"http://127.0.0.1:{collect}", key, customer)
            print(f"  {customer}: {seconds:.1f} s", flush=True)
            found.append(seconds)
        print(
            f"{options.customers:,} customers, {options.events:,} events: median"
            f" {statistics.median(found):.1f} s, longest {max(found):.1f} s (aim: 60),"
            f" peak memory {memory.peak / 1024**2:.2f} GB"
        )
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
    if not options.folder:
        shutil.rmtree(folder)


def _company(folder: Path, options: argparse.Namespace, today: dt.date) -> Project:
    path = folder / "project"
    if path.exists():
        return Project.open(path)
    full_history.LAST_DAY = today - dt.timedelta(days=1)
    full_history.FIRST_DAY = today - dt.timedelta(days=full_history.DAYS)
    project = create_project(
        path, name="Live", timezone="Asia/Tokyo", currency="JPY", language="ja"
    )
    now = dt.datetime.now(dt.UTC)
    silent = today - dt.timedelta(weeks=SILENT_WEEKS)
    with lake_of(project).writing(at=now) as draft:
        for table, sql in full_history._facts(options).items():  # noqa: SLF001
            staged = folder / f"{table}.parquet"
            rows = f"SELECT * FROM ({sql})"
            if table == "events":
                rows += (
                    f" WHERE occurred_at < '{silent}' OR customer_id NOT LIKE 'c%00'"
                )
            duckdb.sql(rows).write_parquet(str(staged))
            draft.upsert(TABLES[table], staged)
            staged.unlink()
        draft.commit()
    apply_definitions(project, by="benchmark", why="start", at=now)
    begun = time.perf_counter()
    run(project, as_of=today, at=now)
    print(f"first run {time.perf_counter() - begun:.0f} s", flush=True)
    return project


def _silent(project: Project) -> list[str]:
    """Return the customers at whom the signal is open."""
    with open_session(project) as session:
        rows = session.result("signals")
        found = session.to_arrow(rows.filter(rows.signal == SIGNAL)).to_pylist()
    return sorted(row["customer_id"] for row in found)


def _add_user(project: Project) -> None:
    subprocess.run(
        [
            *(sys.executable, "-P", "-m", "banso.cli.main", "user", "add"),
            *("aoi@example.com", "--role", "administrator", "--password-stdin"),
            *("--project", str(project.folder)),
        ],
        input=PASSWORD,
        text=True,
        check=True,
        env=environment(project),
    )


def _serve(project: Project, web: int, collect: int) -> "subprocess.Popen[bytes]":
    served = environment(project)
    served.pop("BANSO_SERVED_BY")
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "banso.cli.main", "serve"),
            *("--port", str(web), "--collect-port", str(collect)),
            *("--project", str(project.folder)),
        ],
        env=served,
        stdout=subprocess.DEVNULL,
    )


class Pages:
    """A browser of one user, without the pictures."""

    def __init__(self, address: str) -> None:
        self._address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self._opener.addheaders = [("Accept-Language", "en")]
        self._sign_in()

    def read(self, path: str) -> str:
        """Return the text of a page."""
        with self._opener.open(self._address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def _sign_in(self) -> None:
        form = ""
        for _attempt in range(600):
            try:
                form = self.read("/")
                break
            except OSError:
                time.sleep(0.2)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token, form[:2000]
        fields = {
            "csrfmiddlewaretoken": token[1],
            "email": "aoi@example.com",
            "password": PASSWORD,
        }
        asked = urllib.request.Request(
            self._address + "/sign-in",
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Referer": self._address + "/"},
        )
        with self._opener.open(asked, timeout=60):
            pass


def _once(pages: Pages, collector: str, key: str, customer: str) -> float:
    call = {
        "type": "track",
        "messageId": f"live-{customer}-{time.time_ns()}",
        "userId": f"{customer}-live",
        "event": "login",
        "timestamp": dt.datetime.now(dt.UTC).isoformat(),
        "context": {"groupId": customer},
    }
    pair = base64.b64encode(f"{key}:".encode()).decode()
    asked = urllib.request.Request(
        f"{collector}/v1/track",
        data=json.dumps(call).encode(),
        headers={"Authorization": f"Basic {pair}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert json.load(answer)["success"]
    sent = time.perf_counter()
    _wait(pages, customer, opened=False)
    return time.perf_counter() - sent


def _wait(pages: Pages, customer: str, *, opened: bool) -> None:
    """Ask for the page of a customer until the signal is open there, or is not."""
    until = time.monotonic() + 1200
    while time.monotonic() < until:
        page = pages.read(f"/customers/{customer}/")
        if (f"/signals/{SIGNAL}/" in page) == opened:
            return
        time.sleep(0.25)
    message = f"the page of {customer} does not change"
    raise AssertionError(message)


class Memory:
    """Watches what a process and its children hold, in KiB."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.peak = max(self.peak, sum(map(_resident, _family(self._pid))))
            time.sleep(0.5)


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        try:
            children = Path(f"/proc/{each}/task/{each}/children").read_text()
        except OSError:
            continue
        found.extend(map(int, children.split()))
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--folder", help="keep the company here, and use it again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
