"""Hands-free: how the microphone is kept from hearing the assistant, and what stops it.

    microphone → `clean` (echo canceller) → mask → `admit` (what may be sent) → gate → wire
                        ↑ what the speaker was handed        └→ the speaker is quieter, or waits

Where echo isn't cancelled, and no headset is known, the microphone is sent as silence while the assistant
sounds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np

from desktop.audio import echo as echo_cancelling
from desktop.audio import reported_values
from desktop.audio.echo import Cleaned, EchoCanceller
from desktop.audio.format import Samples
from desktop.audio.interfaces import Microphone, Speaker
from desktop.base.message import Text
from desktop.realtime.barge_in import BargeIn
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.speaker_downlink import SpeakerDownlink
from desktop.turn import effects, inputs

log = logging.getLogger(__name__)

NO_CANCELLER = Text(
    "no-echo-canceller",
    "Echo can't be cancelled on this computer, so the microphone is muted while the assistant speaks. With "
    "headphones, switch that off in the settings.",
)


_NO_ECHO = Cleaned(np.zeros(0, dtype=np.float32), 0.0, False)


class EchoPath:
    """Follows the policy and the devices of a session, on the event loop's thread.

    Args:
        uplink: whose sound it cleans and withholds.
        downlink: what is heard, and made quieter.
        tell: gets what the user should know.
        make: makes a canceller; raises ImportError where there is none.
    """

    def __init__(
        self,
        uplink: MicrophoneUplink,
        downlink: SpeakerDownlink,
        tell: Callable[[effects.Notice], None],
        make: Callable[..., EchoCanceller] = EchoCanceller,
    ) -> None:
        self._uplink = uplink
        self._downlink = downlink
        self._tell = tell
        self._make = make
        uplink.clean, uplink.admit = self.clean, self.admit
        self._policy = inputs.Policy()
        self._sounds = False
        self._missing = False
        self._canceller: EchoCanceller | None = None
        self._between: tuple[Microphone, Speaker, bool] | None = None
        """Whose echo the canceller has learned, and whether it suppresses noise."""
        self._cleaned = _NO_ECHO
        self._barge_in: BargeIn | None = None

    @property
    def cancels(self) -> bool:
        """Whether echo is being cancelled."""
        return self._canceller is not None

    def follow(self, policy: inputs.Policy, now: float) -> None:
        """Before each step: how turns are taken, and the time in milliseconds."""
        self._policy = policy
        if not policy.hands_free:
            self._sounds = False
            self._leave()
            return
        self._prepare()
        if not self._uplink.streams:
            # Nothing will decide what stops the assistant: the line is muted, or being opened again.
            self._barge_in = None
            self._let_speaker_be()
        self._sounds = self._downlink.sounding(now)
        self._uplink.mask.deaf = self._mutes and self._sounds

    def clean(self, heard: Samples) -> Samples:
        """What the microphone heard, without the assistant; whole blocks of 10 ms."""
        if self._canceller is None:
            return heard
        self._cleaned = self._canceller.process(heard, self._downlink.speaker.handed_on())
        return self._cleaned.samples

    def admit(self, samples: Samples) -> Samples:
        """What of the open line's sound may be sent now, in place of these samples."""
        policy = self._policy
        if not policy.hands_free or policy.continuous or policy.least_speech_ms <= 0 or self._mutes:
            self._let_speaker_be()
            return samples
        if self._barge_in is None:
            self._barge_in = BargeIn(self._uplink.rate)
        barge_in, speaker = self._barge_in, self._downlink.speaker
        echo = self._cleaned if self._canceller else _NO_ECHO
        admitted = barge_in.apply(
            samples,
            sounds=self._sounds,
            least_ms=policy.least_speech_ms,
            echo_power=echo.echo_power,
            voice=echo.voice,
        )
        speaker.ducked, speaker.paused = barge_in.ducks, barge_in.pauses
        return admitted

    @property
    def _wanted(self) -> bool:
        policy, headset = self._policy, self._downlink.speaker.headset
        if policy.echo == "auto":
            return not headset or policy.suppresses_noise
        return policy.echo == "on"

    @property
    def _mutes(self) -> bool:
        """Whether the microphone is muted while the assistant sounds."""
        if self._policy.half_duplex is not None:
            return self._policy.half_duplex
        return not (self.cancels or self._downlink.speaker.headset)

    def _prepare(self) -> None:
        """Have a canceller for the present devices, if one is wanted and can be had."""
        rate = self._uplink.rate
        if not self._wanted or self._missing or not echo_cancelling.suits(rate):
            self._canceller = None
            return
        between = (self._uplink.microphone, self._downlink.speaker, self._policy.suppresses_noise)
        if self._canceller and self._canceller.rate == rate and between == self._between:
            return
        microphone, speaker, suppresses_noise = between
        played_ms = speaker.latency_ms
        if played_ms is None:
            played_ms = 1_000 * reported_values.USUAL_LATENCY_S
        latency_ms = 1_000 * reported_values.latency_s(microphone.latency_ms / 1_000) + played_ms
        try:
            self._canceller = self._make(rate, latency_ms, suppresses_noise=suppresses_noise)
        except (ImportError, OSError) as exc:
            log.info("echo can't be cancelled: %s", exc)
            self._canceller, self._missing = None, True
            if self._mutes:
                self._tell(effects.Note("hint", NO_CANCELLER(), subject="microphone"))
            return
        self._between, self._barge_in = between, None
        speaker.handed_on()  # what it was handed before is none of its business

    def _leave(self) -> None:
        """The talk key takes the turns: nothing is cancelled, muted or made quieter."""
        self._canceller = self._between = self._barge_in = None
        self._uplink.mask.deaf = False
        self._let_speaker_be()

    def _let_speaker_be(self) -> None:
        speaker = self._downlink.speaker
        if speaker.ducked or speaker.paused:
            speaker.ducked = speaker.paused = False
