"""The simulators and their scenarios for programs."""

from ninja import Query, Router, Status

from banso.web.simulators import operations, queries, records
from banso.web.simulators.schemas import (
    FishOut,
    GrowthOut,
    PricingOut,
    ScenarioIn,
    ScenarioOut,
    ScenariosOut,
    ScenariosQuery,
    SimulationQuery,
)
from banso.webkit.api.paging import Key
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Simulators"])


@router.get("simulations/fish", response=FishOut, operation_id="simulateFish")
@allowed("see_simulators")
def fish(request: StaffRequest, asked: Query[SimulationQuery]) -> object:
    """Simulate the way from licences to subscriptions; nothing is kept."""
    del request
    return records.fish(asked.query, asked.currency)


@router.get("simulations/growth", response=GrowthOut, operation_id="simulateGrowth")
@allowed("see_simulators")
def growth(request: StaffRequest, asked: Query[SimulationQuery]) -> object:
    """Simulate keeping beside winning; nothing is kept."""
    del request
    return records.growth(asked.query, asked.currency)


@router.get("simulations/pricing", response=PricingOut, operation_id="simulatePricing")
@allowed("see_simulators")
def pricing(request: StaffRequest, asked: Query[SimulationQuery]) -> object:
    """Simulate pricing models on the customers of today; nothing is kept.

    Models are over all customers; those who are named, of those that the user sees.
    """
    return records.pricing(asked.query, asked.currency, visible_to=request.user)


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
