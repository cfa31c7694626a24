"""What the frame shows of matching customers."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry
from banso.webkit.tasks import Task


def _merged() -> Mapping[str, str]:
    from banso.web.matching.queries import merged  # noqa: PLC0415 - models are ready

    return merged()


class MatchingFeature(Feature):
    """Customers of different sources that are one company."""

    name = "banso.web.matching"
    label = "matching"
    navigation: ClassVar = (
        NavEntry(
            title=_("Match customers"),
            url_name="matching:pairs",
            icon="merge",
            capability="merge_customers",
            order=84,
            section="administration",
        ),
    )
    actions: ClassVar = {
        "customers_matched": _(
            "Decided that %(subject)s is one customer (%(kept)s stays)."
        ),
        "customers_told_apart": _(
            "Decided that %(subject)s is two customers (%(one)s and %(other)s)."
        ),
        "match_undone": _("Took back what was decided of %(subject)s."),
    }
    refusals: ClassVar = {
        "pair_decided": _("This pair was decided already. Undo that first."),
        "pair_open": _("Nobody has decided this pair."),
        "already_one": _("%(key)s went into another customer before. Undo that first."),
        "not_of_the_pair": _("Choose which of the two stays."),
    }
    identities: ClassVar = (_merged,)
    tasks: ClassVar = (
        Task(
            name="matching.look",
            title=_("Look for customers that may be one"),
            call="banso.web.matching.tasks.look",
            lane="long",
            every="1 min",
            wanted="banso.web.matching.tasks.look_is_wanted",
        ),
    )
