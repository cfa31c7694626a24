"""What the frame shows of the simulators."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class SimulatorsFeature(Feature):
    """What would happen under chosen assumptions."""

    name = "banso.web.simulators"
    label = "simulators"
    navigation: ClassVar = (
        NavEntry(
            title=_("Simulators"),
            url_name="simulators:fish",
            icon="fish",
            capability="see_simulators",
            order=58,
        ),
    )
    actions: ClassVar = {
        "scenario_saved": _("Saved the scenario %(subject)s."),
        "scenario_deleted": _("Deleted the scenario %(subject)s."),
    }
    refusals: ClassVar = {
        "scenario_taken": _("There is a scenario named %(name)s already."),
        "scenario_not_yours": _("The scenario %(name)s was saved by somebody else."),
    }
