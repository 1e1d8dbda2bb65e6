"""The streams that capture and playback run on: rtmixer's, and the protocols that a fake implements.

rtmixer's callbacks are C: no Python runs on an audio thread. A stream gets its commands as actions, which
go to the callback through one lock-free ring and come back through another when they are done.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Collection
from typing import Any, Protocol, cast

from desktop.audio import alsa_loops, portaudio
from desktop.audio.devices import JACK, Device, Direction, find_input, find_output, index_of
from desktop.audio.format import BLOCK_MS
from desktop.audio.interfaces import (
    DEVICE_NOT_OPENED,
    MICROPHONE,
    SOUND_SERVER_GONE,
    SPEAKER,
    DeviceOpenError,
)
from desktop.audio.mixer import mixer

CLOSE_S = 5.0
"""Closing waits for the device's last block; a Bluetooth headset may take a second to let go."""
LOST_CLOSE_S = 0.5
"""A stream that has ended on its own closes at once, or not at all."""
LOOP_END_S = 0.1
"""How long a thread of PortAudio that loops for ever takes to end, once it is made to: microseconds."""


class Ring(Protocol):
    """A single-producer single-consumer ring; one element is a float32 frame of all channels."""

    @property
    def read_available(self) -> int: ...
    @property
    def write_available(self) -> int: ...
    def write(self, data: Any) -> int: ...
    def read(self, size: int = -1) -> Any: ...


class Stream(Protocol):
    """An open stream. `actions` are those under way; looking at it also clears away the finished ones."""

    @property
    def samplerate(self) -> float: ...
    @property
    def channels(self) -> int: ...
    @property
    def latency(self) -> float: ...
    @property
    def active(self) -> bool: ...
    @property
    def actions(self) -> Collection[Any]: ...
    def start(self) -> None: ...
    def close(self) -> None: ...


class InputStream(Stream, Protocol):
    """Records into a ring until the ring is full: then the action ends."""

    def record_ringbuffer(self, ringbuffer: Ring) -> Any: ...
    def fetch_and_reset_stats(self) -> Any: ...


class OutputStream(Stream, Protocol):
    """Plays a ring until the ring is empty: then the action ends. A cancelled one ends with the block.

    Sounds that play at the same time are mixed. A buffer must not be written to any more. An exchange cancels
    one action and plays another ring from the same block on; it returns both commands.
    """

    def play_ringbuffer(self, ringbuffer: Ring) -> Any: ...
    def play_buffer(self, buffer: Any, channels: int) -> Any: ...
    def cancel(self, action: Any) -> Any: ...
    def exchange(self, playing: Any, ringbuffer: Ring) -> tuple[Any, Any]: ...


class Streams(Protocol):
    """Where streams and rings come from."""

    def open_input(self, device: Device | None) -> InputStream: ...
    def open_output(self, device: Device | None) -> OutputStream: ...
    def ring(self, frames: int, channels: int) -> Ring: ...
    def close(self, stream: Stream) -> None: ...


def ring_frames(rate: int, seconds: float) -> int:
    """The size of a ring that holds at least so much: a power of two, as PortAudio's rings have to be."""
    return 1 << (max(1, round(rate * seconds)) - 1).bit_length()


class RtmixerStreams:
    """Real streams, at the device's own rate and in blocks of BLOCK_MS."""

    def __init__(self) -> None:
        self._on_jack: set[int] = set()

    def open_input(self, device: Device | None) -> InputStream:
        """Open the microphone, the default one if None. Raises AudioError."""
        rtmixer = portaudio.load_rtmixer()
        device = device or find_input()
        # Where one channel is refused, the device's own number is opened and mixed.
        wanted = [1, device.inputs] if device.inputs > 1 else [1]
        return cast(InputStream, self._noted(_open(rtmixer.Recorder, device, "input", wanted), device))

    def open_output(self, device: Device | None) -> OutputStream:
        """Open the speaker, the default one if None. Raises AudioError."""
        rtmixer = portaudio.load_rtmixer()
        device = device or find_output()
        # Both sides of a stereo device: asked for one channel, some systems play it on the left only.
        stream = _open(mixer(rtmixer), device, "output", [min(2, device.outputs)])
        return cast(OutputStream, self._noted(stream, device))

    def ring(self, frames: int, channels: int) -> Ring:
        """A ring of float32 frames."""
        return cast(Ring, portaudio.load_rtmixer().RingBuffer(4 * channels, frames))

    def close(self, stream: Stream) -> None:
        """Close a stream. One whose close doesn't come back is left to a thread of its own.

        One of JACK that has ended on its own has lost its server, and stays as it is: libjack's close waits
        for the server, and aborts the whole program when another one starts in its place.
        """
        active = stream.active  # a closed one can't be asked any more
        on_jack = id(stream) in self._on_jack
        self._on_jack.discard(id(stream))
        if on_jack and not active:
            portaudio.abandon(stream)
            return
        closing = threading.Thread(target=_close, args=(stream,), name="close stream", daemon=True)
        closing.start()
        closing.join(LOST_CLOSE_S)
        if closing.is_alive():
            with alsa_loops.ending():
                closing.join(LOOP_END_S)
        if active:
            closing.join(CLOSE_S - LOST_CLOSE_S)
        if closing.is_alive():
            atexit.register(_leave_portaudio, closing)

    def _noted(self, stream: Any, device: Device) -> Any:
        if device.host_api == JACK:
            self._on_jack.add(id(stream))
        return stream


def _close(stream: Stream) -> None:
    stream.close()
    portaudio.closed(stream)


def _leave_portaudio(closing: threading.Thread) -> None:
    if closing.is_alive():
        atexit.unregister(portaudio.load()._exit_handler)


def _open(kind: Any, device: Device, direction: Direction, wanted_channels: list[int]) -> Any:
    with portaudio.guard:
        sounddevice = portaudio.load()
        index = index_of(device, direction)
        for attempt, channels in enumerate(wanted_channels, start=1):
            try:
                return _started(kind, device, index, channels)
            except sounddevice.PortAudioError as exc:
                if attempt == len(wanted_channels):
                    kind = MICROPHONE() if direction == "input" else SPEAKER()
                    reason = portaudio.reason(exc)
                    if portaudio.server_is_gone(reason):
                        raise DeviceOpenError(SOUND_SERVER_GONE(kind=kind), reason) from exc
                    raise DeviceOpenError(DEVICE_NOT_OPENED(kind=kind, device=device.name), reason) from exc
    raise AssertionError("no number of channels was tried")


def _started(kind: Any, device: Device, index: int, channels: int) -> Any:
    with portaudio.quiet():
        stream = kind(
            device=index,
            channels=channels,
            samplerate=device.rate,
            blocksize=round(device.rate * BLOCK_MS / 1000),
            latency="low",
        )
        portaudio.opened(stream)
        try:
            stream.start()
        except BaseException:
            _close(stream)
            raise
    return stream
