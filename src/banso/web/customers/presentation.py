"""The rows of the list as a person reads them: every text is made here, once."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, cast

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from banso.web.customers.models import NoScore, PublishedRelease
from banso.webkit import formatting, icons
from banso.webkit.bands import band_of
from banso.webkit.company_names import touch_name
from banso.webkit.sparkline import sparkline
from banso.webkit.templatetags.banso_parts import delta, trend_in_words

STATUSES: Final[Mapping[str, object]] = {
    "active": pgettext_lazy("contract", "Active"),
    "upcoming": gettext_lazy("Upcoming"),
    "churned": gettext_lazy("Churned"),
}
NO_CURRENCY: Final = "XXX"  # ISO 4217: an amount that is not money
LOW_COVERAGE: Final = 0.6
URGENT_DAYS: Final = 30
WORTH_SAYING: Final = 0.5  # points


# what a row is made of
SHOWN: Final = (
    "customer_id", "name", "status", "owner", "touch", "plan", "mrr", "currency",
    "renews_on", "notice_on", "ended_on", "model", "score", "band", "coverage",
    "no_score", "score_before", "change", "worst_element", "worst_points",
    "best_element", "best_points", "trend", "last_active_on", "p_churn",
    "p_churn_low", "p_churn_high", "p_churn_basis", "mrr_at_risk",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One customer in the list."""

    url: str
    name: str
    about: str
    status: str
    is_active: bool
    badge: SafeString
    score: str
    before: str  # the score 28 days ago
    coverage: str  # said only when it is low
    why: str  # there is no score
    change: SafeString
    trend: SafeString
    moved: str
    moved_points: SafeString | str
    mrr: str
    chance: str  # to leave within 90 days; empty without a forecast
    chance_note: str  # its interval, or what it comes from
    loss: str  # MRR at risk
    renews: str
    renews_in: str
    is_urgent: bool
    leaves: str  # notice was given, or the customer is gone
    owner: str
    touch: str
    active: str
    active_title: str


class RowMaker:
    """Makes rows in one language, from one release.

    Parameters
    ----------
    release
        What the values are from.
    owners
        What people read for an owner.
    language
        The reader's.

    """

    def __init__(
        self, release: PublishedRelease, owners: Mapping[str, str], language: str
    ) -> None:
        self._as_of = release.as_of
        self._labels = release.labels
        self._owners = owners
        self._language = language
        self._day = lru_cache(maxsize=512)(formatting.short_day)

    def rows(self, values: Sequence[Mapping[str, object]]) -> list[Row]:
        """Return the rows of values with the columns `SHOWN`."""
        return [self._row(value) for value in values]

    def _row(self, v: Mapping[str, object]) -> Row:
        renews, left = cast("dt.date | None", v["renews_on"]), None
        if renews is not None:
            left = (renews - self._as_of).days
        trend = cast("list[float | None]", v["trend"])
        is_active = v["status"] == "active"
        owner = str(v["owner"])
        element, points = self.moved(v)
        return Row(
            url=page_url(str(v["customer_id"])),
            name=str(v["name"]),
            about=label_of(self._labels, f"plan={v['plan']}", otherwise=str(v["plan"])),
            status=status_label(str(v["status"])),
            is_active=is_active,
            badge=band_badge(str(v["band"]), self._language) if is_active else _BLANK,
            score=whole_score(cast("float | None", v["score"])),
            before=whole_score(cast("float | None", v["score_before"])),
            coverage=_coverage(cast("float | None", v["coverage"])),
            why=_why(str(v["no_score"])),
            change=_change(cast("float | None", v["change"])),
            trend=sparkline(trend, title=trend_in_words(trend))
            if any(value is not None for value in trend)
            else _BLANK,
            moved=element,
            moved_points=delta(points) if points is not None else "",
            mrr=money_text(cast("Decimal | None", v["mrr"]), str(v["currency"])),
            chance=_chance(v),
            chance_note=_chance_note(v),
            loss=_loss(cast("float | None", v["mrr_at_risk"]), str(v["currency"])),
            renews=self._day(renews) if renews else "",
            renews_in="" if left is None else days_ahead(left),
            is_urgent=left is not None and left <= URGENT_DAYS,
            leaves=self._leaves(v),
            owner=self._owners.get(owner, owner),
            touch=touch_label(str(v["touch"])),
            active=self._ago(cast("dt.date | None", v["last_active_on"])),
            active_title=self._day(cast("dt.date | None", v["last_active_on"])),
        )

    def moved(self, v: Mapping[str, object]) -> tuple[str, float | None]:
        """Return the element that explains the change most, and its points."""
        worst = cast("float", v["worst_points"] or 0.0)
        best = cast("float", v["best_points"] or 0.0)
        change = cast("float", v["change"] or 0.0)
        falls = change < 0 if abs(change) >= WORTH_SAYING else -worst >= best
        points = worst if falls else best
        key = v["worst_element"] if falls else v["best_element"]
        if abs(points) < WORTH_SAYING or not key:
            return "", None
        where = f"{v['model']}/{key}"
        return label_of(self._labels, where, otherwise=str(key)), points

    def _leaves(self, v: Mapping[str, object]) -> str:
        ended = cast("dt.date | None", v["ended_on"])
        notice = cast("dt.date | None", v["notice_on"])
        if v["status"] == "churned" and ended:
            return _("Ended %(day)s") % {"day": self._day(ended)}
        if v["status"] == "active" and notice:
            return _("Gave notice %(day)s") % {"day": self._day(notice)}
        return ""

    def _ago(self, day: dt.date | None) -> str:
        if day is None:
            return formatting.MISSING
        return days_ago((self._as_of - day).days)


