"""Approvals: what counts as a yes, what is a no, and that nothing else ever runs a tool.

The random sequences run a model of the user and the world against the queue and the guard of the card's
strokes, and keep books of their own about which strokes were an approval.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from desktop.protocol.commands import ToolDefinition
from desktop.tools.approval import ANSWER_S, MOST, READ_S, ApprovalQueue, ApprovalRequest, Denial
from desktop.tools.context import ToolContext
from desktop.tools.origin import ToolOrigin
from desktop.tools.registry import Tool, TooManyQuestionsError
from desktop.ui.tools.stroke_guard import REPEAT_S, StrokeGuard

SERVER = ToolOrigin("mcp", "disk", '["disk-server"]', "wipe")


async def wipe(arguments: dict[str, object], context: ToolContext) -> None:
    """Never called here."""


WIPE = Tool(ToolDefinition("disk__wipe", "Wipes it.", {"type": "object"}), wipe, origin=SERVER)


def request(call_id: str = "t1") -> ApprovalRequest:
    return ApprovalRequest(call_id, WIPE)


class Asking:
    """A queue, and what it decided."""

    def __init__(self) -> None:
        self.decided: list[tuple[str, Denial | None]] = []
        self.queue = ApprovalQueue(lambda one, why: self.decided.append((one.call_id, why)))

    def ask(self, call_id: str = "t1", now: float = 0.0, *, seen: bool = True) -> ApprovalRequest:
        one = request(call_id)
        self.queue.add(one, now)
        if seen:
            self.queue.seen(one, now)
        return one


@pytest.mark.parametrize("answer", ["once", "always"])
@pytest.mark.parametrize(("struck", "counts"), [(0.0, False), (READ_S - 0.001, False), (READ_S, True)])
def test_a_yes_counts_only_when_it_was_struck_after_half_a_second(answer, struck: float, counts: bool):
    asking = Asking()
    one = asking.ask()
    assert asking.queue.answer(one, answer, struck, now=5.0) is counts
    assert asking.decided == ([("t1", None)] if counts else [])


def test_a_yes_to_what_nobody_could_see_does_not_count():
    asking = Asking()
    one = asking.ask(seen=False)
    assert not asking.queue.answer(one, "once", 10.0, 10.0)


@pytest.mark.parametrize(("answer", "why"), [("no", Denial.NO), ("never", Denial.NEVER)])
def test_a_no_counts_at_once(answer, why: Denial):
    asking = Asking()
    assert asking.queue.answer(asking.ask(), answer, 0.0, 0.0)
    assert asking.decided == [("t1", why)]


def test_a_minute_without_an_answer_is_a_no_also_for_what_is_not_seen():
    asking = Asking()
    asking.ask("t1", seen=False)
    asking.ask("t2", seen=False)
    asking.queue.tick(ANSWER_S - 0.001)
    assert asking.decided == []
    asking.queue.tick(ANSWER_S)
    assert asking.decided == [("t1", Denial.UNANSWERED)], "the next one has a minute of its own"
    asking.queue.tick(2 * ANSWER_S)
    assert asking.decided[1:] == [("t2", Denial.UNANSWERED)]


def test_a_yes_that_comes_too_late_does_not_count():
    asking = Asking()
    one = asking.ask()
    assert not asking.queue.answer(one, "once", ANSWER_S, ANSWER_S)


def test_the_next_one_must_be_seen_anew():
    asking = Asking()
    first, second = asking.ask("t1"), asking.ask("t2")
    assert asking.queue.answer(first, "once", 1.0, 1.0)
    assert not asking.queue.answer(second, "once", 9.0, 9.0)
    assert not asking.queue.answer(first, "once", 9.0, 9.0)
    asking.queue.seen(second, 10.0)
    assert not asking.queue.answer(second, "once", 10.4, 10.4)
    assert asking.queue.answer(second, "once", 10.5, 10.5)


def test_a_dropped_connection_denies_its_own_calls():
    asking = Asking()
    asking.ask("t1")
    asking.ask("t2")
    asking.queue.withdraw("t1", Denial.DROPPED, 0.0)
    assert asking.decided == [("t1", Denial.DROPPED)]
    assert asking.queue.asked
    assert asking.queue.asked.call_id == "t2"


def test_more_than_can_be_read_are_refused():
    asking = Asking()
    for number in range(MOST):
        asking.ask(f"t{number}")
    with pytest.raises(TooManyQuestionsError):
        asking.ask("one too many")


def test_every_denial_tells_the_model_that_the_tool_did_not_run():
    assert all("not run" in why.value and why.value.endswith(".") for why in Denial)


def test_a_held_key_is_no_stroke_however_its_repeats_come():
    guard = StrokeGuard()
    assert not guard.key_down(1, 0.0, repeats=False), "before the card"
    guard.seen(0.5)
    at = 0.9
    for _ in range(100):  # pairs of up and down, as X11 sends them
        guard.key_up(1, at)
        assert not guard.key_down(1, at + 0.005, repeats=False)
        at += 0.03
    assert not guard.key_down(1, at + 5.0, repeats=False), "it never went up"
    guard.key_up(1, at + 6.0)
    assert guard.key_down(1, at + 6.1 + REPEAT_S, repeats=False)


class User:
    """Random strokes at a card, and books of which of them approve."""

    KEYS = (1, 2, 3)
    """1 approves; the others are the talk key and another."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 100.0
        self.guard = StrokeGuard()
        self.ran: Counter[str] = Counter()
        self.approved: Counter[str] = Counter()
        self.queue = ApprovalQueue(self._on_decided)
        self.card: ApprovalRequest | None = None
        self.seen_at: float | None = None
        self.down: dict[int, float] = {}
        self.count = 0

    def _on_decided(self, one: ApprovalRequest, why: Denial | None) -> None:
        if why is None:
            self.ran[one.call_id] += 1

    def follow(self) -> None:
        """The card shows what the queue asks."""
        if self.queue.asked is not self.card:
            self.card, self.seen_at = self.queue.asked, None
            self.guard.hide()

    def call(self) -> None:
        self.count += 1
        try:
            self.queue.add(request(f"t{self.count}"), self.now)
        except TooManyQuestionsError:
            pass

    def paint(self) -> None:
        if self.card and self.guard.seen(self.now):
            self.seen_at = self.now
            self.queue.seen(self.card, self.now)

    def key_down(self) -> None:
        key = self.random.choice(self.KEYS)
        held = key in self.down
        repeats = held and self.random.random() < 0.9
        if held:  # a repeat: as such, or as a pair of up and down that looks real
            if not repeats:
                self.guard.key_up(key, self.now)
            self.now += 0.002
        fresh = self.guard.key_down(key, self.now, repeats=repeats)
        self.down.setdefault(key, self.now)
        if fresh and key == 1 and self.card:
            self._yes(legal=not held and self._read(self.now))

    def key_up(self) -> None:
        if self.down:
            key = self.random.choice(list(self.down))
            del self.down[key]
            self.guard.key_up(key, self.now)
            self.now += 0.2  # nobody strikes the same key sooner

    def click(self) -> None:
        struck = self.now
        legal = self._read(struck)
        before = self.card
        may = self.guard.may(struck)
        if self.random.random() < 0.3:  # a window that hangs reads it later
            self.now += self.random.random() * 2
        if self.random.random() < 0.2:
            self.drop()
        self.follow()
        if may and self.card:
            self._yes(struck, legal=legal and self.card is before)

    def drop(self) -> None:
        if self.card:
            self.queue.withdraw(self.card.call_id, Denial.DROPPED, self.now)

    def leave(self) -> None:
        self.guard.lose_keys()

    def close(self) -> None:
        self.queue.deny_all(Denial.CLOSED, self.now)

    def deny(self) -> None:
        if self.card:
            self.queue.answer(self.card, "no", self.now, self.now)

    def wait(self) -> None:
        self.now += self.random.choice((0.05, 0.2, 0.5, 0.5, 1.0, 1.0, 2.0, 61.0))
        self.queue.tick(self.now)

    def _read(self, struck: float) -> bool:
        return self.card is not None and self.seen_at is not None and struck - self.seen_at >= READ_S

    def _yes(self, struck: float | None = None, *, legal: bool) -> None:
        assert self.card
        one = self.card
        if self.queue.answer(one, "once", self.now if struck is None else struck, self.now):
            assert legal, "a stroke that was meant for something else approved a call"
            self.approved[one.call_id] += 1


ACTIONS = dict(call=4, paint=6, key_down=4, key_up=3, click=4, wait=5, drop=1, leave=1, close=1, deny=1)
"""What happens, and how often."""


def test_a_destructive_tool_never_runs_without_an_approval_in_10_000_random_sequences():
    approvals = 0
    for seed in range(10_000):
        user = User(seed)
        for action in user.random.choices([*ACTIONS], [*ACTIONS.values()], k=25):
            getattr(user, action)()
            user.follow()
        assert user.ran == user.approved, f"seed {seed}"
        assert all(times == 1 for times in user.ran.values())
        approvals += user.ran.total()
    assert approvals > 1_000, "the sequences reach what they are about"
