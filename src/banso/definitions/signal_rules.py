"""What signals must satisfy beyond their shape, and beyond what they read."""

from collections.abc import Iterator

from banso.definitions.drafts import Draft
from banso.definitions.signals import PLACEHOLDER
from banso.kernel.issues import Issue, Level


class UniqueSignalKeys:
    """A key names one signal."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a key."""
        first: dict[str, int] = {}
        for placed in draft.signals:
            key = placed.definition.key
            if key in first:
                message = f"signal '{key}' is defined twice; first on line {first[key]}"
                yield placed.issue("duplicate_key", message, at=("key",))
            first.setdefault(key, placed.line("key"))


class ClosedBraces:
    """In the reason of a signal, braces hold the key of a metric or column."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield reasons with a brace that stands alone."""
        for placed in draft.signals:
            reason = placed.definition.reason
            for language, text in (("ja", reason.ja), ("en", reason.en)):
                rest = PLACEHOLDER.sub("", text)
                if "{" in rest or "}" in rest:
                    yield placed.issue(
                        "bad_placeholder",
                        "a brace stands alone in 'reason'",
                        at=("reason", language),
                        hint="Write the key of a metric in braces: {days_active_28}.",
                    )


class DoesNotCloseAtOnce:
    """What opens a signal does not close it on the same day."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for signals whose `until` is their `when`."""
        for placed in draft.signals:
            signal = placed.definition
            if signal.until is not None and signal.until == signal.when:
                yield placed.issue(
                    "never_opens",
                    f"'{signal.key}' never opens: 'until' is the same as 'when'",
                    at=("until",),
                    hint="Leave out until, or give the opposite with some distance.",
                    level=Level.WARNING,
                )
