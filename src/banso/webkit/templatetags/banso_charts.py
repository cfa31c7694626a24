"""The tag that shows a chart with its sentence and its table."""

import json
from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString, mark_safe

from banso.charts.chart import Chart

register = template.Library()

# so that no text of the data can end the script element
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.inclusion_tag("webkit/_chart.html")
def chart(drawing: Chart) -> Mapping[str, object]:
    """Return ``{% chart health_chart %}``: one sentence, the plot, and its table."""
    return {"chart": drawing, "spec": _as_script(drawing.spec)}


def _as_script(spec: Mapping[str, object]) -> SafeString:
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - escaped on this line
