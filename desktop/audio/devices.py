"""The sound devices of the machine, remembered by name and host API, never by index.

`python -m desktop.audio.devices` prints them as JSON: that is how `probe_devices` sees what was plugged in
since PortAudio was initialised in this process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import msgspec

from desktop.audio import portaudio, reported_values
from desktop.audio.headsets import is_headset
from desktop.audio.interfaces import (
    DEVICE_NOT_THERE,
    MICROPHONE,
    NO_MICROPHONE,
    NO_SPEAKER,
    SPEAKER,
    AudioError,
    NoDeviceError,
)
from desktop.base import terminal
from desktop.base.child_process import own_command, own_environment
from desktop.base.message import Text

DEVICE_UNKNOWN = Text(
    "device-unknown",
    "There is no {kind} called {device}. Choose one of those listed by `presstalk devices`.",
)
DEVICES_NOT_LISTED = Text(
    "devices-not-listed", "The sound devices can't be listed. Check the sound server and try again."
)

Direction = Literal["input", "output"]

# Best first; the others follow in PortAudio's order. MME adds 100 ms on Windows,
# WDM-KS blocks the device for every other program.
_PREFERRED_APIS = ("Windows WASAPI", "Core Audio", "Windows DirectSound", "MME")
JACK = "JACK Audio Connection Kit"


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device: channels each way, and its native rate in Hz."""

    name: str
    host_api: str
    inputs: int
    outputs: int
    rate: int
    is_default_input: bool = False
    is_default_output: bool = False
    headset: bool = False
    """Its output is known to be at somebody's ears."""

    @property
    def key(self) -> str:
        """The key that settings store: `host API: name`."""
        return f"{self.host_api}: {self.name}"


def list_devices() -> list[Device]:
    """The devices as PortAudio saw them when it was initialised. Raises AudioError."""
    with portaudio.guard:
        found, apis = _query(portaudio.load())
    marked = mark_defaults(found, _api_defaults(apis))
    return [device for device in marked if device.host_api and not _is_stream(device)]


def find_input(wanted: str | None = None) -> Device:
    """The microphone of that name or key, or the default one. Raises AudioError."""
    return choose(list_devices(), wanted, "input")


def find_output(wanted: str | None = None) -> Device:
    """The speaker of that name or key, or the default one. Raises AudioError."""
    return choose(list_devices(), wanted, "output")


def index_of(device: Device, direction: Direction) -> int:
    """PortAudio's index of a device, valid for opening it now. Raises AudioError."""
    found_devices, _ = _query(portaudio.load())
    for index, found in enumerate(found_devices):
        if found.key == device.key and _channels(found, direction):
            return index
    raise NoDeviceError(DEVICE_NOT_THERE(device=device.name))


def probe_devices(command: Sequence[str] | None = None, timeout_s: float = 10.0) -> list[Device]:
    """The devices as they are now, seen by a child process. Blocks for about 0.3 s. Raises AudioError.

    Args:
        command: prints the list, for a program that comes without a Python interpreter.
        timeout_s: a sound server that hangs must not hang us.
    """
    command = command or own_command("desktop.audio.devices")
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=timeout_s, check=True, text=True, env=own_environment()
        )
        found = msgspec.json.decode(done.stdout, type=list[Device])
        return [_bounded(device) for device in found[: reported_values.MOST_DEVICES]]
    except subprocess.CalledProcessError as exc:
        reason = exc.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise AudioError(DEVICES_NOT_LISTED(), reason[0]) from exc
    except (OSError, subprocess.TimeoutExpired, ValueError, msgspec.MsgspecError) as exc:
        raise AudioError(DEVICES_NOT_LISTED()) from exc


def choose(devices: Sequence[Device], wanted: str | None, direction: Direction) -> Device:
    """The device meant by a name, a key or a part of one; None means the default. Raises NoDeviceError."""
    usable = [device for device in devices if _channels(device, direction)]
    if not usable:
        raise NoDeviceError(NO_MICROPHONE() if direction == "input" else NO_SPEAKER())
    if wanted is None:
        return next((device for device in usable if _is_default(device, direction)), usable[0])
    for device in usable:
        if wanted in (device.key, device.name):
            return device
    for device in usable:
        if wanted.casefold() in device.key.casefold():
            return device
    kind = MICROPHONE() if direction == "input" else SPEAKER()
    raise NoDeviceError(DEVICE_UNKNOWN(kind=kind, device=wanted))


