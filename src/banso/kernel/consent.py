"""What a person at a customer lets us use its data for, and what holds at a moment."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from banso.kernel.labels import Label

OPT_IN: Final = "opt_in"  # without a decision: no
OPT_OUT: Final = "opt_out"  # without a decision: yes


class Purpose(StrEnum):
    """What data of one person is used for."""

    CONTACT = "contact"
    NEWS = "news"
    USAGE_ANALYSIS = "usage_analysis"
    VOICE_ANALYSIS = "voice_analysis"
    SHARING = "sharing"


@dataclass(frozen=True)
class PurposeWords:
    """A purpose as people read it."""

    label: Label
    about: Label  # one sentence: what is done, or not, with the person's data


PURPOSES: Final[Mapping[Purpose, PurposeWords]] = MappingProxyType(
    {
        Purpose.CONTACT: PurposeWords(
            Label("連絡", "Contact by a person"),
            Label(
                "当社の担当者が電話・メール・訪問などで連絡します。",
                "Somebody of ours calls, writes or visits.",
            ),
        ),
        Purpose.NEWS: PurposeWords(
            Label("お知らせ・自動配信", "News and automatic messages"),
            Label(
                "お知らせや案内を、多くの人へまとめて、または自動で送ります。",
                "News and messages are sent to many, or without anybody's doing.",
            ),
        ),
        Purpose.USAGE_ANALYSIS: PurposeWords(
            Label("個人単位の利用分析", "Analysis of one's own use"),
            Label(
                "本人がいつ何を使ったかを、個人として見ます。",
                "Who used what, and when, is looked at person by person.",
            ),
        ),
        Purpose.VOICE_ANALYSIS: PurposeWords(
            Label("発言の分析", "Analysis of what one says"),
            Label(
                "アンケートの回答・要望・問い合わせの文章を、読み取りや分析に使います。",
                "The words of answers, requests and tickets are shown and analyzed.",
            ),
        ),
        Purpose.SHARING: PurposeWords(
            Label("外部連携", "Sharing with other tools"),
            Label(
                "書き出し・API などで、本人のデータをほかの道具に渡します。",
                "Exports, the API and the like give the person's data to other tools.",
            ),
        ),
    }
)
# What holds of somebody who has decided nothing, unless banso.toml says otherwise.
DEFAULTS: Final[Mapping[Purpose, bool]] = MappingProxyType(
    {purpose: purpose is not Purpose.NEWS for purpose in Purpose}
)


@dataclass(frozen=True)
class Decision:
    """That somebody allowed or refused a purpose, from a moment on."""

    contact_id: str
    purpose: Purpose
    decided_at: dt.datetime
    granted: bool


@dataclass(frozen=True)
class Standing:
    """What holds, and by which decision."""

    granted: bool
    decided_at: dt.datetime | None  # None: nothing was decided; the default holds


def standing(
    decisions: Iterable[Decision], *, at: dt.datetime, default: bool
) -> Standing:
    """Return what holds at a moment, of the decisions of one person on one purpose.

    The latest decision up to the moment counts. Of two at the very same moment the
    refusal does.
    """
    so_far = [each for each in decisions if each.decided_at <= at]
    if not so_far:
        return Standing(default, None)
    last = max(so_far, key=weight)
    return Standing(last.granted, last.decided_at)


def weight(decision: Decision) -> tuple[dt.datetime, bool]:
    """Return what is greater for the decision that counts of two."""
    return decision.decided_at, not decision.granted


@dataclass(frozen=True)
class Gate:
    """Answers whether people may be used for a purpose, at one moment.

    Every use of what names or describes one person asks it, in the app as in
    expressions: `docs/how-to/consent.md` lists them.
    """

    defaults: Mapping[Purpose, bool] = field(default_factory=lambda: DEFAULTS)
    latest: Mapping[tuple[str, Purpose], Decision] = field(default_factory=dict)

    def standing(self, contact_id: str, purpose: Purpose) -> Standing:
        """Return what holds of a contact."""
        decided = self.latest.get((contact_id, purpose))
        if decided is None:
            return Standing(self.defaults[purpose], None)
        return Standing(decided.granted, decided.decided_at)

    def may(self, contact_id: object, purpose: Purpose) -> bool:
        """Return whether a contact may be used; what is about nobody always may."""
        return not contact_id or self.standing(str(contact_id), purpose).granted

    def exceptions(self, purpose: Purpose) -> Collection[str]:
        """Return the contacts of whom the opposite of the default holds, in order."""
        default = self.defaults[purpose]
        return sorted(
            contact_id
            for (contact_id, of), decided in self.latest.items()
            if of is purpose and decided.granted is not default
        )

    def with_decisions(self, decisions: Iterable[Decision]) -> "Gate":
        """Return the gate with more decisions, all of them up to its moment."""
        latest = dict(self.latest)
        for each in decisions:
            key = (each.contact_id, each.purpose)
            known = latest.get(key)
            if known is None or weight(each) > weight(known):
                latest[key] = each
        return Gate(self.defaults, latest)
