"""What the people of customers allow: some read the news, few refuse something."""

from typing import Final

import numpy as np
import pyarrow as pa

from banso.demo.aozora.people import People
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import Block
from banso.demo.aozora.writing import Tables, numbered, times
from banso.kernel.consent import Purpose

# of the people: who decides on a purpose at all, and how many of those agree
_DECIDE: Final = {
    Purpose.NEWS: (0.10, 0.85),
    Purpose.CONTACT: (0.010, 0.0),
    Purpose.USAGE_ANALYSIS: (0.006, 0.0),
    Purpose.VOICE_ANALYSIS: (0.006, 0.0),
    Purpose.SHARING: (0.010, 0.0),
}
_CHANGE_MIND: Final = 0.12  # of those who decided: the opposite, some time later
_SOURCES: Final = ("form", "mail", "call")


def write_consents(
    setting: Setting, tables: Tables, *, block: Block, people: People
) -> None:
    """Write the decisions of the people of a block."""
    rng = setting.random("consents", block.number)
    for purpose, (share, agreeing) in _DECIDE.items():
        person = np.flatnonzero(rng.random(len(people.created)) < share)
        day = np.maximum(people.created[person].astype(np.int64), 0)
        day = np.minimum(day + rng.integers(0, 300, len(person)), setting.days - 1)
        granted = rng.random(len(person)) < agreeing
        again = rng.random(len(person)) < _CHANGE_MIND
        later = day + rng.integers(10, 400, len(person))
        again &= later < setting.days
        who = np.concatenate([person, person[again]])
        when = np.concatenate([day, later[again]])
        said = np.concatenate([granted, ~granted[again]])
        tables.add(
            "consents",
            {
                "consent_id": numbered("A", tables.count("consents") + 1, len(who)),
                "contact_id": people.ids.take(pa.array(who)),
                "purpose": [purpose.value] * len(who),
                "decided_at": times(
                    setting,
                    when.astype(np.int32),
                    rng.integers(9 * 3600, 18 * 3600, len(who)),
                ),
                "granted": said,
                "basis": ["consent" if yes else None for yes in said],
                "source": [_SOURCES[n] for n in rng.integers(0, 3, len(who))],
            },
        )
