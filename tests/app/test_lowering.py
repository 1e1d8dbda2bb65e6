"""When other programs' sound is lowered, and when it is put back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from desktop.app import lowering
from desktop.app.lowering import NOT_LOWERED, Lowering
from desktop.base import paths
from desktop.settings.store import SettingsStore
from desktop.turn.effects import DisplayState


class Others:
    """Other programs' sound, as a list of what was done with it."""

    owes = False

    def __init__(self) -> None:
        self.did: list[str] = []
        self.problem: OSError | None = None

    def lower(self) -> None:
        if self.problem:
            raise self.problem
        self.did.append("lower")

    def restore(self) -> None:
        self.did.append("restore")


@pytest.fixture
def others(monkeypatch: Any) -> Others:
    monkeypatch.setattr(lowering, "AFTER_MS", 0)
    monkeypatch.setattr(lowering.sys, "platform", "linux")
    return Others()


@pytest.fixture
def ours(qapp: Any, others: Others, tmp_path: Path) -> Lowering:
    store = SettingsStore.load(tmp_path)
    store.override(lower_others=True)
    made = Lowering(store, make=lambda: others)
    made.store = store  # type: ignore[attr-defined]
    return made


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a list has no event for it
            await asyncio.sleep(0)


async def test_from_the_press_to_the_end_of_the_answer(ours: Lowering, others: Others):
    for state in (DisplayState.READY, DisplayState.LISTENING, DisplayState.THINKING, DisplayState.SPEAKING):
        ours.show_state(state)
    await until(lambda: others.did == ["lower"])
    await ours.close()
    assert others.did == ["lower", "restore"]


async def test_off_by_default_nothing_is_asked(qapp: Any, others: Others, tmp_path: Path):
    made = Lowering(SettingsStore.load(tmp_path), make=lambda: pytest.fail("it was made"))
    made.start()
    for state in DisplayState:
        made.show_state(state)
    await made.close()


async def test_after_a_kill_the_next_start_puts_it_back_with_the_setting_off(
    qapp: Any, others: Others, tmp_path: Path
):
    made = Lowering(SettingsStore.load(tmp_path), make=lambda: others)
    (paths.data() / lowering.FILE).write_text("[]")
    made.start()
    await until(lambda: others.did == ["restore"])
    await made.close()


async def test_where_it_cannot_be_done_it_says_so(ours: Lowering, others: Others):
    told: list[Any] = []
    ours.told.connect(told.append)
    others.problem = FileNotFoundError(2, "No such file", "pactl")
    ours.show_state(DisplayState.LISTENING)
    await until(lambda: told == [NOT_LOWERED()])
    await ours.close()
    assert told == [NOT_LOWERED()], "the word stays"


async def test_switched_off_in_the_middle_it_is_put_back(ours: Lowering, others: Others):
    ours.show_state(DisplayState.SPEAKING)
    await until(lambda: others.did == ["lower"])
    ours.store.override(lower_others=False)  # type: ignore[attr-defined]
    ours.on_setting_changed("lower_others")
    await until(lambda: others.did == ["lower", "restore"])
    await ours.close()
