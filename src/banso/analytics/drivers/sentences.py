"""What an answer means, in plain Japanese and English."""

from dataclasses import dataclass

from banso.analytics.drivers.question import Answer, Outcome
from banso.kernel.labels import Label


@dataclass(frozen=True)
class Groups:
    """What both groups of a question are called."""

    exposed: Label  # "導入に失敗", "Onboarding failed"
    others: Label


def conclusion(answer: Answer, outcome: Outcome, groups: Groups) -> Label:
    """Return what can be concluded of an outcome, and what cannot.

    Returns
    -------
    Label
        Two to four sentences: the finding with its interval, what it was adjusted for,
        and that it is an association. Where the data do not carry it, the text says
        what is missing.

    """
    raise NotImplementedError
