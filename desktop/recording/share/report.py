"""A recording as one HTML file: transcript, timeline, times and frames, in any browser, without a network.

In English, whatever the window's language is: it is made for an issue at the provider's. Everything that
comes from the recording is escaped, and reaches the script as data only. The page's own policy lets it load
nothing, and run nothing but our script.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

import msgspec

from desktop.base import paths
from desktop.base.visible_text import visible_line
from desktop.recording.folder.layout import FrameLine, SessionInfo
from desktop.recording.journal import CallRecord, LineRecord, StoredConversation
from desktop.recording.share.placed_sound import PlacedSound, Stretch
from desktop.recording.share.redactor import KINDS, Kind
from desktop.turn.marked_turns import turns_of
from desktop.turn.marks import Mark
from desktop.turn.timing import TurnTiming
from desktop.turn.turn_parts import parts_of, wait_of

MOST_ROWS = 20_000
MOST_TEXT = 12_000_000
"""Characters of all frames together."""
LONGEST_FRAME = 4_000
LONGEST_VALUE = 20_000
MOST_MARKS = 20_000
COUNTED: dict[Kind, str] = {
    "key": "keys and tokens",
    "email": "e-mail addresses",
    "home": "home folders",
    "user": "user names",
    "host": "host names",
}
_UNSAFE = {mark: f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


@dataclass(slots=True)
class ReportData:
    """What the report shows: all of it redacted already."""

    session: SessionInfo
    stored: StoredConversation | None
    marks: Sequence[Mark]
    lines: Sequence[FrameLine]
    stretches: Sequence[Stretch]
    sound: PlacedSound | None
    redacted: Mapping[Kind, int] = field(default_factory=dict)

    @property
    def length_s(self) -> float:
        """From the recording's zero to its last moment."""
        ends = [
            self.session.ended_us or 0,
            *(mark.t for mark in self.marks),
            *(line.t for line in self.lines),
        ]
        return max(max(ends) / 1e6, *(one.end for one in self.stretches), 0.0)


def report(data: ReportData) -> str:
    """The file's text."""
    folder = paths.resources() / "report"
    script = (folder / "report.js").read_text("utf-8")
    style = (folder / "report.css").read_text("utf-8")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; media-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    title = f"Recording of {data.session.began:%Y-%m-%d %H:%M} UTC"
    return "".join(
        (
            "<!doctype html>\n",
            '<html lang="en"><head><meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n',
            '<meta name="referrer" content="no-referrer">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{escape(title)}</title>\n<style>{style}</style></head>\n<body>\n",
            f"<header><h1>{escape(title)}</h1>\n{_head(data)}</header>\n",
            _timeline(data.sound),
            _transcript(data),
            _times(data),
            _FRAMES,
            f'<script type="application/json" id="data">{embedded(_script_data(data))}</script>\n',
            f"<script>{script}</script>\n</body></html>\n",
        )
    )


def embedded(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element, or begins a comment."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for mark, escape_of_it in _UNSAFE.items():
        text = text.replace(mark, escape_of_it)
    return text


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _text(value: str, longest: int = LONGEST_VALUE) -> str:
    cut = value if len(value) <= longest else f"{value[:longest]}…"
    return escape(cut)


def _head(data: ReportData) -> str:
    session = data.session
    models = dict.fromkeys(f"{part.model} {part.voice}".strip() for part in session.sessions)
    devices = dict.fromkeys(
        f"{name}: {device.name}, {device.rate} Hz, {_latency(device.latency_ms)}"
        for part in session.sessions
        for name, device in (("microphone", part.microphone), ("speaker", part.speaker))
        if device.name
    )
    rates = dict.fromkeys(f"{part.input_rate} Hz in, {part.output_rate} Hz out" for part in session.sessions)
    redacted = ", ".join(
        f"{data.redacted[kind]} {COUNTED[kind]}" for kind in KINDS if data.redacted.get(kind)
    )
    rows = (
        ("Program", session.program),
        ("Model, voice", "; ".join(models)),
        ("Rates", "; ".join(rates)),
        ("Devices", "; ".join(devices)),
        ("Length", _clock(data.length_s)),
        ("Taken out", redacted or "nothing"),
    )
    found = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in rows if value)
    config = json.dumps(session.config, indent=2, ensure_ascii=False) if session.config else ""
    asked = f"<details><summary>Configuration as sent</summary><pre>{_text(config)}</pre></details>"
    return f"<dl>{found}</dl>{asked if config else ''}"


def _latency(ms: float | None) -> str:
    return "latency unknown" if ms is None else f"{ms:.0f} ms"


def _timeline(sound: PlacedSound | None) -> str:
    player = '<p class="muted">The sound is not part of this report.</p>'
    if sound:
        coded = base64.b64encode(sound.data).decode()
        player = (
            f'<audio id="sound" controls preload="auto" src="data:{sound.mime};base64,{coded}"></audio>'
            + ("" if sound.whole else '<p class="muted">Only the beginning can be played here.</p>')
        )
    return (
        f'<section><h2>Timeline</h2>{player}<canvas id="timeline" aria-hidden="true"></canvas>\n'
        '<input type="range" id="position" min="0" max="1" step="0.01" value="0" aria-label="Position">\n'
        '<div class="now"><output id="clock"></output><span class="muted" id="there"></span></div>'
        "</section>\n"
    )


_FRAMES = """<section><h2>Frames</h2>
<div class="tools">
<input type="search" id="find" placeholder="Find in the frames" aria-label="Find in the frames">
<button id="earlier">Earlier</button><button id="later">Later</button><output id="pages"></output></div>
<div class="scroll"><table><thead><tr>
<th>Time</th><th><span aria-label="Direction">⇄</span></th><th>Frame</th>
<th class="number">Bytes</th></tr></thead><tbody id="frames"></tbody></table></div></section>
"""


