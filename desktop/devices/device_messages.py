"""What the user is told when a sound device comes, goes or can't be opened."""

from __future__ import annotations

from typing import assert_never

from msgspec import structs

from desktop.base.message import Message, Text
from desktop.devices.device_news import DeviceNews
from desktop.turn.effects import Note

DEVICE_ABSENT = Text("device-absent", "{device} was not found: using the system default.")
DEVICE_GONE = Text("device-gone", "{device} was disconnected: now using {other}.")
DEVICE_GONE_DEFAULT = Text("device-gone-default", "{device} was disconnected: now using the system default.")
LAST_MICROPHONE_GONE = Text(
    "last-microphone-gone",
    "{device} was disconnected, and there is no other microphone. The next one you plug in will be used.",
)
LAST_SPEAKER_GONE = Text(
    "last-speaker-gone",
    "{device} was disconnected, and there is no other speaker. The next one you plug in will be used.",
)
ALL_GONE = Text(
    "all-gone",
    "There is no microphone and no speaker any more: the sound system may have stopped. Both are used again "
    "as soon as they are back; until then you can type.",
)
SOUND_STUCK = Text(
    "sound-stuck",
    "The sound system has stopped, and it can't be used again from here. Restart Presstalk once it is back; "
    "until then you can type.",
)
NO_MICROPHONE_YET = Text(
    "no-microphone-yet", "There is still no microphone. The next one you plug in will be used."
)
NO_SPEAKER_YET = Text("no-speaker-yet", "There is still no speaker. The next one you plug in will be used.")
DEVICE_BACK = Text("device-back", "{device} is back and in use again.")
DEFAULT_MICROPHONE = Text("default-microphone", "The system's default microphone is now {device}.")
DEFAULT_SPEAKER = Text("default-speaker", "The system's default speaker is now {device}.")
DEVICE_OPENED_AGAIN = Text("device-opened-again", "{device} had stopped and was reopened.")
DEVICE_REFUSED = Text("device-refused", "{problem} Until then, {other} is used.")
MICROPHONE_NOW = Text("microphone-now", "Microphone connected: {device}.")
SPEAKER_NOW = Text("speaker-now", "Speaker connected: {device}.")


def note_of(news: DeviceNews) -> Note:
    """The message to the user. It stands about its side, so what is told next of the device replaces it."""
    return structs.replace(_note(news), subject=news.side)


def _note(news: DeviceNews) -> Note:
    microphone = news.side == "microphone"
    match news.kind:
        case "absent":
            return Note("warning", DEVICE_ABSENT(device=news.was), "device_absent")
        case "gone" if news.by_choice:
            return Note("warning", DEVICE_GONE(device=news.was, other=news.now))
        case "gone":
            return Note("warning", DEVICE_GONE_DEFAULT(device=news.was), "device_lost")
        case "none":
            return Note("error", _none(news), news.code or "device_lost")
        case "all gone":
            return Note("error", ALL_GONE(), news.code or "device_lost")
        case "stuck":
            return Note("error", SOUND_STUCK(), news.code or "device_lost")
        case "still none":
            return Note("error", (NO_MICROPHONE_YET if microphone else NO_SPEAKER_YET)(), "device_lost")
        case "back":
            return Note("hint", DEVICE_BACK(device=news.now))
        case "default":
            default = DEFAULT_MICROPHONE if microphone else DEFAULT_SPEAKER
            return Note("hint", default(device=news.now))
        case "again":
            return Note("warning", DEVICE_OPENED_AGAIN(device=news.now))
        case "refused":
            assert news.problem is not None
            refused = DEVICE_REFUSED(problem=news.problem, other=news.now)
            return Note("warning", refused, news.code or "device_refused")
        case "works":
            works = MICROPHONE_NOW if microphone else SPEAKER_NOW
            return Note("hint", works(device=news.now))
        case _:
            assert_never(news.kind)


def _none(news: DeviceNews) -> Message:
    if not news.was and news.problem is not None:
        return news.problem
    gone = LAST_MICROPHONE_GONE if news.side == "microphone" else LAST_SPEAKER_GONE
    return gone(device=news.was)
