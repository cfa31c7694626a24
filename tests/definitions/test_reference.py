"""The reference and the schemas say what the code does."""

import json
from pathlib import Path

import pytest
from jsonschema import ValidationError, validate
from ruamel.yaml import YAML

from banso.definitions.metrics import MetricsFile
from banso.definitions.reference import metric_models, reference_files
from banso.definitions.rules import RULES
from banso.definitions.schemas import definition_schemas
from banso.definitions.starter_set import starter_files
from banso.tables.registry import TABLES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", reference_files())
def test_written_reference_is_up_to_date(name):
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")

    assert written == reference_files()[name], (
        "run: python -m banso.definitions.reference docs/reference"
    )


def test_reference_has_every_kind_of_metric_and_rule():
    page = reference_files()["definitions.md"]

    for model in metric_models():
        kind = model.model_json_schema()["properties"]["kind"]["const"]
        assert f"`kind: {kind}`" in page
        assert (ROOT / "docs" / "definitions" / f"{kind}.md").is_file()
    assert all(type(rule).__doc__.splitlines()[0] in page for rule in RULES)


def test_schemas_describe_every_key():
    for schema in definition_schemas().values():
        for part in schema["$defs"].values():
            for name, field in part["properties"].items():
                assert "description" in field, name


def test_schemas_accept_the_starter_set_and_refuse_a_wrong_shape():
    schemas = definition_schemas()

    for name, content in starter_files().items():
        whole = name.removesuffix(".yaml")
        kind = whole if whole in schemas else "metrics"
        validate(YAML(typ="safe", pure=True).load(content), schemas[kind])
    with pytest.raises(ValidationError):
        validate({"schema_version": 1, "metrics": [{"key": "a"}]}, schemas["metrics"])


def test_schema_knows_the_tables_and_refuses_empty_values():
    count = definition_schemas()["metrics"]["$defs"]["CountMetric"]

    assert count["properties"]["table"]["enum"] == sorted(TABLES)
    assert count["properties"]["where"]["type"] == "string"
    assert "null" not in json.dumps(definition_schemas())
    assert "MetricsFile" not in json.dumps(definition_schemas())
    assert MetricsFile.model_fields.keys() == {"schema_version", "metrics"}
