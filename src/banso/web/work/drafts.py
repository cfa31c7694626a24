"""The draft of a message: a template of a play, filled in for one customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from banso.definitions.plays import PLACEHOLDER
from banso.web.work.steps import Step, Text


@dataclass(frozen=True)
class Draft:
    """A message in one language."""

    language: str  # ja | en
    subject: str
    body: str

    @property
    def rows(self) -> int:
        """How many lines a field needs to show it."""
        return min(max(len(self.body.splitlines()) + 1, 4), 14)


def drafts_of(step: Step, values: Mapping[str, Text]) -> Sequence[Draft]:
    """Return the message of a step in both languages; nothing without a template.

    Parameters
    ----------
    step
        A step of a play.
    values
        What stands for each placeholder, in both languages. One without a value stays
        as it is written, so that whoever sends it sees what is missing.

    """
    if step.template is None:
        return ()
    return [
        Draft(
            language=language,
            subject=_filled(step.template.subject, values, language),
            body=_filled(step.template.body, values, language),
        )
        for language in ("ja", "en")
    ]


def first_with_message(steps: Sequence[Step]) -> Step | None:
    """Return the first step of a play that has a message to start from."""
    return next((step for step in steps if step.template is not None), None)


def placeholder_values(
    *, customer: str, contact: str, reason: Text, sender: str
) -> dict[str, Text]:
    """Return what stands for the placeholders; what is not known is left out."""
    values: dict[str, Text] = {}
    for name, text in (
        ("customer", customer), ("contact", contact), ("sender", sender),
    ):  # fmt: skip
        if text:
            values[name] = {"ja": text, "en": text}
    if any(reason.values()):
        values["reason"] = reason
    return values


def _filled(text: Text, values: Mapping[str, Text], language: str) -> str:
    return PLACEHOLDER.sub(
        lambda found: (
            values[found[1]].get(language, found[0]) if found[1] in values else found[0]
        ),
        text[language],
    )
