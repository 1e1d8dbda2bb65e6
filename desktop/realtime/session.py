"""One conversation with the service, across reconnects: it carries out what the turn decides.

    events, keys, audio ──> TurnLoop ──> effects (for the executor) and notices (for the observer)

One task owns the connection and its retries (`run`), each tool runs in a task of its own, and a timer of the
event loop steps the audio and the clock. Everything runs on one thread: no locks, and receiving never waits.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable

from desktop.audio.cues import Cue
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.levels import Level
from desktop.base.message import Message, Text
from desktop.base.shielded import shielded
from desktop.protocol import commands, events
from desktop.protocol.catalog import Model
from desktop.realtime.audio_io import AudioIO, Side
from desktop.realtime.block_rhythm import BlockRhythm
from desktop.realtime.connection import FrameObserver
from desktop.realtime.echo_path import EchoPath
from desktop.realtime.effect_executor import EffectExecutor, LateRule
from desktop.realtime.endpoint import EndpointProvider
from desktop.realtime.handshake import Opened
from desktop.realtime.microphone_loan import MicrophoneLoan
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.quiet_spell import NEVER, QuietSpell, RestRule
from desktop.realtime.recent_sounds import RecentSounds
from desktop.realtime.replay import Replay
from desktop.realtime.response_audio import HeardOf
from desktop.realtime.retry import PATIENCE_S
from desktop.realtime.session_events import (
    Counters,
    DeviceLost,
    NotRenewed,
    PlaybackEnded,
    PlaybackStarted,
    SessionOpened,
    Stalled,
    Underrun,
    UpdateRefused,
)
from desktop.realtime.session_updates import SessionUpdates
from desktop.realtime.speaker_downlink import SpeakerDownlink
from desktop.realtime.supervisor import Supervisor
from desktop.realtime.supervisor_callbacks import OpenReason, SupervisorCallbacks
from desktop.realtime.ticker import IDLE_STEP_S, LATE_S, REST_STEP_S, STEP_S, LoopTimer, Ticker, Timer
from desktop.realtime.turn_loop import TurnLoop
from desktop.tools.runner import ToolRunner
from desktop.turn import effects, inputs
from desktop.turn.mute_switch import MuteSwitch
from desktop.turn.numbering import Numbering
from desktop.turn.turn import Turn

log = logging.getLogger(__name__)

TAIL_LATE_MS = 60.0
"""How much later than by the clock a tail may have been captured: more than the error of a latency."""

TICK_MS = 50.0
"""How often states that wait look at their deadlines."""

ROOM_MS = 80
"""How long a cue lingers in a room: it is quiet, and has faded by 12 dB and more where walls are near."""

NOBODY_LISTENS = Text("nobody-listens", "There is no microphone. Plug one in, or type.")

Observer = Callable[[effects.Notice], None]


class Session:
    """A conversation. Make it, `await run()` in a task, then press, release, say; `close` ends it.

    Args:
        endpoint: asked for before each connection, with the configuration.
        model: gives the rates and the longest life of a session where the service names none.
        config: asked for before each connection.
        policy: how turns are taken.
        microphone: opened when the session is open, and closed with it.
        speaker: likewise.
        runner: runs the tools.
        observer: gets every notice, on the loop's thread; it must not wait.
        frames: sees every frame, both ways.
        mute_switch, numbering: given where they outlive the session.
        sounds: gets the sound of takes and responses, given where they can be played again.
        patience: asked after each try that failed for how many seconds a lost connection is retried.
        rest: when the connection is closed because nobody speaks; a press opens it again.
        timer: drives the steps; the loop's own if None.
        late: asked at each call when the conversation goes on without the tool's result.
    """

    def __init__(
        self,
        endpoint: EndpointProvider,
        model: Model,
        config: Callable[[], commands.Config],
        policy: inputs.Policy,
        *,
        microphone: Microphone,
        speaker: Speaker,
        runner: ToolRunner,
        observer: Observer,
        frames: FrameObserver | None = None,
        mute_switch: MuteSwitch | None = None,
        numbering: Numbering | None = None,
        sounds: RecentSounds | None = None,
        patience: Callable[[], float] = lambda: PATIENCE_S,
        rest: RestRule = NEVER,
        timer: Timer | None = None,
        late: Callable[[], LateRule] = LateRule,
    ) -> None:
        self._supervisor = Supervisor(endpoint, config, model, frames, patience)
        self._updates = SessionUpdates()
        mute_switch = mute_switch or MuteSwitch()
        self._turn = Turn(policy, mute_switch, numbering)
        self._observer = observer = shielded(observer, "an observer of the session")
        self._uplink = MicrophoneUplink(
            microphone, self._append, self._supervisor.send_sound, self._on_captured, mute_switch, sounds
        )
        self._downlink = SpeakerDownlink(speaker, self._on_drained, self._on_heard, sounds, self._on_gap)
        self.microphone_loan = MicrophoneLoan(self._uplink)
        self.replays = Replay(self._downlink, lambda: self.listens)
        self._echo_path = EchoPath(self._uplink, self._downlink, observer)
        self._audio_io = AudioIO(self._uplink, self._downlink, self._on_cut)
        self._rhythm = BlockRhythm()
        self._ticker = Ticker(self._step, self._pace, timer or LoopTimer())
        self._executor = EffectExecutor(
            self._supervisor, self._uplink, self._downlink, self._ticker, runner, observer, self._handle, late
        )
        self._turn_loop = TurnLoop(self._turn, self._now, self._executor.do, observer)
        self._next_tick_ms = 0.0
        self._rest_rule = rest
        self._quiet_spell = QuietSpell()

    @property
    def state(self) -> effects.DisplayState:
        """The display state: one word for the user."""
        return self._turn.state

    @property
    def policy(self) -> inputs.Policy:
        """How turns are taken now."""
        return self._turn.policy

    @property
    def counters(self) -> Counters:
        """Overruns, underruns, prebuffer and the ping's round trip."""
        audio_io = self._audio_io
        return Counters(
            audio_io.overruns, audio_io.underruns, audio_io.prebuffer_ms, self._supervisor.round_trip_ms
        )

    @property
    def latencies_ms(self) -> tuple[float | None, float | None]:
        """The microphone's and the speaker's, as they are reported; None where that isn't known."""
        return self._uplink.microphone.latency_ms or None, self._downlink.speaker.latency_ms

    @property
    def levels(self) -> tuple[Level, Level]:
        """How loud the microphone is, and what is heard of the speaker."""
        return self._audio_io.levels

    @property
    def listens(self) -> bool:
        """Whether the user speaks: a take is open, or the server hears them."""
        return self._turn.user_speaks

    @property
    def quiet(self) -> bool:
        """Whether nobody speaks: no take is open, and nothing is being played."""
        return not self.listens and not self._downlink.playing

    @property
    def keeps_takes(self) -> bool:
        """Whether there are takes that no server has answered: the next `run` sends them."""
        return self._turn.keeps_takes

    @property
    def unsent_ms(self) -> float:
        """How much sound waits to be sent, in milliseconds."""
        return self._supervisor.unsent_bytes * 500 / max(1, self._uplink.rate)

    def retarget(self, endpoint: EndpointProvider) -> None:
        """Where the next `run` connects. The model must be the same, for its rates."""
        self._supervisor.retarget(endpoint)

    def reconnect_now(self) -> None:
        """Connect without waiting any longer, or see whether an open connection is still alive."""
        self._supervisor.connect_now()

    def hold(self, why: Message) -> bool:
        """Begin no new turn: what is said from now on is kept until `reconnect_now`. False if it can't be.

        What is said already goes on; a response under way is dropped.
        """
        return self._turn.activity != "speaking" and self._supervisor.rest(why, "held", held=True)

    def update(self, changes: commands.Config) -> None:
        """Change the open session; a refusal is reported as `UpdateRefused`."""
        self._supervisor.send(commands.SessionUpdate(changes))
        self._updates.add(changes, self._now())

    def set_policy(self, policy: inputs.Policy) -> None:
        """Take turns in this way from now on; it holds for a take in progress too."""
        if policy != self._turn.policy:
            self._handle(inputs.PolicyChanged(policy))

    def press(self, made_at: float | None = None) -> None:
        """The talk key went down, at this time of the loop's clock, by default now.

        Without a microphone that is only a hint to the user.
        """
        if self._turn.state is not effects.DisplayState.CONNECTING and not self._audio_io.has_microphone:
            self._observer(effects.Note("hint", NOBODY_LISTENS(), subject="take"))
            return
        silences = self.replays.playing and self._turn.policy.hands_free
        self.replays.stop()
        self.microphone_loan.end()
        if silences:
            return  # hands-free, a press during a replay only stops it
        self._move_until(made_at)  # the rest belongs to the take, or to what comes after it
        self._handle(inputs.Press(self._ago_ms(made_at)))
        self._uplink.end_tail(None)

    def release(
        self, cause: inputs.ReleaseCause = "key", wait_ms: float = 0, made_at: float | None = None
    ) -> None:
        """The talk key went up, at this time of the loop's clock; `wait_ms` allows for a second tap.

        What was captured after that is not sent, but for the tail, whenever it is handled.
        """
        passed_ms = self._move_until(made_at)
        self._handle(inputs.Release(cause, wait_ms, self._ago_ms(made_at), passed_ms))
        tail_ms = max(self._turn.policy.tail_ms, wait_ms) + TAIL_LATE_MS
        in_tail = made_at is not None and self._turn.gate_open
        self._uplink.end_tail(made_at + tail_ms / 1_000 if made_at and in_tail else None)
        self._move_sound()

    def hold_sound(self, made_at: float | None) -> None:
        """The talk key may have gone up at this time: send nothing from after it yet. None: it hasn't."""
        self._uplink.hold(made_at)

    def _move_until(self, made_at: float | None) -> float:
        """Move what was captured before an event; the milliseconds from after it that have gone already."""
        self._uplink.hold(made_at)
        self._audio_io.step()
        return self._uplink.moved_since_ms(made_at)

    def _ago_ms(self, made_at: float | None) -> float:
        return 0.0 if made_at is None else max(0.0, self._now() - made_at * 1_000)

    def cancel(self) -> None:
        """Throw the take away, or silence the response."""
        self.replays.stop()
        self._handle(inputs.Cancel())

    def say(self, text: str) -> None:
        """Send a typed message and ask for a response."""
        self._handle(inputs.Say(text))

    def send_context(self, text: str) -> None:
        """Give the model a text that isn't a turn of the user's: it doesn't respond to it."""
        if text:
            self._supervisor.send(commands.TextInput(text))

    def mute(self, muted: bool) -> None:
        """Send silence instead of the microphone's sound; hands-free, nothing at all."""
        self._handle(inputs.Mute(muted))

    def cue(self, name: Cue) -> bool:
        """Sound a cue; the microphone is deaf to it. False without a speaker.

        Hands-free there are no cues, and while the user speaks only that of the take's start.
        """
        if self._turn.policy.hands_free or (self.listens and name != "start"):
            return True
        ms = self._downlink.cue(name)
        if ms:
            self._uplink.deafen(ms + ROOM_MS)
        return ms > 0

    def show(self, url: str, caption: Message) -> None:
        """Send a picture as a data URL; the next turn may be about it."""
        self._handle(inputs.Show(url, caption))

    def set_gain(self, gain_db: float) -> None:
        """Set the microphone's gain in dB."""
        self._uplink.microphone.gain_db = gain_db

    def set_volume(self, volume: float) -> None:
        """Set the speaker's volume, from 0 to 1."""
        self._downlink.speaker.volume = volume

    def set_headset(self, headset: bool) -> None:
        """Whether the speaker is known to be at somebody's ears."""
        self._downlink.speaker.headset = headset

    async def exchange(
        self,
        microphone: Microphone | None = None,
        speaker: Speaker | None = None,
        between: Callable[[], None] | None = None,
    ) -> dict[Side, AudioError]:
        """Go on with other devices, see `AudioIO.exchange`; what couldn't be opened, and why."""
        return await self._audio_io.exchange(microphone, speaker, between)

    async def run(self) -> None:
        """Connect, converse, reconnect, until `close` or an end that no retry can mend.

        Raises:
            RealtimeError: the session could not be opened or kept. Unsent takes stay in this object:
                `run` may be called again.
        """
        self._ticker.start()
        try:
            await self._supervisor.run(
                SupervisorCallbacks(
                    handle=self._on_connection_event,
                    prepare=self._prepare,
                    opened=self._on_opened,
                    activity=lambda: self._turn.activity,
                    unanswered_turn=lambda: self._turn.unanswered_turn,
                    not_renewed=lambda: self._observer(NotRenewed()),
                )
            )
        finally:
            await self._rest()

    async def close(self, *, keep: bool = False) -> None:
        """End the session; `run` then returns. `keep`: what has no response yet is sent by the next `run`."""
        if keep:
            self._audio_io.step()  # speech from before is still in the ring
        await self._supervisor.close(keep=keep)

    async def _prepare(self, opened: Opened) -> None:
        problems = await self._audio_io.open(opened.input_rate, opened.output_rate)
        for side, problem in problems.items():
            self._observer(DeviceLost(side, problem))

    def _on_opened(self, opened: Opened, reason: OpenReason) -> None:
        rates = (opened.input_rate, opened.output_rate)
        again, renewed = reason == "reconnect", reason == "renewal"
        self._observer(SessionOpened(opened.session_id, *rates, again, renewed, self._supervisor.renews_s))
        self._updates.clear()
        self._handle(inputs.Renewed() if renewed else inputs.Connected())

    def _on_connection_event(self, happened: inputs.Input | events.Event) -> None:
        if isinstance(happened, events.Error):
            refused = self._updates.refused_by(happened, self._now())
            if refused:
                self._observer(UpdateRefused(refused, happened.message, happened.code))
                return
        self._handle(happened)

    def _handle(self, happened: inputs.Input | events.Event) -> None:
        self._turn_loop.handle(happened)

    def _append(self, packet: bytes) -> None:
        self._supervisor.send(commands.AudioAppend(packet))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time() * 1_000

    async def _rest(self) -> None:
        self._ticker.stop()
        await self._executor.stop_tools()
        self._handle(inputs.ToolsStopped())
        self._executor.silence()  # only now it is known what was not heard
        await self._audio_io.close()

    # Stepping

    @property
    def _needs_each_block(self) -> bool:
        """Whether each of the microphone's blocks is wanted at once."""
        return self._turn.gate_open or self._turn.streams

    def _pace(self) -> float:
        if self._needs_each_block:
            return STEP_S
        waits = self._turn.has_deadline or self._downlink.playing or self._supervisor.holds_turn
        return IDLE_STEP_S if waits or not self._uplink.rests else REST_STEP_S

    def _step(self) -> None:
        """Advance the clock and the audio: the clock first, whatever the devices do."""
        now = self._now()
        if now >= self._next_tick_ms:
            self._next_tick_ms = now + TICK_MS
            for side in self._audio_io.newly_lost():
                self._observer(DeviceLost(side))
                if side == "microphone":
                    self._handle(inputs.Release("device"))
            self._report_unsent()
            self._rest_when_quiet(now)
            # After a stall, what came meanwhile is read first: it may be what a deadline waits for.
            if self._turn.has_deadline and not self._ticker.late:
                self._handle(inputs.Tick())
        self._echo_path.follow(self._turn.policy, self._now())
        if self._ticker.late:
            self._audio_io.step_speaker()  # a key may have gone up meanwhile, and is learned of first
            if self._turn.gate_open:
                self._observer(Stalled(self._ticker.stalled_since))
        else:
            # Stopped in the middle of a step, the program goes on there, with what was captured since.
            self._move_sound(now / 1_000 + LATE_S)
            if self._needs_each_block and self._now() < now + LATE_S * 1_000:
                self._ticker.next_in(self._rhythm.next_s(self._uplink.found))

    def _move_sound(self, until: float = math.inf) -> None:
        self._audio_io.step(until)
        if self._turn.heeds_silence and self._uplink.fell_silent:
            self._handle(inputs.FellSilent())

    def _rest_when_quiet(self, now: float) -> None:
        # Hands-free the user may speak at any time, without a press that would wake it.
        stays = self._turn.policy.hands_free or self._supervisor.holds_turn or not self._supervisor.connected
        after_s = 0.0 if stays else self._rest_rule.after_s()
        if self._quiet_spell.due(now / 1_000, self._turn.activity, after_s):
            self._quiet_spell.over()
            self._supervisor.rest(self._rest_rule.message(), "quiet")

    def _report_unsent(self) -> None:
        if self._supervisor.holds_turn:
            self._handle(inputs.Unsent(self.unsent_ms))
        elif self._turn.sending:
            self._handle(inputs.Unsent(None))

    def _on_captured(self, ms: float, pre_roll: bool) -> None:
        self._handle(inputs.Captured(ms, pre_roll))

    def _on_drained(self) -> None:
        self._handle(inputs.SpeakerDrained())

    def _on_cut(self, cut: dict[int, HeardOf]) -> None:
        for response, (heard, received) in cut.items():
            self._observer(effects.Heard(response, heard, received))
        if not self._downlink.playing:
            self._handle(inputs.SpeakerDrained())

    def _on_heard(self, response: int, ago_ms: float | None) -> None:
        if ago_ms is None:
            self._observer(PlaybackEnded(response))
        else:
            self._observer(PlaybackStarted(response, ago_ms, self._downlink.speaker.latency_ms))

    def _on_gap(self, ms: float) -> None:
        self._observer(Underrun(ms))
