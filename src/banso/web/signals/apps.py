"""What the frame shows of signals."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class SignalsFeature(Feature):
    """Situations in which somebody should act."""

    name = "banso.web.signals"
    label = "signals"
    refusals: ClassVar = {
        "bad_draft": _("Draft %(path)s, line %(line)s: %(fault)s"),
        "run_first": _("There are no results that signals could be tried on yet."),
    }
    navigation: ClassVar = (
        NavEntry(
            title=_("Signals"),
            url_name="signals:list",
            icon="bell",
            capability="see_customers",
            order=22,
        ),
    )
