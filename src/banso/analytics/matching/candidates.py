"""Pairs of customers that may be one, each with its reasons and a score of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from rapidfuzz.distance import JaroWinkler

from banso.analytics.matching.evidence import Identity
from banso.analytics.matching.names import comparable

Ground = Literal["number", "id", "domain", "name", "similar_name"]

POINTS: Final[Mapping[Ground, int]] = {
    "number": 100,
    "id": 90,
    "name": 60,
    "domain": 50,
    "similar_name": 40,
}
PROPOSED: Final = 50  # points from which a pair is proposed
MANY: Final = 8  # customers that share a domain or a name: then it is not their own
ALIKE: Final = 0.88  # of Jaro-Winkler, from which names count as alike
_RARE: Final = 30  # names that may share two characters, to be compared for them
_SHORTEST: Final = 3  # characters of a name that may be only alike


@dataclass(frozen=True)
class Reason:
    """One thing that two customers have in common."""

    ground: Ground
    what: str  # the number, the domain, the names
    points: int


@dataclass(frozen=True)
class Candidate:
    """Two customers that may be one; `one` sorts before `other`."""

    one: str
    other: str
    score: int  # sum of the points, at most 100
    reasons: tuple[Reason, ...]  # the strongest first
    names: tuple[str, str] = ("", "")


def candidates(customers: Iterable[Identity]) -> tuple[Candidate, ...]:
    """Return the pairs that may be one company, the likeliest first.

    Nobody is compared with everybody: only those that share a number, an id, a domain,
    a name, or two rare characters in a row of a name. Two different corporate numbers
    speak against a pair, whatever else; so does that one is the other's parent.

    Returns
    -------
    tuple of Candidate
        Those with at least `PROPOSED` points, by score, then by their ids.

    """
    known = {each.customer_id: each for each in customers}
    names = {key: comparable(each.name) for key, each in known.items()}
    found: dict[tuple[str, str], dict[Ground, Reason]] = defaultdict(dict)
    for (one, other), reason in _evidence(known, names):
        if _may_be_one(known[one], known[other]):
            # the same ground counts once
            found[one, other].setdefault(reason.ground, reason)
    made = (
        _candidate((known[one], known[other]), reasons.values())
        for (one, other), reasons in found.items()
    )
    chosen = [each for each in made if each.score >= PROPOSED]
    return tuple(sorted(chosen, key=lambda each: (-each.score, each.one, each.other)))


Evidence = Iterator[tuple[tuple[str, str], Reason]]


def _evidence(known: Mapping[str, Identity], names: Mapping[str, str]) -> Evidence:
    by_number: dict[str, list[str]] = defaultdict(list)
    by_id: dict[str, list[str]] = defaultdict(list)
    by_domain: dict[str, list[str]] = defaultdict(list)
    by_name: dict[str, list[str]] = defaultdict(list)
    for key, each in known.items():
        if each.number:
            by_number[each.number].append(key)
        for other in each.ids:
            by_id[other].append(key)
        for domain in each.domains:
            by_domain[domain].append(key)
        if names[key]:
            by_name[names[key]].append(key)
    yield from _sharing("number", by_number)
    yield from _sharing("id", by_id)
    yield from _sharing("domain", by_domain)
    for name, keys in by_name.items():
        for pair in _pairs(keys):
            said = " = ".join(dict.fromkeys(known[key].name for key in pair))
            yield pair, _reason("name", said or name)
    yield from _alike(known, by_name)


def _sharing(ground: Ground, groups: Mapping[str, Sequence[str]]) -> Evidence:
    for what, keys in groups.items():
        for pair in _pairs(keys):
            yield pair, _reason(ground, what)


def _pairs(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(keys) <= MANY:
        yield from combinations(sorted(keys), 2)


def _alike(
    known: Mapping[str, Identity], by_name: Mapping[str, Sequence[str]]
) -> Evidence:
    """Yield pairs of different names that are nearly the same."""
    for one_name, other_name in _near(by_name):
        likeness = JaroWinkler.similarity(one_name, other_name, score_cutoff=ALIKE)
        if not likeness:
            continue
        for one in by_name[one_name][:MANY]:
            for other in by_name[other_name][:MANY]:
                pair = (min(one, other), max(one, other))
                said = " ≈ ".join(known[key].name for key in pair)
                yield pair, _reason("similar_name", said)


def _near(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that have two rare characters in a row in common."""
    pieces = {name: _pieces(name) for name in names if len(name) >= _SHORTEST}
    count = Counter(piece for each in pieces.values() for piece in each)
    blocks: dict[str, list[str]] = defaultdict(list)
    for name, each in pieces.items():
        for piece in sorted(each, key=lambda p: (count[p], p))[:3]:
            if count[piece] <= _RARE:
                blocks[piece].append(name)
    seen: set[tuple[str, str]] = set()
    for block in blocks.values():
        for one, other in combinations(sorted(block), 2):
            if abs(len(one) - len(other)) <= 3 and (one, other) not in seen:
                seen.add((one, other))
                yield one, other


def _pieces(name: str) -> frozenset[str]:
    # three letters of the alphabet tell as much as two kanji
    width = 4 if name.isascii() else 2
    return frozenset(name[i : i + width] for i in range(len(name) - width + 1))


def _may_be_one(one: Identity, other: Identity) -> bool:
    if one.number and other.number and one.number != other.number:
        return False
    return one.parent_id != other.customer_id and other.parent_id != one.customer_id


def _reason(ground: Ground, what: str) -> Reason:
    return Reason(ground, what, POINTS[ground])


def _candidate(pair: tuple[Identity, Identity], reasons: Iterable[Reason]) -> Candidate:
    one, other = pair
    strongest = sorted(reasons, key=lambda reason: (-reason.points, reason.ground))
    score = min(100, sum(reason.points for reason in strongest))
    names = (one.name, other.name)
    return Candidate(one.customer_id, other.customer_id, score, tuple(strongest), names)
