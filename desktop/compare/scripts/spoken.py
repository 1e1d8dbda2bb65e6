"""Texts of a script that are spoken by the offline voice: each once, whoever asks for it."""

from __future__ import annotations

from desktop.compare.sound_store import SoundStore
from desktop.compare.take import Take, take_of_pcm
from desktop.offline import hibari
from desktop.offline.speech_engines import SYNTHESIZER_RATE, SpeechFailed, SpeechUnavailable

NO_VOICE = "A text is to be spoken, but the offline voice can't be used here ({}). Install the speech extra."
NOT_SPOKEN = '"{}" can\'t be spoken ({}). Change it, or give a file of sound.'
NOTHING = "there is nothing to speak in it"


class VoiceError(ValueError):
    """A text can't be spoken; the message says why and what to do."""


class OfflineVoice:
    """Speaks texts; loaded with the first one, which takes a second. It blocks. `store` keeps the takes."""

    def __init__(self, store: SoundStore | None = None) -> None:
        self._store = store
        self._voice: hibari.HibariSynthesizer | None = None
        self._takes: dict[str, Take] = {}

    def __call__(self, text: str) -> Take:
        """A text's take. Raises VoiceError, TakeError."""
        if text not in self._takes:
            self._takes[text] = take_of_pcm(self._speak(text), SYNTHESIZER_RATE, text, self._store)
        return self._takes[text]

    def _speak(self, text: str) -> bytes:
        try:
            self._voice = self._voice or hibari.load()
        except SpeechUnavailable as exc:
            raise VoiceError(NO_VOICE.format(str(exc).rstrip("."))) from exc
        try:
            pcm = self._voice.synthesize(text)
        except SpeechFailed as exc:
            raise VoiceError(NOT_SPOKEN.format(text, str(exc).rstrip("."))) from exc
        if not pcm:
            raise VoiceError(NOT_SPOKEN.format(text, NOTHING))
        return pcm
