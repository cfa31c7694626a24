"""Drafts of weights: who may make them, what they show, and what deciding does."""

import re

import pytest
from django.test import Client
from django.utils import translation
from tests.web.conftest import Cast, SignIn, add_user
from tests.web.customer.conftest import NOW

from banso.definitions.reading import read_catalog
from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.web.audit.queries import entries_about
from banso.web.studio.models import WeightDraft
from banso.webkit.permissions import Role, Scope

REGULARITY = {"weight.engagement.regularity": "100"}


def drafted(client: Client, weights: dict[str, str] | None = None) -> WeightDraft:
    response = client.post("/studio/weights/standard/draft", weights or REGULARITY)
    assert response.status_code == 302, response.content.decode()
    return WeightDraft.objects.get(pk=int(response["Location"].split("/")[-2]))


def plain(client: Client, url: str) -> str:
    page = client.get(url).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def said_of(kind: str, key: str) -> str:
    with translation.override("en"):
        return entries_about(kind, key)[0].sentence


def health_text(project: Project) -> str:
    return (project.definitions_folder / "health.yaml").read_text()


def test_the_proposal_stands_beside_the_weights(aoi: Client, project: Project) -> None:
    page = plain(aoi, "/studio/weights/")

    assert "The proposed weights told leavers from stayers better" in page
    assert "70.0% 50%–90% 98%" in page
    assert "adds nothing beside the others" in page


def test_a_form_begins_with_the_proposal(aoi: Client, project: Project) -> None:
    page = aoi.get("/studio/weights/standard/draft?from=proposed").content.decode()

    assert 'name="weight.engagement.regularity" value="70.0"' in page
    assert 'name="weight.adoption.depth" value="0.0"' in page


def test_an_unchanged_proposal_is_known_as_one(aoi: Client, project: Project) -> None:
    url = "/studio/weights/standard/draft?from=proposed"
    given = {
        "weight.engagement.regularity": "70",
        "weight.support.leaving_tickets": "30",
    }

    aoi.post(url, given)
    aoi.post(url, {**given, "weight.adoption.depth": "10"})

    origins = list(WeightDraft.objects.order_by("pk").values_list("origin", flat=True))
    assert origins == ["proposed", "typed"]


def test_a_draft_shows_whom_it_would_move(aoi: Client, project: Project) -> None:
    draft = drafted(aoi)

    page = plain(aoi, f"/studio/drafts/{draft.pk}/")

    assert "of 2 customers" in page
    assert "100.0%" in page
    assert draft.shares["engagement.regularity"] == 1
    assert health_text(project).count("weight: 25") == 2  # nothing changed yet


def test_wrong_numbers_are_told(aoi: Client, project: Project) -> None:
    url = "/studio/weights/standard/draft"

    for wrong in ("x", "-1", "1001", "nan", "inf"):
        response = aoi.post(url, {"weight.engagement.regularity": wrong})
        assert response.status_code == 422
    assert aoi.post(url, {"weight.engagement.regularity": "0"}).status_code == 409
    assert not WeightDraft.objects.exists()


def test_accepting_publishes_and_writes_the_folder(
    aoi: Client, cast: Cast, project: Project
) -> None:
    draft = drafted(aoi)

    aoi.post(f"/studio/drafts/{draft.pk}/acceptance", {"why": "It tells more."})

    draft.refresh_from_db()
    newest = lake_of(project).current().definitions[-1]
    assert (draft.status, draft.published) == ("accepted", newest.digest)
    assert (newest.published_by, newest.why) == (cast.aoi.email, "It tells more.")
    catalog, _issues = read_catalog(project.definitions_folder)
    assert catalog is not None
    assert catalog.digest == newest.digest
    applied = apply_definitions(project, by="robot", why="banso run", at=NOW)
    assert not applied.is_new  # the next run does not undo it
    page = plain(aoi, f"/studio/drafts/{draft.pk}/")
    assert "the next run computes with it" in page
    assert said_of("weightdraft", str(draft.pk)).startswith("Accepted the draft")


def test_a_draft_is_decided_once(aoi: Client, project: Project) -> None:
    draft = drafted(aoi)
    aoi.post(f"/studio/drafts/{draft.pk}/rejection", {"why": "No."})
    before = health_text(project)

    answer = aoi.post(f"/studio/drafts/{draft.pk}/acceptance", {"why": "Yes."})

    assert answer.status_code == 409
    assert health_text(project) == before
    assert WeightDraft.objects.get().status == "rejected"


