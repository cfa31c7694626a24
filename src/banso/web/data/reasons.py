"""Why a row was not taken in, and what its reader can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from banso.runs.quarantine_reading import Finding
from banso.tables.registry import TABLES
from banso.webkit.features import Text


@dataclass(frozen=True)
class Reason:
    """One reason in words."""

    title: Text
    advice: Text


REASONS: Final[Mapping[str, Reason]] = {
    "unparsable_date": Reason(
        _("This is not a date that exists."),
        _(
            "Write dates as 2026-01-31, or name their format in the mapping file; then"
            " load the file again."
        ),
    ),
    "unparsable_time": Reason(
        _("This is not a time that exists."),
        _(
            "Write times as 2026-01-31T09:30:00+09:00, or name their format in the"
            " mapping file; then load the file again."
        ),
    ),
    "unparsable_number": Reason(
        _("This is not a number."),
        _("Write plain digits such as 1200.5, then load the file again."),
    ),
    "unparsable_flag": Reason(
        _("This is neither yes nor no."),
        _("Write true or false, then load the file again."),
    ),
    "unparsable_json": Reason(
        _("This is not valid JSON."),
        _("Mend the JSON where the file is made, then load the file again."),
    ),
    "missing_value": Reason(
        _("A value is missing that has to be there."),
        _("Fill it in where the file is made, then load the file again."),
    ),
    "wrong_choice": Reason(
        _("This value is not one of those allowed."),
        _("Use one of: %(choices)s. The mapping file can translate your own words."),
    ),
    "unknown_customer": Reason(
        _("The customer is not known yet."),
        _(
            "The row waits. Load the customer %(customer)s, and it is taken in by"
            " itself."
        ),
    ),
    "negative_period": Reason(
        _("The end lies before the beginning."),
        _("Correct one of the two dates, then load the file again."),
    ),
    "negative_mrr": Reason(
        _("MRR cannot be negative."),
        _(
            "A credit belongs in charges; a cheaper contract is a new row with its new"
            " MRR."
        ),
    ),
    "duplicate_key": Reason(
        _("Two rows of the load have this key and say different things."),
        _("Keep the right one of them, then load the file again."),
    ),
    "too_many_fields": Reason(
        _("The line has more fields than the header."),
        _("Put quotation marks around texts with commas, then load the file again."),
    ),
    "too_few_fields": Reason(
        _("The line has fewer fields than the header."),
        _("Look for a line break inside a text without quotation marks."),
    ),
    "erased_person": Reason(
        _("The person was erased."),
        _(
            "Erase it at the source too. If it is back, an administrator lets it in"
            " again with: banso person readmit"
        ),
    ),
    "too_long": Reason(
        _("The text is too long."),
        _("Shorten it where the file is made, then load the file again."),
    ),
}


def title_of(code: str) -> str:
    """Return a reason in a sentence; an unknown one is shown by its code."""
    reason = REASONS.get(code)
    return str(reason.title) if reason else code


def advice_on(finding: Finding) -> str:
    """Return what to do about one finding."""
    reason = REASONS.get(finding.reason)
    if reason is None:
        return finding.detail
    return str(reason.advice) % {
        "choices": translated(", ").join(_choices(finding)),
        "customer": finding.waiting_for or finding.value,
    }


def _choices(finding: Finding) -> tuple[str, ...]:
    spec = TABLES.get(finding.table)
    column = spec.by_name.get(finding.column) if spec else None
    return column.choices if column else ()
