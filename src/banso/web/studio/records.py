"""Weights and drafts as plain values, for programs."""

from collections.abc import Mapping
from dataclasses import asdict

from banso.web.customers import queries as customers
from banso.web.studio import effects, queries
from banso.web.studio.models import WeightDraft
from banso.webkit.paging import Order, Page, page_of
from banso.webkit.permissions import Staff

Record = Mapping[str, object]


def weights() -> Record:
    """Return the weights of every model in force, and those that are proposed."""
    page = queries.weights_page()
    names = ("key", "label", "present", "proposed")
    return {
        "in_force": page.in_force,
        "is_ahead": page.is_ahead,
        "items": [
            {
                "model": model.key,
                "label": model.label,
                "is_better": model.is_better,
                "elements": [
                    {name: getattr(line, name) for name in names}
                    for line in model.elements
                ],
            }
            for model in page.models
        ],
    }


def list_drafts(*, cursor: str, size: int) -> Page[Record]:
    """Return a page of drafts, the newest first."""
    drafts = WeightDraft.objects.select_related("by", "decided_by")
    order = Order("pk", descending=True)
    page = page_of(drafts, order, cursor=cursor, size=size)
    now = queries.standing()
    return Page([_draft(each, now) for each in page.rows], page.previous, page.next)


def one_draft(draft_id: int, *, visible_to: Staff) -> Record:
    """Return a draft, or answer 404; of those it would move, whom a user sees."""
    draft = queries.get_draft(draft_id)
    effect = effects.from_json(draft.effect)
    listed = [move.customer_id for move in effect.listed]
    seen = customers.visible_customers(visible_to).filter(pk__in=listed)
    ids = set(seen.values_list("pk", flat=True))
    notes = draft.notes.select_related("by")
    return {
        **_draft(draft, queries.standing()),
        "customers": [asdict(m) for m in effect.listed if m.customer_id in ids],
        "judged": [asdict(row) for row in effect.judged],
        "notes": [{"by": n.by.email, "at": n.at, "text": n.text} for n in notes],
    }


def _draft(draft: WeightDraft, now: tuple[str, str]) -> Record:
    effect = effects.from_json(draft.effect)
    is_open = draft.status == WeightDraft.Status.OPEN
    return {
        **{name: getattr(draft, name) for name in _PLAIN},
        "draft_id": draft.pk,
        "is_outdated": is_open and (draft.based_on, effect.release_id) != now,
        "by": draft.by.email,
        "decided_by": draft.decided_by.email if draft.decided_by else None,
        **{name: getattr(effect, name) for name in _EFFECT},
    }


_PLAIN = (
    "model", "status", "origin", "shares", "present", "based_on", "at", "decided_at",
    "why", "published",
)  # fmt: skip
_EFFECT = ("as_of", "bands_before", "bands_after", "moved", "reason")