def test_an_edited_folder_refuses_and_nothing_is_decided(
    aoi: Client, project: Project
) -> None:
    draft = drafted(aoi)
    path = project.definitions_folder / "health.yaml"
    path.write_text(health_text(project).replace("healthy: 70", "healthy: 71"))

    answer = aoi.post(f"/studio/drafts/{draft.pk}/acceptance", {"why": "Now."})

    assert answer.status_code == 409
    assert "changes that are not published" in answer.content.decode()
    assert WeightDraft.objects.get().status == "open"


def test_definitions_published_meanwhile_ask_for_a_new_look(
    aoi: Client, project: Project
) -> None:
    draft = drafted(aoi)
    path = project.definitions_folder / "health.yaml"
    path.write_text(health_text(project).replace("healthy: 70", "healthy: 71"))
    apply_definitions(project, by="ben", why="higher", at=NOW)

    answer = aoi.post(f"/studio/drafts/{draft.pk}/acceptance", {"why": "Now."})

    assert answer.status_code == 409
    assert "Compute the draft anew" in plain(aoi, f"/studio/drafts/{draft.pk}/")
    aoi.post(f"/studio/drafts/{draft.pk}/computation")
    answer = aoi.post(f"/studio/drafts/{draft.pk}/acceptance", {"why": "Now."})
    assert answer.status_code == 302
    assert "healthy: 71" in health_text(project)


def test_going_back(aoi: Client, project: Project) -> None:
    first = lake_of(project).current().definitions[-1].digest
    before = health_text(project)
    draft = drafted(aoi)
    aoi.post(f"/studio/drafts/{draft.pk}/acceptance", {"why": "It tells more."})
    based_on = lake_of(project).current().definitions[-1].digest

    aoi.post(
        f"/studio/versions/{first}/restoration",
        {"why": "It did not.", "based_on": based_on},
    )

    assert lake_of(project).current().definitions[-1].digest == first
    assert health_text(project) == before
    assert said_of("definitions", first).startswith("Went back")


def test_the_file_can_be_had(aoi: Client, project: Project) -> None:
    draft = drafted(aoi)

    answer = aoi.get(f"/studio/drafts/{draft.pk}/health.yaml")

    assert "weight: 100" in answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="health.yaml"'


def test_notes_are_kept(aoi: Client, project: Project) -> None:
    draft = drafted(aoi)

    aoi.post(f"/studio/drafts/{draft.pk}/notes", {"text": "<b>Why</b> this?"})
    aoi.post(f"/studio/drafts/{draft.pk}/notes", {"text": "  "})

    page = aoi.get(f"/studio/drafts/{draft.pk}/").content.decode()
    assert "&lt;b&gt;Why&lt;/b&gt; this?" in page
    assert draft.notes.count() == 1


WRITES = (
    "weights/standard/draft", "drafts/1/acceptance", "drafts/1/rejection",
    "drafts/1/computation", "versions/abc/restoration",
)  # fmt: skip


@pytest.mark.parametrize("path", WRITES)
def test_others_only_read(
    aoi: Client, ben: Client, chika: Client, project: Project, path: str
) -> None:
    draft = drafted(aoi)
    url = f"/studio/{path.replace('/1/', f'/{draft.pk}/')}"

    assert ben.post(url).status_code == 403
    assert chika.post(url).status_code == 403
    assert ben.post(f"/studio/drafts/{draft.pk}/notes").status_code == 403
    assert "Accept" not in plain(ben, f"/studio/drafts/{draft.pk}/").split("Decide")[0]


def test_customers_of_others_are_only_counted(
    aoi: Client, signed_in: SignIn, project: Project
) -> None:
    weights = {"weight.roi.outcomes_met": "1"}  # switched off: nobody has a score
    draft = drafted(aoi, weights)

    dai = signed_in(add_user("Dai", Role.READ_ONLY, Scope.TEAM, "North"))
    seen, others = (plain(c, f"/studio/drafts/{draft.pk}/") for c in (aoi, dai))

    assert "青空商事" in seen
    assert "青空商事" not in others
    assert "None of them is yours to see" in others


def test_in_japanese(cast: Cast, signed_in: SignIn, project: Project) -> None:
    client = signed_in(cast.aoi, language="ja")
    draft = drafted(client)

    assert "健康状態が変わる顧客" in plain(client, f"/studio/drafts/{draft.pk}/")
    assert "提案から下書きを作成" in plain(client, "/studio/weights/")
