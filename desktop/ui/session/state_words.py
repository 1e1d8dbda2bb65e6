"""The words for the states, as literals: the translation tools find only those."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.turn.effects import DisplayState


def state_word(state: DisplayState) -> str:
    """The word for a state, in the user's language."""
    translate = QCoreApplication.translate
    return {
        DisplayState.OFFLINE: translate("State", "Offline"),
        DisplayState.CONNECTING: translate("State", "Connecting"),
        DisplayState.READY: translate("State", "Ready"),
        DisplayState.LISTENING: translate("State", "Listening"),
        DisplayState.SENDING: translate("State", "Sending"),
        DisplayState.THINKING: translate("State", "Thinking"),
        DisplayState.TOOL: translate("State", "Tool"),
        DisplayState.SPEAKING: translate("State", "Speaking"),
        DisplayState.INTERRUPTED: translate("State", "Interrupted"),
        DisplayState.RECONNECTING: translate("State", "Reconnecting"),
        DisplayState.RESTING: translate("State", "Resting"),
        DisplayState.NO_MICROPHONE: translate("State", "No microphone"),
        DisplayState.MUTED: translate("State", "Muted"),
        DisplayState.ERROR: translate("State", "Error"),
    }[state]


def all_talk_words(hands_free: bool) -> list[list[str]]:
    """All that can stand on the talk button."""
    locked = () if hands_free else (True,)
    return [talk_words(state, lock, hands_free) for lock in (False, *locked) for state in DisplayState]


def talk_words(state: DisplayState, locked: bool = False, hands_free: bool = False) -> list[str]:
    """The lines on the talk button: what to do where something can be done, else the state."""
    translate = QCoreApplication.translate
    if hands_free:
        does = {
            DisplayState.READY: translate("State", "Tap to mute"),
            DisplayState.INTERRUPTED: translate("State", "Tap to mute"),
            DisplayState.LISTENING: translate("State", "Tap to mute"),
            DisplayState.SPEAKING: translate("State", "Tap to stop"),
            DisplayState.MUTED: translate("State", "Tap to talk"),
            DisplayState.RESTING: translate("State", "Tap to wake"),
        }
        word = translate("State", "Hands-free") if state is DisplayState.READY else state_word(state)
        return [word, does[state]] if state in does else [word]
    if locked and state is DisplayState.LISTENING:
        return [translate("State", "Locked"), translate("State", "Tap to send")]
    if state in (DisplayState.READY, DisplayState.INTERRUPTED, DisplayState.RESTING):
        return [translate("State", "Hold to talk")]
    return [state_word(state)]
