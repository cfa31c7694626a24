"""Real data that come with Banso, and where they are."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from banso.kernel.errors import BansoError
from banso.kernel.labels import Label
from banso.kernel.nearness import did_you_mean

_HERE = Path(__file__).resolve().parent
# A wheel carries the examples beside this file; a checkout has them at its root.
_PLACES = (_HERE / "examples", _HERE.parents[2] / "examples")


class UnknownExample(BansoError):
    """No example of that name comes with Banso."""

    code = "unknown_example"


class ExampleMissing(BansoError):
    """Refuse an example whose files were not installed."""

    code = "example_missing"


@dataclass(frozen=True)
class Example:
    """A folder of tables that loads as it is, with what a project needs to know."""

    folder: Path
    company: Label
    as_of: dt.date  # the day on which the example is looked at
    timezone: str
    currency: str
    language: str
    citation: str

    @property
    def definitions(self) -> Path | None:
        """The example's own definitions; None when the starter set fits."""
        folder = self.folder / "definitions"
        return folder if folder.is_dir() else None


@dataclass(frozen=True)
class _Known:
    company: Label
    as_of: dt.date
    timezone: str
    currency: str
    language: str
    citation: str


_KNOWN = {
    "open-university": _Known(
        company=Label(
            "オープン・ユニバーシティ（学習者）", "The Open University (learners)"
        ),
        # The last Sunday on which all windows of 28 days are full: clicks are known
        # until 26 November 2013. 7,422 learners are active; 959 of them leave later.
        as_of=dt.date(2013, 12, 1),
        timezone="Europe/London",
        currency="XXX",  # ISO 4217 for "no currency": mrr is credits a month
        language="en",
        citation=(
            "Kuzilek J., Hlosta M., Zdrahal Z. (2017). Open University Learning "
            "Analytics dataset. Scientific Data 4:170171. "
            "https://doi.org/10.1038/sdata.2017.171. CC BY 4.0."
        ),
    )
}


def find_example(name: str) -> Example:
    """Return the example of a name.

    Raises
    ------
    UnknownExample
        No example is called so, or its files are not installed.

    """
    known = _KNOWN.get(name)
    if known is None:
        raise UnknownExample(
            f"There is no example '{name}'.",
            hint=did_you_mean(name, _KNOWN) or f"There is: {', '.join(_KNOWN)}.",
            known=list(_KNOWN),
            name=name,
        )
    for place in _PLACES:
        folder = place / name
        if (folder / "customers.parquet").is_file():
            return Example(folder=folder, **vars(known))
    raise ExampleMissing(
        f"The files of the example '{name}' are not installed.",
        hint=f"They belong into {_PLACES[0] / name}.",
        folder=str(_PLACES[0] / name),
        name=name,
    )
