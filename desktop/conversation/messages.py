"""What the user is told of the conversation, in words."""

from __future__ import annotations

from desktop.base.message import Text

CONNECTED = Text("connected", "Connected to {model}.")
RECONNECTED = Text("reconnected", "Reconnected to {model}.")
MUTED = Text("muted", "You are muted. Press {key} to be heard again.")
RENEWED = Text("session-renewed", "The session was renewed before its time was up. The conversation goes on.")
DEMO = Text(
    "demo",
    "It answers by simple rules on this computer and is no AI model: ask for the time, dice, sums, a timer "
    "or a story. With OPPER_API_KEY set you can choose a real one.",
)
"""Said plainly wherever the demo is chosen."""

TRANSLATES = Text(
    "translates",
    "Speak: you hear it in {language}. Hold the talk key while you speak; nothing is answered, and no tools "
    "run.",
)
"""Said when a translating model is connected."""

UPDATE_REFUSED = Text(
    "update-refused", "The service didn't take the change. It can be had with a new session."
)
TEXT_NOT_SENT = Text("text-not-sent", "Not connected. Connect first; your text stays in the line.")
NO_PICTURES = Text("no-pictures", "{model} sees no pictures. Nothing was sent.")
TIMER_UP = Text("timer-up", "The timer is up.")
TIMER = Text("timer", "Timer: {label}")
PROGRAM_FAILED = Text(
    "program-failed", "Something went wrong in Presstalk. Connect again; the log has the details."
)
