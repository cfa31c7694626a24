"""Small drawings made by the server: bars, lines and scales without any script."""

from collections.abc import Sequence
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from banso.definitions.health import Bands, Threshold
from banso.runs.distributions import Bin

WIDE, HIGH = 400, 100
LINE_WIDE, LINE_HIGH, MARGIN = 168, 60, 6
_GAP: Final = 0.12  # of a bar's width


def histogram(
    bins: Sequence[Bin], *, title: str, mark: float | None = None
) -> SafeString:
    """Return the bars of a distribution, stretched to the width of its place.

    Parameters
    ----------
    bins
        Side by side and of equal width.
    title
        What it shows, in words.
    mark
        A value to mark by a line, such as the median.

    """
    most = max((each.count for each in bins), default=0) or 1
    step = WIDE / max(len(bins), 1)
    bars = format_html_join(
        "",
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>',
        [
            (
                f"{i * step + step * _GAP / 2:.2f}",
                f"{HIGH - _height(each.count, most):.2f}",
                f"{step * (1 - _GAP):.2f}",
                f"{_height(each.count, most):.2f}",
            )
            for i, each in enumerate(bins)
        ],
    )
    line = SafeString("")
    if mark is not None and bins:
        span = (bins[-1].high - bins[0].low) or 1
        x = f"{min(max((mark - bins[0].low) / span, 0), 1) * WIDE:.2f}"
        line = format_html(
            '<line class="mark" x1="{}" x2="{}" y1="0" y2="{}"/>', x, x, HIGH
        )
    return format_html(
        '<svg class="histogram" viewBox="0 0 {} {}" preserveAspectRatio="none"'
        ' role="img" aria-label="{}"><title>{}</title>{}{}</svg>',
        WIDE, HIGH, title, title, bars, line,
    )  # fmt: skip


def points_histogram(bins: Sequence[Bin], *, bands: Bands, title: str) -> SafeString:
    """Return ten small bars for 0 to 100 points, coloured by band."""
    most = max((each.count for each in bins), default=0) or 1
    bars = format_html_join(
        "",
        '<rect class="bar fill-{}" x="{}" y="{}" width="13" height="{}"/>',
        [
            (
                _band((each.low + each.high) / 2, bands),
                i * 15 + 1,
                f"{40 - _height(each.count, most) * 0.4:.1f}",
                f"{_height(each.count, most) * 0.4:.1f}",
            )
            for i, each in enumerate(bins)
        ],
    )
    return format_html(
        '<svg class="points-histogram" viewBox="0 0 150 42" width="150" height="42"'
        ' role="img" aria-label="{}"><title>{}</title>{}'
        '<line class="base" x1="0" x2="150" y1="41" y2="41"/></svg>',
        title, title, bars,
    )  # fmt: skip


def threshold_line(thresholds: Sequence[Threshold], *, title: str) -> SafeString:
    """Return the line that turns values into points, flat beyond its corners."""
    low, high = thresholds[0].value, thresholds[-1].value
    span = (high - low) or 1
    inner, tall = LINE_WIDE - 4 * MARGIN, LINE_HIGH - 2 * MARGIN

    def place(threshold: Threshold) -> tuple[str, str]:
        x = 2 * MARGIN + (threshold.value - low) / span * inner
        y = MARGIN + (1 - threshold.score / 100) * tall
        return f"{x:.1f}", f"{y:.1f}"

    corners = [place(threshold) for threshold in thresholds]
    ends = [("0", corners[0][1]), *corners, (str(LINE_WIDE), corners[-1][1])]
    path = "M" + "L".join(f"{x} {y}" for x, y in ends)
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="2.5"/>', corners)
    return format_html(
        '<svg class="threshold-line" viewBox="0 0 {w} {h}" width="{w}" height="{h}"'
        ' role="img" aria-label="{t}"><title>{t}</title>'
        '<line class="base" x1="0" x2="{w}" y1="{top}" y2="{top}"/>'
        '<line class="base" x1="0" x2="{w}" y1="{low}" y2="{low}"/>'
        '<path d="{path}"/>{dots}</svg>',
        w=LINE_WIDE,
        h=LINE_HIGH,
        t=title,
        top=MARGIN,
        low=LINE_HIGH - MARGIN,
        path=path,
        dots=dots,
    )


def band_scale(bands: Bands, *, title: str) -> SafeString:
    """Return the scale of 0 to 100 with its three bands."""
    pieces = [
        ("at_risk", 0.0, bands.watch),
        ("watch", bands.watch, bands.healthy),
        ("healthy", bands.healthy, 100.0),
    ]
    return format_html(
        '<svg class="band-scale" viewBox="0 0 100 8" preserveAspectRatio="none"'
        ' role="img" aria-label="{}"><title>{}</title>{}</svg>',
        title,
        title,
        format_html_join(
            "",
            '<rect class="fill-{}" x="{}" y="0" width="{}" height="8"/>',
            [(key, low, max(high - low - 0.4, 0)) for key, low, high in pieces],
        ),
    )


def _height(count: int, most: int) -> float:
    # whoever is there is seen, even one beside thousands
    return max(count / most * HIGH, 1.5) if count else 0.0


def _band(points: float, bands: Bands) -> str:
    if points >= bands.healthy:
        return "healthy"
    return "watch" if points >= bands.watch else "at_risk"
