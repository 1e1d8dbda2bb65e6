"""Everything in any order: the turn's invariants, against a server that may do anything."""

from __future__ import annotations

from typing import get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desktop.base.message import verbatim
from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.effects import DisplayState
from desktop.turn.late_results import RUNS_ON, TELL
from desktop.turn.turn import Turn


class AnyOrder(RuleBasedStateMachine):
    """Press, release, cancel, drop, answer: whatever comes, the wire and the speaker stay sane."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = Turn()
        self.now = 0.0
        self.up = False
        self.policy = inputs.Policy()
        # What a server would know from the frames of this connection.
        self.appended_ms = 0.0
        self.takes: dict[int, float] = {}
        self.asked = 0
        """0: no response. 1: asked for. 2: running."""
        self.since = 0.0
        """When the running response was asked for or cancelled; after 2 s its missing end is given up."""
        self.gate = 0
        self.line = False
        self.recorded = 0
        """The take that is recorded on the open line."""
        self.sounding = False
        self.silent_until_next = False
        self.calls: dict[str, str] = {}
        """The last report on each call's id: called, running, or its outcome."""

    def do(self, happened: inputs.Input | events.Event) -> None:
        for effect in self.turn.handle(happened, self.now):
            self.check(effect)

    def check(self, effect: fx.TurnOutput) -> None:
        match effect:
            case fx.OpenLine():
                assert self.up
                assert not self.line
                assert not self.gate, "one way for the microphone"
                assert self.policy.hands_free
                self.line = True
            case fx.CloseLine():
                assert self.line
                self.line = False
            case fx.BeginRecording(take):
                assert not self.recorded
                self.recorded = take
                self.takes[take] = 500.0
            case fx.EndRecording(take):
                assert self.recorded in (take, 0), "one that was sent again isn't recorded"
                self.recorded = 0
            case fx.OpenGate(take):
                assert self.gate == 0, "one gate"
                assert not self.line
                assert not self.policy.hands_free
                self.gate = take
                self.takes[take] = 0.0
            case fx.CloseGate(take):
                assert self.gate == take
                self.gate = 0
            case fx.ResendTake(take):
                assert self.up
                assert take in self.takes, "what was forgotten cannot be sent again"
                self.appended_ms += self.takes[take]
            case fx.ForgetTake(take):
                assert take != self.recorded
                del self.takes[take]
            case fx.AppendSilence():
                assert self.up
                self.appended_ms = 0
            case fx.ToolCalled(call):
                assert self.calls.get(call.tool_call_id) != "running"
                self.calls[call.tool_call_id] = "called"
            case fx.RunTool(call):
                assert self.calls[call.tool_call_id] == "called"
                self.calls[call.tool_call_id] = "running"
            case fx.ToolProgress(call_id, stage):
                before = {"running on": "running", "waiting": "running on"}
                assert self.calls[call_id] == before[stage]
                self.calls[call_id] = stage
            case fx.ToolResultDecided(call_id, outcome):
                before = {
                    "late": ("sent", "dropped"),
                    "dropped": ("running", "sent"),
                    "sent": ("result sent", "waiting"),
                    "ended": ("running", "running on", "waiting"),
                    "cancelled": ("called",),
                    "refused": ("called",),
                }
                assert self.calls[call_id] in before[outcome]
                self.calls[call_id] = outcome
            case fx.PushAudio():
                assert not self.silent_until_next, "output silent after a press"
                self.sounding = True
            case fx.ResponseBegan():
                self.silent_until_next = False
            case fx.StopPlayback():
                self.sounding = False
            case fx.Send(command):
                self.check_command(command)
            case _:
                pass

    def check_command(self, command: c.Command) -> None:
        assert self.up, "nothing is sent without a connection"
        match command:
            case c.AudioCommit():
                assert self.policy.commits, "a server that detects turns gets no commit"
                assert self.appended_ms >= 100, "never an empty or short commit"
                self.appended_ms = 0
            case c.AudioClear():
                self.appended_ms = 0
            case c.ResponseCreate():
                given_up = self.now - self.since >= 2_000
                assert self.asked == 0 or given_up, "never two responses at once"
                self.asked, self.since = 1, self.now
            case c.ToolResult(call_id):
                if self.calls[call_id] == "running on":
                    assert command.tool_result == RUNS_ON, "a word at once, and the result as text"
                    return
                assert self.calls[call_id] in ("running", "called", "waiting")
                self.told(self.calls[call_id])
                self.calls[call_id] = "result sent"
            case c.TextInput(text) if text.endswith(TELL):
                self.told("waiting")
            case c.ResponseCancel():
                assert self.asked == 2, "a cancel only when one runs"
                self.since = self.now
            case _:
                pass

    def told(self, before: str) -> None:
        """A result is told that came late: never over speech, nor while one is made."""
        if before == "waiting":
            assert not self.gate
            assert not self.sounding
            assert self.asked != 2 or self.now - self.since >= 2_000

    @rule(
        commits=st.booleans(),
        hands_free=st.booleans(),
        tail=st.sampled_from([0, 200, 1_000]),
        late_results=st.booleans(),
    )
    @precondition(lambda self: not self.up)
    def connect(self, commits: bool, hands_free: bool, tail: int, late_results: bool) -> None:
        if self.gate:
            hands_free = False  # a take is open: the session was one with a talk key
        self.policy = inputs.Policy(
            commits=commits and not hands_free,
            hands_free=hands_free,
            tail_ms=tail,
            late_results=late_results,
        )
        self.do(inputs.PolicyChanged(self.policy))
        self.do(inputs.Connecting())
        self.up, self.asked, self.appended_ms = True, 0, 0
        self.do(inputs.Connected())

    @rule(commits=st.booleans())
    @precondition(lambda self: self.up)
    def renew(self, commits: bool) -> None:
        self.change_policy(inputs.Policy(commits=commits))
        self.asked, self.appended_ms = 0, 0
        self.do(inputs.Renewed())

    @rule()
    @precondition(lambda self: self.up)
    def rest(self) -> None:
        self.up = False
        self.do(inputs.Dropped(final=False, message=verbatim("Nobody spoke."), rests=True))

    @rule()
    def the_budget_is_used_up(self) -> None:
        self.up = False
        self.do(inputs.Dropped(final=False, message=verbatim("It is used up."), rests=True, held=True))

    @rule(final=st.booleans(), message=st.sampled_from(["", "The connection dropped."]))
    @precondition(lambda self: self.up)
    def drop(self, final: bool, message: str) -> None:
        self.up = False
        self.do(inputs.Dropped(final=final, message=message))

    @rule()
    def press(self) -> None:
        was_open = bool(self.gate)
        sounded = self.sounding
        self.do(inputs.Press())
        if self.gate and not was_open:
            assert not self.sounding, "silence at the press"
            self.silent_until_next = True
        if sounded and self.policy.hands_free and self.up:
            assert not self.sounding, "hands-free the key silences too"

    @rule(cause=st.sampled_from(["key", "focus", "lock", "sleep"]), wait_ms=st.sampled_from([0, 350]))
    def release(self, cause: inputs.ReleaseCause, wait_ms: float) -> None:
        self.do(inputs.Release(cause, wait_ms))

    @rule(hands_free=st.booleans())
    @precondition(lambda self: self.up)
    def change_turns(self, hands_free: bool) -> None:
        self.change_policy(inputs.Policy(commits=not hands_free, hands_free=hands_free))

    def change_policy(self, policy: inputs.Policy) -> None:
        was = self.policy
        effects = self.turn.handle(inputs.PolicyChanged(policy), self.now)
        for effect in effects:
            # Speech begun under the old policy ends under it; only then the new one applies.
            self.policy = policy if isinstance(effect, fx.OpenLine | fx.CloseLine) else was
            self.check(effect)
        self.policy = policy

    @rule(muted=st.booleans())
    def mute(self, muted: bool) -> None:
        self.do(inputs.Mute(muted))

    @rule()
    @precondition(lambda self: self.up and self.line)
    def speech_started(self) -> None:
        self.do(events.SpeechStarted())
        assert not self.sounding, "silence when the user is heard"
        if self.asked == 2:
            self.asked, self.since = 0, self.now  # the server's VAD stops the answer by itself

    @rule()
    def show(self) -> None:
        self.do(inputs.Show("data:", "a picture"))

    @rule()
    def cancel(self) -> None:
        self.do(inputs.Cancel())

    @rule(packets=st.integers(1, 40))
    def capture(self, packets: int) -> None:
        for _ in range(packets):
            self.now += 20
            if self.gate:
                self.takes[self.gate] += 20
                self.appended_ms += 20 if self.up else 0
                self.do(inputs.Captured(20))

    @rule()
    def fall_silent(self) -> None:
        ends = self.turn.heeds_silence
        self.do(inputs.FellSilent())
        assert not (ends and self.gate), "a tail ends when its speaker has"

    @rule()
    @precondition(lambda self: self.gate and self.takes[self.gate] == 0)
    def pre_roll(self) -> None:
        self.takes[self.gate] += 300
        self.appended_ms += 300 if self.up else 0
        self.do(inputs.Captured(300, pre_roll=True))

    @rule(ms=st.sampled_from([10, 500, 3_000, 25_000, 130_000]))
    def wait(self, ms: int) -> None:
        self.now += ms
        self.do(inputs.Tick())

    @rule()
    def playback_ends(self) -> None:
        self.sounding = False
        self.do(inputs.SpeakerDrained())

    @rule(ms=st.sampled_from([None, 0.0, 20.0, 90_000.0]))
    def wait_to_be_sent(self, ms: float | None) -> None:
        self.do(inputs.Unsent(ms))

    @rule(text=st.just("hello"))
    def say(self, text: str) -> None:
        self.do(inputs.Say(text))

    @rule()
    @precondition(lambda self: self.up and self.asked != 2)
    def response_started(self) -> None:
        self.asked = 2
        self.do(events.ResponseStarted())

    @rule(
        status=st.sampled_from(get_args(events.ResponseStatus)),
        reason=st.sampled_from(["", "content_filter", "turn_detected"]),
    )
    @precondition(lambda self: self.up and self.asked == 2)
    def response_completed(self, status: events.ResponseStatus, reason: str) -> None:
        self.asked = 0
        self.do(events.ResponseCompleted(None, status, reason))

    @rule(status=st.sampled_from(get_args(events.ResponseStatus)))
    @precondition(lambda self: self.up and self.asked == 0)
    def response_completed_again(self, status: events.ResponseStatus) -> None:
        self.do(events.ResponseCompleted(None, status))

    @rule(
        event=st.sampled_from(
            [
                events.AudioDelta(b"\0\1" * 100),
                events.TextDelta("word"),
                events.ToolCall("t1", "get_time", {}),
                events.ToolCall("t2", "roll_dice", {}),
            ]
        )
    )
    @precondition(lambda self: self.up and self.asked == 2)
    def deltas(self, event: events.Event) -> None:
        self.do(event)

    @rule()
    def stop_tools(self) -> None:
        self.do(inputs.ToolsStopped())

    @rule(call=st.sampled_from(["t1", "t2", "t9"]))
    def tool_done(self, call: str) -> None:
        self.do(inputs.ToolDone(call, {"ok": True}))

    @rule(call=st.sampled_from(["t1", "t2", "t9"]))
    def tool_runs_on(self, call: str) -> None:
        self.do(inputs.ToolRunsOn(call))

    @rule(
        event=st.sampled_from(
            [
                events.SpeechStopped(),
                events.TranscriptCommitted("words"),
                events.Unknown("new.type"),
                events.SessionStarted(),
                events.Error("strange", "strange"),
                events.Error("Tool call id t1 not found"),
            ]
        )
    )
    @precondition(lambda self: self.up and self.asked != 1)
    def other_events(self, event: events.Event) -> None:
        self.do(event)

    @rule()
    @precondition(lambda self: self.up and self.asked == 0)
    def nothing_to_cancel(self) -> None:
        self.do(events.Error("cancel: no active response"))

    @invariant()
    def every_call_is_running_or_decided(self) -> None:
        assert not {"called", "result sent"} & set(self.calls.values())
        if not self.up:
            assert "running" not in self.calls.values(), "no connection waits for it"

    @invariant()
    def the_gate_is_what_the_turn_says(self) -> None:
        assert bool(self.gate) == self.turn.gate_open

    @invariant()
    def an_open_gate_is_shown(self) -> None:
        if not self.policy.hands_free:
            assert (self.turn.state is DisplayState.LISTENING) == self.turn.gate_open

    @invariant()
    def the_line_is_what_the_turn_says(self) -> None:
        assert self.line == self.turn.streams
        assert not (self.line and self.gate)
        assert self.up or not self.line

    @invariant()
    def a_muted_line_is_closed(self) -> None:
        assert not (self.turn.state is DisplayState.MUTED and self.line)

    @invariant()
    def a_waiting_state_has_a_deadline(self) -> None:
        waiting = {
            DisplayState.LISTENING,
            DisplayState.SENDING,
            DisplayState.THINKING,
            DisplayState.INTERRUPTED,
        }
        assert self.turn.state not in waiting or self.turn.has_deadline

    def teardown(self) -> None:
        """Every state has a way out: time, the ends of tools and the end of playback lead back to rest."""
        self.do(inputs.SpeakerDrained())
        self.do(inputs.Unsent(None))
        self.do(inputs.ToolDone("t1", None))
        self.do(inputs.ToolDone("t2", None))
        self.asked = 2  # whatever runs there, it never ends
        for _ in range(12):
            self.now += 130_000
            for effect in self.turn.handle(inputs.Tick(), self.now):
                assert not isinstance(effect, fx.OpenGate)
        assert not self.turn.gate_open
        assert not self.turn.has_deadline
        self.do(inputs.ToolsStopped())
        assert not {"running", "running on", "waiting"} & set(self.calls.values())
        resting = {
            DisplayState.MUTED,
            DisplayState.OFFLINE,
            DisplayState.CONNECTING,
            DisplayState.READY,
            DisplayState.RECONNECTING,
            DisplayState.RESTING,
            DisplayState.ERROR,
        }
        assert self.turn.state in resting


AnyOrder.TestCase.settings = settings(max_examples=300, stateful_step_count=60, deadline=None)
TestAnyOrder = AnyOrder.TestCase
