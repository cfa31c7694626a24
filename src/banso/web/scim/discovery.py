"""What a directory can find out: what is offered, and how people and groups look."""

from typing import Final

from banso.web.scim.queries import AT_MOST, Json
from banso.web.scim.resources import GROUP, USER

_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"


def service_provider_config(base: str) -> Json:
    """Return what is offered (RFC 7643, 5)."""
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": AT_MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "The secret that `banso scim token` shows once.",
                "primary": True,
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{base}/ServiceProviderConfig",
        },
    }


def resource_types(base: str) -> list[Json]:
    """Return the kinds of resources (RFC 7643, 6)."""
    return [
        {
            "schemas": [f"{_CORE}:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": f"/{name}s",
            "schema": schema,
            "meta": {
                "resourceType": "ResourceType",
                "location": f"{base}/ResourceTypes/{name}",
            },
        }
        for name, schema in (("User", USER), ("Group", GROUP))
    ]


def schemas(base: str) -> list[Json]:
    """Return the attributes that are kept (RFC 7643, 7)."""
    name = _attribute("name", kind="complex")
    name["subAttributes"] = [
        _attribute(part) for part in ("formatted", "familyName", "givenName")
    ]
    emails = _attribute("emails", kind="complex", several=True)
    emails["subAttributes"] = [
        *(_attribute("value"), _attribute("type")),
        _attribute("primary", kind="boolean"),
    ]
    groups = _attribute("groups", kind="complex", several=True, fixed=True)
    groups["subAttributes"] = [_attribute("value", fixed=True)]
    members = _attribute("members", kind="complex", several=True)
    members["subAttributes"] = [_attribute("value"), _attribute("display", fixed=True)]
    user = [
        _attribute("userName", required=True, unique=True),
        *(name, _attribute("displayName"), emails),
        *(_attribute("active", kind="boolean"), groups),
    ]
    group = [_attribute("displayName", required=True, unique=True), members]
    return [
        {
            "schemas": [f"{_CORE}:Schema"],
            "id": schema,
            "name": title,
            "description": title,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{schema}"},
        }
        for schema, title, attributes in ((USER, "User", user), (GROUP, "Group", group))
    ]


def _attribute(
    name: str,
    *,
    kind: str = "string",
    several: bool = False,
    required: bool = False,
    fixed: bool = False,
    unique: bool = False,
) -> Json:
    return {
        "name": name,
        "type": kind,
        "multiValued": several,
        "required": required,
        "caseExact": False,
        "mutability": "readOnly" if fixed else "readWrite",
        "returned": "default",
        "uniqueness": "server" if unique else "none",
    }
