"""Keys of customers in addresses: any text, also one with a slash."""


class KeyConverter:
    """A key as one piece of a path; a slash in it is written ``%2F``."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the key of an address."""
        return value.replace("%2F", "/").replace("%2E", ".").replace("%25", "%")

    def to_url(self, value: object) -> str:
        """Return how a key stands in an address."""
        text = str(value).replace("%", "%25").replace("/", "%2F")
        return {".": "%2E", "..": "%2E%2E"}.get(text, text)
