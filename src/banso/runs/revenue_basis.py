"""What figures of revenue rest on besides contract rows, and what of it changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from banso.definitions.revenue import RevenueRules
from banso.warehouse.manifest import JSON, content_digest
from banso.warehouse.session import Session

# What can make a closed month read otherwise though no contract row changed.
DEFINITIONS: Final = "definitions"
CURRENCY: Final = "currency"
CHARGES: Final = "charges"
VERSION: Final = "version"
UNKNOWN: Final = "unknown"  # the release before does not say what it rests on


@dataclass(frozen=True)
class Basis:
    """What the figures of one release rest on, as it notes it."""

    rules: RevenueRules
    currency: str
    charges: str  # a digest of the billed discounts; empty when they are not read
    version: int  # of the code

    @classmethod
    def of(
        cls, session: Session, rules: RevenueRules, currency: str, version: int
    ) -> "Basis":
        """Return what figures rest on that are made from the facts of a session."""
        facts = session.manifest.facts
        is_billed = rules.standard.discounts == "billed" and "charges" in facts
        charges = content_digest(facts["charges"].parts) if is_billed else ""
        return cls(rules, currency, charges, version)

    def note(self) -> dict[str, JSON]:
        """Return it as a release notes it."""
        standard: dict[str, JSON] = self.rules.standard.model_dump(mode="json")
        rates: list[JSON] = [rate.model_dump(mode="json") for rate in self.rules.rates]
        return {
            DEFINITIONS: {**standard, "rates": rates},
            CURRENCY: self.currency,
            CHARGES: self.charges,
            VERSION: self.version,
        }


@dataclass(frozen=True)
class Moved:
    """What of the basis differs from that of the release before."""

    causes: tuple[str, ...] = ()  # of the constants above
    choices: tuple[str, ...] = ()  # keys of revenue.yaml that differ

    @classmethod
    def between(cls, before: object, now: Mapping[str, JSON]) -> "Moved":
        """Return what changed from one note to another; `UNKNOWN` without the first."""
        if not isinstance(before, dict) or set(before) != set(now):
            return cls((UNKNOWN,))
        causes = tuple(key for key in now if before[key] != now[key])
        old, new = before[DEFINITIONS], now[DEFINITIONS]
        assert isinstance(new, dict), "as `Basis.note` wrote it"
        said = old if isinstance(old, dict) else {}
        return cls(causes, tuple(key for key in new if said.get(key) != new[key]))

    @classmethod
    def noted(cls, note: object) -> "Moved":
        """Return what a release noted; nothing when it is older than such notes."""
        if not isinstance(note, dict):
            return cls((UNKNOWN,))
        causes, choices = (note.get(key) or [] for key in ("causes", "choices"))
        return cls(tuple(map(str, causes)), tuple(map(str, choices)))

    def note(self) -> dict[str, JSON]:
        """Return it as a release notes it."""
        return {"causes": list(self.causes), "choices": list(self.choices)}
