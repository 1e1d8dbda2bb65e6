"""The conversation as a document."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.models.transcript import Line

_NAMES = {"user": "You", "assistant": "Assistant"}


def to_markdown(lines: Iterable[Line]) -> str:
    """The lines as Markdown, with their times; what was not heard is struck through."""
    parts = ["# Conversation"]
    for line in lines:
        if line.speaker == "system":
            parts.append(f"_{line.text}_")
            continue
        heard = line.text if line.heard is None else line.text[: line.heard].rstrip()
        unheard = "" if line.heard is None else line.text[line.heard :].strip()
        note = f" _({line.note})_" if line.note else ""
        text = heard + (f" ~~{unheard}~~" if unheard else "")
        parts.append(f"**{_NAMES[line.speaker]}** · {line.at:%H:%M:%S}{note}\n\n{text}")
    return "\n\n".join(parts) + "\n"
