"""Connects the switch and the sign of the recording."""

from __future__ import annotations

from desktop.app.build import Parts
from desktop.conversation import settings_values
from desktop.realtime.session_events import SessionOpened
from desktop.recording.folder.layout import Device


def connect(parts: Parts) -> None:
    """Connect the recording's parts."""
    parts.window.record_toggled.connect(lambda on: parts.store.change("record_sound", on))
    parts.controller.session_opened.connect(lambda opened: _begin_session(parts, opened))
    _show(parts)


def use_settings(parts: Parts) -> None:
    """A setting has changed."""
    into = parts.recorder.options.into
    parts.recorder.use_options(settings_values.recording(parts.store.current, into))
    _show(parts)


def _show(parts: Parts) -> None:
    options = parts.recorder.options
    forced = options.into is not None
    parts.window.show_recording(forced or (options.sound and options.transcripts), forced)


def _begin_session(parts: Parts, opened: SessionOpened) -> None:
    microphone, speaker = (
        Device(name, rate, latency_ms) for name, rate, latency_ms in parts.audio.devices_in_use
    )
    parts.recorder.begin_session(opened, parts.options.displayed, microphone, speaker)
