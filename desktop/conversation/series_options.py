"""What a session without a window is opened with, and how its turns are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.key_hosts import Ask
from desktop.base.message import Message
from desktop.conversation import session_config
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog
from desktop.realtime.retry import PATIENCE_S
from desktop.settings.schema import Settings
from desktop.turn.inputs import Policy

TIMEOUT_S = 120.0
NO_CAP_MS = 24 * 3_600_000
"""A sound ends by itself."""


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """The session. `settings` decide its configuration.

    `realtime`: send sound at the speed of speech. `patience_s`: how long a lost connection is tried again.
    `open_page`: opens one in the browser; where many sessions run that isn't wanted.
    """

    model: catalog.Model
    settings: Settings
    access: AccessOptions = field(default_factory=AccessOptions)
    timeout_s: float = TIMEOUT_S
    tools: bool = True
    realtime: bool = False
    patience_s: float = PATIENCE_S
    ask: Ask | None = None
    folder: Path | None = None
    """Where the session is recorded; None: nowhere."""
    open_page: Callable[[str], bool] = lambda url: False
    packs: bool = True
    """Pack the recording's sound when it is over, which takes a processor for a while."""
    words: Callable[[Message], str] = str
    offline: OfflineServer | None = None
    """The offline provider, where its owner lets several sessions use it; None: one of its own."""


def policy_for(model: catalog.Model, settings: Settings) -> Policy:
    """How turns are taken without a microphone: the sound's first sample is the take's, and its last too.

    Where the server is to find their end, silence follows.
    """
    chosen = session_config.chosen_options(model, settings)
    by_server = chosen.turn_mode != "push_to_talk"
    silence_ms = settings.vad_silence_ms if by_server else session_config.SILENCE_MS
    return Policy(
        commits=model.commits and not by_server,
        pre_roll_ms=0,
        tail_ms=0,
        warn_ms=NO_CAP_MS,
        cap_ms=NO_CAP_MS,
        trail_ms=silence_ms + session_config.TRAIL_MARGIN_MS,
        continuous=model.translates,
        late_results=model.late_results,
    )
