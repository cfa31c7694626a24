"""Charts as pictures that a document holds within itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from banso.charts.chart import Chart
from banso.charts.theme import theme_config
from banso.kernel.digests import digest_of_value

WIDTH = 720


@dataclass(frozen=True)
class Drawing:
    """A chart and its picture."""

    chart: Chart
    svg: str  # safe: it is made here, and text in it is escaped


def drawn(chart: Chart, *, width: int = WIDTH, font: str = "") -> Drawing:
    """Return the picture of a chart, as wide as the document has room.

    Parameters
    ----------
    chart
        Without rows it has no picture.
    width
        In pixels.
    font
        The family of its texts; empty: the one of the theme.

    """
    import vl_convert  # noqa: PLC0415  only a document needs it

    if not chart.rows:
        return Drawing(chart, "")
    config = theme_config("light", font=font) if font else theme_config("light")
    spec = {**chart.spec, "width": width, "config": config}
    text = json.dumps(spec)
    return Drawing(chart, _own_names(str(vl_convert.vegalite_to_svg(text)), text))


def _own_names(svg: str, spec: str) -> str:
    """Return a picture whose names do not meet those of another in one document."""
    own = digest_of_value(spec)[:8]
    named = svg.replace(' id="', f' id="c{own}-')
    return named.replace("url(#", f"url(#c{own}-").replace('href="#', f'href="#c{own}-')


def all_drawn(charts: Sequence[Chart]) -> list[Drawing]:
    """Return the pictures of charts."""
    return [drawn(chart) for chart in charts]


def rendered(template: str, context: Mapping[str, object], *, styles: list[str]) -> str:
    """Return an HTML document that needs nothing but itself.

    Parameters
    ----------
    template
        Of a feature of the web; Django is ready and its language set.
    context
        What the template shows.
    styles
        The style sheets, as static files are called.

    """
    from django.contrib.staticfiles import finders  # noqa: PLC0415  after the settings
    from django.template.loader import render_to_string  # noqa: PLC0415  likewise
    from django.utils.safestring import mark_safe  # noqa: PLC0415  likewise

    sheets = []
    for style in styles:
        path = finders.find(style)
        assert isinstance(path, str), f"no style sheet {style}"
        sheets.append(Path(path).read_text(encoding="utf-8"))
    css = mark_safe("\n".join(sheets))  # noqa: S308  ours
    return render_to_string(template, {**context, "css": css})