def mark_defaults(devices: Sequence[Device], api_defaults: Sequence[tuple[int, int]]) -> list[Device]:
    """The devices with at most one default each way.

    Args:
        devices: in PortAudio's order.
        api_defaults: per host API, in PortAudio's order, the indices of its default input and output,
            -1 for none.
    """
    inputs = [one for one, _ in api_defaults]
    outputs = [other for _, other in api_defaults]
    default_input, default_output = _best(devices, inputs, "input"), _best(devices, outputs, "output")
    return [
        replace(device, is_default_input=i == default_input, is_default_output=i == default_output)
        for i, device in enumerate(devices)
    ]


def _best(devices: Sequence[Device], candidates: Sequence[int], direction: Direction) -> int:
    usable = [i for i in candidates if 0 <= i < len(devices) and _channels(devices[i], direction)]
    # ALSA's "jack" is a bridge to the JACK server with one more buffer: the direct way is better.
    has_jack = any(devices[i].host_api == JACK for i in usable)
    straight = [i for i in usable if not (has_jack and _is_bridge(devices[i]))]
    return min(straight, key=lambda i: _preference(devices[i].host_api), default=-1)


def _is_stream(device: Device) -> bool:
    """JACK also lists programs, our own open streams among them."""
    return device.host_api == JACK and device.name.startswith("PortAudio")


def _is_bridge(device: Device) -> bool:
    return device.host_api == "ALSA" and device.name == "jack"


def _preference(host_api: str) -> int:
    return _PREFERRED_APIS.index(host_api) if host_api in _PREFERRED_APIS else len(_PREFERRED_APIS)


def _channels(device: Device, direction: Direction) -> int:
    return device.inputs if direction == "input" else device.outputs


def _is_default(device: Device, direction: Direction) -> bool:
    return device.is_default_input if direction == "input" else device.is_default_output


def _api_defaults(apis: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(api["default_input_device"], api["default_output_device"]) for api in apis]


def _query(sounddevice: Any) -> tuple[list[Device], list[dict[str, Any]]]:
    """PortAudio's devices in its own order, and its host APIs; a device of an unknown host API has none.

    Raises:
        AudioError: PortAudio can't list them.
    """
    try:
        apis = [dict(api) for api in sounddevice.query_hostapis()]
        records = list(sounddevice.query_devices())[: reported_values.MOST_DEVICES]
    except sounddevice.PortAudioError as exc:
        raise AudioError(DEVICES_NOT_LISTED(), portaudio.reason(exc)) from exc
    return [_device(dict(record), apis) for record in records], apis


def _device(record: dict[str, Any], apis: Sequence[dict[str, Any]]) -> Device:
    api = record["hostapi"]
    return _bounded(
        Device(
            name=record["name"],
            host_api=apis[api]["name"] if 0 <= api < len(apis) else "",
            inputs=record["max_input_channels"],
            outputs=record["max_output_channels"],
            rate=record["default_samplerate"],
            headset=is_headset(str(record["name"])),
        )
    )


def _bounded(device: Device) -> Device:
    return replace(
        device,
        name=reported_values.name(device.name),
        host_api=reported_values.name(device.host_api),
        inputs=reported_values.channels(device.inputs),
        outputs=reported_values.channels(device.outputs),
        rate=reported_values.sample_rate(device.rate),
    )


def devices_json() -> str:
    """What `probe_devices` reads, as one line. Raises AudioError."""
    return json.dumps([asdict(device) for device in list_devices()])


def main() -> int:
    """Print it; the exit code."""
    try:
        return 1 if terminal.print_line(devices_json()) else 0
    except AudioError as exc:
        terminal.print_error(str(exc))
        return 1


if __name__ == "__main__":
    sys.exit(main())
