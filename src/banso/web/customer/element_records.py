"""Why an element of health has its score, as plain values, for programs."""

import datetime as dt
from collections.abc import Mapping

from django.http import Http404

from banso.analytics.health import PartName, nominal_shares
from banso.web.customer import words
from banso.web.customer.health import find_element
from banso.web.customer.history import model_of
from banso.web.customer.records import Record, moved


def element_on(
    record: Record,
    place: tuple[str, str],
    *,
    since: dt.date | None,
    until: dt.date | None,
) -> Mapping[str, object]:
    """Return an element at two dates; 404: the model of the later one has none such.

    Parameters
    ----------
    record
        Of the customer.
    place
        The keys of a dimension and of an element of it.
    since, until
        The dates; one between two as-of dates means the earlier.

    """
    found = moved(record, since=since, until=until)
    after, before = record.history.on(found.until), record.history.on(found.since)
    model = model_of(record.reader.catalog, after.model if after else None)
    known = find_element(model, place)
    if model is None or known is None or after is None:
        raise Http404
    dimension_label, element = known
    lines = found.movement.lines if found.movement else ()
    effect = next(
        (each.effect for each in lines if (each.dimension, each.element) == place), None
    )
    old, new = before.readings.get(place) if before else None, after.readings[place]
    percentile = element.percentile
    return {
        "customer_id": record.customer_id,
        "since": found.since,
        "until": found.until,
        "dimension": place[0],
        "dimension_label": dimension_label,
        "element": place[1],
        "label": words.said(element.label.label),
        "metric": element.metric,
        "unit": record.reader.catalog.metric_by_key[element.metric].unit,
        "value_before": record.history.value(element.metric, found.since),
        "value": record.history.value(element.metric, found.until),
        "scale": [
            {"value": corner.value, "score": corner.score}
            for corner in element.thresholds or ()
        ],
        "by_rank": None
        if percentile is None
        else {"higher_is": percentile.higher_is, "peers": list(percentile.peers)},
        "nominal_weight": nominal_shares(model).get(PartName(model.key, *place)),
        "score_before": old.score if old else None,
        "score": new.score,
        "weight_before": old.weight if old else None,
        "weight": new.weight,
        "points": new.points,
        "effect": effect,
        "reason": after.reasons.get(place) if new.score is None else None,
    }
