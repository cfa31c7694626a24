"""Every address of the web has an operation beside it, or a reason why not.

The addresses are walked: a page that is added has to say how a program does the same.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.urls import get_resolver
from tests.web.api.test_every_operation import OPERATIONS
from tests.web.customer.test_every_address import ELSEWHERE, walk

CUSTOMER: Final = "customers/<customer_key:customer_id>/"
CONTACT: Final = (
    "customers/<consent_key:customer_id>/contacts/<consent_key:contact_id>/consents/"
)
DRAFT: Final = "studio/drafts/<int:draft_id>/"

# What a program does instead of a person; several: all of them together.
SAME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "activity/": "listEntries listMentions",
        "activity/count": "listMentions",
        "activity/reading": "readMentions",
        "answers/<timeline_customer:customer_id>/": "settleQuestion",
        "attachments/<int:attachment_id>/": "getAttachment",
        "attachments/<int:attachment_id>/removal": "deleteAttachment",
        "audit/": "listAudit",
        "audit/reads/": "listReads",
        "audit/reads/export": "listReads",
        "cohorts/": "listCohorts",
        "cohorts/customers": "listCohortCustomers",
        "cohorts/export": "exportCohorts",
        "collect/": "listCollectSources listRefusedCalls",
        "collect/<slug:key>/": "getCollectSource changeCollectSource",
        "collect/<slug:key>/key": "rotateCollectKey",
        "collect/keys/<int:key_id>/end": "endCollectKey",
        "collect/new": "addCollectSource",
        "customer-mergers/<merged_customer:customer_id>/": "mergeCustomer",
        "customer-views/": "listViews saveView",
        "customer-views/<int:view_id>": "getView changeView",
        "customer-views/<int:view_id>/deletion": "deleteView",
        "customer-views/default": "chooseDefaultView",
        "customers.csv": "listCustomers readRows",
        "customers/": "listCustomers",
        CONTACT: "getConsents",
        f"{CONTACT}decisions/": "recordConsent",
        CUSTOMER: "getCustomer getHealth getHealthParts getHealthMovement"
        " getOpenSignals",
        f"{CUSTOMER}brief/": "getCustomer getHealthMovement getContacts getContracts"
        " getOpenSignals getTimeline",
        f"{CUSTOMER}contacts/": "getContacts",
        f"{CUSTOMER}contracts/": "getContracts",
        f"{CUSTOMER}elements/<slug:dimension>/<slug:element>/": "getElementScore",
        f"{CUSTOMER}metrics/": "getMetrics",
        f"{CUSTOMER}metrics/<slug:metric>/": "getMetric",
        f"{CUSTOMER}metrics/<slug:metric>/rows.csv": "exportMetricRows",
        f"{CUSTOMER}timeline/": "getTimeline",
        "data/": "listConnections",
        "data/<slug:table>/": "listTables readRows",
        "data/history/": "listDataHistory",
        "data/quarantine/": "listQuarantine",
        "data/quarantine/export": "listQuarantine",
        "definitions/": "getDefinitions listWeights",
        "definitions/health/<slug:key>/": "getDefinitions listWeights",
        "definitions/metrics/": "listMetricDefinitions",
        "definitions/metrics/<slug:key>/": "listMetricDefinitions",
        "definitions/plays/": "listPlayLibrary",
        "definitions/versions/": "listDefinitions",
        "definitions/versions/<slug:digest>/": "getDefinitions",
        "drivers/": "listDrivers",
        "drivers/export": "listDrivers",
        "drivers/questions/<slug:key>/": "listQuestions getQuestion",
        "entries/": "recordEntry addAttachments",
        "entries/<int:entry_id>/": "getEntry changeEntry addAttachments",
        "entries/<int:entry_id>/deletion": "deleteEntry",
        "entries/<int:entry_id>/holding": "holdEntry",
        "forecast/": "listForecasts getAccuracy",
        "jobs/": "listJobs getBackground startRun",
        "jobs/<int:job_id>/attempt": "retryJob",
        "lifetime/": "listLifetime",
        "lifetime/export": "exportLifetime",
        "matching/": "listMatchPairs",
        "matching/<int:pair_id>/different": "decideMatchPair",
        "matching/<int:pair_id>/same": "decideMatchPair",
        "matching/<int:pair_id>/undo": "undoMatchDecision",
        "matching/decided": "listMatchPairs",
        "overview/": "getOverview",
        "plays/": "listPlays listTasks listPlayLibrary getWorkLoad listHandOvers"
        " listAbsentPeople",
        "plays/<int:play_id>/": "getPlay getTaskMessages",
        "plays/<int:play_id>/result/": "finishPlay",
        "plays/<int:play_id>/stop/": "stopPlay",
        "plays/hand-over/": "handOver",
        "plays/hand-overs/<int:hand_over_id>/": "getHandOver getHandOverBrief",
        "plays/hand-overs/<int:hand_over_id>/end/": "endStandingHandOver",
        "plays/new-task/<work_customer:customer_id>/": "addTask",
        "plays/tasks/<int:task_id>/": "listTasks",
        "plays/tasks/<int:task_id>/result/": "completeTask",
        "recommendations/": "listRecommendations listRecommendedItems",
        "recommendations/export": "exportRecommendations",
        "renewals/": "listRenewals",
        "renewals/export": "listRenewals",
        "revenue/": "listRevenuePeriods",
        "revenue/lines/": "listRevenueLines",
        "revenue/lines/export": "exportRevenueLines",
        "revenue/reconciliation/": "listReconciliation",
        "revenue/reconciliation/rows/": "listReconciliationRows",
        "revenue/reconciliation/rows/export": "exportReconciliationRows",
        "revenue/retention/": "listRetention",
        "revenue/retention/<slug:key>/": "listVariantCustomers",
        "settings/tokens/": "listOwnTokens",
        "signals/": "listSignals",
        "signals/<slug:key>/": "listSignalCustomers",
        "simulators/<slug:kind>/scenarios": "saveScenario",
        "simulators/fish/": "simulateFish listScenarios",
        "simulators/growth/": "simulateGrowth listScenarios",
        "simulators/pricing/": "simulatePricing listScenarios",
        "simulators/scenarios/<int:scenario_id>/deletion": "deleteScenario",
        "studio/": "getAccuracy",
        "studio/versions/<slug:digest>/restoration": "restoreDefinitions",
        "studio/weights/": "listWeights listWeightDrafts",
        "studio/weights/<slug:model>/draft": "draftWeights",
        DRAFT: "getWeightDraft",
        f"{DRAFT}acceptance": "acceptWeightDraft",
        f"{DRAFT}computation": "computeWeightDraft",
        f"{DRAFT}health.yaml": "getWeightDraftFile",
        f"{DRAFT}notes": "noteOnWeightDraft",
        f"{DRAFT}rejection": "rejectWeightDraft",
        "success/": "getSuccessFunnel",
        "team/": "listTeam getTeamChecks",
        "today/": "listCards listTasks listRenewals listMentions listAbsentPeople",
        "today/<int:item_id>/": "getCard getCardMessages",
        "today/<int:item_id>/delegation/": "delegateCard delegateCards",
        "today/<int:item_id>/dismissal/": "dismissCard dismissCards",
        "today/<int:item_id>/opening/": "reopenCard reopenCards",
        "today/<int:item_id>/play/": "startPlay startPlayOfCards",
        "today/<int:item_id>/snooze/": "snoozeCard snoozeCards",
        "tokens/": "listTokens",
        "tokens/<int:token_id>/revocation": "revokeToken",
        "touch/": "listTouchProposals",
        "touch/acceptances/": "acceptTouchProposals",
        "touch/assignments/": "listTouchAssignments",
        "touch/assignments/<int:assignment_id>/end/": "endTouchAssignment",
        "touch/capacity/": "planCapacity",
        "touch/export.csv": "listTouchProposals",
        "touch/owners/": "listTouchOwners",
        "touch/override/<path:customer_id>/": "overrideTouch",
        "trials/": "listTrials listPlayStandings",
        "trials/<str:trial_id>/": "getTrial listTrialCustomers",
        "trials/<str:trial_id>/customers.csv": "listTrialCustomers",
        "trials/<str:trial_id>/stop/": "stopTrial",
        "trials/always-act/<path:customer_id>/": "getAlwaysAct",
        "trials/always-act/<path:customer_id>/mark/": "markAlwaysAct",
        "trials/always-act/<path:customer_id>/unmark/": "unmarkAlwaysAct",
        "trials/decisions/": "decidePlay",
        "trials/new/": "previewTrial startTrial",
        "users/": "listUsers",
        "users/<int:user_id>": "getUser changeUser",
        "users/<int:user_id>/activity": "switchUser",
        "users/<int:user_id>/factors": "resetUserFactors",
        "users/new": "addUser",
        "webhooks/": "listWebhooks addWebhook",
        "webhooks/<int:endpoint_id>": "listWebhookDeliveries",
        "webhooks/<int:endpoint_id>/<int:delivery_id>/replay": "replayWebhookDelivery"
        " replayFailedWebhookDeliveries",
        "webhooks/<int:endpoint_id>/change": "switchWebhook testWebhook deleteWebhook",
        "webhooks/<int:endpoint_id>/secret": "renewWebhookSecret",
    }
)
PERSON: Final = "a token must not: whoever finds one would take the person over"
SCREEN: Final = "of the screen alone"
# Why a program has no such operation, by design; the page about the API says so.
NEVER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": SCREEN,
        "display": SCREEN,
        "newer-release": SCREEN,
        "healthz": "is open to programs as it is",
        "metrics": "likewise",
        "readyz": "likewise",
        "settings": PERSON,
        "settings/password": PERSON,
        "settings/sessions": PERSON,
        "settings/tokens/new": "a token would outlive the one that it came with",
        "sign-in": PERSON,
        "sign-out": SCREEN,
        "signals/drafts/trial/": "a draft is text that a person tries;"
        " `banso backtest signals` does it by command",
    }
)
ROUTES: Final = frozenset(
    route
    for route, _view in walk(get_resolver().url_patterns)
    if not route.startswith(ELSEWHERE)
)


def test_every_address_has_an_operation_or_a_reason() -> None:
    assert sorted(ROUTES - {*SAME, *NEVER}) == []


def test_nothing_is_told_of_an_address_that_there_is_not() -> None:
    assert sorted({*SAME, *NEVER} - ROUTES) == []
    assert not {*SAME} & {*NEVER}


def test_operations_that_are_named_are_there() -> None:
    known = {operation.name for operation in OPERATIONS}
    named = {name for names in SAME.values() for name in names.split()}

    assert sorted(named - known) == []
