"""Weights for programs: drafted, discussed, published and taken back."""

from tests.web.api.conftest import program
from tests.web.api.test_writing import send
from tests.web.conftest import Cast

from banso.runs.project import Project
from banso.web.audit.models import AuditEntry

__all__ = ["program"]


def weights(client) -> dict[str, float]:
    (model,) = client.get("/api/v1/weights").json()["items"]
    return {each["key"]: each["present"] for each in model["elements"]}


def only(client, **chosen: float) -> dict[str, float]:
    """Return weights of every element: 0 but for some, by the name of the element."""
    return {key: chosen.get(key.partition(".")[2], 0.0) for key in weights(client)}


def test_draft_is_discussed_accepted_and_taken_back(
    cast: Cast, program, project: Project
):
    aoi = program(cast.aoi)
    before = aoi.get("/api/v1/weights").json()["in_force"]
    body = {"model": "standard", "shares": only(aoi, regularity=5)}

    draft = send(aoi, "POST", "weight-drafts", body).json()
    at = f"weight-drafts/{draft['draft_id']}"
    noted = send(aoi, "POST", f"{at}/notes", {"text": "試してみる"})
    file = aoi.get(f"/api/v1/{at}/health.yaml")
    blank = send(aoi, "POST", f"{at}/acceptance", {"why": " "})
    accepted = send(aoi, "POST", f"{at}/acceptance", {"why": "Tells better"})
    again = send(aoi, "POST", f"{at}/rejection", {"why": "No"})
    now = aoi.get("/api/v1/weights").json()
    back = send(
        aoi, "POST", f"definitions/{before}/restoration",
        {"why": "Back", "based_on": now["in_force"]},
    )  # fmt: skip

    assert draft["shares"]["engagement.regularity"] == 1
    assert (draft["status"], draft["origin"]) == ("open", "typed")
    assert sum(draft["bands_after"].values()) == 2
    assert noted.json()["notes"][0]["text"] == "試してみる"
    assert "weight: 100" in file.content.decode()
    assert blank.json()["errors"][0]["place"] == "body.why"
    assert accepted.json()["published"] == now["in_force"] != before
    assert (again.status_code, again.json()["code"]) == (409, "draft_decided")
    assert back.json() == {"digest": before}
    assert weights(aoi)["engagement.regularity"] < 1
    done = AuditEntry.objects.filter(action__in=("weights_accepted", "weights_drafted"))
    assert done.count() == 2


def test_weights_that_are_not_of_the_model_are_refused(
    cast: Cast, program, project: Project
):
    aoi, ben = program(cast.aoi), program(cast.ben)
    whole = only(aoi, regularity=70, leaving_tickets=30)
    misspelt = {**whole, "engagement.regularty": 1.0}

    proposed = send(
        aoi, "POST", "weight-drafts", {"model": "standard", "shares": whole}
    )
    unknown = send(
        aoi, "POST", "weight-drafts", {"model": "standard", "shares": misspelt}
    )
    nothing = send(
        aoi, "POST", "weight-drafts", {"model": "standard", "shares": only(aoi)}
    )
    elsewhere = send(aoi, "POST", "weight-drafts", {"model": "x", "shares": whole})
    forbidden = send(
        ben, "POST", "weight-drafts", {"model": "standard", "shares": whole}
    )
    stale = send(
        aoi,
        "POST",
        f"definitions/{'0' * 64}/restoration",
        {"why": "-", "based_on": "x"},
    )

    assert proposed.json()["origin"] == "proposed"
    assert unknown.json()["code"] == "not_the_elements"
    assert "engagement.regularty" in unknown.json()["detail"]
    assert nothing.json()["code"] == "nothing_weighs"
    assert elsewhere.status_code == 404
    assert forbidden.json()["code"] == "role_forbids"
    assert stale.status_code in (404, 409)
    assert len(aoi.get("/api/v1/weight-drafts").json()["items"]) == 1
