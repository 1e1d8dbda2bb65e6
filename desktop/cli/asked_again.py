"""Asks a recording's turns again, in one session with another model or prompt, and tells what differs."""

from __future__ import annotations

import difflib
import re
import webbrowser
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from desktop.audio.format import float_to_pcm16, pcm16_to_float
from desktop.audio.resample import convert
from desktop.cli.headless import HeadlessOptions
from desktop.cli.wording import error_worded, worded
from desktop.conversation.answered import Answered
from desktop.conversation.series_options import SeriesOptions
from desktop.conversation.turn_series import TurnSeries
from desktop.cost import turn_cost
from desktop.cost.prices import Prices
from desktop.cost.table import prices_of
from desktop.cost.total import Total
from desktop.cost.usage import Usage
from desktop.protocol import catalog
from desktop.recording.recorded_turns import RecordedTurn
from desktop.turn.timing import TurnTiming
from desktop.turn.turn_parts import parts_of, wait_of

NO_SOUND = "Its take isn't in the recording."
NOT_ASKED = "It was not asked: the session had ended."


@dataclass(slots=True)
class Answer:
    """What came of a turn; unknown times and costs are None."""

    understood: str = ""
    words: str = ""
    tools: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = False
    wait_ms: float | None = None
    parts_ms: dict[str, float] = field(default_factory=dict)
    cost: str | None = None
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Compared:
    """A turn, as it was recorded and as it was answered again."""

    turn: int
    kind: str
    recorded: Answer
    again: Answer

    @property
    def alike(self) -> float:
        """How much of the words is the same, from 0 to 1."""
        before, after = (_plain_words(one.words) for one in (self.recorded, self.again))
        return difflib.SequenceMatcher(None, before, after, autojunk=False).ratio()

    @property
    def differs(self) -> list[str]:
        """What isn't the same: `words`, `understood`, `tools`, `arguments`, `completeness`."""
        one, other = self.recorded, self.again
        names = [[tool["name"] for tool in each.tools] for each in (one, other)]
        checks = {
            "words": _plain_words(one.words) != _plain_words(other.words),
            "understood": _plain_words(one.understood) != _plain_words(other.understood),
            "tools": names[0] != names[1],
            "arguments": names[0] == names[1] and one.tools != other.tools,
            "completeness": one.complete != other.complete,
        }
        return [name for name, different in checks.items() if different]

    @property
    def passes(self) -> bool:
        """Whether it was answered whole, with the same tools called with the same arguments."""
        return self.again.complete and not {"tools", "arguments"} & set(self.differs)

    def to_object(self) -> dict[str, Any]:
        """For the JSON report."""
        return {**asdict(self), "alike": round(self.alike, 3), "differs": self.differs, "passes": self.passes}


async def ask_again(
    options: HeadlessOptions, turns: Sequence[RecordedTurn], recorded_model: str
) -> list[Compared]:
    """Ask all of them in one session.

    Raises:
        RealtimeError, OfflineError: the session could not be opened, or was lost before any answer.
    """
    found = [
        Compared(number, turn.kind, recorded_answer(turn, recorded_model), Answer(problems=[NOT_ASKED]))
        for number, turn in enumerate(turns, 1)
    ]
    series = TurnSeries(
        SeriesOptions(
            options.model,
            options.settings,
            options.access,
            options.timeout_s,
            ask=options.ask,
            open_page=webbrowser.open,
            words=worded,
        )
    )
    try:
        await series.open()
        for turn, compared in zip(turns, found, strict=True):
            if series.ended:
                break
            compared.again = await _ask(series, turn)
        if series.error and not any(one.again.complete for one in found):
            raise series.error
        for one in found:
            if series.error and one.again.problems == [NOT_ASKED]:
                one.again.problems.append(error_worded(series.error))
    finally:
        await series.close()
    return found


async def _ask(series: TurnSeries, turn: RecordedTurn) -> Answer:
    if turn.kind == "typed":
        return _answer(await series.say(turn.text))
    if not turn.sound:
        return Answer(problems=[NO_SOUND])
    samples = pcm16_to_float(turn.sound[: len(turn.sound) // 2 * 2])

    def at_rate(rate: int) -> bytes:
        return float_to_pcm16(samples if rate == turn.rate else convert(samples, turn.rate, rate))

    return _answer(await series.speak(at_rate))


def _answer(answered: Answered) -> Answer:
    turn = answered.turn
    answer = Answer(
        turn.user,
        turn.assistant,
        [{"name": call.name, "arguments": call.arguments} for call in turn.calls],
        turn.complete,
        cost=_worded_cost(answered.cost),
        problems=list(turn.problems),
    )
    return _timed(answer, answered.timing)


def recorded_answer(turn: RecordedTurn, model: str) -> Answer:
    """What is known of a recorded turn's answer."""
    tools = [{"name": tool.name, "arguments": tool.arguments} for tool in turn.tools]
    return _timed(
        Answer(
            turn.text,
            turn.answer.strip(),
            tools,
            turn.complete,
            cost=_cost(turn.usage, prices_of(catalog.find(model))),
        ),
        turn.timing,
    )


def _timed(answer: Answer, timing: TurnTiming | None) -> Answer:
    if timing is not None:
        answer.wait_ms = wait_of(timing)
        answer.parts_ms = {" + ".join(part.names): round(part.ms, 1) for part in parts_of(timing)}
    return answer


def _cost(usage: Sequence[Usage], prices: Prices) -> str | None:
    if not usage or not prices.known:
        return None
    total = Total()
    for one in usage:
        total.add(turn_cost.of_usage(one, prices))
    return _worded_cost(total)


def _worded_cost(total: Total) -> str | None:
    return ", ".join(str(money) for money in total.money) or None


def _plain_words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold())