_BLANK: Final = SafeString("")


def whole_score(score: float | None) -> str:
    """Return a score rounded down, so that 69.6 is not a 70 beside the band "watch"."""
    return formatting.MISSING if score is None else str(math.floor(score))


@lru_cache(maxsize=16)
def band_badge(key: str, language: str) -> SafeString:  # noqa: ARG001 - a key of the cache
    """Return a band's badge in the language of the request."""
    band = band_of(key)
    return icons.band_icon(band.icon, str(band.label), band.key)


def label_of(labels: Mapping[str, Mapping[str, str]], key: str, otherwise: str) -> str:
    """Return what people read for a key of `PublishedRelease.labels`."""
    language = "ja" if (get_language() or "en").startswith("ja") else "en"
    return labels.get(key, {}).get(language, otherwise)


def touch_label(touch: str) -> str:
    """Return a touch model in words."""
    return touch_name(touch) or formatting.MISSING


def status_label(status: str) -> str:
    """Return a customer's state in words."""
    return str(STATUSES.get(status, status))


def page_url(customer_id: str) -> str:
    """Return the address of a customer's page."""
    return reverse("customer:page", args=[customer_id])


def money_text(value: Decimal | None, currency: str) -> str:
    """Return MRR in full; what is not money is a plain number."""
    if value is None:
        return formatting.MISSING
    if currency in ("", NO_CURRENCY):
        return formatting.quantity(value)
    return _money(value, currency, get_language() or "en")


@lru_cache(maxsize=4096)
def _money(value: Decimal, currency: str, language: str) -> str:
    return formatting.money(value, currency, language=language)


def days_ahead(days: int) -> str:
    """Return in how many days something is."""
    if days == 0:
        return _("today")
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def days_ago(days: int) -> str:
    """Return how many days ago something was."""
    if days <= 0:
        return _("today")
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def _chance(v: Mapping[str, object]) -> str:
    chance = cast("float | None", v["p_churn"])
    return "" if chance is None else chance_text(chance)


def _chance_note(v: Mapping[str, object]) -> str:
    """Return the interval of a chance; that of a rate says that it is one."""
    if v["p_churn"] is None or v["p_churn_basis"] == "notice":
        return ""
    low = cast("float | None", v["p_churn_low"])
    high = cast("float | None", v["p_churn_high"])
    if low is None or high is None:
        return ""
    interval = f"{chance_text(low)}–{chance_text(high)}"
    if v["p_churn_basis"] == "rate":
        return _("%(interval)s, by tenure only") % {"interval": interval}
    return interval


@lru_cache(maxsize=4096)
def _loss(value: float | None, currency: str) -> str:
    if value is None:
        return formatting.MISSING
    return money_text(Decimal(round(value)), currency)


def chance_text(chance: float) -> str:
    """Return a chance: small ones with a place."""
    return formatting.ratio(chance, places=1 if chance < 0.1 else 0)


def _coverage(coverage: float | None) -> str:
    if coverage is None or coverage >= LOW_COVERAGE:
        return ""
    return _("from %(share)s of the data") % {"share": formatting.ratio(coverage)}


def _why(code: str) -> str:
    return str(NoScore(code).label) if code else ""


def _change(change: float | None) -> SafeString:
    if change is None:
        return format_html('<span class="quiet">{}</span>', formatting.MISSING)
    return delta(change)
