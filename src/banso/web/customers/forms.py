"""The filters of the list and the forms of saved views."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.web.customers.figures import CHANCES
from banso.web.customers.models import NoScore, SavedView, Success
from banso.web.customers.presentation import STATUSES, label_of, touch_label
from banso.web.customers.selection import (
    ATTRIBUTE,
    NOBODY,
    RENEWAL_DAYS,
    Selection,
    attribute_of,
    chance_range,
)
from banso.web.customers.shelf import list_url
from banso.webkit.bands import BANDS
from banso.webkit.formatting import month
from banso.webkit.options import options_html

RARE = ("touch", "plan", "industry", "size")


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter as the page shows it.

    Not a field of a form: Django renders each option by a template of its own
    (`banso.webkit.options`).
    """

    name: str
    label: str
    options: Sequence[Option]
    is_rare: bool = False  # kept out of sight until it is wanted

    @property
    def html(self) -> SafeString:
        """The options."""
        chosen = next((o.value for o in self.options if o.chosen), None)
        return options_html(((o.value, o.label) for o in self.options), chosen)

    @property
    def is_used(self) -> bool:
        """Whether something else than all is chosen."""
        return not self.options[0].chosen


def filters_of(
    selection: Selection,
    *,
    choices: Mapping[str, Sequence[str]],
    owners: Mapping[str, str],
    labels: Mapping[str, Mapping[str, str]],
    has_forecast: bool,
) -> list[Filter]:
    """Return the filters with what is chosen.

    Parameters
    ----------
    selection
        What is chosen.
    choices
        Values by column, as `PublishedRelease.choices` has them.
    owners
        Names by owner; empty for a user who sees only the own customers.
    labels
        What people read for columns and values, as `PublishedRelease.labels` has them.
    has_forecast
        Whether there are chances to filter by.

    """

    def made(name: str, label: str, options: Iterable[tuple[str, str]]) -> Filter:
        chosen = selection.asked.get(name, "")
        every = {"": _("All"), **dict(options)}
        if chosen and chosen not in every:  # a value that no customer has any more
            every[chosen] = chosen
        return Filter(
            name,
            label,
            [Option(value, text, value == chosen) for value, text in every.items()],
            is_rare=name in RARE or bool(attribute_of(name)),
        )

    touches = [(value, touch_label(value)) for value in choices.get("touch", ())]
    found = [
        made("band", _("Health"), [(band.key, str(band.label)) for band in BANDS]),
        made(
            "renews",
            _("Renewal"),
            [
                (str(days), _("within %(n)d days") % {"n": days})
                for days in RENEWAL_DAYS
            ],
        ),
        made("chance", _("Chance of leaving"), _chances(selection.chance))
        if has_forecast
        else None,
        made("owner", _("Owner"), _owners(owners)) if owners else None,
        made("touch", _("Touch"), touches) if touches else None,
        *(
            made(name, label, _named(name, choices.get(name, ()), labels))
            for name, label in (
                ("plan", _("Plan")),
                ("industry", _("Industry")),
                ("size", _("Size")),
            )
            if choices.get(name)
        ),
        *(
            made(
                name,
                label_of(labels, name, attribute_of(name)),
                _named(name, values, labels),
            )
            for name, values in _attributes(selection, choices)
        ),
        _status(selection),
    ]
    return [one for one in found if one is not None]


def _named(
    column: str, values: Iterable[str], labels: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    return [
        (value, label_of(labels, f"{column}={value}", otherwise=value))
        for value in values
    ]


def _attributes(
    selection: Selection, choices: Mapping[str, Sequence[str]]
) -> list[tuple[str, Sequence[str]]]:
    """Return the attributes to choose by, with those that only a link asks for."""
    offered = {name: values for name, values in choices.items() if attribute_of(name)}
    asked = {ATTRIBUTE + name: () for name, _ in selection.attributes}
    return sorted({**asked, **offered}.items())


def _chances(chosen: str) -> list[tuple[str, str]]:
    """Return the chances from which on, highest first; and a range that a link asks."""
    options = [
        (chance_range(low, 100), _("%(n)d %% or more") % {"n": low})
        for low in reversed(CHANCES[1:-1])
    ]
    options.append((chance_range(0, CHANCES[1]), _("below %(n)d %%") % {"n": 5}))
    if chosen and chosen not in dict(options):
        low, high = chosen.split("-")
        options.append(
            (chosen, _("%(low)s to %(high)s %%") % {"low": low, "high": high})
        )
    return options


def _owners(owners: Mapping[str, str]) -> list[tuple[str, str]]:
    named = sorted(
        ((owner, name) for owner, name in owners.items() if owner),
        key=lambda pair: (pair[1].casefold(), pair[0]),
    )
    nobody = [(NOBODY, _("Nobody"))] if "" in owners else []
    return [*nobody, *named]


def _status(selection: Selection) -> Filter:
    options = {**STATUSES, "all": gettext_lazy("All")}
    return Filter(
        "status",
        _("Status"),
        [
            Option(value, str(label), value == selection.status)
            for value, label in options.items()
        ],
    )


@dataclass(frozen=True)
class Extra:
    """A filter that only links set, such as those of the overview."""

    name: str
    value: str
    label: str
    without: str  # the address of the page without it


def extras_of(selection: Selection) -> list[Extra]:
    """Return the filters that have no field, with the way to take each away."""
    labels: dict[str, str] = {}
    if selection.month:
        start = dt.date.fromisoformat(f"{selection.month}-01")
        labels["month"] = _("Renewal in %(month)s") % {"month": month(start)}
    if selection.notice:
        labels["notice"] = _("Gave notice")
    if selection.why:
        labels["why"] = str(NoScore(selection.why).label)
    if selection.success:
        labels["success"] = str(Success(selection.success).label)
    return [
        Extra(
            name,
            getattr(selection, name),
            label,
            list_url(_without(selection, name).query),
        )
        for name, label in labels.items()
    ]


def _without(selection: Selection, name: str) -> Selection:
    kept = {each: value for each, value in selection.asked.items() if each != name}
    return Selection.read(kept)


def sorts_of(selection: Selection) -> list[Option]:
    """Return the orders that are offered where the heads of the table are not seen."""
    offered = {
        "score": _("Lowest health first"),
        "-score": _("Highest health first"),
        "change": _("Biggest fall first"),
        "-change": _("Biggest rise first"),
        "-mrr": _("Highest MRR first"),
        "mrr": _("Lowest MRR first"),
        "renews": _("Next renewal first"),
        "-renews": _("Latest renewal first"),
        "-chance": _("Highest chance of leaving first"),
        "chance": _("Lowest chance of leaving first"),
        "-loss": _("Highest expected loss first"),
        "loss": _("Lowest expected loss first"),
        "-active": _("Last active first"),
        "active": _("Longest silent first"),
        "name": _("Customer name"),
        "-name": _("Customer name, from the end"),
        "owner": _("Owner"),
        "-owner": _("Owner, from the end"),
    }
    return [
        Option(value, label, value == selection.sort)
        for value, label in offered.items()
    ]


class ViewForm(forms.Form):
    """The name of a saved view and who sees it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    sharing = forms.ChoiceField(
        label=gettext_lazy("Who sees it"), choices=SavedView.Sharing.choices
    )


class MergeForm(forms.Form):
    """Into which customer another one is merged."""

    kept = forms.CharField(
        label=gettext_lazy("ID of the customer that stays"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sure = forms.BooleanField(label=gettext_lazy("I am sure"))
