"""The components of the design: icons, badges, tiles, cards, table heads, pagers."""

from collections.abc import Mapping, Sequence

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from banso.webkit import formatting, icons
from banso.webkit.bands import band_of
from banso.webkit.formatting import Number
from banso.webkit.paging import Page
from banso.webkit.permissions import may
from banso.webkit.sparkline import sparkline as draw_sparkline

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", size: int = 16) -> SafeString:
    """Return ``{% icon "users" %}``."""
    # a lucide icon is kept by its arguments; a template's own text type is not a key
    return icons.icon(str(name), str(label), size)


@register.simple_tag
def band_badge(key: str | None) -> SafeString:
    """Return ``{% band_badge customer.band %}``: colour, icon and word."""
    band = band_of(key)
    return icons.band_icon(band.icon, str(band.label), band.key)


@register.simple_tag
def sparkline(
    values: Sequence[float | None],
    title: str = "",
    low: float = 0.0,
    high: float = 100.0,
) -> SafeString:
    """Return ``{% sparkline customer.trend %}``; words are made when none are given."""
    return draw_sparkline(
        values, title=title or trend_in_words(values), low=low, high=high
    )


def trend_in_words(values: Sequence[float | None]) -> str:
    """Return what a sparkline shows: its first and last known score."""
    known = [value for value in values if value is not None]
    if not known:
        return _("No history yet.")
    return _("From %(first)s to %(last)s.") % {
        "first": formatting.points(known[0]),
        "last": formatting.points(known[-1]),
    }


@register.simple_tag
def delta(
    value: Number | None, kind: str = "points", better: str = "up", currency: str = ""
) -> SafeString:
    """Return a difference with its sign, coloured by whether it is good news.

    `kind` is points, ratio, money or number; `better` is up or down.
    """
    if kind == "money":
        text = formatting.money_change(value, currency)
    elif kind == "ratio":
        text = formatting.ratio_change(value)
    else:
        text = formatting.change(value)
    within = {"points": 0.5, "number": 0.5, "ratio": 0.0005}.get(kind, 0.0)
    tone = formatting.tone_of(value, better=better, within=within)
    return format_html('<span class="delta delta-{}">{}</span>', tone, text)


@register.inclusion_tag("webkit/_tile.html")
def tile(  # noqa: PLR0913 - a tile is all of these, each by name
    label: str,
    value: str,
    *,
    note: str = "",
    href: str = "",
    how: str = "",
    change: SafeString | str = "",
    band: str = "",
) -> Mapping[str, object]:
    """Return one number with its name; `note` holds n, the interval or the basis."""
    return {
        "label": label,
        "value": value,
        "note": note,
        "href": href,
        "how": how,
        "change": change,
        "band": band,
    }


@register.simple_block_tag
def card(
    content: SafeString, title: str = "", how: str = "", note: str = "", kind: str = ""
) -> SafeString:
    """Return ``{% card title=… how=… %}…{% endcard %}``: a titled box."""
    context = {
        "content": content,
        "title": title,
        "how": how,
        "note": note,
        "kind": kind,
    }
    return render_to_string("webkit/_card.html", context)


@register.inclusion_tag("webkit/_how.html")
def how(href: str, what: str = "") -> Mapping[str, object]:
    """Return the link "how is this computed?"."""
    return {"href": href, "what": what}


@register.inclusion_tag("webkit/_empty.html")
def empty_state(
    title: str, text: str = "", icon: str = "inbox", href: str = "", action: str = ""
) -> Mapping[str, object]:
    """Return what stands where nothing is, and what to connect to change that."""
    return {
        "title": title,
        "text": text,
        "icon_name": icon,
        "href": href,
        "action": action,
    }


@register.inclusion_tag("webkit/_breadcrumb.html")
def breadcrumb(*parts: str) -> Mapping[str, object]:
    """Return ``{% breadcrumb title url title url here %}``: the way to this page."""
    pairs = [*parts, ""] if len(parts) % 2 else list(parts)
    return {"steps": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("webkit/_tabs.html")
def tabs(current: str, *parts: str) -> Mapping[str, object]:
    """Return ``{% tabs current key title url key title url … %}``."""
    entries = list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    return {"entries": entries, "current": current}


@register.inclusion_tag("webkit/_sort_head.html", takes_context=True)
def sort_head(
    context: Context,
    key: str,
    title: str,
    current: str,
    numeric: bool = False,  # noqa: FBT001, FBT002 - named in templates
    first: str = "",
) -> Mapping[str, object]:
    """Return the head of a column that can be sorted by.

    `current` is the sort of the page (``mrr``, or ``-mrr`` for descending). A column
    that is not sorted by yet begins ascending, or descending with ``first="-"``.
    """
    is_current = current.lstrip("-") == key
    descending = current.startswith("-")
    target = key if descending else f"-{key}"
    if not is_current:
        target = f"{first}{key}"
    direction = ("descending" if descending else "ascending") if is_current else ""
    return {
        "title": title,
        "numeric": numeric,
        "direction": direction,
        "url": _url_with(context, sort=target, at=None),
    }


@register.inclusion_tag("webkit/_pager.html", takes_context=True)
def pager(context: Context, page: Page[object]) -> Mapping[str, object]:
    """Return the links to the pages beside a `webkit.paging.Page`."""
    return {
        "previous": page.previous and _url_with(context, at=page.previous),
        "next": page.next and _url_with(context, at=page.next),
        "first": _url_with(context, at=None),
    }


@register.simple_block_tag(takes_context=True)
def filters(context: Context, content: SafeString, keep: str = "sort") -> SafeString:
    """Return ``{% filters %}fields{% endfilters %}``: a form whose state is the URL.

    `keep` names the parameters, separated by blanks, that stay as they are.
    """
    query = context["request"].GET
    kept = [(name, query[name]) for name in keep.split() if name in query]
    data = {
        "content": content,
        "kept": kept,
        "path": context["request"].path,
        "is_filtered": any(query[name] for name in query if name not in keep.split()),
    }
    return render_to_string("webkit/_filters.html", data)


@register.inclusion_tag("webkit/_field.html")
def field(bound: BoundField) -> Mapping[str, object]:
    """Return ``{% field form.email %}``: label, help, input and errors of a field."""
    return {"field": bound}


@register.simple_tag
def share_bar(value: Number | None, label: str = "", band: str = "") -> SafeString:
    """Return a thin bar for a share of 0 to 1, with its percentage in words."""
    share = min(max(float(value or 0), 0.0), 1.0)
    return format_html(
        '<svg class="share-bar {}" viewBox="0 0 100 6" preserveAspectRatio="none" '
        'role="img" aria-label="{}"><rect class="share-track" width="100" height="6"/>'
        '<rect class="share-value" width="{}" height="6"/></svg>',
        f"band-{band}" if band else "",
        label or formatting.ratio(value),
        f"{share * 100:.1f}",
    )


@register.simple_tag(takes_context=True)
def url_with(context: Context, **changes: str | None) -> str:
    """Return this page's address with other parameters; an empty one is dropped."""
    return _url_with(context, **changes)


@register.simple_tag(takes_context=True)
def can(context: Context, capability: str) -> bool:
    """Return ``{% can "export_customers" as may_export %}``."""
    return may(context["request"].user, capability)


def _url_with(context: Context, **changes: str | None) -> str:
    request = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    text = urlencode(sorted(query.lists()), doseq=True)
    return f"{request.path}?{text}" if text else request.path
