"""Who of ours does what."""

from banso.kernel.errors import BansoError
from banso.web.accounts import queries as accounts
from banso.webkit.permissions import Role, Staff

_ROLES = {"lead": Role.LEAD, "ops": Role.OPS}


class HandOverToNobody(BansoError):
    """Refuse to give work to somebody who cannot sign in, or to its giver."""

    code = "hand_over_to_nobody"


def taker_of_work(to: Staff) -> Staff:
    """Return who is given work, able to act until the transaction ends.

    Raises
    ------
    HandOverToNobody
        The person may not sign in any more.

    """
    taker = accounts.hold_active(to)
    if taker is None:
        raise HandOverToNobody(f"{to.email} cannot sign in any more.")
    return taker


def who_does(role: str, owner: Staff) -> Staff:
    """Return who does a step: the owner of the play, unless a lead or ops is asked for.

    The lead is one of the owner's own team. Where nobody of the app has the role, the
    owner sees to it that it is done.
    """
    if role not in _ROLES or owner.role == _ROLES[role]:
        return owner
    wanted = _ROLES[role]
    team_id = owner.team_id if wanted is Role.LEAD else None
    return accounts.find_colleague(wanted, team_id=team_id) or owner
