"""The words for the states, as literals: the translation tools find only those."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.turn.effects import State


def state_word(state: State) -> str:
    """The word for a state, in the user's language."""
    translate = QCoreApplication.translate
    return {
        State.OFFLINE: translate("State", "Offline"),
        State.CONNECTING: translate("State", "Connecting"),
        State.READY: translate("State", "Ready"),
        State.LISTENING: translate("State", "Listening"),
        State.SENDING: translate("State", "Sending"),
        State.THINKING: translate("State", "Thinking"),
        State.TOOL: translate("State", "Tool"),
        State.SPEAKING: translate("State", "Speaking"),
        State.INTERRUPTED: translate("State", "Interrupted"),
        State.RECONNECTING: translate("State", "Reconnecting"),
        State.RESTING: translate("State", "Resting"),
        State.MUTED: translate("State", "Muted"),
        State.ERROR: translate("State", "Error"),
    }[state]


def talk_words(state: State, locked: bool = False, hands_free: bool = False) -> list[str]:
    """The lines on the talk button: what to do where something can be done, else the state."""
    translate = QCoreApplication.translate
    if hands_free:
        does = {
            State.READY: translate("State", "Tap to mute"),
            State.INTERRUPTED: translate("State", "Tap to mute"),
            State.LISTENING: translate("State", "Tap to mute"),
            State.SPEAKING: translate("State", "Tap to stop"),
            State.MUTED: translate("State", "Tap to talk"),
            State.RESTING: translate("State", "Tap to wake"),
        }
        word = translate("State", "Hands-free") if state is State.READY else state_word(state)
        return [word, does[state]] if state in does else [word]
    if locked and state is State.LISTENING:
        return [translate("State", "Locked"), translate("State", "Tap to send")]
    if state in (State.READY, State.INTERRUPTED, State.RESTING):
        return [translate("State", "Hold to talk")]
    return [state_word(state)]
