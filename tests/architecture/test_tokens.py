"""What tokens can grant: every capability, in one group and in one way."""

from collections import Counter

from banso.webkit.permissions import CAPABILITIES, GROUPS, TOKEN_SCOPES, granted_by


def test_every_capability_is_in_one_group():
    """A new capability needs a line in `webkit.permissions.GROUPS`."""
    grouped = Counter(
        capability
        for group in GROUPS.values()
        for capability in (*group.reading, *group.writing)
    )

    assert set(grouped) == set(CAPABILITIES)
    assert max(grouped.values()) == 1


def test_reading_grants_nothing_that_writes():
    writing = {name for group in GROUPS.values() for name in group.writing}

    for scope in TOKEN_SCOPES:
        if scope.endswith("read"):
            assert not granted_by([scope]) & writing


def test_administration_has_to_be_asked_for():
    for scope in ("read", "write"):
        assert not granted_by([scope]) & {"administer_users", "see_audit"}
    assert "administer_users" in granted_by(["administration:write"])


def test_unknown_scope_grants_nothing():
    assert granted_by(["everything", "customers:all", ""]) == frozenset()
