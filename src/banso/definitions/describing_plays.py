"""Plays in plain words: who does what by when, and what may follow."""

from collections.abc import Mapping
from typing import Final

from banso.definitions.plays import Channel, Play, Role, Step
from banso.kernel.labels import Label

ROLES: Final[Mapping[Role, Label]] = {
    "csm": Label("CSM", "CSM"),
    "lead": Label("CSリーダー", "CS lead"),
    "support": Label("サポート", "Support"),
    "sales": Label("営業", "Sales"),
    "ops": Label("CS Ops", "CS operations"),
    "product": Label("開発", "Product"),
    "community": Label("コミュニティ担当", "Community"),
    "executive": Label("経営層", "Executive"),
}
CHANNELS: Final[Mapping[Channel, Label]] = {
    "visit": Label("訪問", "visit"),
    "call": Label("電話", "call"),
    "meeting": Label("会議", "meeting"),
    "mail": Label("メール", "mail"),
    "webinar": Label("ウェビナー", "webinar"),
    "chat": Label("チャット", "chat"),
    "in_app": Label("アプリ内", "in the app"),
}
_NOTE: Final = Label("メモ必須", "note required")
_MINUTES: Final = Label("{n}分", "{n} min")


def describe_step(step: Step) -> Label:
    """Return in a few words whose work a step is, by when, how and how long it takes.

    Such as ``CSM・2営業日以内・電話・20分・メモ必須``.
    """
    parts = [
        ROLES[step.role],
        _due(step.due_days),
        *([] if step.channel is None else [CHANNELS[step.channel]]),
        _with_number(_MINUTES, step.minutes),
        *([_NOTE] if step.note_required else []),
    ]
    return Label("・".join(each.ja for each in parts), ", ".join(e.en for e in parts))


def describe_play(play: Play) -> Label:
    """Return the steps of a play in one line, as they are written."""
    steps = [step.label for step in play.steps]
    return Label(" → ".join(each.ja for each in steps), " → ".join(e.en for e in steps))


def _due(days: int) -> Label:
    if days == 0:
        return Label("当日中", "the same day")
    many = "business day" if days == 1 else "business days"
    return _with_number(Label("{n}営業日以内", f"within {{n}} {many}"), days)


def _with_number(template: Label, n: int) -> Label:
    return Label(template.ja.format(n=n), template.en.format(n=n))
