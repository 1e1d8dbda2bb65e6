"""The list of microphones and speakers."""

from __future__ import annotations

from desktop.audio.devices import devices_json, list_devices
from desktop.audio.interfaces import AudioError
from desktop.base.terminal import one_line
from desktop.cli.output import CommandError, as_command_error, print_result


def list_all(*, as_json: bool) -> int:
    """Print the devices; the exit code."""
    with as_command_error(AudioError):
        if as_json:
            print_result(devices_json())
            return 0
        devices = list_devices()
    if not devices:
        raise CommandError(
            "There is no sound device. Plug one in, or check that the sound server is running."
        )
    lines: list[str] = []
    for title, channels, default in (
        ("microphones", "inputs", "is_default_input"),
        ("speakers", "outputs", "is_default_output"),
    ):
        lines.append(f"{title}:")
        for device in devices:
            if getattr(device, channels):
                mark = "  (default)" if getattr(device, default) else ""
                lines.append(f"  {one_line(device.key)}  {device.rate} Hz{mark}")
    print_result("\n".join(lines))
    return 0
