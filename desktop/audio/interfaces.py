"""The microphone and the speaker as the rest of the program sees them, and the errors they raise.

    AudioError
    ├── AudioLibraryError   PortAudio itself is missing
    ├── NoDeviceError       nothing to record from, or to play on
    └── DeviceOpenError     the device is there but can't be opened

Every message says in one sentence what is wrong, and in another what to do.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from desktop.audio.cues import Cue
from desktop.audio.format import Samples
from desktop.audio.levels import Level
from desktop.base.message import Message, MessageError, Text
from desktop.base.terminal import one_line

LONGEST_CODE = 120
"""Characters of the sound system's own words, for the small line beside a sentence."""

MICROPHONE = Text("microphone", "microphone")
SPEAKER = Text("speaker", "speaker")
"""The kind of device, for the place `kind`."""
NO_MICROPHONE = Text("no-microphone", "There is no microphone. Plug one in, or type instead.")
NO_SPEAKER = Text("no-speaker", "There is no speaker. Plug one in, or read the answers instead.")
DEVICE_NOT_THERE = Text(
    "device-not-there", "{device} is no longer connected. Plug it in or choose another device."
)
# Here, not with the streams: those are imported late, and a stored conversation may have this message.
DEVICE_NOT_OPENED = Text(
    "device-not-opened",
    "The {kind} {device} can't be opened. Close the program that is using it, or choose another device.",
)
SOUND_SERVER_GONE = Text(
    "sound-server-gone",
    "The {kind} can't be opened: the system's sound server isn't running. It will be used once it is back.",
)


class AudioError(MessageError):
    """Sound doesn't work; the message says why and what to do, `code` is the sound system's own words."""

    def __init__(self, message: Message, code: str = "") -> None:
        super().__init__(message)
        self.code = one_line(code, LONGEST_CODE)


class AudioLibraryError(AudioError):
    """The PortAudio library is missing or broken."""


class NoDeviceError(AudioError):
    """There is no such device, or none at all."""


class DeviceOpenError(AudioError):
    """The device exists but refuses to be opened."""


class HandedOn(NamedTuple):
    """What a speaker's device was handed since somebody last asked, as loud as it sounds."""

    samples: Samples
    """Mono, at the device's own rate."""
    rate: int
    """Hz."""
    follows: bool
    """It was playing at the last look too, without a gap since."""
    goes_on: bool
    """It plays on."""


NOTHING_HANDED_ON = HandedOn(np.zeros(0, dtype=np.float32), 48_000, False, False)


class Microphone(Protocol):
    """Mono sound at the session's rate, taken by polling every 10 ms. One owner, one thread.

    While nobody needs the sound its owner lets it `rest` instead, at least once a second.
    """

    gain_db: float
    """Of what is measured and read, within the bounds of `input_gain`; a change is never a click."""

    @property
    def latency_ms(self) -> float:
        """From the sample at the device until `read` can hand it out: device and resampler."""

    @property
    def level(self) -> Level:
        """Of the last 50 ms."""

    @property
    def overruns(self) -> int:
        """How often sound was lost because it wasn't fetched in time."""

    @property
    def lost(self) -> bool:
        """The device is gone or its stream has died: close this one and open another."""

    def start(self, session_rate: int) -> None:
        """Open the device. Raises AudioError."""

    def read(self) -> Samples:
        """Everything captured since the last read, at the session's rate. Never blocks.

        Of what was captured before the last `rest` only the newest `kept_sound.KEPT_MS` are left.
        """

    def fetch(self) -> None:
        """Fetch what was captured, for the level: all of it is still there for the next `read`."""

    def rest(self) -> None:
        """Forget what was fetched but for the last of it, which a pre-roll may want."""

    def close(self) -> None:
        """Let the device go. May be called twice."""


class Speaker(Protocol):
    """Plays responses one after the other, in the order of their first `write`. One owner, one thread.

    The owner calls `pump` every 10 to 20 ms while `playing`.
    """

    volume: float
    """0 is silent, 1 is full; heard within 50 ms, also of what is queued."""
    headset: bool
    """It is known to be at somebody's ears: no microphone hears it."""
    ducked: bool
    """It is 12 dB quieter, within 50 ms."""
    paused: bool
    """Silent from the next block on; afterwards it goes on with the sample after the last one."""

    @property
    def playing(self) -> bool:
        """Audio is queued or still sounding."""

    @property
    def level(self) -> Level:
        """Of the 50 ms being heard now, not of what is queued."""

    @property
    def underruns(self) -> int:
        """How often the speaker ran empty in the middle of a response."""

    @property
    def gaps_ms(self) -> float:
        """For how long it was empty in the middle of responses, in all; counted when a gap ends."""

    @property
    def latency_ms(self) -> float | None:
        """From the handing over of a sample until it sounds, as the driver reports; None if unknown."""

    @property
    def prebuffer_ms(self) -> float:
        """How much of a response has to be there before it starts to sound."""

    @property
    def lost(self) -> bool:
        """The device is gone or its stream has died: close this one and open another."""

    def start(self, session_rate: int) -> None:
        """Open the device. Raises AudioError."""

    def write(self, response: int, pcm: bytes) -> None:
        """Queue PCM16 mono at the session's rate for this response. Never blocks, never drops."""

    def complete(self, response: int) -> None:
        """No more audio comes for this response."""

    def cue(self, name: Cue) -> float:
        """Sound a short cue at once, beside the responses and at the same volume.

        Returns the milliseconds until it has been heard to its end; 0 if nothing is open.
        """

    def flush(self) -> dict[int, float]:
        """Fall silent within one block and drop everything queued.

        Returns the milliseconds heard of each response that was not heard to its end. What is written
        later for one of these responses is dropped.
        """

    def heard_ms(self, response: int) -> float:
        """Milliseconds of this response that have left the device."""

    def handed_on(self) -> HandedOn:
        """What the device was handed since the last call: it sounds, or is about to."""

    def pump(self) -> None:
        """Move queued audio on to the device. Never blocks."""

    def close(self) -> None:
        """Let the device go. May be called twice."""
