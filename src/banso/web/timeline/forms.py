"""What an entry asks for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.timeline import queries
from banso.web.timeline.models import Entry
from banso.web.timeline.operations import Content

LONGEST: Final = 20_000
_PLANNED: Final = {
    Entry.Kind.CALL,
    Entry.Kind.MEETING,
    Entry.Kind.VISIT,
    Entry.Kind.WEBINAR,
}
_FIRST_YEAR: Final = 1990
_AHEAD: Final = dt.timedelta(days=731)


class EntryForm(forms.Form):
    """A note, or a contact that took place or is to."""

    kind = forms.ChoiceField(choices=Entry.Kind.choices)
    at = forms.DateTimeField()
    minutes = forms.IntegerField(min_value=0, max_value=1440, required=False)
    initiative = forms.ChoiceField(choices=Entry.Initiative.choices, required=False)
    contact = forms.CharField(max_length=200, required=False)
    text = forms.CharField(max_length=LONGEST, required=False)

    def __init__(self, data: object, *, now: dt.datetime) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._now = now

    def clean_at(self) -> dt.datetime:
        """Refuse a time that can only be a slip."""
        at: dt.datetime = self.cleaned_data["at"]
        if at.year < _FIRST_YEAR or at > self._now + _AHEAD:
            raise forms.ValidationError(_("Is this the right year?"))
        return at

    def clean(self) -> None:
        """Refuse an empty note, and a note of what has not happened."""
        kind, at = self.cleaned_data.get("kind"), self.cleaned_data.get("at")
        if kind == Entry.Kind.NOTE and not self.cleaned_data.get("text", "").strip():
            self.add_error("text", _("Write something first."))
        late = dt.timedelta(minutes=5)  # clocks differ
        if at and kind not in _PLANNED and at > self._now + late:
            self.add_error(
                "at", _("Only a call, meeting, visit or webinar can be planned.")
            )

    def wrong(self) -> Mapping[str, Sequence[str]]:
        """Return what is wrong with each field, in words."""
        errors = self.errors.items()
        return {name: [str(each) for each in found] for name, found in errors}

    def content(self, draft: queries.Draft) -> Content:
        """Return what was asked for, once it is valid."""
        said = self.cleaned_data
        contact_id, name = draft.contact_of(said["contact"])
        return Content(
            kind=said["kind"],
            at=said["at"],
            minutes=said["minutes"],
            initiative=said["initiative"],
            contact_id=contact_id,
            contact_name=name,
            text=said["text"].strip(),
        )
