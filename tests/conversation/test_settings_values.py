"""Each part gets its values from the settings, and its changes come back."""

from __future__ import annotations

from msgspec import structs

from desktop.access.endpoint_resolver import AccessOptions
from desktop.conversation import settings_values
from desktop.devices.audio_options import AudioOptions
from desktop.recording.recording_options import RecordingOptions
from desktop.settings.schema import Settings


def test_access():
    settings = Settings(base_url="https://a.example", ticket_url="https://b.example/t", mint_tickets=True)
    assert settings_values.access(settings) == AccessOptions("https://a.example", "https://b.example/t", True)
    assert settings_values.access(Settings()) == AccessOptions()


def test_the_names_in_access_are_those_that_change_it():
    others = {"base_url": "https://a.example", "ticket_url": "https://b.example", "mint_tickets": True}
    others["agent"] = "helper"
    assert set(others) == settings_values.ACCESS
    for name, value in others.items():
        assert settings_values.access(structs.replace(Settings(), **{name: value})) != AccessOptions()


def test_audio_there_and_back():
    settings = Settings(input_device="a", output_device="b", volume=0.5, microphone_gain_db=6.0, sounds=True)
    options = settings_values.audio(settings)
    assert options == AudioOptions("a", "b", 0.5, 6.0, cues=True)
    assert structs.replace(Settings(), **settings_values.audio_settings(options)) == settings


def test_recording():
    settings = Settings(data_folder="/a", journal=False, save_events=True, keep_days=7, most_gb=3)
    recorded = RecordingOptions("/a", transcripts=False, frames=True, keep_days=7, most_gb=3)
    assert settings_values.recording(settings) == recorded
    assert settings_values.recording(Settings()) == RecordingOptions()
