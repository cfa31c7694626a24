"""What is done in a situation: plays of a few steps, with templates of messages."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from banso.definitions.model import Definition, Key, Text
from banso.kernel.labels import Label

END: Final = "end"
PLACEHOLDERS: Final = ("customer", "contact", "reason", "sender")
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")

Role = Literal[
    "csm", "lead", "support", "sales", "ops", "product", "community", "executive"
]
Channel = Literal["visit", "call", "meeting", "mail", "webinar", "chat", "in_app"]


class Template(Definition):
    """A message to start from; whoever sends it edits it first.

    ``{customer}`` stands for the name of the customer, ``{contact}`` for that of the
    contact, ``{reason}`` for why the signal opened, ``{sender}`` for who sends it.
    """

    subject: Text
    """The subject of the message."""
    body: Text
    """The message itself."""

    def filled(self, values: Mapping[str, Label]) -> tuple[Label, Label]:
        """Return subject and body with each placeholder that has a value filled in."""
        return _filled(self.subject, values), _filled(self.body, values)


class Branch(Definition):
    """A way on from a step, which whoever did it chooses."""

    label: Text
    """What came of the step."""
    then: Key
    """The key of the step that follows, or ``end``."""


class Step(Definition):
    """One thing that somebody does; unless it branches, the next one follows."""

    key: Key
    """The name by which branches and records refer to it."""
    label: Text
    """What is to be done."""
    role: Role = "csm"
    """Whose work it is."""
    due_days: Annotated[int, Field(ge=0, le=260)] = 1
    """By how many business days after its turn came."""
    channel: Channel | None = None
    """How the customer is contacted; nothing: the step is no contact."""
    minutes: Annotated[int, Field(ge=1, le=10_000)] = 15
    """How much work it is."""
    note_required: bool = False
    """Whether it is done only with a note of what came of it."""
    template: Template | None = None
    """A message to start from."""
    branches: tuple[Branch, ...] = ()
    """What may come of it, where that decides what follows."""


class Play(Definition):
    """What a team does in a situation that signals point to.

    It begins with its first step. A step that has no branches is followed by the next
    one in the list; after the last one the play ends.
    """

    key: Key
    """The name by which signals and results refer to it."""
    label: Text
    """What people call it."""
    about: Text
    """What it is for, in one sentence."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What is done, in order."""
    assumed_effect: Annotated[float, Field(ge=0, le=1)] = 0.1
    """What it is taken to achieve until a trial told: the share of the chance of churn
    or contraction that it takes away, or by which it raises that of an expansion."""

    @property
    def minutes(self) -> int:
        """How much work it is at most: all steps."""
        return sum(step.minutes for step in self.steps)

    @property
    def following(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that may follow each step, ``end`` for none."""
        nexts = (*(step.key for step in self.steps[1:]), END)
        return {
            step.key: tuple(branch.then for branch in step.branches) or (after,)
            for step, after in zip(self.steps, nexts, strict=True)
        }


class PlaysFile(Definition):
    """The file of plays: ``definitions/plays.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    plays: tuple[Play, ...]
    """The plays, in the order in which they are shown."""


def _filled(text: Text, values: Mapping[str, Label]) -> Label:
    def said(language: str) -> str:
        return PLACEHOLDER.sub(
            lambda found: (
                values[found[1]].in_language(language)
                if found[1] in values
                else found[0]
            ),
            text.label.in_language(language),
        )

    return Label(said("ja"), said("en"))
