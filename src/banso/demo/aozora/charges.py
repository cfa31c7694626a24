"""What was billed: each month, for surplus documents, and once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.demo.aozora.contracts import YEN_PER_DOLLAR, Spans
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import MODULES, Block, Ints
from banso.demo.aozora.writing import Tables, dates, numbered

_YEN_A_SURPLUS_DOCUMENT = 15
_SETUP_FEE = (0, 150_000, 300_000, 800_000)  # by size


@dataclass(frozen=True)
class _Bills:
    """Charges of one kind and day."""

    kind: str
    day: Ints
    customer: Ints
    amount: Ints
    product: Ints | None = None
    line: list[str] | None = None
    quantity: Ints | None = None


def write_charges(
    setting: Setting,
    tables: Tables,
    *,
    block: Block,
    spans: Spans,
    documents: NDArray[np.int64],
    month_days: Ints,
) -> None:
    """Write the charges of a block.

    `documents` are those digitised, customers × months, and `month_days` the first
    day of each of these months.
    """
    rng = setting.random("charges", block.number)
    start, end = np.array(spans.start), np.array(spans.end)
    customer, module = np.array(spans.customer), np.array(spans.module)
    mrr = np.array(spans.mrr)
    for number, day in enumerate(month_days):
        if not 0 <= day < setting.days:
            continue
        rows = np.flatnonzero((start <= day) & (end > day))
        refunded = rows[rng.random(len(rows)) < 0.0015]
        bills = [
            _Bills(
                "recurring", _on(day, rows), customer[rows], mrr[rows],
                product=module[rows], line=[spans.line[r] for r in rows],
            ),
            _Bills(
                "refund", _on(day, refunded), customer[refunded], -(mrr[refunded] // 2),
                product=module[refunded], line=[spans.line[r] for r in refunded],
            ),
        ]  # fmt: skip
        if number:
            bills.append(_surplus(block, documents[:, number - 1], int(day)))
        for part in bills:
            _add(setting, tables, block, part)
    _add(setting, tables, block, _setup(setting, block))


def _on(day: int, rows: Ints) -> Ints:
    return np.full(len(rows), day, dtype=np.int64)


def _in_currency(block: Block, customer: Ints, yen: Ints) -> Ints:
    dollars = np.array([c == "USD" for c in block.currency], dtype=bool)[customer]
    return np.where(dollars, np.maximum(1, yen // YEN_PER_DOLLAR), yen)


def _surplus(block: Block, documents: Ints, day: int) -> _Bills:
    surplus = documents - block.target
    over = np.flatnonzero(surplus > 0.05 * block.target)
    yen = surplus[over] * _YEN_A_SURPLUS_DOCUMENT
    return _Bills(
        "usage",
        _on(day, over),
        over,
        _in_currency(block, over, yen),
        product=np.zeros(len(over), dtype=np.int64),
        quantity=surplus[over],
    )


def _setup(setting: Setting, block: Block) -> _Bills:
    fee = np.array(_SETUP_FEE)[block.size]
    paid = np.flatnonzero((fee > 0) & (block.start >= 0) & (block.start < setting.days))
    return _Bills(
        "one_off",
        block.start[paid].astype(np.int64),
        paid,
        _in_currency(block, paid, fee[paid]),
    )


def _add(setting: Setting, tables: Tables, block: Block, bills: _Bills) -> None:
    count = len(bills.customer)
    products = [] if bills.product is None else bills.product.tolist()
    currency = block.currency
    tables.add(
        "charges",
        {
            "charge_id": numbered("B", tables.count("charges") + 1, count, width=8),
            "customer_id": [block.ids[i] for i in bills.customer],
            "charged_on": dates(setting, bills.day.astype(np.int32)),
            "amount": bills.amount,
            "currency": [currency[i] for i in bills.customer],
            "kind": [bills.kind] * count,
            "product": [MODULES[m] for m in products] or [None] * count,
            "quantity": bills.quantity
            if bills.quantity is not None
            else [None] * count,
            "subscription_id": bills.line or [None] * count,
        },
    )
