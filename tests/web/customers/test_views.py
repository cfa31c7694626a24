"""Saved views: kept, shared, opened with."""

import pytest
from django.test import Client
from tests.web.customers.conftest import AddCustomer

from banso.web.audit.models import AuditEntry
from banso.web.customers.models import SavedView

pytestmark = pytest.mark.django_db
NEW = "/customer-views/?band=at_risk&sort=-mrr"


def save(client: Client, name: str = "My risks", sharing: str = "private") -> SavedView:
    response = client.post(NEW, {"name": name, "sharing": sharing})
    assert response.status_code == 302
    return SavedView.objects.get(name=name)


def test_view_keeps_filters_and_order(aoi: Client, add_customer: AddCustomer) -> None:
    view = save(aoi)

    page = aoi.get("/customers/?view=0").content.decode()

    assert view.query == "band=at_risk&sort=-mrr"
    assert f"/customers/?band=at_risk&amp;sort=-mrr&amp;view={view.pk}" in page
    assert AuditEntry.objects.filter(action="view_saved").count() == 1


def test_private_view_is_absent_for_others(
    aoi: Client, chika: Client, add_customer: AddCustomer
) -> None:
    view = save(aoi)

    assert "My risks" not in chika.get("/customers/?view=0").content.decode()
    assert chika.get(f"/customer-views/{view.pk}").status_code == 404
    assert chika.post(f"/customer-views/{view.pk}/deletion").status_code == 404
    assert chika.post("/customer-views/default", {"view": view.pk}).status_code == 404


def test_team_view_is_seen_by_the_team_only(
    aoi: Client, ben: Client, chika: Client, add_customer: AddCustomer
) -> None:
    view = save(aoi, sharing="team")

    assert "My risks" in ben.get("/customers/?view=0").content.decode()
    assert "My risks" not in chika.get("/customers/?view=0").content.decode()
    changed = ben.post(f"/customer-views/{view.pk}", {"name": "x", "sharing": "team"})
    assert changed.status_code == 409
    assert ben.post(f"/customer-views/{view.pk}/deletion").status_code == 409


@pytest.mark.parametrize("who", ["ben", "chika"])
def test_only_leads_and_ops_share(
    who: str, request: pytest.FixtureRequest, add_customer: AddCustomer
) -> None:
    client = request.getfixturevalue(who)

    refused = client.post(NEW, {"name": "Shared", "sharing": "all"})

    assert refused.status_code == 422
    assert "Only leads and CS operations share views." in refused.content.decode()
    assert not SavedView.objects.exists()
    assert save(client).sharing == "private"


def test_name_is_taken_once_per_user(
    aoi: Client, chika: Client, add_customer: AddCustomer
) -> None:
    save(aoi)

    again = aoi.post(NEW, {"name": "My risks", "sharing": "private"})

    assert again.status_code == 422
    assert "You have a view named My risks already." in again.content.decode()
    assert (
        chika.post(NEW, {"name": "My risks", "sharing": "private"}).status_code == 302
    )


def test_view_can_be_renamed_and_hold_other_filters(
    aoi: Client, add_customer: AddCustomer
) -> None:
    view = save(aoi)

    aoi.post(f"/customer-views/{view.pk}", {"name": "Renamed", "sharing": "all"})
    view.refresh_from_db()
    assert (view.name, view.sharing, view.query) == (
        "Renamed", "all", "band=at_risk&sort=-mrr",
    )  # fmt: skip
    aoi.post(f"/customer-views/{view.pk}?plan=Pro", {"name": "R", "sharing": "all"})
    view.refresh_from_db()
    assert view.query == "plan=Pro"


def test_list_opens_with_the_default_view(
    aoi: Client, chika: Client, add_customer: AddCustomer
) -> None:
    view = save(aoi)
    aoi.post("/customer-views/default", {"view": view.pk})

    opened = aoi.get("/customers/")

    assert opened.headers["Location"] == (
        f"/customers/?band=at_risk&sort=-mrr&view={view.pk}"
    )
    assert aoi.get("/customers/?view=0").status_code == 200
    assert chika.get("/customers/").status_code == 200
    aoi.post(f"/customer-views/{view.pk}/deletion")
    assert aoi.get("/customers/").status_code == 200


def test_default_can_be_dropped(aoi: Client, add_customer: AddCustomer) -> None:
    view = save(aoi)
    aoi.post("/customer-views/default", {"view": view.pk})
    aoi.post("/customer-views/default", {"view": "0"})

    assert aoi.get("/customers/").status_code == 200


def test_logged_out_redirects(visitor: Client) -> None:
    assert visitor.post(NEW, {"name": "x", "sharing": "private"}).status_code == 302
    assert not SavedView.objects.exists()
