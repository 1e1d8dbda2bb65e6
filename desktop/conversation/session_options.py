"""What is chosen, what of it holds in the open session, and what the difference needs."""

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
"""What is fixed once a session is open. Source: the protocol page's row on `session.update`."""
FIXED_BY_SOUND = frozenset({"voice"})
"""What is fixed from the first answer on: providers refuse another voice once one was heard."""
NAMES = {
    "model": "model",
    "voice": "voice",
    "reasoning_effort": "effort",
    "turn_detection": "turn_mode",
    "translation_target_language": "language",
}
"""A choice's field by its name on the wire. What has none is one of the settings."""


class SessionOptions(QObject):
    """The choices of the user, remembered per model in the settings, and what holds in the open session.

    `config` is asked for before a session is opened, `opened` and `closed` tell how it went. Changes go
    out by `update`; those that the service refused come back by `refuse`.
    """

    changed = Signal(ChosenOptions)
    """What is to be shown: what holds in the session, unless another model was chosen."""
    restart_offered = Signal(object)
    """A `models.choice.Waiting`, or None when nothing waits for a new session."""

    def __init__(self, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._models = catalog.MODELS
        self._default_model = catalog.OFFLINE_MODEL
        self._tools: tuple[ToolDefinition, ...] = ()
        self._context = ""
        # What the session was opened with and what was changed since; None while there is none.
        self._held: Config | None = None
        self._open = False
        self._spoken = False
        self._elsewhere = False
        self._refused: frozenset[str] = frozenset()
        # What was changed in the session and may yet be refused, with what held before.
        self._before: dict[str, Any] = {}

    @property
    def model(self) -> catalog.Model:
        """The chosen model."""
        return catalog.find(self._store.current.model or self._default_model, self._models)

    @property
    def model_chosen(self) -> bool:
        """Whether the user has chosen a model, and doesn't take the default."""
        return bool(self._store.current.model)

    @property
    def chosen(self) -> ChosenOptions:
        """What the next session is opened with."""
        return session_config.chosen_options(self.model, self._store.current)

    @property
    def shown(self) -> ChosenOptions:
        """What holds in the session, unless it is of another model or there is none: then what was chosen."""
        chosen, held = self.chosen, self._held
        if held is None or held.model != chosen.model.id:
            return chosen
        return replace(
            chosen,
            voice=held.voice or "",
            effort=held.reasoning_effort or "",
            turn_mode=_turn_mode(held.turn_detection),
            language=held.translation_target_language or "",
        )

    @property
    def policy(self) -> Policy:
        """How turns are taken in the session, or in the next one."""
        if self._held is None:
            return session_config.policy(self.model, self._store.current)
        model = catalog.find(self._held.model or "", self._models)
        return session_config.policy(model, self._store.current, _turn_mode(self._held.turn_detection))

    def set_default_model(self, model_id: str) -> None:
        """Use this model while the user has chosen none."""
        self._default_model = model_id
        self.changed.emit(self.shown)

    def show_models(self, models: tuple[catalog.Model, ...]) -> None:
        """These models there are now: what one of them takes may be known better than before."""
        self._models = models
        self.changed.emit(self.shown)

    def choose(self, name: str, value: str) -> None:
        """Remember a value for one of `ChosenOptions`'s fields; an empty one is the model's own."""
        settings, model = self._store.current, self.model.id
        if name in ("model", "language"):
            self._store.replace(**{name: value or getattr(settings, name)})
        else:
            others = {id_: kept for id_, kept in getattr(settings, f"{name}s").items() if id_ != model}
            self._store.replace(**{f"{name}s": others | ({model: value} if value else {})})
        self.changed.emit(self.shown)

    # The session

    def config(self, model: catalog.Model, tools: tuple[ToolDefinition, ...], context: str = "") -> Config:
        """What a session of this model is about to be opened with; `context` is what was said before it."""
        self._tools, self._context = tools, context
        self._held = self._wanted(model)
        self._open = self._spoken = self._elsewhere = False
        self._refused = frozenset()
        self._before.clear()
        return self._held

    def opened(self) -> None:
        """It is open: from now on it can be changed."""
        self._open = True

    def spoke(self) -> None:
        """The assistant has begun to answer."""
        self._spoken = True

    def closed(self) -> None:
        """No session is open."""
        self._held, self._open = None, False
        self._tell()

    def update(self) -> Config | None:
        """What of the difference can be changed in the open session: the fields of a `session.update`.

        It counts as taken until `refuse` is called. What is left over is offered as a restart.
        """
        takes = {name: value for name, value in self._differing().items() if self._changes(name, value)}
        if not self._open or not self.model.updates or "model" in self._differing():
            takes = {}
        if self._held is not None and takes:
            self._before |= {name: getattr(self._held, name) for name in takes}
            self._held = structs.replace(self._held, **takes)
        self._tell()
        return Config(**takes) if takes else None

    def need_session(self) -> None:
        """The next session is opened in another way: with another key, or elsewhere."""
        self._elsewhere = True
        self._tell()

    def refuse(self, update: Config) -> None:
        """The service has not taken this update: what held before holds still, and a restart is offered."""
        names = {name for name, value in structs.asdict(update).items() if value is not None}
        before = {name: self._before[name] for name in names if name in self._before}
        if self._held is not None:
            self._held = structs.replace(self._held, **before)
            self._refused |= names
            self._tell()

    def _wanted(self, model: catalog.Model) -> Config:
        return session_config.session_config(model, self._store.current, self._tools, self._context)

    def _differing(self) -> dict[str, Any]:
        if self._held is None:
            return {}
        wanted = structs.asdict(self._wanted(self.model))
        return {name: value for name, value in wanted.items() if value != getattr(self._held, name)}

    def _changes(self, name: str, value: object) -> bool:
        # What was set can't be unset by leaving it out.
        fixed = name in FIXED or (name in FIXED_BY_SOUND and self._spoken) or name in self._refused
        return value is not None and not fixed

    def _tell(self) -> None:
        names = dict.fromkeys(NAMES.get(name, "settings") for name in self._differing())
        if "model" in names:
            names = {"model": None}
        if self._elsewhere and self._held is not None:
            names["settings"] = None
        self.changed.emit(self.shown)
        self.restart_offered.emit(PendingRestart(self.chosen, tuple(names)) if names else None)


def _turn_mode(held: TurnDetection | None) -> TurnMode:
    """A server's VAD with a threshold is hands-free: one that the talk key gates has none."""
    if held is None or held.type == "none" or (held.type == "server_vad" and held.threshold is None):
        return "push_to_talk"
    return held.type
