"""What the company spent: people, serving, winning customers, programmes."""

import numpy as np

from banso.demo.aozora.lives import Lives
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import Block
from banso.demo.aozora.usage import Usage, month_starts
from banso.demo.aozora.writing import Tables, dates

_YEN_A_DOCUMENT, _YEN_A_MONTH = 4, 1_800
_STAFF = {"high": 2_600_000, "low": 1_500_000, "tech": 700_000}


def write_company_costs(setting: Setting, tables: Tables) -> None:
    """Write the costs that belong to no single customer."""
    rng = setting.random("costs")
    rows: list[tuple[int, str, int, str | None]] = []
    scale = max(0.25, setting.customers / 400)
    for day in month_starts(setting)[1:-1]:
        grown = 0.4 + 0.6 * day / setting.days
        for touch, yen in _STAFF.items():
            rows.append((int(day), "staff", int(yen * grown * scale), touch))
        won = rng.lognormal(0, 0.15)
        rows.append((int(day), "acquisition", int(3_800_000 * won * scale), None))
        rows.append((int(day), "programme", int(420_000 * grown * scale), "tech"))
    tables.add(
        "costs",
        {
            "month": dates(setting, np.array([row[0] for row in rows], np.int32)),
            "kind": [row[1] for row in rows],
            "amount": np.array([row[2] // 1000 * 1000 for row in rows]),
            "currency": ["JPY"] * len(rows),
            "touch": [row[3] for row in rows],
        },
    )


def write_serving_costs(
    setting: Setting, tables: Tables, *, block: Block, lives: Lives, usage: Usage
) -> None:
    """Write what it cost to serve each customer in each whole month."""
    for m, first in enumerate(usage.month_days[:-1]):
        until = int(usage.month_days[m + 1])
        if first < 0 or until > setting.days:
            continue
        here = np.flatnonzero(lives.active(block, np.arange(first, until)).any(axis=1))
        yen = _YEN_A_MONTH + usage.documents[here, m] * _YEN_A_DOCUMENT
        tables.add(
            "costs",
            {
                "month": dates(setting, np.full(len(here), first, dtype=np.int32)),
                "kind": ["serving"] * len(here),
                "amount": yen,
                "currency": ["JPY"] * len(here),
                "customer_id": [block.ids[i] for i in here],
            },
        )
