"""The connections of the tools: calls that wait for the user's approval, and the bench."""

from __future__ import annotations

from desktop.app.build import Parts
from desktop.settings.schema import HOTKEYS
from desktop.turn.effects import Note
from desktop.viewmodels import shortcuts
from desktop.viewmodels.wording import worded

CARD_KEYS = {shortcuts.APPROVE.keys, shortcuts.DENY.keys}


def connect(parts: Parts) -> None:
    """Connect them."""
    window, approvals, presenter = parts.window, parts.tools.approvals, parts.controller.presenter
    approvals.counted.connect(window.approval.count)
    approvals.asked.connect(window.approval.ask)
    approvals.settled.connect(window.approval.settle)
    approvals.waiting.connect(presenter.show_waiting)
    approvals.noted.connect(lambda message: parts.notes.add(Note("warning", message, subject="news")))
    window.call_seen.connect(approvals.seen)
    window.call_answered.connect(approvals.answer)
    window.closed.connect(parts.tools.lose_user)
    # bench
    bench, inspector = parts.tools.bench, window.side.tools
    inspector.bench.bent.connect(bench.bend)
    inspector.bench.straightened.connect(bench.straighten)
    bench.changed.connect(inspector.bench.show_settings)
    bench.refused.connect(lambda message: inspector.bench.show_problem(worded(message)))
    presenter.tool_calls.dataChanged.connect(lambda *_: bench.look())
    parts.store.changed.connect(lambda name: _forbid_keys(parts) if name in HOTKEYS else None)
    _forbid_keys(parts)


def _forbid_keys(parts: Parts) -> None:
    """A key that talks, mutes or discards in all programs must never approve."""
    settings = parts.store.current
    parts.window.approval.forbid_keys(any(getattr(settings, name) in CARD_KEYS for name in HOTKEYS))
