"""Expected refusals, as exceptions that carry a code, a sentence and a hint."""

from typing import ClassVar


class BansoError(Exception):
    """Refuse something for an expected reason.

    One subclass per reason stands beside the function that raises it. The command line
    prints `message` and `hint`; the web translates by `code` and fills in `facts`.

    Parameters
    ----------
    message
        One English sentence for logs and the command line.
    hint
        What the reader can do about it; empty when there is nothing.
    facts
        The values that a translated sentence needs, by name.

    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, hint: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = facts
