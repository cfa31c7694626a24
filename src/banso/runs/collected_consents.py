"""What people decide in a consent banner, as calls of clients tell it."""

from collections.abc import Iterator, Mapping
from typing import Final

from banso.collect.messages import Message
from banso.kernel.consent import Purpose

Categories = Mapping[str, Purpose]
Decision = tuple[Purpose, bool]  # whether that is allowed

# The event and the object by which Segment's clients, and the banners that know them,
# tell of a decision: Segment's documentation, "Consent on the Profile".
DECIDED: Final = "Segment Consent Preference Updated"


def decisions_in(message: Message, categories: Categories) -> Iterator[Decision]:
    """Yield what a call decides, purpose by purpose.

    Every event may carry the preferences; only the one that is sent when somebody
    decides makes decisions. Of several categories of one purpose a refusal counts.

    Parameters
    ----------
    message
        The call.
    categories
        What each category of the banner is to us, by its ID; the key of a purpose is
        that purpose.

    """
    if message.event != DECIDED:
        return
    consent = (message.context or {}).get("consent")
    said = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    if not isinstance(said, dict):
        return
    decided: dict[Purpose, bool] = {}
    for category, value in said.items():
        purpose = categories.get(category) or _BY_KEY.get(category)
        if purpose is not None and isinstance(value, bool):
            decided[purpose] = value and decided.get(purpose, True)
    yield from decided.items()


_BY_KEY: Final[Mapping[str, Purpose]] = {str(each): each for each in Purpose}
