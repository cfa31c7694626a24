"""Which cohorts the page shows, as its address says it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.urls import reverse
from django.utils.http import urlencode

from banso.analytics.cohorts.shares import MEASURES, PERIODS, Measure, Period

Subject = Literal["contracts", "events", "features", "charges"]
Form = Literal["heat", "curves"]
SUBJECTS: Final[tuple[Subject, ...]] = ("contracts", "events", "features", "charges")
FORMS: Final[tuple[Form, ...]] = ("heat", "curves")
WITH_MONEY: Final = ("contracts", "charges")


@dataclass(frozen=True)
class Selection:
    """What is followed, by what, and how it is shown."""

    of: Subject = "contracts"
    name: str = ""  # of the feature
    group: str = ""  # a grouping of customers; empty: all together
    segment: str | None = None  # of the grouping; null: one line for each
    by: Period = "quarter"
    measure: Measure = "customers"
    form: Form = "heat"

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Selection":
        """Return what an address asks for; what it cannot ask for is left out."""
        of: Subject = next(
            (each for each in SUBJECTS if each == asked.get("of")), "contracts"
        )
        has_money = of in WITH_MONEY
        group = asked.get("group", "") if of == "contracts" else ""
        segment = asked.get("segment", "")
        return cls(
            of=of,
            name=asked.get("name", "") if of == "features" else "",
            group=group,
            # a colon stands before the segment, so that an empty one can be asked for
            segment=segment[1:] if group and segment.startswith(":") else None,
            by=next((p for p in PERIODS if p == asked.get("by")), "quarter"),
            measure=next(
                (m for m in MEASURES if has_money and m == asked.get("measure")),
                "customers",
            ),
            form=next((f for f in FORMS if f == asked.get("form")), "heat"),
        )

    def behind(self, *, start: dt.date | None, segment: str, age: int) -> str:
        """Return the address of the customers behind a cell of the chart.

        Parameters
        ----------
        start
            The first day of the cohort; null: of all of them together.
        segment
            The one of the line, when segments are compared.
        age
            Months since the first.

        """
        asked = {"by": self.by, "age": str(age)}
        if start is not None:
            asked["start"] = start.isoformat()
        if self.group:
            value = segment if self.segment is None else self.segment
            asked |= {"group": self.group, "segment": f":{value}"}
        return f"{reverse('cohorts:customers')}?{urlencode(asked)}"

    @property
    def back(self) -> str:
        """The address of the page that shows these cohorts."""
        asked = {"by": self.by, "group": self.group}
        if self.segment is not None:
            asked["segment"] = f":{self.segment}"
        return f"{reverse('cohorts:page')}?{urlencode(asked)}"

    @property
    def is_compared(self) -> bool:
        """Whether a line is a segment rather than a cohort."""
        return bool(self.group) and self.segment is None
