"""One conversation with the service, across reconnects: it carries out what the turn decides.

    events, keys, audio ──> Turn.handle ──> effects (carried out here) and notices (given to the observer)

One task owns the connection and its retries (`run`), one each runs a tool, and a timer of the loop steps
the audio and the clock. All of it is on one thread, so nothing here is locked; receiving waits for nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from desktop.audio.cues import Cue
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.levels import Level
from desktop.base.message import Message, Text
from desktop.protocol import commands, events
from desktop.protocol.catalog import Model
from desktop.realtime.audio_io import AudioIO, Side
from desktop.realtime.connection import FrameObserver
from desktop.realtime.effect_executor import EffectExecutor
from desktop.realtime.endpoint import AskEndpoint
from desktop.realtime.handshake import Opened
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.retry import PATIENCE_S
from desktop.realtime.session_events import (
    Counters,
    DeviceLost,
    NotRenewed,
    PlaybackEnded,
    PlaybackStarted,
    SessionOpened,
    UpdateRefused,
)
from desktop.realtime.session_updates import SessionUpdates
from desktop.realtime.speaker_downlink import SpeakerDownlink
from desktop.realtime.supervisor import Supervisor
from desktop.realtime.supervisor_callbacks import OpenReason, SupervisorCallbacks
from desktop.realtime.ticker import Ticker
from desktop.tools.runner import ToolRunner
from desktop.turn import effects, inputs
from desktop.turn.mute_switch import MuteSwitch
from desktop.turn.turn import Turn

log = logging.getLogger(__name__)

TICK_MS = 50.0
"""Between two looks of waiting states at their deadlines."""

ROOM_MS = 80
"""How long a cue lingers in a room: it is quiet, and has faded by 12 dB and more where walls are near."""

NOBODY_LISTENS = Text("nobody-listens", "There is no microphone. Plug one in, or type.")
SOUND_NOT_KEPT = Text("sound-not-kept", "The sound of that answer is not kept any more.")

Observer = Callable[[effects.Notice], None]


class Session:
    """A conversation. Make it, `await run()` in a task, then press, release, say; `close` ends it.

    `config` is asked for before each connection, and `endpoint` with it; `patience`, in seconds, after
    each try that failed.

    Microphone and speaker are opened when the session is open and closed with it. `observer` gets every
    notice, on the loop's thread; it must not wait. `mute_switch` is given where a mute outlives the session.
    """

    def __init__(
        self,
        endpoint: AskEndpoint,
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
        patience: Callable[[], float] = lambda: PATIENCE_S,
    ) -> None:
        self._supervisor = Supervisor(endpoint, config, model, frames, patience)
        self._updates = SessionUpdates()
        mute_switch = mute_switch or MuteSwitch()
        self._turn = Turn(policy, mute_switch)
        self._observer = observer
        self._uplink = MicrophoneUplink(microphone, self._append, self._on_captured, mute_switch)
        self._downlink = SpeakerDownlink(speaker, self._on_playback_ended, self._on_heard)
        self._inbox: deque[inputs.Input | events.Event] = deque()
        self._handling = False
        self._audio_io = AudioIO(self._uplink, self._downlink, self._on_cut)
        self._ticker = Ticker(self._step, lambda: self._turn.gate_open or self._turn.streams)
        self._executor = EffectExecutor(
            self._supervisor, self._uplink, self._downlink, self._ticker, runner, observer, self._handle
        )
        self._next_tick = 0.0

    @property
    def state(self) -> effects.State:
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
        """Whether there are takes without a response: the next `run` sends them."""
        return self._turn.keeps_takes

    def retarget(self, endpoint: AskEndpoint) -> None:
        """Set where the next `run` connects. The model must be the same, for its rates."""
        self._supervisor.retarget(endpoint)

    def reconnect_now(self) -> None:
        """Connect without waiting any longer, or check whether an open connection is still alive."""
        self._supervisor.connect_now()

    def update(self, changes: commands.Config) -> None:
        """Change the open session. A refusal comes as the notice `UpdateRefused`."""
        self._supervisor.send(commands.SessionUpdate(changes))
        self._updates.add(changes, self._now())

    def set_policy(self, policy: inputs.Policy) -> None:
        """Take turns by this policy from now on, the open take included."""
        if policy != self._turn.policy:
            self._handle(inputs.PolicyChanged(policy))

    def press(self) -> None:
        """The talk key went down. Without a microphone there is only a hint."""
        if self._turn.state is not effects.State.CONNECTING and not self._audio_io.hears:
            self._observer(effects.Note("hint", NOBODY_LISTENS()))
            return
        if self._downlink.replaying and self._turn.policy.hands_free:
            self._stop_replay()  # that is all that the key was pressed for
            return
        self._stop_replay()
        self._handle(inputs.Press())

    def release(self, cause: inputs.ReleaseCause = "key", wait_ms: float = 0) -> None:
        """The talk key went up; `wait_ms` keeps the take open for a second tap."""
        self._audio_io.step()  # what was said before the release is in the ring still
        self._handle(inputs.Release(cause, wait_ms))

    def cancel(self) -> None:
        """Throw the take away, or silence the response."""
        self._stop_replay()
        self._handle(inputs.Cancel())

    def say(self, text: str) -> None:
        """Send a typed message and ask for a response."""
        self._handle(inputs.Say(text))

    def send_context(self, text: str) -> None:
        """Tell the model something that the user didn't say. It asks for no response."""
        if text:
            self._supervisor.send(commands.TextInput(text))

    def replay(self, response: int) -> None:
        """Play what was not heard of a response, if nobody speaks."""
        if self._turn.gate_open or self._downlink.playing:
            return
        if not self._downlink.replay(response):
            self._observer(effects.Note("hint", SOUND_NOT_KEPT()))

    def _stop_replay(self) -> None:
        if self._downlink.replaying:
            self._downlink.flush()

    def mute(self, muted: bool) -> None:
        """Send silence instead of what the microphone hears; hands-free, send nothing at all."""
        self._handle(inputs.Mute(muted))

    def cue(self, name: Cue) -> bool:
        """Sound a cue; the microphone hears nothing meanwhile. Returns False without a speaker.

        Nothing sounds into a line that is always open, nor while somebody speaks, but for the take's start.
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

    def set_volume(self, volume: float) -> None:
        """Set the volume, from 0 to 1, at once."""
        self._downlink.speaker.volume = volume

    async def exchange(
        self,
        microphone: Microphone | None = None,
        speaker: Speaker | None = None,
        between: Callable[[], None] | None = None,
    ) -> dict[Side, AudioError]:
        """Take other devices, see `AudioIO.exchange`. Returns what couldn't be opened, and why."""
        return await self._audio_io.exchange(microphone, speaker, between)

    async def run(self) -> None:
        """Connect, converse, reconnect, until `close` or an end that no retry can mend.

        Raises:
            RealtimeError: the session could not be opened or kept. What was said is kept with this object:
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
                    not_renewed=lambda: self._observer(NotRenewed()),
                )
            )
        finally:
            await self._rest()

    async def close(self) -> None:
        """End the session; `run` then returns."""
        await self._supervisor.close()

    async def _prepare(self, opened: Opened) -> None:
        problems = await self._audio_io.open(opened.input_rate, opened.output_rate)
        for side, problem in problems.items():
            self._observer(DeviceLost(side, problem.message))

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

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time() * 1_000

    async def _rest(self) -> None:
        self._ticker.stop()
        await self._executor.stop_tools()
        self._handle(inputs.ToolsStopped())
        self._executor.silence()  # what was not heard is known only now
        await self._audio_io.close()

    # Stepping

    def _step(self) -> None:
        """Move the clock and the audio on: the clock first, it must go on whatever the devices do."""
        now = self._now()
        if now >= self._next_tick:
            self._next_tick = now + TICK_MS
            for side in self._audio_io.newly_lost():
                self._observer(DeviceLost(side))
                if side == "microphone":
                    self._handle(inputs.Release("device"))
            if self._turn.has_deadline:
                self._handle(inputs.Tick())
        self._uplink.mask.deaf = self._turn.policy.half_duplex and self._downlink.sounding(self._now())
        self._audio_io.step()

    def _on_captured(self, ms: float, pre_roll: bool) -> None:
        self._handle(inputs.Captured(ms, pre_roll))

    def _on_playback_ended(self) -> None:
        self._handle(inputs.SpeakerDrained())

    def _on_cut(self, cut: dict[int, tuple[float, float]]) -> None:
        for response, (heard, received) in cut.items():
            self._observer(effects.Heard(response, heard, received))
        if not self._downlink.playing:
            self._handle(inputs.SpeakerDrained())

    def _on_heard(self, response: int, ago_ms: float | None) -> None:
        self._observer(PlaybackEnded(response) if ago_ms is None else PlaybackStarted(response, ago_ms))

    # The turn

    def _handle(self, happened: inputs.Input | events.Event) -> None:
        """Tell the turn, and carry out what it returns. What happens meanwhile is queued."""
        self._inbox.append(happened)
        if self._handling:
            return
        self._handling = True
        try:
            while self._inbox:
                for effect in self._turn.handle(self._inbox.popleft(), self._now()):
                    if isinstance(effect, effects.Effect):
                        self._executor.do(effect)
                    else:
                        self._observer(effect)
        finally:
            self._handling = False

    def _append(self, packet: bytes) -> None:
        self._supervisor.send(commands.AudioAppend(packet))
