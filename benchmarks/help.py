"""Time `banso --help`, beside a Python that does nothing.

Usage: python benchmarks/help.py [--times 20]

Prints the median seconds of CPU (user and system) of a whole process, and of the clock.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

# As the installed command does.
HELP = ["-c", "from banso.cli.main import main; main(['--help'])"]
NOTHING = ["-c", "pass"]
AIM = 0.3  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    subprocess.run([sys.executable, *HELP], check=True, stdout=subprocess.DEVNULL)
    cpu, wall = _median(HELP, times)
    nothing_cpu, nothing_wall = _median(NOTHING, times)
    print(f"banso --help    CPU {cpu:.3f} s, clock {wall:.3f} s (aim: below {AIM} s)")
    print(f"python -c pass  CPU {nothing_cpu:.3f} s, clock {nothing_wall:.3f} s")


def _median(arguments: Sequence[str], times: int) -> tuple[float, float]:
    found = [_one(arguments) for _time in range(times)]
    return (
        statistics.median(cpu for cpu, _wall in found),
        statistics.median(wall for _cpu, wall in found),
    )


def _one(arguments: Sequence[str]) -> tuple[float, float]:
    worked, started = _worked(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return _worked() - worked, time.perf_counter() - started


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
