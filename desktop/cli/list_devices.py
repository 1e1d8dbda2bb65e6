"""The list of microphones and speakers."""

from __future__ import annotations

from desktop.audio.devices import list_devices, print_json
from desktop.audio.interfaces import AudioError
from desktop.cli.output import CommandError, as_command_error


def list_all(*, as_json: bool) -> int:
    """Print the devices; the exit code."""
    if as_json:
        return print_json()
    with as_command_error(AudioError):
        devices = list_devices()
    if not devices:
        raise CommandError(
            "There is no sound device. Plug one in, or check that the sound server is running."
        )
    for title, channels, default in (
        ("microphones", "inputs", "is_default_input"),
        ("speakers", "outputs", "is_default_output"),
    ):
        print(f"{title}:")
        for device in devices:
            if getattr(device, channels):
                mark = "  (default)" if getattr(device, default) else ""
                print(f"  {device.key}  {device.rate} Hz{mark}")
    return 0
