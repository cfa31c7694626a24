"""A standalone Spark cluster on this machine: one master and two workers."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyspark

CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
PATIENCE = 60  # seconds


@contextmanager
def standalone(*, workers: int = 2, memory: str = "768m") -> Iterator[str]:
    """Give the address of the master of a cluster, which ends with the block."""
    with TemporaryDirectory(prefix="spark-") as folder:
        port = _free_port()
        address = f"spark://127.0.0.1:{port}"
        started = []
        try:
            master = ["master.Master", "--host", "127.0.0.1", "--port", str(port)]
            log = Path(folder) / "master"
            started.append(_start([*master, "--webui-port", "0"], folder, log))
            _await(log, r"Started daemon|Starting Spark master|I have been elected", 1)
            for number in range(workers):
                worker = ["worker.Worker", "--host", "127.0.0.1", "--cores", "1"]
                place = ["--memory", memory, "--work-dir", f"{folder}/work"]
                arguments = [*worker, *place, "--webui-port", "0", address]
                beside = Path(folder) / f"worker-{number}"
                started.append(_start(arguments, folder, beside))
            _await(log, r"Registering worker", workers)
            yield address
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait()


def _start(arguments: list[str], folder: str, log: Path) -> subprocess.Popen[bytes]:
    kind, *rest = arguments
    with log.open("wb") as output:
        return subprocess.Popen(
            [str(CLASS), f"org.apache.spark.deploy.{kind}", *rest],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **_environment(folder)},
        )


def _environment(folder: str) -> Mapping[str, str]:
    return {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": folder,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_CONF_DIR": folder,
    }


def _await(log: Path, pattern: str, times: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(re.findall(pattern, log.read_text(errors="replace"))) < times:
        assert time.monotonic() < until, log.read_text(errors="replace")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
