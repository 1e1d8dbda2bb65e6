"""The options of a session: the chosen ones, those active in the open session, and what a change needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec import structs
from PySide6.QtCore import QObject, Signal

from desktop.conversation import session_config
from desktop.protocol import catalog
from desktop.protocol.catalog import TurnMode
from desktop.protocol.commands import Config, ToolDefinition, TurnDetection
from desktop.settings.store import SettingsStore
from desktop.turn.inputs import Policy
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart

FIXED = frozenset({"model", "input_transcription", "translation_target_language"})
"""Options that are fixed once a session is open. Source: the protocol page's row on `session.update`."""
FIXED_BY_SOUND = frozenset({"voice"})
"""Options that are fixed from the first response on: providers refuse another voice once one was heard."""
NAMES = {
    "model": "model",
    "voice": "voice",
    "reasoning_effort": "effort",
    "turn_detection": "turn_mode",
    "translation_target_language": "language",
}
"""The field of `ChosenOptions` by its name on the wire. Fields that aren't here belong to the settings."""


class SessionOptions(QObject):
    """What the user chose, remembered per model in the settings, and what is active in the open session.

    Call `begin_session` before a session is opened, then `on_session_opened` and `on_session_closed`. Changes
    go out by `update`; `refuse` takes back those that the service refused.
    """

    changed = Signal(ChosenOptions)
    """The options to display."""
    restart_offered = Signal(object)
    """A `PendingRestart`, or None when nothing waits for a new session."""

    def __init__(self, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._models = catalog.MODELS
        self._default_model = catalog.OFFLINE_MODEL
        self._tools: tuple[ToolDefinition, ...] = ()
        self._context = ""
        # What the session was opened with, with the changes since then; None while there is no session.
        self._active: Config | None = None
        self._opened_with = catalog.find(catalog.OFFLINE_MODEL)
        self._open = False
        self._voice_heard = False
        self._access_changed = False
        self._refused: frozenset[str] = frozenset()
        # What was changed in the session and may still be refused: the values from before.
        self._unconfirmed: dict[str, Any] = {}

    @property
    def model(self) -> catalog.Model:
        """The chosen model."""
        settings = self._store.current
        if settings.agent:
            chosen = settings.agent_model
            return catalog.find(chosen, self._models) if chosen else catalog.agent(settings.agent)
        return catalog.find(settings.model or self._default_model, self._models)

    @property
    def models(self) -> tuple[catalog.Model, ...]:
        """All models that are known."""
        return self._models

    @property
    def model_chosen(self) -> bool:
        """Whether the user has chosen a model or an agent, and doesn't take the default."""
        return bool(self._store.current.model or self._store.current.agent)

    @property
    def offered(self) -> tuple[catalog.Model, ...]:
        """The models to choose from; with an agent its own one first."""
        name = self._store.current.agent
        return (catalog.agent(name), *self._models) if name else self._models

    @property
    def chosen(self) -> ChosenOptions:
        """What the next session is opened with."""
        return session_config.chosen_options(self.model, self._store.current)

    @property
    def displayed(self) -> ChosenOptions:
        """What is active in the session; without one, or once another model was chosen, what is chosen."""
        chosen, active = self.chosen, self._active
        if active is None or active.model != self._wanted.model:
            return chosen
        return replace(
            chosen,
            by_agent=self._left_to_agent(active),
            voice=active.voice or "",
            effort=active.reasoning_effort or "",
            turn_mode=_turn_mode(active.turn_detection),
            language=active.translation_target_language or "",
        )

    @property
    def policy(self) -> Policy:
        """How turns are taken in the session, or in the next one."""
        if self._active is None:
            return session_config.policy(self.model, self._store.current)
        opened = self._opened_with
        model = opened if opened.by_agent else catalog.find(opened.id, self._models)
        return session_config.policy(model, self._store.current, _turn_mode(self._active.turn_detection))

    def set_default_model(self, model_id: str) -> None:
        """Use this model while the user has chosen none."""
        self._default_model = model_id
        self.changed.emit(self.displayed)

    def use_models(self, models: tuple[catalog.Model, ...]) -> None:
        """Choose among these models from now on; more may be known of one than before."""
        self._models = models
        self.changed.emit(self.displayed)

    def choose(self, name: str, value: str) -> None:
        """Remember a value for one of `ChosenOptions`'s fields; an empty one is the model's own."""
        settings, model = self._store.current, self.model.id
        if name == "agent":
            self._store.replace(agent=value, agent_model="")
        elif name == "model" and settings.agent:
            self._store.replace(agent_model="" if value == catalog.agent(settings.agent).id else value)
        elif name in ("model", "language"):
            self._store.replace(**{name: value or getattr(settings, name)})
        else:
            self._store.change_entry(f"{name}s", model, value)
        self.changed.emit(self.displayed)

    # The session

    def begin_session(
        self, model: catalog.Model, tools: tuple[ToolDefinition, ...], context: str = ""
    ) -> Config:
        """The configuration that a session is opened with; `context` is the conversation so far."""
        self._tools, self._context = tools, context
        self._active, self._opened_with = self._next_config(model), model
        self._open = self._voice_heard = self._access_changed = False
        self._refused = frozenset()
        self._unconfirmed.clear()
        return self._active

    def on_session_opened(self) -> None:
        """The session is open: from now on it can be changed."""
        self._open = True

    def on_response_began(self) -> None:
        """The assistant has begun to answer."""
        self._voice_heard = True

    def on_session_closed(self) -> None:
        """No session is open."""
        self._active, self._open = None, False
        self._announce()

    def update(self) -> Config | None:
        """The fields of a `session.update` that brings the open session up to date, as far as one can.

        They count as active until `refuse` is called. A restart is offered for the rest.
        """
        changes = {
            name: value for name, value in self._differences().items() if self._can_change(name, value)
        }
        if not self._open or not self.model.updates or "model" in self._differences():
            changes = {}
        if self._active is not None and changes:
            self._unconfirmed |= {name: getattr(self._active, name) for name in changes}
            self._active = structs.replace(self._active, **changes)
        self._announce()
        return Config(**changes) if changes else None

    def use_tools(self, tools: tuple[ToolDefinition, ...]) -> bool:
        """The tools are these from now on; whether a session is to be told, by `update`."""
        changed = self._active is not None and tools != self._tools
        self._tools = tools
        return changed

    def require_new_session(self) -> None:
        """The next session differs in its key or its address."""
        self._access_changed = True
        self._announce()

    def refuse(self, update: Config) -> None:
        """The service refused this update: what was active before still is, and a restart is offered."""
        names = {name for name, value in structs.asdict(update).items() if value is not None}
        before = {name: self._unconfirmed[name] for name in names if name in self._unconfirmed}
        if self._active is not None:
            self._active = structs.replace(self._active, **before)
            self._refused |= names
            self._announce()

    def _left_to_agent(self, active: Config) -> frozenset[str]:
        if not session_config.has_agent(self.model, self._store.current):
            return frozenset()
        left = {own for name, own in NAMES.items() if getattr(active, name) is None}
        return frozenset(left - {"language"})  # without one nothing can be translated

    @property
    def _wanted(self) -> Config:
        return self._next_config(self.model)

    def _next_config(self, model: catalog.Model) -> Config:
        return session_config.session_config(model, self._store.current, self._tools, self._context)

    def _differences(self) -> dict[str, Any]:
        if self._active is None:
            return {}
        wanted = structs.asdict(self._wanted)
        return {name: value for name, value in wanted.items() if value != getattr(self._active, name)}

    def _can_change(self, name: str, value: object) -> bool:
        # A field that was set can't be unset by leaving it out.
        fixed = name in FIXED or (name in FIXED_BY_SOUND and self._voice_heard) or name in self._refused
        return value is not None and not fixed

    def _announce(self) -> None:
        names = dict.fromkeys(NAMES.get(name, "settings") for name in self._differences())
        if "model" in names:
            names = {"model": None}
        if self._access_changed and self._active is not None:
            names["settings"] = None
        self.changed.emit(self.displayed)
        self.restart_offered.emit(PendingRestart(self.chosen, tuple(names)) if names else None)


def _turn_mode(active: TurnDetection | None) -> TurnMode:
    """A server's VAD with a threshold is hands-free: one that the talk key gates has none."""
    if active is None or active.type == "none" or (active.type == "server_vad" and active.threshold is None):
        return "push_to_talk"
    return active.type
