"""Deciding which customers are one, for programs."""

from ninja import Query, Router

from banso.web.matching import operations, queries
from banso.web.matching.schemas import PairDecisionIn, PairOut, PairsOut, PairsQuery
from banso.webkit.api.paging import Key, checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Customers"])


@router.get("match-pairs", response=PairsOut, operation_id="listMatchPairs")
@allowed("merge_customers")
def pairs(request: StaffRequest, asked: Query[PairsQuery]) -> object:
    """List pairs of customers that may be one; for users who see all customers."""
    page = queries.list_pairs(
        request.user,
        decided=asked.decided,
        cursor=checked(asked.cursor),
        size=asked.limit,
    )
    return paged(request, page.rows, page.next)


@router.get("match-pairs/{pair_id}", response=PairOut, operation_id="getMatchPair")
@allowed("merge_customers")
def pair(request: StaffRequest, pair_id: Key) -> object:
    """Return one pair and what speaks for it."""
    return queries.pair_record(pair_id, visible_to=request.user)


@router.post(
    "match-pairs/{pair_id}/decision", response=PairOut, operation_id="decideMatchPair"
)
@allowed("merge_customers")
def decision(request: StaffRequest, pair_id: Key, body: PairDecisionIn) -> object:
    """Decide that two customers are one, or two; the numbers follow with a run."""
    operations.decide(
        pair_id, body.verdict, kept=body.kept, by=request.user, at=request.now
    )
    return queries.pair_record(pair_id, visible_to=request.user)


@router.delete(
    "match-pairs/{pair_id}/decision", response=PairOut, operation_id="undoMatchDecision"
)
@allowed("merge_customers")
def undo(request: StaffRequest, pair_id: Key) -> object:
    """Take a decision back; the facts are as before with the next run."""
    operations.undo(pair_id, by=request.user, at=request.now)
    return queries.pair_record(pair_id, visible_to=request.user)
