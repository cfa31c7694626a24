"""How rows are told apart that Banso itself recorded, among those of a company."""

PREFIX = "banso:"  # of their keys; no key of a company's own begins so

# The tables that rows from the app may go to; a company may load its own as well.
RECORDED = frozenset(
    {
        *("interactions", "actions", "trials", "trial_assignments", "assignments"),
        "consents",
    }
)


def record_key(kind: str, number: object) -> str:
    """Return the key of a row that the app recorded, e.g. ``banso:note:12``."""
    return f"{PREFIX}{kind}:{number}"
