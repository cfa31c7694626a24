"""How often suggestions would have been right, beside the most popular ones."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from banso.runs.reading import ReleaseReader, Row
from banso.web.recommendations import words
from banso.webkit import formatting


@dataclass(frozen=True)
class Verdict:
    """What the trial on a day long past came to."""

    sentence: str
    is_better: bool  # similarity than popularity; so it is what suggestions are made by
    similar: str
    similar_interval: str
    popular: str
    popular_interval: str
    n: str  # customers that took up something; empty: nothing could be judged


def verdict_of(reader: ReleaseReader) -> Verdict | None:
    """Return how recommending did on the day of the trial; None without the table."""
    rows = {
        str(row["method"]): row for row in reader.findings("recommendations_judged")
    }
    if not rows:
        return None
    similar, popular, difference = (
        rows[name] for name in ("similar", "popular", "difference")
    )
    is_judged = similar["value"] is not None
    return Verdict(
        sentence=_sentence(difference, _tried_on(reader))
        if is_judged
        else _not_judged(similar),
        is_better=difference["reason"] is None,
        similar=words.share(similar, "value"),
        similar_interval=words.interval(similar, "low", "high"),
        popular=words.share(popular, "value"),
        popular_interval=words.interval(popular, "low", "high"),
        n=formatting.number(words.number(similar["n"])) if is_judged else "",
    )


def _tried_on(reader: ReleaseReader) -> str:
    note = reader.release.notes.get("analyses")
    told = note.get("recommendations") if isinstance(note, dict) else None
    if not isinstance(told, dict):
        return formatting.MISSING
    return formatting.day(dt.date.fromisoformat(str(told["tried_on"])))


def _sentence(difference: Row, tried_on: str) -> str:
    value, low, high = (words.number(difference[n]) for n in ("value", "low", "high"))
    facts = {
        "day": tried_on,
        "gain": formatting.ratio_change(value),
        "low": formatting.ratio_change(low),
        "high": formatting.ratio_change(high),
    }
    if low == high == 0:
        return (
            _(
                "Tried on %(day)s: for everybody, five suggestions for customers like"
                " this one were right exactly when the five most popular were. So the"
                " most popular are suggested."
            )
            % facts
        )
    if difference["reason"] is None:
        return (
            _(
                "Tried on %(day)s: five suggestions for customers like each one were"
                " right more often than the five most popular, by %(gain)s"
                " (%(low)s … %(high)s). So suggestions are made customer by customer."
            )
            % facts
        )
    return (
        _(
            "Tried on %(day)s: five suggestions for customers like each one were not"
            " right more often than the five most popular: %(gain)s"
            " (%(low)s … %(high)s). So the most popular are suggested."
        )
        % facts
    )


def _not_judged(row: Row) -> str:
    have, need = (int(words.number(row[name]) or 0) for name in ("have", "need"))
    return _(
        "It cannot be judged yet whether suggestions for customers like each one are"
        " better than the most popular. %(lack)s Until then the most popular are"
        " suggested."
    ) % {"lack": words.lack(str(row["reason"]), have, need)}
