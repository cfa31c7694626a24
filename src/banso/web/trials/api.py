"""Trials for programs."""

from ninja import Router

from banso.web.customers import queries as customers
from banso.web.trials import records
from banso.web.trials.schemas import TrialsOut
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Trials"])


@router.get("trials", response=TrialsOut, operation_id="listTrials")
@allowed("see_trials")
def trials(request: StaffRequest) -> object:
    """List what each trial says of each measure."""
    del request
    release = customers.published_release()
    return {
        "as_of": release.as_of if release else None,
        "items": records.list_results(),
    }
