"""Filters for numbers, money, dates and changes, in the language of the request."""

import datetime as dt

from django import template
from django.conf import settings
from django.utils import timezone

from banso.webkit import formatting
from banso.webkit.bands import band_of
from banso.webkit.formatting import Number

register = template.Library()


@register.filter
def number(value: Number | None, places: int = 0) -> str:
    """Return ``{{ n|number }}`` or ``{{ n|number:1 }}``."""
    return formatting.number(value, places=places)


@register.filter
def ratio(value: Number | None, places: int = 0) -> str:
    """Return ``{{ nrr|ratio }}`` as a percentage."""
    return formatting.ratio(value, places=places)


@register.filter
def money(value: Number | None, currency: str | None = None) -> str:
    """Return ``{{ mrr|money:currency }}``; without one, the company's currency."""
    return formatting.money(value, currency or settings.BANSO_CURRENCY)


@register.filter
def compact_money(value: Number | None, currency: str | None = None) -> str:
    """Return ``{{ mrr|compact_money }}`` in few characters."""
    return formatting.compact_money(value, currency or settings.BANSO_CURRENCY)


@register.filter
def relative(value: dt.datetime | dt.date | None) -> str:
    """Return ``{{ seen_at|relative }}``: how long ago or ahead."""
    return formatting.relative(value, now=timezone.now())  # noqa: TID251 - no time in a filter


@register.filter
def change(value: Number | None, places: int = 0) -> str:
    """Return ``{{ points|change }}``: a difference with its sign."""
    return formatting.change(value, places=places)


@register.filter
def band_label(key: str | None) -> str:
    """Return the word for a band of health."""
    return str(band_of(key).label)


register.filter("quantity", formatting.quantity)
register.filter("compact", formatting.compact)
register.filter("points", formatting.points)
register.filter("day", formatting.day)
register.filter("short_day", formatting.short_day)
register.filter("month", formatting.month)
register.filter("moment", formatting.moment)
register.filter("ratio_change", formatting.ratio_change)
