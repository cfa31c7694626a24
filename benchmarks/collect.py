"""How many events a second the collector keeps, durably, and how soon it answers.

    python benchmarks/collect.py [--seconds 10]

Starts the real collector on a project in a temporary folder, and sends to it from
another process on the same machine: batches of 100 events of about 390 bytes as fast as
it answers, then at half of that rate, then one event a request. An answer comes only
when its events are synced to the disk. At the end a part of them is taken into the
lake, and that is timed, too.
"""

import argparse
import asyncio
import base64
import datetime as dt
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from collectors import Collector, add_source, free_port, log_size
from lakes import new_project, put

from banso.runs.collecting import collect_state, take_collected


@dataclass(frozen=True)
class Load:
    """What is sent."""

    port: int
    write_key: str
    batch: int  # events in a request
    connections: int
    seconds: float
    pace: float | None = None  # requests a second, in all; None: as fast as can be


@dataclass(frozen=True)
class Measured:
    """What came of it."""

    events_a_second: float
    requests_a_second: float
    median_ms: float
    p99_ms: float
    refused: int

    def __str__(self) -> str:
        return (
            f"{self.events_a_second:>9,.0f} events/s {self.requests_a_second:>7,.0f}"
            f" requests/s, median {self.median_ms:.1f} ms, p99 {self.p99_ms:.1f} ms"
            + (f", {self.refused:,} refused" if self.refused else "")
        )


def event(number: int) -> dict[str, object]:
    return {
        "type": "track",
        "messageId": f"0b3f6c1e-9f1d-4b57-8f63-{number:012d}",
        "userId": f"user-{number % 5000}",
        "event": f"feature_{number % 40}_used",
        "timestamp": "2026-11-18T09:00:00.123Z",
        "context": {
            "groupId": f"customer-{number % 1000}",
            "library": {"name": "analytics-python", "version": "2.4.0"},
        },
        "properties": {"plan": "business", "seats": number % 90, "page": "/reports/x"},
        "integrations": {},
        "anonymousId": None,
    }


def requests_of(load: Load, base: int) -> list[bytes]:
    """Return a few hundred different requests, ready to send."""
    pair = base64.b64encode(f"{load.write_key}:".encode()).decode()
    ready = []
    for number in range(200):
        first = base + number * load.batch
        calls = [event(first + each) for each in range(load.batch)]
        body = json.dumps({"batch": calls} if load.batch > 1 else calls[0]).encode()
        path = "/v1/batch" if load.batch > 1 else "/v1/track"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Basic {pair}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        ready.append(head.encode() + body)
    return ready


async def one_connection(
    load: Load, ready: list[bytes], until: float, place: int
) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    waits: list[float] = []
    refused = 0
    between = load.connections / load.pace if load.pace else 0.0
    due = time.perf_counter() + between * place / load.connections
    number = place
    while due < until and time.perf_counter() < until:
        if load.pace:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        begun = due if load.pace else time.perf_counter()
        writer.write(ready[number % len(ready)])
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        waits.append(time.perf_counter() - begun)
        refused += b" 200 " not in head[:16]
        due += between
        number += load.connections
    writer.close()
    return waits, refused


async def send(load: Load, base: int) -> Measured:
    ready = requests_of(load, base)
    begun = time.perf_counter()
    until = begun + load.seconds
    found = await asyncio.gather(
        *(
            one_connection(load, ready, until, place)
            for place in range(load.connections)
        )
    )
    took = time.perf_counter() - begun
    waits = sorted(wait for each, _ in found for wait in each)
    refused = sum(each for _, each in found)
    rate = (len(waits) - refused) / took
    return Measured(
        rate * load.batch,
        rate,
        statistics.median(waits) * 1000,
        waits[int(len(waits) * 0.99)] * 1000,
        refused,
    )


def measured(load: Load, base: int) -> Measured:
    """Send from another process, which is not slowed down by what this one does."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run_send, (load, base))


def run_send(load: Load, base: int) -> Measured:
    return asyncio.run(send(load, base))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--only", choices=("batches", "single"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = new_project(Path(folder) / "company")
        customers = [
            {"customer_id": f"customer-{n}", "name": f"C{n}"} for n in range(1000)
        ]
        put(project, {"customers": customers})
        write_key = add_source(project)
        port = free_port()
        with Collector(project, port) as collector:
            collector.wait_until_up()
            if given.only != "single":
                load = Load(port, write_key, 100, 16, given.seconds)
                full = measured(load, 0)
                print(f"batches of 100, all that it takes: {full}", flush=True)
                half = Load(
                    *(port, write_key, 100, 16, given.seconds),
                    pace=full.requests_a_second / 2,
                )
                print(f"batches of 100, half of that:      {measured(half, 10**6)}")
            if given.only != "batches":
                load = Load(port, write_key, 1, 64, given.seconds)
                print(f"one event a request:               {measured(load, 10**8)}")
        print(f"log: {log_size(project.collect_log) / 1e6:,.0f} MB")
        begun = time.perf_counter()
        taken = take_collected(project, at=dt.datetime.now(dt.UTC))
        took = time.perf_counter() - begun
        print(
            f"taking in {taken.calls:,} calls ({taken.new:,} events): {took:.1f} s,"
            f" {taken.calls / took:,.0f} a second;"
            f" left: {collect_state(project).size / 1e6:,.0f} MB"
        )


if __name__ == "__main__":
    main()
