"""All settings are reset, and brought back."""

from __future__ import annotations

import pytest

from desktop.settings import schema
from desktop.settings.reset import SettingsReset
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore

NAMES = ["instructions", "tail_ms", "theme", "base_url"]
OWN = Settings(
    instructions="Be brief.", tail_ms=250, theme="dark", base_url="https://one.example", volume=0.5
)


@pytest.fixture
def store(qapp) -> SettingsStore:
    return SettingsStore(OWN)


def test_what_goes_comes_back_whole_and_the_rest_stays(store: SettingsStore):
    offered: list[bool] = []
    reset = SettingsReset(store)
    reset.undo_offered.connect(offered.append)
    reset.reset(NAMES)
    assert store.current == schema.Settings(volume=0.5)
    store.replace(volume=0.7, geometry="moved")
    assert offered == [True], "what was not reset may change"
    reset.undo()
    assert (store.current.instructions, store.current.tail_ms, store.current.theme) == (
        "Be brief.",
        250,
        "dark",
    )
    assert (store.current.volume, store.current.geometry) == (0.7, "moved")
    assert offered == [True, False]
    assert not reset.can_undo


@pytest.mark.parametrize("name", NAMES)
def test_a_change_since_then_stays(store: SettingsStore, name: str):
    offered: list[bool] = []
    reset = SettingsReset(store)
    reset.undo_offered.connect(offered.append)
    reset.reset(NAMES)
    values = {"instructions": "New.", "tail_ms": 300, "theme": "light", "base_url": "https://two.example"}
    store.change(name, values[name])
    assert offered == [True, False]
    reset.undo()
    assert getattr(store.current, name) == values[name]
    assert store.current.instructions != "Be brief."


def test_what_holds_for_once_is_not_kept_by_an_undo(store: SettingsStore):
    store.override(base_url="https://once.example")
    reset = SettingsReset(store)
    reset.reset(NAMES)
    reset.undo()
    assert store.current.base_url == "https://once.example"
    assert store.snapshot()[1].base_url == "https://one.example"
