"""Feed spoilt input to what reads input, for a time; anything but a refusal is a fault.

    python benchmarks/fuzz.py [--minutes 30] [--seed 1] [--only loader] [--keep FOLDER]

Each part begins with input that is right and spoils it: bytes and words are changed,
doubled, moved and taken out. A part has a process of its own and takes its turn with
the others, five seconds at a time:

- expressions: what a definition may say about a row;
- definitions: the YAML files of a project, read and checked;
- loader: files of facts (CSV in several encodings, JSON lines, Parquet, gzip), loaded
  into a project;
- collect: whole HTTP requests on a connection to the real collector.

A refusal is a `BansoError`, or an answer below 500. Everything else, and whatever takes
longer than twenty seconds, is a fault: it is printed, and kept in a file.
"""

import argparse
import base64
import datetime as dt
import gzip
import io
import json
import multiprocessing
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from collectors import Collector, add_source, free_port

from banso.definitions.expressions import parse_expression
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.kernel.errors import BansoError
from banso.runs.loading import load
from banso.runs.project import Project, create_project

SECONDS = 20  # of one case; longer is a hang
TURN = 5.0  # seconds of a part, before the next one
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
WORDS = (
    *(b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80", b"\r", b"\n\n", b'"', b"'"),
    *(b"-1", b"0", b"1e999", b"NaN", b"9" * 40, b"1e-400", b"0x10", b"null", b"[]"),
    *(b"{}", b"[[[[", b"((((", b"))))", b"not ", b"and ", b" in [", b"..", b"&a *a"),
    *(b"9999-12-31", b"0000-00-00", b"2026-02-30", b"24:00:00", b"+25:00", b"%00"),
    *("株式会社".encode(), "㈱".encode("cp932"), "\u202e".encode(), b"\xed\xa0\x80"),
    *(b"!!python/object:os.system", b"a" * 5000, b",,,,,,,,,,,,,", b"\t"),
)

Case = Callable[[bytes], None]


@dataclass(frozen=True)
class Part:
    """Something that reads input."""

    seeds: tuple[bytes, ...]
    read: Case


def spoilt(seed: bytes, draw: random.Random) -> bytes:
    """Return input that is a little, or quite, unlike what is right."""
    data = bytearray(seed)
    for _change in range(draw.choice((1, 1, 2, 3, 8))):
        at, end = sorted(draw.randrange(len(data) + 1) for _side in range(2))
        match draw.randrange(6):
            case 0:
                data[at:at] = draw.choice(WORDS)
            case 1:
                data[at : at + draw.randrange(12)] = draw.choice(WORDS)
            case 2 if data:
                data[at % len(data)] = draw.randrange(256)
            case 3:
                del data[at : min(end, at + draw.randrange(1, 200))]
            case 4:
                data[at:at] = data[at : min(end, at + 300)] * draw.randrange(1, 4)
            case _:
                piece = data[at : min(end, at + 80)]
                del data[at : at + len(piece)]
                place = draw.randrange(len(data) + 1)
                data[place:place] = piece
    return bytes(data)


def expressions(_folder: Path) -> Iterator[Part]:
    def read(data: bytes) -> None:
        parse_expression(data.decode("utf-8", errors="surrogateescape"))

    seeds = (
        b"name in ['login', 'open'] and properties.plan != 'free'",
        b"days_since_last_event >= 21 and size == 'large'",
        b"not (seats < 3 or plan is None) and starts_with(name, 'a')",
        b"events_change_28 <= -0.3 and occurred_at >= '2026-01-01T00:00:00'",
    )
    yield Part(seeds, read)


def definitions(_folder: Path) -> Iterator[Part]:
    files = dict(starter_files())
    names = [name for name, content in files.items() if len(content) < 6000]

    def read(data: bytes) -> None:
        name, _, content = data.partition(b"\x1e")
        where = name.decode(errors="replace")
        read_catalog({**files, (where if where in files else names[0]): content})

    yield Part(tuple(name.encode() + b"\x1e" + files[name] for name in names), read)


def loader(folder: Path) -> Iterator[Part]:
    project = create_project(
        folder / "loader",
        name="F",
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )
    text = (
        "subscription_id,customer_id,started_on,ended_on,mrr,seats\r\n"
        's1,"c1",2026-01-01,,"10,000",5\r\ns2,c2,2026/2/3,2026-05-01,１２００,x\r\n'
    )
    lines = b"".join(
        json.dumps(row).encode() + b"\n"
        for row in (
            {"event_id": "e1", "customer_id": "c1", "occurred_at": "2026-06-01T09:00Z",
             "name": "login", "properties": {"a": [1, None, {"b": "c"}]}},
            {"event_id": "e2", "customer_id": "c2", "occurred_at": 1780000000,
             "name": "開く", "value": 1.5},
        )
    )  # fmt: skip
    table = io.BytesIO()
    pq.write_table(
        pa.table({"customer_id": ["c1", "c2"], "name": ["あ", None], "seats": [1, 2]}),
        table,
    )
    seeds = (
        b"subscriptions.csv\x1e" + text.encode(),
        b"subscriptions.csv\x1e" + text.encode("cp932"),
        b"subscriptions.csv\x1e" + text.replace(",", "\t").encode("utf-16"),
        b"events.jsonl\x1e" + lines,
        b"events.jsonl.gz\x1e" + gzip.compress(lines, mtime=0),
        b"customers.parquet\x1e" + table.getvalue(),
        b"customers.csv\x1e" + "customer_id,name,地域\nc1,青空,東\n".encode(),
    )
    inbox = folder / "inbox"

    def read(data: bytes) -> None:
        name, _, content = data.partition(b"\x1e")
        known = {seed.partition(b"\x1e")[0] for seed in seeds}
        shutil.rmtree(inbox, ignore_errors=True)
        inbox.mkdir()
        where = name.decode() if name in known else "events.jsonl"
        (inbox / where).write_bytes(content)
        load(project, inbox, at=NOW)

    yield Part(seeds, read)


def collect(folder: Path) -> Iterator[Part]:
    project = create_project(
        folder / "collect", name="F", timezone="Asia/Tokyo", currency="JPY",
        language="ja",
    )  # fmt: skip
    key, port = add_source(project), free_port()
    pair = base64.b64encode(f"{key}:".encode())
    call = {
        "type": "track", "messageId": "m1", "userId": "u1", "event": "clicked",
        "timestamp": "2026-11-18T09:00:00.123Z", "properties": {"a": [1, {"b": None}]},
        "context": {"groupId": "c1", "library": {"name": "x", "version": "1"}},
    }  # fmt: skip

    def request(path: bytes, body: bytes) -> bytes:
        return (
            b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
            + pair + b"\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(body)).encode() + b"\r\n\r\n" + body
        )  # fmt: skip

    one = json.dumps(call).encode()
    many = json.dumps({"batch": [call, {**call, "type": "identify"}]}).encode()
    seeds = (request(b"/v1/track", one), request(b"/v1/batch", many))

    def read(data: bytes) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as there:
            with suppress(OSError):  # it may have refused before it has read all
                there.sendall(data)
                there.shutdown(socket.SHUT_WR)
            answer = b""
            with suppress(ConnectionError):
                while got := there.recv(65536):
                    answer += got
        for line in answer.split(b"\r\n"):
            if line.startswith(b"HTTP/1.1 5"):
                raise AssertionError(answer[:500])

    with Collector(project, port) as collector:
        collector.wait_until_up()
        yield Part(seeds, read)
        assert collector._answers(), "the collector is gone"  # noqa: SLF001
        shutil.rmtree(Project.open(project.folder).folder / ".banso" / "collect",
                      ignore_errors=True)  # fmt: skip


PARTS: dict[str, Callable[[Path], Iterator[Part]]] = {
    "expressions": expressions,
    "definitions": definitions,
    "loader": loader,
    "collect": collect,
}


@dataclass
class Turns:
    """What a process is told, and what it says."""

    name: str
    seed: int
    until: float
    keep: str


def work(turns: Turns, mine: object, done: object) -> None:
    """Try cases whenever it is this part's turn."""
    signal.signal(signal.SIGALRM, _hangs)
    draw, tried, faults = random.Random(turns.seed), 0, 0
    with tempfile.TemporaryDirectory(prefix="banso-fuzz-") as folder:
        for part in PARTS[turns.name](Path(folder)):
            while time.monotonic() < turns.until:
                with mine:  # type: ignore[attr-defined]
                    begun = time.monotonic()
                    while time.monotonic() < min(begun + TURN, turns.until):
                        tried += 1
                        faults += not _is_right(part, draw, turns, tried)
                time.sleep(0.05)
    done.put((turns.name, tried, faults))  # type: ignore[attr-defined]


def _hangs(*_signal: object) -> None:
    message = f"longer than {SECONDS} s"
    raise TimeoutError(message)


def _is_right(part: Part, draw: random.Random, turns: Turns, number: int) -> bool:
    data = spoilt(draw.choice(part.seeds), draw)
    signal.alarm(SECONDS)
    try:
        part.read(data)
    except BansoError:
        pass
    except Exception:  # noqa: BLE001 - this is what is looked for
        place = Path(turns.keep) / f"{turns.name}-{turns.seed}-{number}"
        place.write_bytes(data)
        print(f"{place}\n{traceback.format_exc(limit=-6)}", flush=True)
        return False
    finally:
        signal.alarm(0)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(PARTS), action="append")
    parser.add_argument("--keep", default=tempfile.gettempdir())
    given = parser.parse_args()
    names = given.only or list(PARTS)
    processes = multiprocessing.get_context("spawn")
    mine, done = processes.Lock(), processes.Queue()
    until = time.monotonic() + 60 * given.minutes
    for name in names:
        turns = Turns(name, given.seed, until, given.keep)
        processes.Process(target=work, args=(turns, mine, done)).start()
    wrong = 0
    for _name in names:
        name, tried, faults = done.get()
        print(f"{name:<12} {tried:>9,} cases, {faults} faults", flush=True)
        wrong += faults
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
