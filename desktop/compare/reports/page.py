"""The report as one HTML file without a network or a script: table, plots, answers, sound, frames.

Its policy allows its own style sheet, by hash, and sound in data URLs; nothing else. So even words that were
not escaped could load or run nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from desktop.audio.format import wav_bytes
from desktop.compare.evidence import Evidence, FrameRow, NoEvidence
from desktop.compare.reports.markup import Markup, foreign, joined, tag, words
from desktop.compare.reports.plots import bars, dots
from desktop.compare.reports.style import STYLE
from desktop.compare.reports.table import NONE, cost_of, money_worded, tools_worded
from desktop.compare.results import Outcome, RunResult, TurnResult
from desktop.compare.statistics import Summary, counted, differences, summaries

MOST_SOUND = 24_000_000
"""Bytes of sound in one report, before they are written as text: eight minutes at 24 kHz."""
MOST_CARDS = 600
"""Answers; of more, the first, and those that failed."""
MOST_FRAMES = 60
"""Runs whose frames are shown."""
POLICY = "default-src 'none'; style-src 'sha256-{}'; media-src data:; base-uri 'none'; form-action 'none'"
SOUND_LEFT_OUT = "The sound of the rest is left out of this file; it is in the recordings."
CARDS_LEFT_OUT = "Of {count} answers {shown} are shown here. All are in the JSON and CSV reports."
TIMES = (
    "Times are in ms, from the key-up (typed: from the sending; where the server finds the end: "
    "from that) to the first audible sound. The spread is the range of the middle half."
)
TABLE = (
    "Target",
    "n",
    "Median",
    "p95",
    "Spread",
    "Leading silence",
    "Length",
    "Words/min",
    "Stalls",
    "Cost",
    "Errors",
    "Checks",
)


def to_html(outcome: Outcome, evidence: Evidence | None = None) -> bytes:
    """The report as the content of a file."""
    page = _Page(outcome, evidence or NoEvidence())
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(digest)}">'
    head = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'{policy}<meta name="viewport" content="width=device-width">'
        f'<meta name="referrer" content="no-referrer"><title>Comparison</title><style>{STYLE}</style></head>'
    )
    return f"{head}{tag('body', *page.parts())}</html>\n".encode()


class _Page:
    def __init__(self, outcome: Outcome, evidence: Evidence) -> None:
        self._outcome, self._evidence = outcome, evidence
        self._sound_left = MOST_SOUND
        self._frames_left = MOST_FRAMES
        self._sound_left_out = False

    def parts(self) -> Iterator[Markup]:
        outcome = self._outcome
        turns = sum(len(run.turns) for run in outcome.runs)
        yield tag("h1", "Comparison")
        made = outcome.made_at.replace("T", " ")[:16]
        yield tag("p", f"{made} UTC, {outcome.program}, n = {turns} answers", cls="quiet")
        if not outcome.complete:
            yield tag("p", "It is not complete: it was stopped, or is one part of several.", cls="bad")
        if outcome.notes:
            yield tag("ul", *(tag("li", note) for note in outcome.notes), cls="notes")
        yield from self._figures()
        yield tag("h2", "What each one said")
        cards = list(self._conversations())
        yield from cards
        if self._sound_left_out:
            yield tag("p", SOUND_LEFT_OUT, cls="quiet")
        yield tag("h2", "How it was measured")
        yield self._facts()

    def _figures(self) -> Iterator[Markup]:
        yield tag("h2", "In figures")
        head = tag("tr", *(tag("th", title) for title in TABLE))
        rows = [self._row(at) for at in range(len(self._outcome.targets))]
        yield tag("div", tag("table", head, *rows), cls="scroll")
        yield tag("p", TIMES, cls="quiet")
        judged = differences(self._outcome)
        if judged:
            lines = (
                tag("li", foreign(self._outcome.targets[one.target].name), f": {one.worded()}")
                for one in judged
            )
            yield tag("ul", *lines)
        for title, plot in (("Every wait", dots(self._outcome)), ("Its parts, medians", bars(self._outcome))):
            if plot:
                yield tag("h3", title)
                yield plot

    def _row(self, target: int) -> Markup:
        outcome = self._outcome
        found, count = summaries(outcome, target), counted(outcome, target)
        wait = found.get("key_up_to_audible_ms")
        stall = found.get("stall_ms")
        stalls = f"{count.stalls} ({stall.most:.0f} ms)" if count.stalls and stall else str(count.stalls)
        checks = f"{count.passed} of {count.checks}" if count.checks else NONE
        cells = (
            *(str(wait.n) if wait else "0", _median(wait)),
            *((f"{wait.p95:.0f}", f"{wait.spread:.0f}") if wait else (NONE, NONE)),
            *(_median(found.get(name)) for name in ("leading_silence_ms", "length_ms", "words_a_minute")),
            *(stalls, money_worded(cost_of(outcome, target)), str(count.errors), checks),
        )
        return tag(
            "tr", tag("td", foreign(outcome.targets[target].name)), *(tag("td", cell) for cell in cells)
        )

    def _conversations(self) -> Iterator[Markup]:
        left = MOST_CARDS
        shown = count = 0
        keys = dict.fromkeys(
            (run.conversation, turn.turn, turn.asked) for run in self._outcome.runs for turn in run.turns
        )
        for name, number, asked in keys:
            of_turn = [
                (run, turn)
                for at in range(len(self._outcome.targets))
                for run in self._outcome.runs_of(at)
                for turn in run.turns
                if (run.conversation, turn.turn) == (name, number)
            ]
            count += len(of_turn)
            picked = [one for one in of_turn if left > 0 or not one[1].passed][: max(left, 0) or MOST_CARDS]
            left -= len(picked)
            shown += len(picked)
            if picked:
                title = f"{name}: turn {number}" if name else f"Turn {number}"
                yield tag("h3", title, ": ", foreign(words(asked, 200)))
                yield tag("div", *(self._card(run, turn) for run, turn in picked), cls="answers")
        failed = [run for run in self._outcome.runs if not run.turns]
        if failed:
            yield tag("h3", "Without an answer")
            yield tag("div", *(self._failed(run) for run in failed[:MOST_CARDS]), cls="answers")
        if shown < count:
            yield tag("p", CARDS_LEFT_OUT.format(count=count, shown=shown), cls="quiet")

    def _card(self, run: RunResult, turn: TurnResult) -> Markup:
        again = f" · repeat {run.repeat}" if self._outcome.repeats > 1 else ""
        facts = [_times(turn), money_worded(turn.cost, "")]
        if turn.stalls:
            facts.append(f"{turn.stalls} stalls, {turn.stall_ms:.0f} ms")
        if turn.retries:
            facts.append(f"{turn.retries} retries")
        checks = (
            tag(
                "li",
                f"{'passed' if one.passed else 'failed'}: {one.expects}",
                f" ({one.found})" if one.found and not one.passed else "",
                cls="good" if one.passed else "bad",
            )
            for one in turn.checks
        )
        problems = dict.fromkeys([turn.error, *turn.problems] if turn.error else turn.problems)
        return tag(
            "div",
            tag("h4", foreign(self._outcome.targets[run.target].name), again),
            tag("p", tag("span", "heard: ", cls="quiet"), foreign(turn.understood or NONE))
            if turn.kind == "spoken"
            else None,
            tag("p", foreign(turn.answer or NONE), cls="said"),
            tag("p", tag("span", "tools: ", cls="quiet"), foreign(tools_worded(turn)))
            if turn.tools
            else None,
            tag("p", ", ".join(fact for fact in facts if fact), cls="quiet"),
            *(tag("p", foreign(problem), cls="bad") for problem in problems),
            tag("ul", *checks) if turn.checks else None,
            self._sound(run, turn),
            self._frames(run, turn),
            cls="card",
        )

    def _failed(self, run: RunResult) -> Markup:
        return tag(
            "div",
            tag("h4", foreign(self._outcome.targets[run.target].name)),
            tag("p", foreign(run.error or NONE), cls="bad"),
            tag("p", f"{run.retries} retries", cls="quiet") if run.retries else None,
            cls="card",
        )

    def _sound(self, run: RunResult, turn: TurnResult) -> Markup | None:
        if turn.sound is None:
            return None
        if turn.sound.bytes > self._sound_left:
            self._sound_left_out = True
            return None
        pcm = self._evidence.sound(run, turn)
        if not pcm:
            return None
        self._sound_left -= len(pcm)
        content = base64.b64encode(wav_bytes(pcm, max(1, turn.sound.rate))).decode()
        # No words of anybody's: it needs no escaping, which would take long.
        return Markup(f'<audio controls preload="none" src="data:audio/wav;base64,{content}"></audio>')

    def _frames(self, run: RunResult, turn: TurnResult) -> Markup | None:
        if turn is not run.turns[0] or self._frames_left <= 0:
            return None
        rows = self._evidence.frames(run)
        if not rows:
            return None
        self._frames_left -= 1
        head = tag("tr", *(tag("th", name) for name in ("ms", "", "frame", "bytes")))
        return tag(
            "details",
            tag("summary", "Frames of this run"),
            tag("div", tag("table", head, *map(_frame_row, rows)), cls="scroll"),
        )

    def _facts(self) -> Markup:
        outcome = self._outcome
        machine = outcome.machine
        facts: list[tuple[str, object]] = [
            ("Date", outcome.made_at),
            ("Program", outcome.program),
            ("Machine", f"{machine.system}, {machine.processors} processors, Python {machine.python}"),
            ("Repeats", f"{outcome.repeats}, the targets in a random order each time (seed {outcome.seed})"),
            ("Sessions", f"{outcome.sessions} at once, if the service allows it"),
            ("Speed", "sent at the speed of speech" if outcome.realtime else "sent as fast as possible"),
        ]
        if outcome.shards:
            facts.append(("Parts", ", ".join(outcome.shards)))
        for source in outcome.sources:
            hashes = ", ".join(f"{digest} at {rate} Hz" for rate, digest in source.sha256.items())
            facts.append(
                ("Sound", joined(foreign(source.name), f", {source.seconds:.1f} s, SHA-256 {hashes}"))
            )
        for at, info in enumerate(outcome.targets):
            price = info.price.words if info.price else "not known"
            trips = [run.round_trip_ms for run in outcome.runs_of(at) if run.round_trip_ms is not None]
            trip = f"; network round trip {sorted(trips)[len(trips) // 2]:.1f} ms" if trips else ""
            facts.append(("Target", joined(foreign(info.name), f": {price}{trip}")))
        return tag("dl", *(joined(tag("dt", name), tag("dd", value)) for name, value in facts))


def _frame_row(row: FrameRow) -> Markup:
    name = f"{row.type} × {row.count}" if row.count > 1 else row.type  # noqa: RUF001 - as it is written
    arrow = "→" if row.direction == "out" else "←"
    cells = (tag("td", f"{row.ms:.1f}"), tag("td", arrow), tag("td", name, cls="words"))
    return tag("tr", *cells, tag("td", f"{row.bytes:,}"))


def _median(found: Summary | None) -> str:
    return f"{found.median:.0f}" if found else NONE


def _times(turn: TurnResult) -> str:
    if turn.key_up_to_audible_ms is None:
        return "never audible"
    parts = ", ".join(f"{name.replace('_', ' ')} {ms:.0f}" for name, ms in turn.parts_ms.items() if round(ms))
    return f"{turn.key_up_to_audible_ms:.0f} ms" + (f" ({parts})" if parts else "")
