"""How the service is reached in a comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.key_hosts import Ask
from desktop.base.message import Message
from desktop.compare.targets import ModelOf
from desktop.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """How the service is reached, and what is usual in its sessions."""

    model_of: ModelOf
    access: AccessOptions = field(default_factory=AccessOptions)
    usual: Settings = field(default_factory=Settings)
    ask: Ask | None = None
    words: Callable[[Message], str] = str
