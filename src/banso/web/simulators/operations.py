"""Keeping scenarios, and throwing them away."""

import datetime as dt

from django.db import transaction

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.simulators import queries
from banso.web.simulators.models import Scenario
from banso.webkit.permissions import Staff, may


class ScenarioTaken(BansoError):
    """Refuse a name that another scenario of the same simulator has."""

    code = "scenario_taken"


class ScenarioNotYours(BansoError):
    """Refuse to delete what somebody else keeps."""

    code = "scenario_not_yours"


@transaction.atomic
def save_scenario(
    *, kind: str, name: str, query: str, by: Staff, at: dt.datetime
) -> Scenario:
    """Keep the assumptions of a simulation under a name.

    Parameters
    ----------
    kind
        One of `Scenario.Kind`.
    name
        Not empty, and not yet taken within the kind.
    query
        Of the address that reproduces the simulation.
    by, at
        Who, and when.

    Raises
    ------
    ScenarioTaken
        The name is taken.

    """
    if Scenario.objects.filter(kind=kind, name=name).exists():
        raise ScenarioTaken(f"There is a scenario {name} already.", name=name)
    scenario = Scenario.objects.create(
        kind=kind, name=name, query=query, by_id=by.pk, at=at
    )
    audit.record("scenario_saved", subject=scenario, by=by, at=at)
    return scenario


@transaction.atomic
def delete_scenario(scenario_id: int, *, by: Staff, at: dt.datetime) -> str:
    """Delete a scenario of one's own, or anybody's as CS operations; return its kind.

    Raises
    ------
    ScenarioNotYours
        Somebody else saved it.

    """
    scenario = queries.get_scenario(scenario_id, lock=True)
    if scenario.by_id != by.pk and not may(by, "publish_definitions"):
        raise ScenarioNotYours(f"{scenario} is not yours.", name=scenario.name)
    audit.record("scenario_deleted", subject=scenario, by=by, at=at)
    scenario.delete()
    return scenario.kind
