"""The OpenAPI document and its page."""


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
