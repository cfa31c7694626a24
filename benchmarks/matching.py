"""Seconds to look through 100,000 customers for those that may be one company.

    python benchmarks/matching.py [CUSTOMERS]

Names are made of parts as Japanese companies have them; 3 % come a second time, written
otherwise. Printed are seconds, how many of those were found, and of what was proposed
how much is right.
"""

import random
import sys
import time

from banso.analytics.matching.candidates import candidates
from banso.analytics.matching.evidence import Identity

HEADS = list("北東南西大光富和明友共栄昭協双丸")
PLACES = list("京阪札仙横神福広千新金岡名浜松島")
TRADES = [a + b for a in "商物電工建食製印" for b in "事流機業設品薬刷"]
KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハマミムラリルレロ"
FORMS = ("株式会社{}", "{}株式会社", "㈱{}", "{}（株）", "有限会社{}", "合同会社{}")


def company(random_: random.Random) -> str:
    coined = "".join(random_.choices(KANA, k=random_.randint(3, 5)))
    kind = random_.random()
    if kind < 0.5:
        return coined + random_.choice(TRADES)
    if kind < 0.8:
        return random_.choice(PLACES) + coined
    head = random_.choice(HEADS) + random_.choice(PLACES) + coined[:2]
    return head + random_.choice(TRADES)


def main(count: int) -> None:
    random_ = random.Random(20261127)
    made: list[Identity] = []
    true: set[tuple[str, str]] = set()
    while len(made) < count:
        name = company(random_)
        key = f"C{len(made):06d}"
        domains = frozenset({f"{key.lower()}.co.jp"} if random_.random() < 0.5 else ())
        made.append(Identity(key, random_.choice(FORMS).format(name), domains=domains))
        if random_.random() < 0.03:
            again = f"C{len(made):06d}"
            if random_.random() < 0.3:  # mistyped
                place = random_.randrange(len(name))
                name = name[:place] + random_.choice(KANA) + name[place + 1 :]
            made.append(
                Identity(again, random_.choice(FORMS).format(name), domains=domains)
            )
            true.add((key, again))
    begun = time.perf_counter()
    found = candidates(made)
    seconds = time.perf_counter() - begun
    pairs = {(each.one, each.other) for each in found}
    print(f"{len(made):,} customers: {seconds:.1f} s")
    print(f"{len(true & pairs):,} of {len(true):,} planted pairs found")
    print(f"{len(pairs):,} proposed, {len(true & pairs):,} of them planted")
    strong = {(each.one, each.other) for each in found if each.score >= 90}
    print(f"{len(strong):,} of 90 points or more, {len(true & strong):,} planted")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
