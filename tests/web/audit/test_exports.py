"""Files of figures, of the web and of the API, are noted with what was asked for."""

import pytest
from tests.web.api.conftest import program
from tests.web.conftest import Cast
from tests.web.customer.conftest import computed, project, published

from banso.web.audit.models import AuditEntry

__all__ = ["computed", "program", "project", "published"]
FILES = (
    ("recommendations", "recommendations/export", "recommendations.csv"),
    ("drivers", "drivers/export", ""),
    ("revenue/lines", "revenue/lines/export", "revenue/lines.csv"),
)


@pytest.mark.parametrize("file", FILES)
def test_file_is_sent_in_pieces_and_noted_once(
    project, cast: Cast, aoi, program, file: tuple[str, str, str]
):
    name, page, path = file
    answers = [aoi.get(f"/{page}", {"currency": "JPY"})]
    if path:
        answers.append(program(cast.aoi).get(f"/api/v1/{path}"))

    for answer in answers:
        assert answer.status_code == 200, answer.content
        assert answer.streaming
        assert answer.getvalue().count(b"\r\n") >= 1
    entries = AuditEntry.objects.filter(action="figures_exported").order_by("pk")
    assert [entry.subject_name for entry in entries] == [name] * len(answers)
    assert entries[0].details == {"wanted": {"currency": "JPY"}}
    assert {entry.by for entry in entries} == {cast.aoi}
    assert f"Exported {name} as CSV." in aoi.get("/audit/").content.decode()


def test_refused_file_is_not_noted(project, cast: Cast, program):
    ben = program(cast.ben)

    assert ben.get("/api/v1/revenue/lines.csv").status_code == 403
    assert not AuditEntry.objects.filter(action="figures_exported").exists()
