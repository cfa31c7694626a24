"""Forms of pages that a program's body has to pass too: one set of rules."""

from django import forms
from ninja.errors import ValidationError


def check(form: forms.Form) -> None:
    """Refuse a body that the form of the page would send back.

    Raises
    ------
    ValidationError
        With every fault, each at the field of the body of that name.

    """
    if form.is_valid():
        return
    raise ValidationError(
        [
            {"type": "value_invalid", "loc": ("body", "body", name), "msg": str(said)}
            for name, wrong in form.errors.items()
            for said in wrong
        ]
    )
