"""Kills −9 under load: what was acknowledged has to be there, each event once."""

import base64
import datetime as dt
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from collectors import Collector, Taker, add_source, free_port
from lakes import new_project, put

from banso.runs.collecting import collect_state, take_collected
from banso.runs.project import Project
from banso.runs.results import open_session

BATCH = 20
CUSTOMERS = ("a", "b")


@dataclass
class Sender(threading.Thread):
    """A client: it sends a batch until it is told that the batch is kept."""

    name_of_sender: str
    port: int
    write_key: str
    acknowledged: list[str] = field(default_factory=list)
    requests: int = 0
    repeated: int = 0  # requests that no answer came to
    is_over: bool = False

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        number = 0
        while not self.is_over:
            ids = [f"{self.name_of_sender}-{number + each}" for each in range(BATCH)]
            number += BATCH
            body = json.dumps({"batch": [_call(each) for each in ids]}).encode()
            while not self._is_kept(body):
                if self.is_over:
                    return
                self.repeated += 1
                time.sleep(0.02)
            self.acknowledged += ids

    def _is_kept(self, body: bytes) -> bool:
        pair = base64.b64encode(f"{self.write_key}:".encode()).decode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.requests += 1
        try:
            headers = {"Authorization": f"Basic {pair}"}
            connection.request("POST", "/v1/batch", body, headers)
            answer = connection.getresponse()
            return answer.status == 200 and json.loads(answer.read())["success"]
        except (OSError, HTTPException, ValueError):
            return False
        finally:
            connection.close()


def _call(message_id: str) -> dict[str, object]:
    # a third comes before anything says whose user it is; another one is anonymous
    kind = sum(message_id.encode()) % 3
    person = {"anonymousId": "browser"} if kind == 0 else {"userId": f"u{kind}"}
    context = {"groupId": "a"} if kind == 0 else {}
    return {
        "type": "track",
        "messageId": message_id,
        "event": "clicked",
        "timestamp": "2026-11-18T09:00:00Z",
        "context": context,
        **person,
    }


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    kills: int
    acknowledged: int
    missing: tuple[str, ...]  # acknowledged, and not there
    doubled: tuple[str, ...]  # there more than once
    stored: int
    requests: int
    repeated: int
    seconds: float

    @property
    def is_right(self) -> bool:
        return not self.missing and not self.doubled


def kill_often(
    folder: Path,
    *,
    kills: int,
    seed: int = 0,
    said: Callable[[int], None] = lambda _kill: None,
) -> Outcome:
    """Kill the collector and who takes in at random moments, and count what is left."""
    chance = random.Random(seed)
    project = new_project(folder)
    put(project, {"customers": [{"customer_id": c, "name": c} for c in CUSTOMERS]})
    put(project, {"contacts": [{"contact_id": "u1", "customer_id": "b"}]})
    write_key = add_source(project)
    begun = time.monotonic()
    port = free_port()
    senders = [Sender(name, port, write_key) for name in ("one", "two")]
    with Collector(project, port) as collector, Taker(project) as taker:
        collector.wait_until_up()
        for sender in senders:
            sender.start()
        for number in range(kills):
            time.sleep(chance.uniform(0.05, 1.0))
            if chance.random() < 0.5:
                taker.kill()
                taker.start()
            collector.kill()
            collector.start()
            collector.wait_until_up()
            said(number + 1)
        time.sleep(0.5)
        for sender in senders:
            sender.is_over = True
            sender.join()
    _bring_the_customer_of_who_waits(project)
    return _counted(project, senders, kills, time.monotonic() - begun)


def _bring_the_customer_of_who_waits(project: Project) -> None:
    put(project, {"contacts": [{"contact_id": "u2", "customer_id": "b"}]})
    while take_collected(project, at=dt.datetime.now(dt.UTC)).has_more:
        pass
    assert collect_state(project).size == 0
    assert len(list(project.collect_log.glob("*.log"))) <= 1


def _counted(
    project: Project, senders: list[Sender], kills: int, seconds: float
) -> Outcome:
    with open_session(project) as session:
        rows = session.to_arrow(session.facts("events").select("event_id"))
    stored = [each.removeprefix("app:") for each in rows["event_id"].to_pylist()]
    there = set(stored)
    acknowledged = [each for sender in senders for each in sender.acknowledged]
    return Outcome(
        kills=kills,
        acknowledged=len(acknowledged),
        missing=tuple(each for each in acknowledged if each not in there),
        doubled=tuple(sorted(each for each in there if stored.count(each) > 1))
        if len(stored) != len(there)
        else (),
        stored=len(stored),
        requests=sum(sender.requests for sender in senders),
        repeated=sum(sender.repeated for sender in senders),
        seconds=seconds,
    )
