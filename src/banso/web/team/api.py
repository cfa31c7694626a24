"""The measures of the team for programs."""

from ninja import Router

from banso.web.team import queries
from banso.web.team.schemas import TeamChecksOut, TeamOut
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Work"])


@router.get("team", response=TeamOut, operation_id="listTeam")
@allowed("see_team")
def team(request: StaffRequest) -> object:
    """List how owners work whose customers the user sees.

    Everybody together (`*`) is for those who see all customers, as on the page.
    """
    return queries.team_rows(visible_to=request.user)


@router.get("team/checks", response=TeamChecksOut, operation_id="getTeamChecks")
@allowed("see_team")
def checks(request: StaffRequest) -> object:
    """Return the four checks of the team and its weeks; for who sees all customers."""
    return queries.check_rows(visible_to=request.user)
