"""Kill runs −9 at random moments, and compare with runs that were left in peace.

    python benchmarks/run_kills.py --kills 100 [--seed 1]

The same code as `tests/chaos/test_run_kills.py`, which kills a few times only.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from run_kills import kill_often


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_often(
            Path(folder),
            kills=given.kills,
            seed=given.seed,
            said=lambda kills: print(f"\r{kills} kills", end="", flush=True),
        )
    print(
        f"\n{outcome.kills} kills in {outcome.rounds} days of a company and"
        f" {outcome.seconds:.0f} s: {outcome.ended_first} came after the run had"
        f" published, {len(outcome.broken)} parts of a release not as it says,"
        f" {len(outcome.unequal)} releases unlike those of undisturbed runs"
    )
    return 0 if outcome.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
