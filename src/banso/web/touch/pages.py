"""From sums of a run to what the pages of touch models show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.analytics.touch.capacity import Capacity, CapacityPlan, Care, capacity
from banso.charts.capacity import capacity_chart
from banso.charts.chart import Chart
from banso.runs.reading import Row
from banso.runs.touch_reading import OwnerLoad, TouchSums
from banso.web.touch import queries
from banso.web.touch.forms import CapacityForm
from banso.web.touch.queries import Proposals, Source, State
from banso.web.touch.wanted import Wanted
from banso.webkit import formatting
from banso.webkit.permissions import Scope, Staff

_WEEKS_90: Final = 90 / 7
START_GROWTH: Final = 20.0
START_MONTHS: Final = 12


@dataclass(frozen=True)
class SpreadLine:
    """One touch model as the table shows it."""

    label: str
    customers: str
    share: float | None
    value: str
    value_note: str
    hours: str
    proposed: str
    proposed_hours: str
    reached_28: str
    reached_90: str
    measured: str  # hours a month that were written down
    cost: str = ""  # of the whole company
    cost_each: str = ""
    cost_note: str = ""
    stayed: str = ""
    stayed_note: str = ""


@dataclass(frozen=True)
class TouchPage:
    """Everything that the first page shows."""

    state: State
    as_of: dt.date | None = None
    lines: Sequence[SpreadLine] = ()
    is_whole: bool = False  # the user sees all customers, so costs can be shown
    hours_needed: str = ""
    hours_there: str = ""
    people: int = 0
    people_known: bool = True
    proposals: Proposals | None = None
    rules: Sequence[tuple[str, str, str]] = ()
    off: Sequence[tuple[str, str]] = ()
    for_weeks: int = 0
    need_is_score: bool = False


@dataclass(frozen=True)
class LoadLine:
    """One person as the table shows her."""

    owner: str
    name: str
    is_there: bool
    customers: str
    by_touch: str
    value: str
    hours: str
    use: float | None  # of the hours that she has
    use_text: str
    proposed: str
    proposed_hours: str


@dataclass(frozen=True)
class OwnersPage:
    """Everything that the page of owners shows."""

    state: State
    as_of: dt.date | None = None
    lines: Sequence[LoadLine] = ()
    hours_each: str = ""
    waiting: int = 0  # customers for which another owner is proposed


@dataclass(frozen=True)
class CapacityPage:
    """Everything that the capacity plan shows."""

    state: State
    as_of: dt.date | None = None
    form: CapacityForm | None = None
    found: Capacity | None = None
    chart: Chart | None = None
    people: int = 0
    hours_needed: str = ""
    hours_there: str = ""
    hours_then: str = ""
    hire: str = ""  # more people than today that the end takes
    by_touch: Sequence[tuple[str, str, str, str, str]] = ()
    is_whole: bool = True


def touch_page(wanted: Wanted, *, visible_to: Staff) -> TouchPage:
    """Return the first page as its address asks for it."""
    found = queries.source(visible_to=visible_to)
    if found.state != "ready":
        return TouchPage(found.state, found.as_of)
    table, reader = found.table, found.reader
    assert table is not None, "it is ready"
    assert reader is not None, "likewise"
    rules = reader.catalog.touch
    assert rules is not None, "likewise"
    noted = queries.note(reader)
    there = queries.hours_there(reader)
    is_whole = visible_to.scope == Scope.ALL
    return TouchPage(
        state="ready",
        as_of=found.as_of,
        lines=_spread(found, is_whole=is_whole),
        is_whole=is_whole,
        hours_needed=_hours(sum(each.hours or 0.0 for each in table.sums())),
        hours_there=_hours(there),
        people=len(queries.people(reader)),
        people_known=bool(noted.get("people_known")),
        proposals=queries.proposals(found, wanted, visible_to=visible_to),
        rules=queries.rules_in_words(reader),
        off=_off(noted),
        for_weeks=rules.for_weeks,
        need_is_score=noted.get("need") == "score",
    )


def _off(noted: Mapping[str, object]) -> list[tuple[str, str]]:
    off = noted.get("off")
    if not isinstance(off, dict):
        return []
    return [(str(key), ", ".join(map(str, names))) for key, names in off.items()]


def _spread(found: Source, *, is_whole: bool) -> list[SpreadLine]:
    table, reader = found.table, found.reader
    assert table is not None, "it is ready"
    assert reader is not None, "likewise"
    rules = reader.catalog.touch
    now = {each.touch: each for each in table.sums()}
    then = {each.touch: each for each in table.sums(proposed=True)}
    company = queries.company_spread(reader)
    order = [key for key in company if key or key in now]
    money = queries.currency(reader)
    return [
        _line(
            queries.model_name(rules, key) if key else _("No touch model"),
            now.get(key) or TouchSums(key, 0, 0.0, 0, 0.0, None, None, None),
            then.get(key),
            whole=len(table),
            company=company.get(key) if is_whole else None,
            currency=money,
        )
        for key in order
    ]


def _line(
    label: str,
    now: TouchSums,
    then: TouchSums | None,
    *,
    whole: int,
    company: Row | None,
    currency: str,
) -> SpreadLine:
    unknown = now.customers - now.valued
    minutes = now.minutes_90
    return SpreadLine(
        label=label,
        customers=formatting.number(now.customers),
        share=now.customers / whole if whole else None,
        value=formatting.compact_money(now.value / 12, currency),
        value_note=_("without %(n)s in other currencies")
        % {"n": formatting.number(unknown)}
        if unknown
        else "",
        hours=_hours(now.hours),
        proposed=formatting.number(then.customers if then else 0),
        proposed_hours=_hours(then.hours if then else 0.0),
        reached_28=_share(now.reached_28, now.customers),
        reached_90=_share(now.reached_90, now.customers),
        measured=formatting.MISSING
        if minutes is None
        else _hours(minutes / 60 / _WEEKS_90 * 52 / 12),
        **_of_company(company, currency),
    )


def _of_company(row: Row | None, currency: str) -> dict[str, str]:
    """Return cost and who stayed, which only the whole company has."""
    if row is None:
        return {}
    cost, customers = _number(row["cost"]), int(str(row["customers"]))
    rate = _number(row["stayed_rate"])
    reasons = {
        "no_costs": _("no costs are known"),
        "no_rate": _("a currency has no rate"),
    }
    return {
        "cost": formatting.MISSING
        if cost is None
        else formatting.compact_money(cost, currency),
        "cost_each": formatting.MISSING
        if cost is None or not customers
        else formatting.compact_money(cost / customers, currency),
        "cost_note": reasons.get(str(row["cost_reason"]), ""),
        "stayed": formatting.ratio(rate),
        "stayed_note": ""
        if rate is None
        else _("%(low)s–%(high)s of %(n)s")
        % {
            "low": formatting.ratio(_number(row["stayed_low"])),
            "high": formatting.ratio(_number(row["stayed_high"])),
            "n": formatting.number(int(str(row["stayed_n"]))),
        },
    }


def owners_page(*, visible_to: Staff) -> OwnersPage:
    """Return who looks after how many customers."""
    found = queries.source(visible_to=visible_to)
    if found.state != "ready":
        return OwnersPage(found.state, found.as_of)
    table, reader = found.table, found.reader
    assert table is not None, "it is ready"
    assert reader is not None, "likewise"
    people = set(queries.people(reader))
    there = queries.hours_there(reader)
    each = there / len(people) if there and people else None
    names = queries.owner_names(reader, visible_to)
    money = queries.currency(reader)
    return OwnersPage(
        state="ready",
        as_of=found.as_of,
        lines=[
            _load(load, names, is_there=load.owner in people, each=each, currency=money)
            for load in table.loads()
        ],
        hours_each=_hours(each),
        waiting=int(table.changes_owner.sum()),
    )


def _load(
    load: OwnerLoad,
    names: Mapping[str, str],
    *,
    is_there: bool,
    each: float | None,
    currency: str,
) -> LoadLine:
    use = load.hours / each if each and is_there else None
    touches = sorted(load.by_touch.items(), key=lambda item: item[0])
    return LoadLine(
        owner=load.owner,
        name=names.get(load.owner, load.owner) or _("Nobody"),
        is_there=is_there or not load.owner,
        customers=formatting.number(load.customers),
        by_touch=" · ".join(
            f"{queries.model_name(None, touch)} {formatting.number(n)}"
            for touch, n in touches
        ),
        value=formatting.compact_money(load.value / 12, currency),
        hours=_hours(load.hours),
        use=use,
        use_text=formatting.ratio(use),
        proposed=formatting.number(load.customers_proposed),
        proposed_hours=_hours(load.hours_proposed),
    )


def capacity_page(asked: Mapping[str, str], *, visible_to: Staff) -> CapacityPage:
    """Return the capacity plan under the assumptions of an address."""
    found = queries.source(visible_to=visible_to)
    if found.state != "ready":
        return CapacityPage(found.state, found.as_of)
    table, reader = found.table, found.reader
    assert table is not None, "it is ready"
    assert reader is not None, "likewise"
    rules = reader.catalog.touch
    assert rules is not None, "likewise"
    form, value = _assumptions(asked, found)
    plan = plan_of(found, value)
    planned = capacity(plan)
    today = planned.months[0]
    return CapacityPage(
        state="ready",
        as_of=found.as_of,
        form=form,
        found=planned,
        chart=capacity_chart(
            planned, people=plan.people, language=get_language() or "en"
        ),
        people=plan.people,
        hours_needed=_hours(today.hours_needed),
        hours_there=_hours(planned.hours_there),
        hours_then=_hours(planned.last.hours_needed),
        hire=formatting.number(max(planned.last.head_count - plan.people, 0)),
        by_touch=[
            (
                queries.model_name(rules, key),
                formatting.number(today.customers[key]),
                _hours(today.hours[key]),
                formatting.number(planned.last.customers[key]),
                _hours(planned.last.hours[key]),
            )
            for key in plan.care
        ],
        is_whole=visible_to.scope == Scope.ALL,
    )


def plan_of(found: Source, value: Mapping[str, object]) -> CapacityPlan:
    """Return the plan of what a user sees under some assumptions, all given."""
    table, reader = found.table, found.reader
    assert table is not None, "it is ready"
    assert reader is not None, "likewise"
    rules = reader.catalog.touch
    assert rules is not None, "likewise"
    sums = {
        each.touch: each for each in table.sums(proposed=value["basis"] == "proposed")
    }
    care = {
        str(model.key): Care(
            customers=float(sums[model.key].customers if model.key in sums else 0),
            hours=float(str(value[f"hours_{model.key}"])),
            most=model.most_customers,
        )
        for model in rules.models
    }
    return CapacityPlan(
        care=care,
        people=int(str(value["people"])),
        hours_per_week=float(str(value["hours_per_week"])),
        growth=float(str(value["growth"])) / 100,
        months=int(str(value["months"])),
    )


def assumed(found: Source) -> dict[str, object]:
    """Return the assumptions with which the capacity plan begins."""
    assert found.reader is not None, "it is ready"
    rules = found.reader.catalog.touch
    assert rules is not None, "likewise"
    hours = {f"hours_{key}": 0.0 for key in ("high", "low", "tech")}
    hours |= {f"hours_{model.key}": model.hours_per_month for model in rules.models}
    return {
        "basis": "",
        "growth": START_GROWTH,
        "months": START_MONTHS,
        "people": len(queries.people(found.reader)),
        "hours_per_week": rules.capacity.hours_per_week,
        **hours,
    }


def _assumptions(
    asked: Mapping[str, str], found: Source
) -> tuple[CapacityForm, Mapping[str, object]]:
    """Return the form and its values; what is missing or wrong is as it starts."""
    assert found.reader is not None, "it is ready"
    rules = found.reader.catalog.touch
    assert rules is not None, "likewise"
    start = assumed(found)
    form = CapacityForm({**start, **{k: v for k, v in asked.items() if v}})
    form.is_valid()
    value = {**start, **form.cleaned_data}
    for name in form.errors:
        value[name] = start[name]
    keys = {model.key for model in rules.models}
    for key in ("high", "low", "tech"):
        if key not in keys:
            del form.fields[f"hours_{key}"]
    return form, value


def _hours(value: float | None) -> str:
    return formatting.number(value, places=0 if value and value >= 100 else 1)


def _share(part: int | None, whole: int) -> str:
    if part is None or not whole:
        return formatting.MISSING
    return formatting.ratio(part / whole)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
