"""Which customer uses what, from when until when."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ItemKind = Literal["feature", "product", "plan"]


@dataclass(frozen=True)
class Item:
    """Something that a customer can take up."""

    kind: ItemKind
    name: str


@dataclass(frozen=True)
class Adoptions:
    """Uses of items by customers: ``m`` rows, as known on one day.

    Two rows of the same customer and item count as one.
    """

    items: tuple[Item, ...]
    customer: NDArray[np.int64]  # (m,) position in the profiles
    item: NDArray[np.int64]  # (m,) position in `items`
    first_day: NDArray[np.int32]  # (m,) days since 1970-01-01
    last_day: NDArray[np.int32]  # (m,) never later than as_of
    as_of: int


@dataclass(frozen=True)
class Trait:
    """A property that is set when a customer comes, such as its industry."""

    key: str
    codes: NDArray[np.int64]  # (c,) position in `levels`; -1: not known
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Profiles:
    """The customers: ``c`` of them. One that came back after leaving is another one."""

    first_day: NDArray[np.int32]  # (c,) since when it is there
    left_on: NDArray[np.int32]  # (c,) NO_END while it is there
    traits: tuple[Trait, ...] = ()
    by_choice: NDArray[np.bool_] | None = None  # (c,) how it left; null: all by choice
