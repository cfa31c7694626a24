"""Build hook: what an install needs and the repository does not keep.

It compiles the translations and writes the chart library as one script.
"""

import gzip
import sys
from collections.abc import Mapping
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BansoBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the generated files before hatchling collects them."""

    def initialize(self, _version: str, _build_data: Mapping[str, object]) -> None:
        """Write the files; what is up to date stays."""
        source = Path(self.root) / "src"
        write_chart_library(source / "banso" / "web" / "static" / "built")
        sys.path.insert(0, str(source))
        try:
            from banso.webkit.catalogs import compile_catalogs  # noqa: PLC0415
        finally:
            sys.path.remove(str(source))
        compile_catalogs(source / "banso")


def write_chart_library(folder: Path) -> None:
    """Write Vega, Vega-Lite and Vega-Embed as one script that sets ``vegaEmbed``."""
    import vl_convert  # noqa: PLC0415 - a requirement of the build only

    script = folder / "vega-bundle.js"
    stamp = folder / "vega-bundle.version"
    version = vl_convert.__version__
    if script.exists() and stamp.exists() and stamp.read_text() == version:
        return
    folder.mkdir(parents=True, exist_ok=True)
    content = vl_convert.javascript_bundle().encode()
    script.write_bytes(content)
    # no time in it: the same library gives the same bytes
    script.with_suffix(".js.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    stamp.write_text(version)
