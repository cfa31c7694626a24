"""The steps of a play, as an open play keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

END: Final = "end"
Text = Mapping[str, str]  # by language: ja, en


@dataclass(frozen=True)
class Branch:
    """One answer to a step, and the step that follows on it."""

    label: Text
    then: str  # key of a step, or `END`


@dataclass(frozen=True)
class Template:
    """A message to start from, with placeholders."""

    subject: Text
    body: Text


@dataclass(frozen=True)
class Step:
    """One step of a play."""

    key: str
    label: Text
    role: str
    due_days: int  # business days after its turn begins
    channel: str  # of a contact with the customer; empty: it is none
    minutes: int
    note_required: bool
    template: Template | None
    branches: Sequence[Branch]

    @classmethod
    def read(cls, kept: Mapping[str, object]) -> "Step":
        """Return the step of what `definitions.plays.Step.model_dump` gave."""
        template = kept.get("template")
        branches = kept.get("branches")
        return cls(
            key=str(kept["key"]),
            label=_text(kept["label"]),
            role=str(kept.get("role") or ""),
            due_days=int(str(kept.get("due_days", 1))),
            channel=str(kept.get("channel") or ""),
            minutes=int(str(kept.get("minutes", 0))),
            note_required=bool(kept.get("note_required")),
            template=Template(_text(template["subject"]), _text(template["body"]))
            if isinstance(template, dict)
            else None,
            branches=[
                Branch(_text(each["label"]), str(each["then"]))
                for each in (branches if isinstance(branches, list) else ())
            ],
        )


def steps_of(kept: object) -> list[Step]:
    """Return the steps that a play keeps, in order."""
    assert isinstance(kept, list)
    return [Step.read(each) for each in kept]


def step_after(steps: Sequence[Step], key: str, *, then: str = "") -> Step | None:
    """Return the step that follows on another; None at the end.

    Parameters
    ----------
    steps
        All steps of the play.
    key
        The step that was done.
    then
        What its branch leads to; empty when it has no branches.

    """
    if then == END:
        return None
    keys = [step.key for step in steps]
    if then:
        return steps[keys.index(then)]
    place = keys.index(key) + 1
    return steps[place] if place < len(steps) else None


def _text(kept: object) -> Text:
    assert isinstance(kept, dict)
    return {"ja": str(kept["ja"]), "en": str(kept["en"])}
