"""Answers of the API that are files."""

from typing import Any, Final

CSV: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "A CSV file in UTF-8. A text that a spreadsheet would run as"
            " a formula begins with an apostrophe.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }
}
YAML: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "A file of definitions.",
            "content": {"application/yaml": {"schema": {"type": "string"}}},
        }
    }
}
BINARY: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The bytes of a file.",
            "content": {
                "application/octet-stream": {
                    "schema": {"type": "string", "format": "binary"}
                }
            },
        }
    }
}
