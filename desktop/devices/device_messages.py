"""What is said when a sound device comes, goes or can't be opened."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.devices.device_news import DeviceNews
from desktop.turn.effects import Note
from desktop.viewmodels.sentences import shown

translate = QCoreApplication.translate


def words(news: DeviceNews) -> Note:
    """The sentence for the user."""
    microphone = news.side == "microphone"
    match news.kind:
        case "absent":
            said = translate("Devices", "{0} is not there: the system's default is used.")
            return Note("warning", said.format(news.was), "device_absent")
        case "gone" if news.by_choice:
            return Note(
                "warning", translate("Devices", "{0} is gone: {1} is used.").format(news.was, news.now)
            )
        case "gone":
            said = translate("Devices", "{0} is gone: the system's default is used.")
            return Note("warning", said.format(news.was), "device_lost")
        case "none":
            return Note("error", _none(news, microphone), "device_lost")
        case "back":
            return Note("hint", translate("Devices", "{0} is back: it is used again.").format(news.now))
        case "default":
            said = (
                translate("Devices", "The system's default microphone is now {0}.")
                if microphone
                else translate("Devices", "The system's default speaker is now {0}.")
            )
            return Note("hint", said.format(news.now))
        case "again":
            said = translate("Devices", "{0} had stopped: it was opened again.")
            return Note("warning", said.format(news.now))
        case "refused":
            said = translate("Devices", "{0} Until then {1} is used.")
            return Note("warning", said.format(shown(news.problem), news.now), "device_refused")
        case "works":
            said = (
                translate("Devices", "There is a microphone now: {0}.")
                if microphone
                else translate("Devices", "There is a speaker now: {0}.")
            )
            return Note("hint", said.format(news.now))


def _none(news: DeviceNews, microphone: bool) -> str:
    if not news.was:
        return news.problem
    said = (
        translate("Devices", "{0} is gone, and there is no other microphone. What is plugged in is used.")
        if microphone
        else translate("Devices", "{0} is gone, and there is no other speaker. What is plugged in is used.")
    )
    return said.format(news.was)
