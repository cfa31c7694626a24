"""The draw: who is held out, in an order that anybody can work out again."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

Arm = Literal["treated", "held_out"]
ARMS: Final[tuple[Arm, ...]] = ("treated", "held_out")
SHARES: Final = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5)
_SMALLEST_BLOCK = 4  # in blocks of two the second could be told from the first


@dataclass(frozen=True)
class Lots:
    """What decides every place of a trial."""

    seed: int
    share_held_out: float  # a multiple of 1/20 strictly within 0..1

    @property
    def block_size(self) -> int:
        """How many places are drawn together: each block has the exact share."""
        fraction = Fraction(self.share_held_out).limit_denominator(20)
        size = fraction.denominator
        return size if size >= _SMALLEST_BLOCK else size * (_SMALLEST_BLOCK // size)

    def arm(self, stratum: str, position: int) -> Arm:
        """Return the arm of the customer who came at a place of a stratum.

        Parameters
        ----------
        stratum
            The name of the stratum; "" when there are none.
        position
            How many customers of that stratum came before, from 0.

        Notes
        -----
        A permuted block: each place gets the SHA-256 of
        ``seed:stratum:block:place`` (UTF-8, numbers in decimal), and the places with
        the smallest are held out, as many as the share of a block. So any place can be
        worked out again alone, in any language. Source: docs/definitions/trials.md.

        """
        size = self.block_size
        block, place = divmod(position, size)
        held_out = round(size * self.share_held_out)
        order = sorted(range(size), key=lambda n: self._lot(stratum, block, n))
        return "held_out" if place in order[:held_out] else "treated"

    def _lot(self, stratum: str, block: int, place: int) -> str:
        text = f"{self.seed}:{stratum}:{block}:{place}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Drawn:
    """A customer in a trial."""

    customer_id: str
    stratum: str
    position: int
    arm: Arm


def drawn(
    newcomers: Sequence[tuple[str, str]],
    lots: Lots,
    *,
    already: Mapping[str, int],
) -> list[Drawn]:
    """Return the arms of customers who come to a trial.

    Parameters
    ----------
    newcomers
        Customer and stratum, in the order in which they come.
    lots
        Of the trial.
    already
        How many each stratum has; 0 for one that is not there.

    """
    places = Counter(dict(already))
    found = []
    for customer_id, stratum in newcomers:
        position = places[stratum]
        places[stratum] += 1
        arm = lots.arm(stratum, position)
        found.append(Drawn(customer_id, stratum, position, arm))
    return found


@dataclass(frozen=True)
class Departure:
    """A row that is not as the draw says."""

    customer_id: str
    stratum: str
    position: int
    what: Literal["other_arm", "repeated_place", "missing_place"]


def departures(rows: Sequence[Drawn], lots: Lots) -> list[Departure]:
    """Return where assignments differ from the draw, worked out again.

    Parameters
    ----------
    rows
        All assignments of a trial.
    lots
        Its seed and share.

    Returns
    -------
    list of Departure
        Empty when every arm is the one drawn, and the places of each stratum are
        0, 1, 2 … without gap (``missing_place``, with an empty customer) or repetition.

    """
    found = []
    seen: dict[str, set[int]] = {}
    for row in rows:
        places = seen.setdefault(row.stratum, set())
        if row.position in places:
            found.append(_departure(row, "repeated_place"))
        elif lots.arm(row.stratum, row.position) != row.arm:
            found.append(_departure(row, "other_arm"))
        places.add(row.position)
    for stratum, places in sorted(seen.items()):
        missing = set(range(max(places) + 1)) - places
        found += [
            Departure("", stratum, place, "missing_place") for place in sorted(missing)
        ]
    return found


def _departure(row: Drawn, what: Literal["other_arm", "repeated_place"]) -> Departure:
    return Departure(row.customer_id, row.stratum, row.position, what)
