"""What the server owes: words for takes, and answers for all that was said.

What has no answer yet is kept when a connection drops, and sent again on the next one.
"""

from __future__ import annotations

from desktop.protocol import commands
from desktop.turn.effects import ForgetTake, Output, TakeEnded

MAX_TRANSCRIPTS_DUE = 64
"""Takes whose words may still come. Past that the oldest is given up: its words never came."""

SEEMS_ALIVE_MS = 45_000
"""A connection that only seems to live is found dead within 30 s, later than an answer is given up. What
was said on it is sent again, also when the user was told meanwhile that no answer came; not minutes later."""

MOST_HEARD = 16
"""Takes that a server hears, one after the other, without an answer: room noise. Only the last of them would
be sent again after a drop; a minute of each is 46 MB at most."""

Said = int | commands.Command
"""A take by its number, a typed message or a picture as it was sent."""


class Unanswered:
    """The account of `turn.Turn`: what was sent and is neither written down nor answered."""

    def __init__(self) -> None:
        # Takes whose words are due, oldest first; what waits for a connection; and what was sent and has
        # no answer yet: should the connection drop now, it is sent again.
        self._due: list[int] = []
        self._kept: list[Said] = []
        self._unanswered: list[Said] = []
        self._answered = 0
        self._sent_at = 0.0

    @property
    def keeps(self) -> bool:
        """Whether something waits for the next connection."""
        return bool(self._kept)

    @property
    def last_due(self) -> int:
        """The last take whose words are due, 0 for none."""
        return self._due[-1] if self._due else 0

    def answer(self, said: Said, now: float) -> None:
        """This was sent and waits for an answer."""
        self._sent_at = now
        self._unanswered.append(said)

    def heard(self, take: int, now: float) -> list[Output]:
        """The server has heard this by itself, and may answer it."""
        self.answer(take, now)
        old, self._unanswered = self._unanswered[:-MOST_HEARD], self._unanswered[-MOST_HEARD:]
        return [ForgetTake(said) for said in old if isinstance(said, int)]

    def words(self, take: int) -> None:
        """The words of this take are due."""
        due = [each for each in self._due if each > self._answered]
        self._due = [*due, take][-MAX_TRANSCRIPTS_DUE:]

    def take_of_words(self) -> int:
        """Words have come: the take that they belong to, 0 if none are due."""
        return self._due.pop(0) if self._due else 0

    def answer_over(self) -> None:
        """An answer is over.

        Words of takes before the last one would have come by now, and the last one's come before the next
        take's.
        """
        self._due = self._due[-1:]
        self._answered = self._due[-1] if self._due else self._answered

    def settle(self) -> list[Output]:
        """What was sent need not be sent again."""
        settled, self._unanswered = self._unanswered, []
        return [ForgetTake(said) for said in settled if isinstance(said, int)]

    def settle_old(self, now: float) -> list[Output]:
        """What was sent so long ago that the connection must have lived need not be sent again."""
        return self.settle() if now - self._sent_at > SEEMS_ALIVE_MS else []

    def unheard(self) -> list[Output]:
        """The server answers nothing and writes nothing down: there was no speech in what it heard."""
        due, self._due = self._due, []
        return [*self.settle(), *(TakeEnded(take, "short") for take in due)]

    def keep(self, take: int) -> list[Output]:
        """A take ended without a connection."""
        self._kept.append(take)
        return [TakeEnded(take, "kept")]

    def hold(self, said: Said) -> None:
        """This was said without a connection, and goes out with the next one."""
        self._kept.append(said)

    def drop(self, *, keep: bool) -> list[Output]:
        """The connection is gone, with all that was in it."""
        self._due.clear()
        if not keep:
            return self.settle()
        unanswered, self._unanswered = self._unanswered, []
        self._kept = unanswered + self._kept
        return [TakeEnded(said, "kept") for said in unanswered if isinstance(said, int)]

    def hand_over(self) -> list[Said]:
        """What waited for the connection that is open now, in the order it was said in."""
        kept, self._kept = self._kept, []
        return kept
