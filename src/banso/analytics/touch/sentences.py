"""Why a touch model is proposed, in both languages."""

import datetime as dt
from collections.abc import Mapping
from typing import Final, Literal

from banso.definitions.describing import filled
from banso.definitions.touch import TouchRules
from banso.kernel.labels import Label

Basis = Literal["rules", "steady", "hours", "places", "override"]

_SENTENCES: Final[Mapping[Basis, Label]] = {
    "rules": Label("{why}ため、{touch}です。", "{why}: {touch}."),
    "steady": Label(
        "今は{why}ものの、{weeks}週続くまでは{touch}のままです。",
        "{why}, but not for {weeks} weeks in a row: {touch} stays.",
    ),
    "hours": Label(
        "{why}ため本来は{wanted}ですが、CSMの工数に空きがないので{touch}です。",
        "{why}: by its value {wanted}, but capacity is full, so {touch}.",
    ),
    "places": Label(
        "{why}ため本来は{wanted}ですが、1人あたりの担当社数が上限なので{touch}です。",
        "{why}: by its value {wanted}, but every CSM has as many customers as allowed,"
        " so {touch}.",
    ),
}
_HOLDS: Final = Label("「{rule}」に当てはまる", "{rule}")
_NO_RULE: Final = Label("どの条件にも当てはまらない", "No rule holds")
_OVERRIDE: Final = Label("手動で指定：{why}", "Set by hand: {why}")
_OVERRIDE_UNTIL: Final = Label(
    "手動で指定（{until}まで）：{why}", "Set by hand until {until}: {why}"
)


def why_in_words(
    rules: TouchRules, basis: Basis, *, place: int, wanted: int, level: int
) -> Label:
    """Return why a customer is to have a touch model.

    Parameters
    ----------
    rules
        The definitions.
    basis
        What decided; not ``override``, which has its own words.
    place
        The rule that holds; the number of rules when none does.
    wanted, level
        Places in the list of touch models: by the rules, and proposed.

    """
    is_rule = place < len(rules.rules)
    why = _NO_RULE
    if is_rule:
        why = filled(_HOLDS, rule=rules.rules[place].label.label)
    weeks = str(rules.for_weeks)
    said = filled(
        _SENTENCES[basis],
        why=why,
        touch=rules.models[level].label.label,
        wanted=rules.models[wanted].label.label,
        weeks=Label(weeks, weeks),
    )
    return Label(said.ja, said.en[:1].upper() + said.en[1:])


def override_in_words(why: str, until: dt.date | None) -> Label:
    """Return what a person wrote who set a touch model by hand."""
    reason = Label(why, why)
    if until is None:
        return filled(_OVERRIDE, why=reason)
    day = Label(f"{until.year}年{until.month}月{until.day}日", f"{until:%Y-%m-%d}")
    return filled(_OVERRIDE_UNTIL, why=reason, until=day)
