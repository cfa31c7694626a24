"""A company with recommendations in its release."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from recommendation_results import item, judged, note, told
from results import put_results
from tests.web.customer.conftest import NOW, SLASHED, computed

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.customers import operations as customers

__all__ = ["computed"]
Show = Callable[..., None]


def tables() -> dict[str, Any]:
    """Return suggestions for two customers, of which one is Chika's."""
    return {
        "recommendations": [
            told("C1", 1, "scan"),
            told("C1", 2, "=share", chance=0.31, because="[]"),
            told(SLASHED, 1, "=share", chance=0.4),
        ],
        "recommendation_items": [
            item("scan"),
            item("=share", stayed_q=0.4),
            item(
                "rare",
                stayed_takers_n=7,
                stayed_q=None,
                stayed_difference=None,
                stayed_reason="too_few_takers",
            ),
        ],
        "recommendations_judged": judged(),
    }


@pytest.fixture
def show(computed: Project, settings: Any, db: None) -> Iterator[Show]:
    """Return a function that lets the pages show a release with these tables."""
    release = lake_of(computed).current().release
    assert release is not None

    def shown(found: dict[str, Any], analyses: Mapping[str, Any] | None = None) -> None:
        said = {"recommendations": note()} if analyses is None else dict(analyses)
        put_results(computed, found, notes={"analyses": said})
        settings.BANSO_PROJECT_FOLDER = computed.folder
        assert customers.publish_newest(computed, at=NOW) is not None

    yield shown
    close_reader()
    with lake_of(computed).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
