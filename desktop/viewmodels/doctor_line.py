"""A line of the audio doctor's page, in the user's words."""

from __future__ import annotations

from typing import Literal, NamedTuple

from PySide6.QtCore import QCoreApplication

Verdict = Literal["good", "fair", "bad", "unknown"]
Phase = Literal["", "opening", "quiet", "sweeps", "speech", "reckoning"]
PHASES_S: dict[Phase, float] = {"opening": 1.0, "quiet": 2.0, "sweeps": 24.0, "speech": 5.0, "reckoning": 1.0}
"""About how long each takes, in seconds and in their order."""


class DoctorLine(NamedTuple):
    """What was measured, what it means, and what to do about it; no cure is empty."""

    name: str
    value: str
    verdict: Verdict
    cure: str


def verdict_words(verdict: Verdict) -> str:
    """A word for it: nothing is said by a colour alone."""
    match verdict:
        case "good":
            return QCoreApplication.translate("AudioDoctor", "Good")
        case "fair":
            return QCoreApplication.translate("AudioDoctor", "Could be better")
        case "bad":
            return QCoreApplication.translate("AudioDoctor", "Bad")
        case "unknown":
            return QCoreApplication.translate("AudioDoctor", "Not measured")


def phase_words(phase: Phase) -> str:
    """What happens now, and what the user has to do."""
    match phase:
        case "":
            return ""
        case "opening":
            return QCoreApplication.translate("AudioDoctor", "Opening the microphone and the speaker…")
        case "quiet":
            return QCoreApplication.translate("AudioDoctor", "Quiet, please: listening to the room.")
        case "sweeps":
            return QCoreApplication.translate(
                "AudioDoctor", "Playing short sweeps and a murmur, and listening for them. Quiet, please."
            )
        case "speech":
            return QCoreApplication.translate(
                "AudioDoctor",
                "Now read this aloud: “A quick brown fox jumps over the lazy dog, "
                "and then it rests in the sun.”",
            )
        case "reckoning":
            return QCoreApplication.translate("AudioDoctor", "Working out the findings…")


def as_text(lines: list[DoctorLine]) -> str:
    """All lines, for a message to somebody who helps."""
    said: list[str] = []
    for line in lines:
        said.append(f"{line.name}: {line.value} - {verdict_words(line.verdict)}")
        if line.cure:
            said.append(f"    {line.cure}")
    return "\n".join(said)
