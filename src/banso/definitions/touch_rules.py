"""What touch models and their rules must satisfy beyond their shape."""

from collections.abc import Iterator

from banso.definitions.drafts import Draft, Placed
from banso.definitions.question_rules import repeated_names
from banso.definitions.touch import TOUCHES, TouchRules
from banso.kernel.issues import Issue, Level


class TouchModelsInOrder:
    """Every touch model stands once, from the most care to the least."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield models that stand twice or too late, and hours that rise."""
        placed = draft.touch
        if placed is None:
            return
        models = placed.definition.models
        for place, model in enumerate(models[1:], start=1):
            before = models[place - 1]
            if model.key in [other.key for other in models[:place]]:
                message = f"touch model '{model.key}' is defined twice"
                at = ("models", place, "key")
                yield placed.issue("duplicate_key", message, at=at)
            elif TOUCHES.index(model.key) < TOUCHES.index(before.key):
                message = f"'{model.key}' is more care than '{before.key}' before it"
                at = ("models", place, "key")
                hint = f"The order is {', '.join(TOUCHES)}."
                yield placed.issue("wrong_order", message, at=at, hint=hint)
            elif model.hours_per_month > before.hours_per_month:
                message = f"'{model.key}' takes more hours than '{before.key}'"
                at = ("models", place, "hours_per_month")
                hint = "Less care takes less time, or as much."
                yield placed.issue("wrong_order", message, at=at, hint=hint)


class KnownTouchModels:
    """A rule calls for a touch model that is defined."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield touch models that no model of the file is."""
        placed = draft.touch
        if placed is None:
            return
        rules = placed.definition
        for place, rule in enumerate(rules.rules):
            at = ("rules", place, "touch")
            yield from _unknown(placed, rule.touch, at=at)
        yield from _unknown(placed, rules.otherwise, at=("otherwise",))


class LastTouchModelTakesAll:
    """The touch model with the least care has room for everybody."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield a limit on the last model: whoever is beyond it would have none."""
        placed = draft.touch
        if placed is None:
            return
        last = len(placed.definition.models) - 1
        model = placed.definition.models[last]
        if model.most_customers is not None:
            message = f"'{model.key}' takes everybody whom no other has room for"
            at = ("models", last, "most_customers")
            hint = "Leave most_customers out."
            yield placed.issue("no_room", message, at=at, hint=hint)


class UniqueTouchRules:
    """A key names one rule of touch, or of owners; an owner stands once in a rule."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield the second and later uses of a key or e-mail."""
        placed = draft.touch
        if placed is None:
            return
        yield from _repeated(placed, "rules")
        yield from _repeated(placed, "owners")
        for place, rule in enumerate(placed.definition.owners):
            owners = [owner.strip().lower() for owner in rule.owners]
            here = Placed(rule, placed.document, (*placed.location, "owners", place))
            yield from repeated_names(here, owners, key="owners")


class TouchRuleReachable:
    """A rule of touch decides for somebody whom the rules before it leave over."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield warnings for rules with the condition of an earlier one."""
        placed = draft.touch
        if placed is None:
            return
        first: dict[str, str] = {}
        for place, rule in enumerate(placed.definition.rules):
            if rule.when in first:
                message = f"'{rule.key}' never decides: '{first[rule.when]}' does"
                yield placed.issue(
                    "unreachable",
                    message,
                    at=("rules", place, "when"),
                    level=Level.WARNING,
                )
            first.setdefault(rule.when, rule.key)


def _unknown(
    placed: Placed[TouchRules], touch: str, *, at: tuple[str | int, ...]
) -> Iterator[Issue]:
    known = placed.definition.model_by_key
    if touch not in known:
        message = f"there is no touch model '{touch}' among the models"
        hint = f"Add it, or choose one of {', '.join(known)}."
        yield placed.issue("unknown_touch", message, at=at, hint=hint)


def _repeated(placed: Placed[TouchRules], which: str) -> Iterator[Issue]:
    first: dict[str, int] = {}
    for place, rule in enumerate(getattr(placed.definition, which)):
        if rule.key in first:
            message = f"'{rule.key}' is defined twice; first on line {first[rule.key]}"
            at = (which, place, "key")
            yield placed.issue("duplicate_key", message, at=at)
        first.setdefault(rule.key, placed.line(which, place, "key"))
