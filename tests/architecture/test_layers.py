"""The layers hold, and the core executes nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "banso"
EXECUTING = {
    *("execute", "to_pandas", "to_polars", "to_pyarrow", "to_pyarrow_batches"),
    *("to_parquet", "to_csv", "raw_sql", "create_table", "connect"),
}


def test_each_layer_imports_only_from_below() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    ran = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def calls_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, node.func.attr


@pytest.mark.parametrize(
    "layer", ["kernel", "tables", "definitions", "analytics", "charts"]
)
def test_the_core_executes_nothing(layer: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} calls {name}"
        for path in sorted((SOURCE / layer).rglob("*.py"))
        for line, name in calls_of(path)
        if name in EXECUTING
    ]

    assert found == []
