"""What the frame shows of live events."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class CollectFeature(Feature):
    """Sources of live events."""

    name = "banso.web.collect"
    label = "collect"
    navigation: ClassVar = (
        NavEntry(
            title=_("Live events"),
            url_name="collect:sources",
            icon="radio-tower",
            capability="manage_sources",
            order=85,
            section="administration",
        ),
    )
    actions: ClassVar = {
        "source_added": _("Added the source %(subject)s of live events."),
        "source_changed": _("Changed the source %(subject)s of live events."),
        "write_key_made": _("Made a write key of the source %(subject)s."),
        "write_key_ended": _("Ended the write key %(tail)s of the source %(subject)s."),
    }
    refusals: ClassVar = {
        "source_taken": _("There is a source with the key %(key)s already."),
        "source_key_invalid": _(
            "The key of a source has 1 to 40 small letters, digits or hyphens."
        ),
        "no_such_source": _("There is no source with the key %(key)s."),
    }
