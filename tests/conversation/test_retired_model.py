"""A retired model is said to be one, once, with the one to use in its place."""

from __future__ import annotations

from datetime import date

from desktop.conversation.retired_model import MODEL_REPLACED, MODEL_RETIRED, RetiredModel
from desktop.conversation.session_options import SessionOptions
from desktop.protocol.catalog import MODELS
from desktop.protocol.entries import merged
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.turn.effects import Note

TODAY = date(2026, 11, 30)
OLD = {"id": "new/1", "name": "New 1", "retired_at": "2026-01-01", "successor": "new/2"}
NEW = {"id": "new/2", "name": "New 2", "retired_at": "2027-01-01"}


class Shown:
    def __init__(self, model: str, *entries: object) -> None:
        self.store = SettingsStore(Settings(model=model))
        self.options = SessionOptions(self.store)
        self.notes: list[Note] = []
        self.settled = 0
        self.retired = RetiredModel(self.options, lambda: TODAY)
        self.retired.noted.connect(self.notes.append)
        self.retired.settled.connect(self._settle)
        self.options.changed.connect(lambda _: self.retired.look())
        self.options.use_models(merged(entries))

    def _settle(self) -> None:
        self.settled += 1


def test_the_successor_is_named_once_and_one_click_away():
    shown = Shown("new/1", OLD, NEW)
    shown.options.use_models(merged([OLD, NEW]))
    (note,) = shown.notes
    assert (note.message.text, note.action, note.subject) == (MODEL_REPLACED, "use_successor", "retired")
    assert str(note.message) == "The provider has retired New 1. Its successor is New 2."
    assert shown.retired.successor
    shown.options.choose("model", shown.retired.successor.id)
    assert (shown.store.current.model, shown.settled) == ("new/2", 1)
    assert shown.retired.successor is None


def test_without_a_successor_another_model_is_to_be_chosen():
    for entries in ([OLD], [OLD, NEW | {"retired_at": "yesterday"}], [OLD | {"successor": "new/1"}]):
        (note,) = Shown("new/1", *entries).notes
        assert (note.message.text, note.action) == (MODEL_RETIRED, "choose_model")


def test_a_model_that_will_be_retired_is_no_news():
    shown = Shown("new/2", OLD, NEW)
    assert (shown.notes, shown.settled) == ([], 0)
    assert Shown(MODELS[0].id).notes == []


def test_a_successor_that_becomes_known_is_told():
    shown = Shown("new/1", OLD)
    shown.options.use_models(merged([OLD, NEW]))
    assert [note.message.text for note in shown.notes] == [MODEL_RETIRED, MODEL_REPLACED]
