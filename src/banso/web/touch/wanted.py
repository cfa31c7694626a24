"""Which customers the list of touch models is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import numpy as np

from banso.runs.touch_reading import Flags, TouchTable

SHOWN: Final = ("touch", "owner", "held_back", "everybody")
_NONE: Final = "-"


@dataclass(frozen=True)
class Wanted:
    """What an address asks for."""

    show: str = ""  # one of `SHOWN`; empty: all proposals
    now: str = ""
    proposed: str = ""
    start: int = 0

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Wanted":
        """Return what an address asks for; what cannot be is left out."""
        show, at = asked.get("show", ""), asked.get("at", "")
        return cls(
            show=show if show in SHOWN else "",
            now=asked.get("now", ""),
            proposed=asked.get("proposed", ""),
            start=int(at) if at.isdecimal() and len(at) < 10 else 0,
        )

    @property
    def query(self) -> str:
        """The address without the place in the list."""
        said = {"show": self.show, "now": self.now, "proposed": self.proposed}
        return urlencode({name: value for name, value in said.items() if value})

    def kept(self, table: TouchTable) -> Flags:
        """Return which customers are asked for."""
        match self.show:
            case "touch":
                kept = table.changes_touch
            case "owner":
                kept = table.changes_owner
            case "held_back":
                kept = table.is_held_back
            case "everybody":
                kept = np.ones(len(table), dtype=bool)
            case _:
                kept = table.changes_touch | table.changes_owner
        for name, value in (("touch_now", self.now), ("touch_proposed", self.proposed)):
            if value:
                kept = kept & (table.text(name) == ("" if value == _NONE else value))
        return np.asarray(kept, dtype=np.bool_)
