"""Scenarios of the simulators for programs."""

from ninja import Query, Router, Status

from banso.web.simulators import operations, queries
from banso.web.simulators.schemas import (
    ScenarioIn,
    ScenarioOut,
    ScenariosOut,
    ScenariosQuery,
)
from banso.webkit.api.paging import Key
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Simulators"])


@router.get("scenarios", response=ScenariosOut, operation_id="listScenarios")
@allowed("see_simulators")
def scenarios(request: StaffRequest, asked: Query[ScenariosQuery]) -> object:
    """List the scenarios of a simulator."""
    del request
    return {
        "items": [queries.told(each) for each in queries.list_scenarios(asked.kind)]
    }


@router.post("scenarios", response=ScenarioOut, operation_id="saveScenario")
@allowed("save_scenarios")
def save(request: StaffRequest, body: ScenarioIn) -> object:
    """Keep assumptions under a name."""
    scenario = operations.save_scenario(
        kind=body.kind,
        name=body.name.strip(),
        query=body.query,
        by=request.user,
        at=request.now,
    )
    return queries.told(queries.get_scenario(scenario.pk))


@router.delete(
    "scenarios/{scenario_id}", response={204: None}, operation_id="deleteScenario"
)
@allowed("save_scenarios")
def delete(request: StaffRequest, scenario_id: Key) -> object:
    """Delete a scenario of one's own, or anybody's as CS operations."""
    operations.delete_scenario(scenario_id, by=request.user, at=request.now)
    return Status(204, None)
