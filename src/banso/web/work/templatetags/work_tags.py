"""Filters and tags of work."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from banso.web.work import words
from banso.webkit import icons

register = template.Library()


@register.simple_tag
def said(label: Mapping[str, str]) -> str:
    """Return ``{% said play.label %}``: a text that is kept in both languages."""
    return words.said(label)


@register.simple_tag
def channel_icon(channel: str) -> SafeString:
    """Return ``{% channel_icon task.channel %}``: how the customer is contacted."""
    return icons.icon(words.channel_icon(channel), words.channel(channel), 14)


@register.filter
def role_name(role: str) -> str:
    """Return ``{{ step.role|role_name }}``: who of ours does it."""
    return words.role(role)
