"""Changes of the running session that the service may refuse: which error means which of them."""

from __future__ import annotations

from msgspec import structs

from desktop.protocol import events
from desktop.protocol.codes import UPDATE_CODES, Meaning, meaning
from desktop.protocol.commands import Config

JUDGED_MS = 5_000
"""How long after a `session.update` an error is taken for its refusal: nothing else answers it."""


class SessionUpdates:
    """The updates that were sent and may still be refused. Times in milliseconds."""

    def __init__(self) -> None:
        self._sent: list[tuple[Config, float]] = []

    def add(self, update: Config, now: float) -> None:
        """An update was sent."""
        self._sent.append((update, now + JUDGED_MS))

    def clear(self) -> None:
        """The session is over: nobody answers them any more."""
        self._sent.clear()

    def refused_by(self, error: events.Error, now: float) -> Config | None:
        """The update that this error refuses, if it does."""
        self._sent = [(update, until) for update, until in self._sent if now < until]
        if meaning(error) is not Meaning.SHOWN:
            return None
        for sent in self._sent:
            if error.code in UPDATE_CODES or _names(error.message, sent[0]):
                self._sent.remove(sent)
                return sent[0]
        return None


def _names(message: str, update: Config) -> bool:
    words = message.lower().replace("_", " ")
    fields = (name for name, value in structs.asdict(update).items() if value is not None)
    return "session.update" in words or any(name.replace("_", " ") in words for name in fields)
