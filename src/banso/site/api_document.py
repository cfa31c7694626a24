"""What the OpenAPI document says of every address beside its own answers."""

from collections.abc import Mapping
from typing import Any, Final

from ninja.openapi.schema import OpenAPISchema

from banso.webkit.api.problems import MEDIA_TYPE, Problem

_REFUSALS: Final[Mapping[str, str]] = {
    "400": "The request cannot be read.",
    "401": "No valid token came with the request.",
    "403": "The role, or the scope of the token, does not allow it.",
    "404": "It is not there, or the user does not see it.",
    "409": "Refused: it does not fit what there is.",
    "413": "The body is too large.",
    "422": "The request is not as described.",
    "429": "Too many requests; `Retry-After` says when to come again.",
    "503": "Not now; `Retry-After` says when to come again.",
}
_HEADERS: Final = {
    "RateLimit-Policy": 'Requests a minute that the token may make: "token";q=600;w=60',
    "RateLimit": 'What is left, and seconds until it begins anew: "token";r=599;t=60',
}


def completed(document: OpenAPISchema) -> OpenAPISchema:
    """Return the document with the problems and headers of every answer."""
    components = document["components"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"].update(problem.pop("$defs", {}))
    components["schemas"]["Problem"] = problem
    components["responses"] = {
        status: {"description": said, "content": _problem()}
        for status, said in _REFUSALS.items()
    }
    components["headers"] = {
        name: {"description": said, "schema": {"type": "string"}}
        for name, said in _HEADERS.items()
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            _complete(operation)
    return document


def _complete(operation: dict[str, Any]) -> None:
    answers = {str(key): value for key, value in operation["responses"].items()}
    operation["responses"] = answers
    for answer in answers.values():
        answer["headers"] = {
            **answer.get("headers", {}),
            **{n: {"$ref": f"#/components/headers/{n}"} for n in _HEADERS},
        }
    for status in _REFUSALS:
        answers.setdefault(status, {"$ref": f"#/components/responses/{status}"})


def _problem() -> dict[str, object]:
    return {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
