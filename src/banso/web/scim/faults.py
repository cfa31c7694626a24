"""What is answered to a directory whose request cannot be followed."""

from banso.kernel.errors import BansoError


class ScimRefused(BansoError):
    """Refuse a request of a directory, with the status and type of RFC 7644."""

    code = "scim_refused"

    def __init__(self, detail: str, *, status: int = 400, kind: str = "") -> None:
        super().__init__(detail, status=status, kind=kind)
        self.status = status
        self.kind = kind  # scimType


class ScimUnknown(ScimRefused):
    """Refuse what is not there."""

    code = "scim_unknown"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, status=404)


class ScimTaken(ScimRefused):
    """Refuse what somebody else has."""

    code = "scim_taken"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, status=409, kind="uniqueness")
