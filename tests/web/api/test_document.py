"""The OpenAPI document and its page."""

from collections import Counter

from ninja import Schema

from banso.site.api import make_api


def test_document_says_what_every_address_answers(visitor):
    document = visitor.get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    for path, operations in document["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in operations.values():
            assert {"401", "403", "404", "422", "429"} <= set(operation["responses"])
            assert operation["summary"]
            assert operation["description"]
            assert operation["security"]


def test_page_of_the_document_has_no_script_of_another_place(visitor):
    page = visitor.get("/api/v1/docs").content.decode()

    assert "swagger-ui-bundle" in page
    assert "//cdn" not in page
    assert "https://" not in page


def test_no_two_schemas_share_a_name():
    """The document has one place for a name: the second would describe both."""
    make_api()
    found = [
        each.__name__
        for each in _below(Schema)
        if each.__module__.startswith("banso.") and "[" not in each.__name__
    ]

    assert len(found) > 100
    assert [name for name, n in Counter(found).items() if n > 1] == []


def _below(schema: type[Schema]) -> set[type[Schema]]:
    return {schema}.union(*(_below(each) for each in schema.__subclasses__()))
