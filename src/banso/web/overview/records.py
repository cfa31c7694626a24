"""The overview as plain values, for programs."""

import datetime as dt
from collections.abc import Mapping

from django.http import Http404

from banso.web.overview import queries
from banso.web.overview.money import Total
from banso.webkit.permissions import Staff

Record = Mapping[str, object]


def overview(user: Staff, *, at: dt.datetime) -> Record:
    """Return how the customers stand that a user sees; 404 before any run."""
    found = queries.overview_for(user, now=at, language="en")
    if found is None:
        raise Http404
    return {
        "as_of": found.release.as_of,
        "before": found.release.before,
        "is_old": found.is_old,
        "total": _total(found.total),
        "total_before": _total(found.total_before),
        "several_currencies": found.several_currencies,
        "bands": [
            {
                "band": line.band.key,
                "now": _total(line.total),
                "before": _total(line.before),
                "share": line.share,
                "mrr_share": line.mrr_share,
            }
            for line in found.bands
        ],
        "renewals_within": [
            {"days": int(each.of), **_renewals(each)} for each in found.soon
        ],
        "renewals_by_month": [
            {"month": f"{each.of}-01", **_renewals(each)} for each in found.months
        ],
        "notice": _total(found.notice),
        "unowned": None if found.unowned is None else _total(found.unowned),
        "without_score": [
            {"reason": lack.code, "detail": lack.reason, "customers": lack.customers}
            for lack in found.lacks
        ],
        "outlook": None if found.outlook is None else _outlook(found.outlook),
    }


def _renewals(found: queries.Renewals) -> dict[str, object]:
    return {
        "total": _total(found.total),
        "at_risk": _total(found.at_risk),
        "customers_by_band": {band.key: count for band, count, _url in found.bands},
    }


def _outlook(found: queries.Outlook) -> Record:
    return {
        "expected": _total(found.expected),
        "of_notice": _total(found.of_notice),
        "by_rate": found.by_rate,
        "ranges": [
            {
                "low": int(line.of.split("-")[0]) / 100,
                "high": int(line.of.split("-")[1]) / 100,
                "total": _total(line.total),
                "share": line.share,
            }
            for line in found.lines
        ],
    }


def _total(found: Total) -> Record:
    return {
        "customers": found.customers,
        "mrr": [
            {"currency": amount.currency, "amount": amount.value}
            for amount in found.amounts
        ],
    }
