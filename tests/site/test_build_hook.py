"""What the build hook writes."""

import gzip
import importlib.util
from pathlib import Path

import pytest

from banso.webkit.catalogs import compile_catalogs

HOOK = Path(__file__).parents[2] / "hatch_build.py"
PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Fish"
msgstr "魚"
"""


def test_catalog_is_compiled_once(tmp_path):
    folder = tmp_path / "locale" / "ja" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO, encoding="utf-8")

    first, second = compile_catalogs(tmp_path), compile_catalogs(tmp_path)

    assert first == [folder / "django.mo"]
    assert second == []
    assert "魚".encode() in (folder / "django.mo").read_bytes()


def test_chart_library_is_one_script_written_once(tmp_path):
    pytest.importorskip("vl_convert", reason="a requirement of the build")
    pytest.importorskip("hatchling", reason="a requirement of the build")
    spec = importlib.util.spec_from_file_location("hatch_build", HOOK)
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)

    hook.write_chart_library(tmp_path)
    script = tmp_path / "vega-bundle.js"
    written = script.stat().st_mtime_ns
    hook.write_chart_library(tmp_path)

    assert script.stat().st_mtime_ns == written
    assert b"vegaEmbed" in script.read_bytes()
    compressed = (tmp_path / "vega-bundle.js.gz").read_bytes()
    assert gzip.decompress(compressed) == script.read_bytes()
