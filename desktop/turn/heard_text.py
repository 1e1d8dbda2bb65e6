"""Which part of a response's text was heard, when its audio was cut short."""

from __future__ import annotations

from bisect import bisect_right


class SpokenText:
    """The text of one response along its audio.

    Text comes in steps, each with the milliseconds of audio received before it. Between two steps the
    text is taken as spoken evenly; where all text came before the audio, over the whole of it.
    """

    def __init__(self) -> None:
        self.text = ""
        self._ms = [0.0]
        self._chars = [0]

    def add(self, delta: str, received_ms: float) -> None:
        """More text, and how much audio had come before it."""
        if self.text and received_ms > self._ms[-1]:
            self._ms.append(received_ms)
            self._chars.append(len(self.text))
        self.text += delta

    def heard_chars(self, heard_ms: float, received_ms: float) -> int:
        """How many characters were heard, cut back to a whole word.

        `received_ms` is all the audio that was received for this text.
        """
        if heard_ms >= received_ms:
            return len(self.text)
        if heard_ms <= 0:
            return 0
        step = bisect_right(self._ms, heard_ms) - 1
        last = step + 1 == len(self._ms)
        end_ms = received_ms if last else self._ms[step + 1]
        end = len(self.text) if last else self._chars[step + 1]
        begin_ms, begin = self._ms[step], self._chars[step]
        chars = begin + int((end - begin) * (heard_ms - begin_ms) / max(end_ms - begin_ms, 1.0))
        word = self.text.rfind(" ", 0, chars + 1)
        return word if word > 0 else 0
