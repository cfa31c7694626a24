"""What the frame shows of consents, and what they become."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.web.consents.words import granted_sentence, refused_sentence
from banso.webkit.features import FactSource, Feature, Text


def _decisions() -> Iterator[Mapping[str, object]]:
    from banso.web.consents import queries  # noqa: PLC0415 - models come after apps

    return queries.decision_facts()


def _move_decisions(gone: str, kept: str) -> None:
    from banso.web.consents import operations  # noqa: PLC0415 - likewise

    operations.move_decisions(gone, kept)


def _moves(customer_id: str) -> Iterable[tuple[Text, int]]:
    from banso.web.consents import queries  # noqa: PLC0415 - likewise

    yield _("Consents"), queries.count_decisions(customer_id)


class ConsentsFeature(Feature):
    """What people at customers let us use their data for."""

    name = "banso.web.consents"
    label = "consents"
    facts: ClassVar = (FactSource("consents", _decisions),)
    on_merge: ClassVar = (_move_decisions,)
    moves: ClassVar = (_moves,)
    actions: ClassVar = {
        "consent_granted": granted_sentence,
        "consent_refused": refused_sentence,
    }
    refusals: ClassVar = {
        "decided_later": _("A decision cannot be made in the future."),
    }
