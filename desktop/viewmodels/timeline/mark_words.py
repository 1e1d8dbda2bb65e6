"""A timeline's marks and times in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.base.visible_text import visible_line
from desktop.turn.marks import Mark
from desktop.viewmodels import numbers

LONGEST_NAME = 60


def mark_words(mark: Mark) -> str:
    """What happened."""
    translate = QCoreApplication.translate
    words = {
        "session": translate("MarkWords", "Session open"),
        "renewal": translate("MarkWords", "Session renewed"),
        "drop": translate("MarkWords", "Connection lost"),
        "key_down": translate("MarkWords", "Key down"),
        "key_up": translate("MarkWords", "Key up"),
        "take_kept": translate("MarkWords", "Kept for later"),
        "take_discarded": translate("MarkWords", "Discarded"),
        "commit": translate("MarkWords", "Sent"),
        "cancel": translate("MarkWords", "Asked to stop"),
        "reply_started": translate("MarkWords", "Answer begins"),
        "first_delta": translate("MarkWords", "First sound received"),
        "first_audible": translate("MarkWords", "First sound heard"),
        "last_audible": translate("MarkWords", "Last sound heard"),
        "interrupted": translate("MarkWords", "Interrupted"),
        "reply_done": translate("MarkWords", "Answer complete"),
        "underrun": translate("MarkWords", "Speaker empty"),
        "tool_started": translate("MarkWords", "Tool begins"),
        "tool_ended": translate("MarkWords", "Tool ends"),
    }.get(mark.mark, mark.mark)
    if mark.mark in ("tool_started", "tool_ended") and mark.text:
        words = f"{words}: {visible_line(mark.text[:LONGEST_NAME])}"
    if mark.mark in ("underrun", "tool_ended") and mark.ms is not None:
        words = f"{words}, {numbers.duration(mark.ms)}"
    return words


def mark_line(mark: Mark) -> str:
    """What happened, when, and in which turn."""
    words = f"{mark_words(mark)}, {clock_words(mark.t, exact=True)}"
    if mark.turn > 0:
        turn = QCoreApplication.translate("MarkWords", "turn {0}").format(mark.turn)
        return f"{words}, {turn}"
    return words


def clock_words(t_us: float, *, exact: bool = False, step_us: float = 1_000_000) -> str:
    """A time since the beginning: 1:05, 1:01:05, or 1:05.250 where it is `exact` or in finer steps."""
    ms = round(max(0.0, t_us) / 1_000)
    seconds, rest = divmod(ms, 1_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    words = f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
    if exact:
        return f"{words}.{rest:03d}"
    digits = 0 if step_us >= 1_000_000 else 1 if step_us >= 100_000 else 2
    return f"{words}.{rest // 10 ** (3 - digits):0{digits}d}" if digits else words
