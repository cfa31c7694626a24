"""Sums per owner: by hand, and against the release they come from."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.web.conftest import Cast
from tests.web.customers.conftest import NOW, facts, load_and_run

from banso.runs.project import Project
from banso.web.customers import operations, queries
from banso.web.customers.figures import Cell, Figures, added

pytestmark = pytest.mark.django_db


def test_figures_survive_the_database() -> None:
    kept = Figures(
        (Cell("now", "", "watch", "JPY", 2, Decimal("10.5000")),
         Cell("now", "", "watch", "", 1, None)),
        {"watch": [1, 3]},
    )  # fmt: skip

    assert Figures.from_json(kept.as_json()) == kept


def test_unknown_money_is_not_nought() -> None:
    one = Figures((Cell("now", "", "watch", "", 1, None),), {"watch": [1]})
    two = Figures((Cell("now", "", "watch", "JPY", 1, Decimal(5)),), {"watch": [2]})

    both = added([one, one, two])

    assert [(c.currency, c.customers, c.mrr) for c in both.cells] == [
        ("", 2, None),
        ("JPY", 1, Decimal(5)),
    ]
    assert both.history == {"watch": [4]}


def test_sums_are_those_of_the_customers(
    company: Project, tmp_path: Path, cast: Cast
) -> None:
    rows = facts(["A", "B", "C"], mrr=1000)
    rows["customers"][2]["owner"] = None
    rows["subscriptions"][1]["ended_on"] = None
    release = load_and_run(company, rows, tmp_path)
    operations.publish_release(company, release, at=NOW)

    hers, all_of_them = queries.figures_for(cast.chika), queries.figures_for(cast.aoi)

    def total(figures: Figures, part: str) -> tuple[int, Decimal | None]:
        cells = figures.of_part(part)
        return sum(c.customers for c in cells), sum(c.mrr or 0 for c in cells)  # type: ignore[return-value]

    assert total(hers, "now") == (2, 2000)
    assert total(all_of_them, "now") == (3, 3000)
    assert total(all_of_them, "before") == (3, 3000)
    assert total(all_of_them, "renewal_within") == (3, 3000)
    assert {cell.of for cell in hers.of_part("renewal_within")} == {"30"}
    assert {cell.of for cell in hers.of_part("renewal_month")} == {"2026-12"}
    assert all_of_them.history is not None
    assert sum(counts[-1] for counts in all_of_them.history.values()) == 3
    assert queries.figures_for(cast.ben) == Figures((), {})
