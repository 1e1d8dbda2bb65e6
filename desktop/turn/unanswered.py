"""What the user said or showed and has no response yet: after a drop it is sent again.

    KEPT ---- sent ----> SENT ---- a response began, or none is wanted ----> GONE
      ^                   |
      +--- a drop --------+

Each item goes through these states separately; all of them get the same events.
"""

from __future__ import annotations

from enum import Enum

from desktop.protocol import commands
from desktop.turn.effects import ForgetTake, TakeEnded, TurnOutput
from desktop.turn.region import Region, Rule, TableKey, ignore, rows

SEEMS_ALIVE_MS = 45_000
"""A dead connection may take 30 s to be found, longer than a response is waited for. What was sent so
recently is sent again after a drop, even if the user was told meanwhile that no response came."""

MOST_HEARD = 16
"""Takes that a server hears, one after the other, without a response: room noise. Only the last of them would
be sent again after a drop; a minute of each is 46 MB at most."""

Item = int | commands.Command
"""A take by its number, or a typed message or a picture as the command that sends it."""


class ItemState(Enum):
    """Where an item stands."""

    KEPT = "kept"
    """It waits for the next connection."""
    SENT = "sent"
    """It was sent, and has no response."""
    GONE = "gone"
    """It need not be sent again."""


class ItemEvent(Enum):
    """What happens to all items."""

    CONNECTED = "connected"
    """A connection is open: the kept items are taken out, to be sent."""
    LOST = "lost"
    """The connection is gone, and what was sent on it may not have arrived."""
    ENDED = "ended"
    """The user has ended the session."""
    SETTLED = "settled"
    """A response began, or none is wanted any more."""


class UserItem(Region[ItemState]):
    """One item on its way."""

    def __init__(self, item: Item, state: ItemState) -> None:
        super().__init__(f"take {item}" if isinstance(item, int) else "item", state)
        self.item = item

    def handle(self, event: ItemEvent, now: float = 0.0) -> list[TurnOutput]:
        """What this event means to the item."""
        return self._apply(_TABLE, event, now)

    def _leave(self, _: ItemEvent, _now: float) -> list[TurnOutput]:
        self._set_phase(ItemState.GONE)
        return []

    def _keep(self, _: ItemEvent, _now: float) -> list[TurnOutput]:
        self._set_phase(ItemState.KEPT)
        return [TakeEnded(self.item, "kept")] if isinstance(self.item, int) else []

    def _forget(self, _: ItemEvent, _now: float) -> list[TurnOutput]:
        self._set_phase(ItemState.GONE)
        return [ForgetTake(self.item)] if isinstance(self.item, int) else []


_TABLE: dict[tuple[ItemState, TableKey], Rule] = {
    (ItemState.KEPT, ItemEvent.CONNECTED): UserItem._leave,
    # An ended session leaves it too: the next one sends it.
    **rows([ItemState.KEPT], [ItemEvent.LOST, ItemEvent.ENDED, ItemEvent.SETTLED], ignore),
    (ItemState.SENT, ItemEvent.LOST): UserItem._keep,
    **rows([ItemState.SENT], [ItemEvent.ENDED, ItemEvent.SETTLED], UserItem._forget),
}
"""What each event means in each state. At CONNECTED nothing is SENT: a drop or a renewal came before."""


class Unanswered:
    """The items of `turn.Turn` that have no response yet, oldest first."""

    def __init__(self) -> None:
        self._items: list[UserItem] = []
        self._sent_at = 0.0

    @property
    def keeps(self) -> bool:
        """Whether something waits for the next connection."""
        return any(item.phase is ItemState.KEPT for item in self._items)

    @property
    def takes(self) -> tuple[int, ...]:
        """The takes among the items."""
        return tuple(item.item for item in self._items if isinstance(item.item, int))

    @property
    def any(self) -> bool:
        """Whether there are items."""
        return bool(self._items)

    def sent(self, item: Item, now: float) -> None:
        """This was sent and waits for a response."""
        self._sent_at = now
        self._items.append(UserItem(item, ItemState.SENT))

    def heard(self, take: int, now: float) -> list[TurnOutput]:
        """The server has heard this take by itself, and may respond to it."""
        self.sent(take, now)
        sent = [item for item in self._items if item.phase is ItemState.SENT]
        return self._tell(ItemEvent.SETTLED, sent[:-MOST_HEARD])

    def keep(self, item: Item) -> list[TurnOutput]:
        """Keep an item that was said without a connection, for the next one."""
        self._items.append(UserItem(item, ItemState.KEPT))
        return [TakeEnded(item, "kept")] if isinstance(item, int) else []

    def hold(self, now: float) -> None:
        """What was sent is still on its way: it counts as sent now."""
        self._sent_at = now

    def settle(self) -> list[TurnOutput]:
        """What was sent need not be sent again."""
        return self._tell(ItemEvent.SETTLED, self._items)

    def settle_old(self, now: float) -> list[TurnOutput]:
        """Items sent so long ago that the connection must have been alive need not be sent again."""
        return self.settle() if now - self._sent_at > SEEMS_ALIVE_MS else []

    def drop(self, *, keep: bool) -> list[TurnOutput]:
        """The connection is gone; `keep` what was sent on it for the next one."""
        return self._tell(ItemEvent.LOST if keep else ItemEvent.ENDED, self._items)

    def hand_over(self) -> list[Item]:
        """The items that waited for the connection that is open now, in the order in which they were said."""
        kept = [item for item in self._items if item.phase is ItemState.KEPT]
        self._tell(ItemEvent.CONNECTED, self._items)
        return [item.item for item in kept]

    def _tell(self, event: ItemEvent, items: list[UserItem]) -> list[TurnOutput]:
        effects = [effect for item in items for effect in item.handle(event)]
        self._items = [item for item in self._items if item.phase is not ItemState.GONE]
        return effects
