"""Lifetime value for programs."""

import csv
import io

from tests.web.api.conftest import program
from tests.web.conftest import Cast
from tests.web.lifetime.test_page import Show, company, contracts, show

__all__ = ["company", "program", "show"]
LIST = "/api/v1/lifetime"


def test_figures_of_all_and_of_each_segment(cast: Cast, program, show: Show):
    show(contracts())
    aoi = program(cast.aoi)

    whole = aoi.get(LIST).json()
    split = list(_all(aoi, {"group": "plan", "limit": 7}))
    text = aoi.get(f"{LIST}.csv", {"group": "plan"}).getvalue().decode()

    assert whole["groups"] == ["plan"]
    assert {each["grouping"] for each in whole["items"]} == {"all"}
    assert {each["segment"] for each in split} == {"", "基本", "Abroad"}
    assert len(split) == len(list(csv.DictReader(io.StringIO(text))))
    assert aoi.get(LIST, {"group": "colour"}).status_code == 404
    assert program(cast.ben).get(f"{LIST}.csv").json()["code"] == "role_forbids"


def _all(client, asked):
    page = client.get(LIST, asked).json()
    while True:
        yield from page["items"]
        if page["next"] is None:
            return
        page = client.get(page["next"]).json()
