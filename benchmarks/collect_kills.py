"""Kill the collector and who takes in again and again under load; count the events.

    python benchmarks/collect_kills.py --kills 100 [--seed 1]

The same code as `tests/chaos/test_collect_kills.py`, which kills a few times only.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from collect_kills import kill_often


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_often(
            Path(folder) / "company",
            kills=given.kills,
            seed=given.seed,
            said=lambda kill: print(f"\r{kill} kills", end="", flush=True),
        )
    print(
        f"\n{outcome.kills} kills in {outcome.seconds:.0f} s: {outcome.acknowledged:,}"
        f" events acknowledged, {len(outcome.missing)} missing,"
        f" {len(outcome.doubled)} doubled; {outcome.stored:,} in the lake;"
        f" {outcome.requests:,} requests, {outcome.repeated:,} of them repeated"
    )
    return 0 if outcome.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
