"""What plays must satisfy beyond their shape."""

from collections.abc import Iterator, Mapping, Sequence

from banso.definitions.drafts import Draft, Placed
from banso.definitions.plays import END, PLACEHOLDER, PLACEHOLDERS, Play
from banso.kernel.issues import Issue, Level
from banso.kernel.nearness import did_you_mean


class UniquePlayKeys:
    """A key names one play, and within a play one step."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a key, and steps called ``end``."""
        first: dict[str, int] = {}
        for placed in draft.plays:
            key = placed.definition.key
            if key in first:
                message = f"play '{key}' is defined twice; first on line {first[key]}"
                yield placed.issue("duplicate_key", message, at=("key",))
            first.setdefault(key, placed.line("key"))
            yield from _repeated_steps(placed)


class KnownSteps:
    """A branch leads to a step of its play, or to the end."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield branches that lead nowhere."""
        for placed in draft.plays:
            known = [END, *(step.key for step in placed.definition.steps)]
            for place, step in enumerate(placed.definition.steps):
                for number, branch in enumerate(step.branches):
                    if branch.then not in known:
                        yield placed.issue(
                            "unknown_step",
                            f"unknown step '{branch.then}'",
                            at=("steps", place, "branches", number, "then"),
                            hint=did_you_mean(branch.then, known)
                            or f"Allowed: {', '.join(known)}.",
                        )


class EveryStepCounts:
    """Every step of a play can be reached, and the end from every step."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield steps that are never reached, and those that go round for ever."""
        for placed in draft.plays:
            play = placed.definition
            following = play.following
            known = {*following, END}
            if any(key not in known for keys in following.values() for key in keys):
                continue  # told by `KnownSteps`
            reached = _reached(play.steps[0].key, following)
            ending = _ending(following)
            for place, step in enumerate(play.steps):
                if step.key not in reached:
                    message = f"step '{step.key}' is never reached"
                    hint = "Let a branch lead to it, or remove it."
                    at = ("steps", place, "key")
                    yield placed.issue("unreached_step", message, at=at, hint=hint)
                elif step.key not in ending:
                    message = f"from step '{step.key}' the play never ends"
                    hint = "Let a branch lead to 'end'."
                    at = ("steps", place, "key")
                    yield placed.issue("endless_play", message, at=at, hint=hint)


class KnownPlaceholders:
    """In a template, braces hold customer, contact, reason or sender."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield unknown placeholders, and braces that stand alone."""
        for placed in draft.plays:
            for at, text in _template_texts(placed.definition):
                for name in dict.fromkeys(PLACEHOLDER.findall(text)):
                    if name not in PLACEHOLDERS:
                        message = f"unknown placeholder '{{{name[:60]}}}'"
                        hint = did_you_mean(name, PLACEHOLDERS)
                        hint = hint or f"Allowed: {', '.join(PLACEHOLDERS)}."
                        yield placed.issue("bad_placeholder", message, at=at, hint=hint)
                rest = PLACEHOLDER.sub("", text)
                if "{" in rest or "}" in rest:
                    message = f"a brace stands alone in '{at[-2]}'"
                    yield placed.issue("bad_placeholder", message, at=at)


class KnownPlayOfSignal:
    """A signal proposes a play that there is."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield unknown plays; a warning when there is no file of plays at all."""
        if not draft.knows_plays:
            return
        known = [placed.definition.key for placed in draft.plays]
        for placed in draft.signals:
            play = placed.definition.play
            if play is None or play in known:
                continue
            hint = did_you_mean(play, known)
            level = Level.ERROR
            if not draft.has_plays_file:
                hint, level = "Plays stand in definitions/plays.yaml.", Level.WARNING
            message = f"unknown play '{play}'"
            yield placed.issue(
                "unknown_play", message, at=("play",), hint=hint, level=level
            )


def _repeated_steps(placed: Placed[Play]) -> Iterator[Issue]:
    seen: set[str] = set()
    for place, step in enumerate(placed.definition.steps):
        at = ("steps", place, "key")
        if step.key == END:
            message = "no step can be called 'end': branches lead there to end the play"
            yield placed.issue("reserved_key", message, at=at)
        elif step.key in seen:
            message = f"step '{step.key}' is there twice"
            yield placed.issue("duplicate_key", message, at=at)
        seen.add(step.key)


def _reached(first: str, following: Mapping[str, Sequence[str]]) -> set[str]:
    reached = [first]
    for key in reached:  # grows while it is read
        reached += [k for k in following.get(key, ()) if k not in reached]
    return set(reached)


def _ending(following: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the steps from which the end can be reached."""
    ending = {END}
    while more := {
        key for key, keys in following.items() if key not in ending and {*keys} & ending
    }:
        ending |= more
    return ending


def _template_texts(play: Play) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for place, step in enumerate(play.steps):
        if step.template is not None:
            for key in ("subject", "body"):
                text = getattr(step.template, key)
                for language in ("ja", "en"):
                    at = ("steps", place, "template", key, language)
                    yield at, getattr(text, language)
