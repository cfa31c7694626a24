"""Purposes in the reader's language."""

from collections.abc import Mapping, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from banso.kernel.consent import PURPOSES, Purpose
from banso.kernel.labels import Label


def purpose_name(purpose: str) -> str:
    """Return what a purpose is called; its key when it is none of ours."""
    known = PURPOSES.get(purpose)  # type: ignore[call-overload]
    return said(known.label) if known else purpose


def purpose_about(purpose: Purpose) -> str:
    """Return what is done with a person's data for a purpose."""
    return said(PURPOSES[purpose].about)


def purposes() -> Sequence[tuple[str, str]]:
    """Return key and name of every purpose."""
    return [(purpose.value, purpose_name(purpose)) for purpose in Purpose]


def said(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(translation.get_language() or "en")


def granted_sentence(details: Mapping[str, object]) -> str:
    """Return what the audit says of a purpose that was allowed."""
    return _("Recorded that %(subject)s allows: %(purpose)s.") % {
        "subject": details["subject"],
        "purpose": purpose_name(str(details.get("purpose", ""))),
    }


def refused_sentence(details: Mapping[str, object]) -> str:
    """Return what the audit says of a purpose that was refused."""
    return _("Recorded that %(subject)s refuses: %(purpose)s.") % {
        "subject": details["subject"],
        "purpose": purpose_name(str(details.get("purpose", ""))),
    }
