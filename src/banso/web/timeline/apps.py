"""What the frame shows of entries, and what they become."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import (
    FactSource,
    Feature,
    NavEntry,
    ReleaseHook,
    Text,
    TodayPanel,
)
from banso.webkit.permissions import Staff

if TYPE_CHECKING:
    from banso.runs.reading import ReleaseReader


def _entry_facts() -> Iterator[Mapping[str, object]]:
    from banso.web.timeline import queries  # noqa: PLC0415 - models come after apps

    return queries.entry_facts()


def _move_entries(gone: str, kept: str) -> None:
    from banso.web.timeline import operations  # noqa: PLC0415 - likewise

    operations.move_entries(gone, kept)


def _moves(customer_id: str) -> Iterable[tuple[Text, int]]:
    from banso.web.timeline import queries  # noqa: PLC0415 - likewise

    yield _("Notes and contacts"), queries.count_entries(customer_id)


def _take_in(reader: "ReleaseReader", _at: dt.datetime) -> None:
    from banso.web.timeline import waiting  # noqa: PLC0415 - likewise

    waiting.take_in(reader)


def _meetings(user: Staff, at: dt.datetime) -> object:
    from banso.web.timeline import queries  # noqa: PLC0415 - likewise

    return queries.list_planned(user, at=at, limit=8)


def _mentions(user: Staff, _at: dt.datetime) -> object:
    from banso.web.timeline import queries  # noqa: PLC0415 - likewise

    return queries.list_mentions(user, limit=5)


def _waiting(user: Staff, at: dt.datetime) -> object:
    from banso.web.timeline import waiting  # noqa: PLC0415 - likewise

    return waiting.list_waiting(user, at)


class TimelineFeature(Feature):
    """Contacts with customers and notes on them, as people record them."""

    name = "banso.web.timeline"
    label = "timeline"
    navigation: ClassVar = (
        NavEntry(
            title=_("Activity"),
            url_name="timeline:list",
            icon="notebook-pen",
            capability="see_customers",
            order=23,
            count_url_name="timeline:count_mentions",
        ),
    )
    facts: ClassVar = (FactSource("interactions", _entry_facts),)
    on_merge: ClassVar = (_move_entries,)
    moves: ClassVar = (_moves,)
    on_release: ClassVar = (ReleaseHook(call=_take_in, order=30),)
    beside_today: ClassVar = (
        TodayPanel("timeline/_today_waiting.html", _waiting, order=10),
        TodayPanel("timeline/_today_meetings.html", _meetings, order=20),
        TodayPanel("timeline/_today_mentions.html", _mentions, order=30),
    )
    actions: ClassVar = {
        "entry_recorded": _("Recorded an entry on %(subject)s."),
        "entry_changed": _("Changed an entry on %(subject)s."),
        "entry_held": _("Said that a planned contact with %(subject)s took place."),
        "entry_deleted": _("Deleted an entry on %(subject)s."),
        "question_settled": _("Said that %(subject)s needs no answer."),
        "attachment_added": _("Added a file to an entry on %(subject)s."),
        "attachment_removed": _("Took a file off an entry on %(subject)s."),
    }
    refusals: ClassVar = {
        "entry_changed": _(
            "This entry was changed meanwhile, perhaps in another window. Open it"
            " again; what you typed is still in the window before."
        ),
        "not_the_author": _("Only who wrote an entry can change or delete it."),
        "contact_refused": _(
            "%(contact)s does not want to be contacted. Nothing was planned."
        ),
        "not_planned": _("It is still to come, or counts as a contact already."),
        "attachment_too_large": _(
            "%(name)s has more than %(megabytes)s MB. Nothing was kept."
        ),
        "too_many_attachments": _(
            "An entry has at most %(most)s files. Nothing was kept."
        ),
    }
