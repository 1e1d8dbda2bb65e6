"""The settings as separate values for each part: no lower layer reads the settings."""

from __future__ import annotations

from pathlib import Path

from desktop.access.endpoint_resolver import AccessOptions
from desktop.base.hotkey import HotkeyAction
from desktop.cost.budget import Limits
from desktop.cost.money import picos
from desktop.devices.audio_options import AudioOptions
from desktop.realtime.effect_executor import LateRule
from desktop.recording.recording_options import RecordingOptions
from desktop.settings.schema import Settings

ACCESS = frozenset({"base_url", "ticket_url", "mint_tickets", "agent"})
"""The names of the settings in `access`."""
BUDGETS = frozenset({"session_budget", "day_budget"})
"""Those in `limits`."""


def access(settings: Settings) -> AccessOptions:
    """How the service is reached."""
    return AccessOptions(settings.base_url, settings.ticket_url, settings.mint_tickets, settings.agent)


def audio(settings: Settings) -> AudioOptions:
    """Devices, volume, gain and the program's own sounds."""
    return AudioOptions(
        settings.input_device,
        settings.output_device,
        settings.volume,
        settings.microphone_gain_db,
        cues=settings.sounds,
    )


def audio_settings(options: AudioOptions) -> dict[str, object]:
    """The settings that these options are remembered by."""
    return {
        "input_device": options.input_device,
        "output_device": options.output_device,
        "volume": options.volume,
        "microphone_gain_db": options.gain_db,
        "sounds": options.cues,
    }


def limits(settings: Settings) -> Limits:
    """The budgets."""
    return Limits(picos(settings.session_budget) or 0, picos(settings.day_budget) or 0)


def late_rule(settings: Settings) -> LateRule:
    """When the conversation goes on without a tool's result."""
    return LateRule(settings.late_after_s, settings.say_asking)


HOTKEYS = {
    HotkeyAction.TALK: "talk_key",
    HotkeyAction.MUTE: "mute_key",
    HotkeyAction.PUSH_TO_MUTE: "push_to_mute_key",
    HotkeyAction.DISCARD: "discard_key",
}
"""The setting of each."""


def hotkeys(settings: Settings) -> dict[HotkeyAction, str]:
    """The names of the keys for all programs; empty where there is none."""
    return {action: getattr(settings, name) for action, name in HOTKEYS.items()}


def recording(settings: Settings, into: Path | None = None) -> RecordingOptions:
    """What is kept of a conversation, where and how long; `into` is the folder of this run's recording."""
    return RecordingOptions(
        settings.data_folder,
        transcripts=settings.journal,
        frames=settings.save_events,
        sound=settings.record_sound,
        keep_days=settings.keep_days,
        most_gb=settings.most_gb,
        into=into,
    )
