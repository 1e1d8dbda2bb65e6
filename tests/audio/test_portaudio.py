"""PortAudio's list of devices is renewed only when no stream is open."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from desktop.audio import portaudio
from desktop.audio.interfaces import AudioLibraryError


class FakeLibrary(SimpleNamespace):
    """The parts of sounddevice that initialise and terminate it."""

    class PortAudioError(Exception):
        """As sounddevice's."""

    def __init__(self) -> None:
        super().__init__(_initialized=1, done=[], broken=False)

    def _initialize(self) -> None:
        if self.broken:
            raise self.PortAudioError("no host API")
        self._initialized += 1
        self.done.append("initialised")

    def _terminate(self) -> None:
        self._initialized -= 1
        self.done.append("terminated")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> FakeLibrary:
    library = FakeLibrary()
    monkeypatch.setattr("importlib.import_module", lambda _: library)
    monkeypatch.setattr(portaudio, "_in_use", set())
    return library


def test_a_fresh_list_needs_every_stream_closed(
    library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portaudio, "CLOSING_S", 0.01)
    stream = object()
    portaudio.opened(stream)
    assert not portaudio.refresh()
    assert library.done == []
    portaudio.closed(stream)
    assert portaudio.refresh()
    assert library.done == ["terminated", "initialised"]


def test_a_stream_that_is_just_being_closed_is_waited_for(library: FakeLibrary) -> None:
    stream = object()
    portaudio.opened(stream)
    closing = threading.Timer(0.05, portaudio.closed, (stream,))
    closing.start()
    assert portaudio.refresh()
    closing.join()


def test_a_sound_system_that_does_not_start_again_is_tried_with_the_next_use(library: FakeLibrary) -> None:
    library.broken = True
    with pytest.raises(AudioLibraryError, match="won't start"):
        portaudio.refresh()
    with pytest.raises(AudioLibraryError):
        portaudio.load()
    library.broken = False
    assert portaudio.load() is library
    assert library._initialized == 1