def _transcript(data: ReportData) -> str:
    stored = data.stored
    if stored is None or not stored.lines:
        return '<section><h2>Transcript</h2><p class="muted">No words were kept.</p></section>\n'
    calls = {call.call_id: call for call in stored.calls}
    rows = "".join(_line(line, calls.get(line.call_id), data.session.began) for line in stored.lines)
    return f'<section><h2>Transcript</h2><ol class="talk">{rows}</ol></section>\n'


def _line(line: LineRecord, call: CallRecord | None, began: datetime) -> str:
    at = max(0.0, (line.at - began).total_seconds())
    who = line.speaker if line.speaker in ("user", "assistant", "tool") else "system"
    words = _text(line.text)
    if line.heard is not None and 0 <= line.heard < len(line.text) <= LONGEST_VALUE:
        rest = escape(line.text[line.heard :])
        words = f'{escape(line.text[: line.heard])}<span class="unheard" title="not heard">{rest}</span>'
    if call is not None and who == "tool":
        words = (
            f"{_text(call.name)} · {_text(call.state)} · {call.duration_ms:.0f} ms"
            f"<details><summary>Arguments and result</summary><pre>{_json(call.arguments)}\n\n"
            f"{_json(call.result)}</pre></details>"
        )
    note = f' <span class="muted">{_text(line.note)}</span>' if line.note else ""
    return (
        f'<li class="{who}"><button class="at" data-at="{at:.3f}">{_clock(at)}</button>'
        f'<div><span class="who">{who}</span>{note}<div class="words">{words}</div></div></li>\n'
    )


def _json(value: Any) -> str:
    return _text(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def _times(data: ReportData) -> str:
    model = next((part.model for part in data.session.sessions if part.model), "")
    turns = [turn for turn in turns_of(data.marks, model) if wait_of(turn) is not None]
    if not turns:
        return '<section><h2>Times</h2><p class="muted">No turn was timed.</p></section>\n'
    longest = max(wait_of(turn) or 0.0 for turn in turns) or 1.0
    rows = "".join(_turn(turn, longest) for turn in turns)
    return (
        '<section><h2>Times</h2><p class="muted">From the end of the speech to the first audible sound.</p>'
        '<div class="scroll"><table><thead><tr><th>Turn</th><th class="number">Wait</th><th>Parts, ms</th>'
        f"<th>Waterfall</th></tr></thead><tbody>{rows}</tbody></table></div></section>\n"
    )


def _turn(turn: TurnTiming, longest: float) -> str:
    parts = parts_of(turn)
    words = " · ".join(f"{' + '.join(part.names).replace('_', ' ')} {part.ms:.0f}" for part in parts)
    begin = parts[0].begin if parts else 0.0
    bars = "".join(
        f'<rect x="{(part.begin - begin) / longest * 100:.2f}" y="0" height="14" '
        f'width="{max(part.ms / longest * 100, 0.2):.2f}" class="{part.side or "mixed"}"/>'
        for part in parts
    )
    return (
        f'<tr><td>{turn.number}</td><td class="number">{wait_of(turn) or 0:.0f} ms</td>'
        f"<td>{escape(words)}</td>"
        f'<td><svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">{bars}</svg></td>'
        "</tr>\n"
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0.0, seconds), 60)
    return f"{minutes:.0f}:{rest:05.2f}"


def _script_data(data: ReportData) -> dict[str, Any]:
    sound = data.sound
    return {
        "length": round(data.length_s, 3),
        "stretches": [
            {
                "side": one.track,
                "begin": round(one.begin, 3),
                "end": round(one.end, 3),
                "heard": None if one.heard is None else round(one.heard, 3),
            }
            for one in data.stretches
        ],
        "marks": sorted(
            [round(mark.t / 1e6, 4), visible_line(f"{mark.mark.replace('_', ' ')} {mark.text}".strip())]
            for mark in list(data.marks)[:MOST_MARKS]
        ),
        "tools": list(_tools(data.marks)),
        "frames": _frames(data.lines),
        "a_second": sound.a_second if sound else 1,
        "peaks": sound.peaks if sound else None,
    }


def _tools(marks: Sequence[Mark]) -> Iterator[list[Any]]:
    for mark in marks:
        if mark.mark == "tool_ended":
            yield [round((mark.t / 1e6) - (mark.ms or 0.0) / 1e3, 3), round(mark.t / 1e6, 3), mark.text]


def _frames(lines: Sequence[FrameLine]) -> list[list[Any]]:
    """Time, direction, type, bytes, count and text; frames of sound that follow each other are one row."""
    rows: list[list[Any]] = []
    room = MOST_TEXT
    for line in lines:
        silent = line.type in ("audio.append", "audio.delta")
        last = rows[-1] if rows else None
        if silent and last and last[1:3] == [line.direction, line.type] and not last[5]:
            last[3] += line.size
            last[4] += 1
            continue
        if len(rows) >= MOST_ROWS or room <= 0:
            rows.append([round(line.t / 1e6, 4), "in", "the rest is in frames.jsonl", 0, 1, ""])
            break
        text = "" if silent else _shown(line)
        room -= len(text)
        rows.append([round(line.t / 1e6, 4), line.direction, line.type, line.size, 1, text])
    return rows


def _shown(line: FrameLine) -> str:
    raw = line.text if line.text is not None else bytes(line.frame).decode(errors="replace")
    if line.text is None and len(raw) <= LONGEST_FRAME:
        try:
            raw = msgspec.json.format(raw, indent=2)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return raw
    return raw if len(raw) <= LONGEST_FRAME else f"{raw[:LONGEST_FRAME]}…"
