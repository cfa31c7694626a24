"""What the frame shows of the Health studio."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class StudioFeature(Feature):
    """Health, judged by what happened."""

    name = "banso.web.studio"
    label = "studio"
    navigation: ClassVar = (
        NavEntry(
            title=_("Health studio"),
            url_name="studio:accuracy",
            icon="sliders-vertical",
            capability="see_definitions",
            order=55,
        ),
    )
    actions: ClassVar = {
        "weights_drafted": _("Drafted weights (%(subject)s)."),
        "draft_computed": _("Computed the draft anew (%(subject)s)."),
        "draft_noted": _("Wrote a note on the draft (%(subject)s)."),
        "weights_accepted": _(
            "Accepted the draft (%(subject)s); published version %(version)s."
        ),
        "weights_rejected": _("Rejected the draft (%(subject)s)."),
        "definitions_restored": _(
            "Went back to the definitions %(subject)s from %(version)s."
        ),
    }
    refusals: ClassVar = {
        "run_first": _(
            "The definitions changed since the last run, or nothing was computed yet."
            " Run first (banso run), then draft."
        ),
        "folder_differs": _(
            "The definitions in the project folder hold changes that are not published."
            " The next run would publish them and mix them with this. Publish them with"
            " banso apply, or undo them; then try again."
        ),
        "folder_not_writable": _(
            "The project folder cannot be written from here, and the next run would"
            " undo a version that the folder does not have. Download health.yaml from"
            " the draft, put it into the folder definitions, and run banso apply."
        ),
        "definitions_moved": _(
            "Other definitions are in force by now (%(digest)s). Compute the draft anew"
            " and look at it again."
        ),
        "already_in_force": _("These weights are in force already."),
        "weights_not_writable": _(
            "The weights of %(model)s cannot be written into health.yaml, because an"
            " alias stands for several elements. Write them there by hand."
        ),
        "no_such_health_model": _("There is no health model %(model)s any more."),
        "draft_decided": _("This draft was decided already."),
        "not_the_elements": _(
            "Name every element of %(model)s and no other: %(keys)s is missing or is"
            " none."
        ),
        "nothing_weighs": _("At least one element has to count."),
        "lake_busy": _("Somebody else is writing now. Try again in a moment."),
    }
