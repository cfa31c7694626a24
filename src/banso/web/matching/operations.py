"""Finding customers that may be one, and deciding it; all of it can be undone."""

import datetime as dt
from dataclasses import asdict
from typing import Literal

from django.db import transaction

from banso.kernel.errors import BansoError
from banso.runs.identifying import resolved
from banso.runs.matching import find_candidates
from banso.runs.project import Project
from banso.web.audit import operations as audit
from banso.web.customers import operations as customers
from banso.web.customers import queries as known
from banso.web.matching import queries
from banso.web.matching.models import MatchPair, Verdict
from banso.web.webhooks import operations as webhooks
from banso.webkit.permissions import Staff


class PairDecided(BansoError):
    """Refuse to decide a pair again that was decided; it can be undone first."""

    code = "pair_decided"


class PairOpen(BansoError):
    """Refuse to undo what nobody decided."""

    code = "pair_open"


class AlreadyOne(BansoError):
    """Refuse to let a customer go that went already, or that another one went into."""

    code = "already_one"


class NotOfThePair(BansoError):
    """Refuse to keep a customer that is neither of the two."""

    code = "not_of_the_pair"


def look(project: Project, *, at: dt.datetime) -> int:
    """Find the pairs that may be one; return how many are to decide.

    What people decided stays. A pair to decide that nothing speaks for any more goes.
    """
    found = {(each.one, each.other): each for each in find_candidates(project)}
    with transaction.atomic():
        before = {(each.one, each.other): each for each in MatchPair.objects.all()}
        new, changed = [], []
        for pair, candidate in found.items():
            values = {
                "score": candidate.score,
                "reasons": [asdict(reason) for reason in candidate.reasons],
                "one_name": candidate.names[0],
                "other_name": candidate.names[1],
            }
            kept = before.pop(pair, None)
            if kept is None:
                new.append(MatchPair(one=pair[0], other=pair[1], found_at=at, **values))
            elif any(getattr(kept, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(kept, name, value)
                changed.append(kept)
        gone = [each.pk for each in before.values() if each.verdict == Verdict.OPEN]
        for start in range(0, len(gone), 500):
            MatchPair.objects.filter(pk__in=gone[start : start + 500]).delete()
        MatchPair.objects.bulk_create(new, batch_size=500)
        fields = ["score", "reasons", "one_name", "other_name"]
        MatchPair.objects.bulk_update(changed, fields, batch_size=200)
        return MatchPair.objects.filter(verdict=Verdict.OPEN).count()


@transaction.atomic
def accept(pair_id: int, *, kept: str, by: Staff, at: dt.datetime) -> MatchPair:
    """Decide that two customers are one; the facts follow with the next run.

    Raises
    ------
    PairDecided, NotOfThePair, AlreadyOne
        As their names say.

    """
    pair = queries.get_pair(pair_id, visible_to=by, lock=True)
    _refuse_decided(pair)
    if kept not in (pair.one, pair.other):
        raise NotOfThePair(f"{kept!r} is neither of the two.", kept=kept)
    gone = pair.one if kept == pair.other else pair.other
    went = known.aliases()
    if went.get(gone, kept) != kept or kept in went:
        key = gone if went.get(gone, kept) != kept else kept
        raise AlreadyOne(f"{key} went into another one.", key=key)
    pair.verdict, pair.kept = Verdict.SAME, kept
    _decide(pair, by=by, at=at)
    if gone not in went:  # it was not merged by hand before
        customers.lead_on(gone, resolved(queries.merged()), by=by, at=at)
    _record("customers_matched", pair, by=by, at=at)
    webhooks.tell("customer.merged", [{"customer_id": gone, "into": kept}], at=at)
    return pair


@transaction.atomic
def refuse(pair_id: int, *, by: Staff, at: dt.datetime) -> MatchPair:
    """Decide that two customers are two; the pair is not proposed again.

    Raises
    ------
    PairDecided
        It was decided before.

    """
    pair = queries.get_pair(pair_id, visible_to=by, lock=True)
    _refuse_decided(pair)
    pair.verdict = Verdict.DIFFERENT
    _decide(pair, by=by, at=at)
    _record("customers_told_apart", pair, by=by, at=at)
    return pair


@transaction.atomic
def undo(pair_id: int, *, by: Staff, at: dt.datetime) -> MatchPair:
    """Take a decision back; the facts are as before with the next run.

    Raises
    ------
    PairOpen
        Nobody decided it.

    """
    pair = queries.get_pair(pair_id, visible_to=by, lock=True)
    if pair.verdict == Verdict.OPEN:
        raise PairOpen("Nobody decided this pair.")
    gone, kept = pair.gone, pair.kept
    pair.verdict, pair.kept = Verdict.OPEN, ""
    _decide(pair, by=by, at=at)
    if gone:
        customers.lead_back(gone, resolved(queries.merged()))
        said = {"customer_id": gone, "was_into": kept}
        webhooks.tell("customer.parted", [said], at=at)
    _record("match_undone", pair, by=by, at=at)
    return pair


def decide(
    pair_id: int,
    verdict: Literal["same", "different"],
    *,
    kept: str,
    by: Staff,
    at: dt.datetime,
) -> MatchPair:
    """Decide that two customers are one or two, as `accept` and `refuse` do."""
    if verdict == "same":
        return accept(pair_id, kept=kept, by=by, at=at)
    return refuse(pair_id, by=by, at=at)


def _refuse_decided(pair: MatchPair) -> None:
    if pair.verdict != Verdict.OPEN:
        raise PairDecided("This pair was decided.", verdict=pair.verdict)


def _decide(pair: MatchPair, *, by: Staff, at: dt.datetime) -> None:
    pair.decided_at, pair.decided_by_id = at, by.pk
    pair.save()


def _record(action: str, pair: MatchPair, *, by: Staff, at: dt.datetime) -> None:
    details = {"one": pair.one, "other": pair.other, "kept": pair.kept}
    subject = audit.Subject("match_pair", str(pair.pk), str(pair))
    audit.record(action, subject=subject, by=by, at=at, details=details)
