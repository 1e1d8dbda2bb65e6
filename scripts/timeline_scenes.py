"""The timeline in the screenshots: of a session that runs, and of a recording that is read."""

from __future__ import annotations

import numpy as np
from stage import Stage, call_tools, exchange_frames, talk, time_turns

from desktop.turn.marks import Mark
from desktop.ui.window.main_window import MainWindow
from desktop.viewmodels.dates import moment
from desktop.viewmodels.timeline.timeline import Timeline

RATE = 24_000
BYTES_A_MS = 48
PACKET_MS = 10
TURNS_MS = ((1_200, 2_600, 4_200), (10_500, 3_400, 9_800), (27_000, 1_900, 6_000), (38_500, 4_100, 11_000))
"""When each turn's key goes down, how long it is held, and how long its answer is."""
STOPPED = 2
"""The turn whose answer is interrupted, after so many ms."""
STOPPED_MS = 4_000


def _speech(ms: int, seed: int) -> bytes:
    """Noise with the loudness of syllables and pauses."""
    rnd = np.random.default_rng(seed)
    count = ms * RATE // 1_000
    steps = np.repeat(rnd.random(count // 2_400 + 1) ** 2 * (rnd.random(count // 2_400 + 1) > 0.2), 2_400)
    loud = np.convolve(steps[:count], np.hanning(2_400) / 1_200, "same")
    return (rnd.standard_normal(count) * loud * 9_000).clip(-32_768, 32_767).astype("<i2").tobytes()


class _Story:
    """Puts turns on a timeline."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self._offsets = {"out": 0, "in": 0}
        self.mark(0, "session", input_rate=RATE, output_rate=RATE)

    def mark(self, at: float, kind: str, turn: int = 0, **fields: object) -> None:
        self.timeline.mark(Mark(round(at * 1_000), kind, turn=turn, **fields))  # type: ignore[arg-type]

    def frame(self, ms: float, came: bool, kind: str, size: int = 0) -> None:
        way = "in" if came else "out"
        offset = self._offsets[way] if size else None
        self.timeline.frame(round(ms * 1_000), way, kind, offset, size)  # type: ignore[arg-type]
        self._offsets[way] += size

    def turn(self, number: int, down: int, held: int, answer: int) -> None:
        up = down + held
        self.mark(down, "key_down", number)
        self.timeline.peaks["sent"].add(_speech(held + 200, number))
        for ms in range(0, held + 200, PACKET_MS):
            self.frame(down + ms, False, "audio.append", PACKET_MS * BYTES_A_MS)
        for ms, kind in ((0, "key_up"), (180, "captured_to"), (190, "gate_shut"), (200, "commit")):
            self.mark(up + ms, kind, number)
        self.frame(up + 200, False, "audio.commit")
        self.frame(up + 205, False, "response.create")
        begin = up + 520
        self.frame(begin, True, "response.started")
        self.mark(begin, "reply_started", number)
        if number == 2:
            self.mark(begin + 60, "tool_started", number, text="get_weather")
            self.mark(begin + 900, "tool_ended", number, text="get_weather", ms=840.0)
            begin += 1_200
        self.timeline.peaks["received"].add(_speech(answer, 10 + number))
        for ms in range(0, answer, 200):
            self.frame(begin + 240 + ms / 4, True, "audio.delta", 200 * BYTES_A_MS)
            self.frame(begin + 241 + ms / 4, True, "text.delta")
        self.mark(begin + 240, "first_delta", number)
        self.mark(begin + 330, "first_sample", number, reply=number, ms=22.0)
        self.mark(begin + 420, "first_audible", number, reply=number, ms=90.0)
        self.frame(begin + 300 + answer / 4, True, "response.completed")
        self.mark(begin + 300 + answer / 4, "reply_done", number, reply=number)
        if number == 1:
            self.mark(begin + 2_500, "underrun", number, ms=350.0)
        if number - 1 == STOPPED:
            self.mark(begin + 330 + STOPPED_MS, "interrupted", number, reply=number)
            self.mark(begin + 350 + STOPPED_MS, "last_audible", number, reply=number, ms=float(STOPPED_MS))
        else:
            self.mark(begin + 330 + answer, "last_audible", number, reply=number)


def story() -> Timeline:
    """Four turns of most of a minute: a tool, a speaker that ran empty, an interruption."""
    made = _Story()
    for number, (down, held, answer) in enumerate(TURNS_MS, 1):
        made.turn(number, down, held, answer)
    return made.timeline


def live(window: MainWindow, stage: Stage) -> None:
    """The drawer is open below the conversation."""
    timeline = story()
    window.timeline.opened.connect(lambda: window.timeline.show_timeline(timeline))
    window.timeline.toggle()
    window.talk_button.setFocus()


def read(window: MainWindow, stage: Stage) -> None:
    """A recording is read: its playhead is in an answer."""
    past = Stage()
    talk(past)
    call_tools(past)
    exchange_frames(past)
    time_turns(past)
    window.reading.show(
        moment(past.transcript.lines[0].at),
        past.transcript,
        past.tool_calls,
        past.events,
        past.timing,
        story(),
        60_000_000.0,
    )
    page = window.reading.page
    assert page is not None
    page.side.setCurrentWidget(page.side.timing)
    page.drawer.view.seek(19_400_000.0)
