"""The list of models as the window has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.model_list_controller import ModelListController
from desktop.conversation.session_options import SessionOptions
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.turn.effects import Note
from desktop.viewmodels.chosen_options import ChosenOptions
from tests.realtime.office import open_office, status

LIST = {"models": [{"id": "new/voice", "name": "New Voice", "parameters": {"reasoning_effort": ["low"]}}]}


class Bench:
    def __init__(self, url: str) -> None:
        self.controller = ModelListController(AccessOptions(url))
        self.options = SessionOptions(SettingsStore(Settings(model="new/voice")))
        self.notes: list[Note] = []
        self.displayed: list[ChosenOptions] = []
        self.controller.noted.connect(self.notes.append)
        self.controller.changed.connect(self.options.use_models)
        self.options.changed.connect(self.displayed.append)

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - threads and sockets
                await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


async def test_what_was_kept_is_there_before_a_session_and_what_is_new_after_it():
    async with open_office(LIST) as office:
        bench = Bench(office.url)
        await bench.controller.load()
        assert bench.options.model.efforts == ()
        assert office.asked == []
        bench.controller.renew()
        await bench.until(lambda: bench.options.model.efforts == ("low",))
        assert bench.displayed[-1].model.label == "New Voice"
        assert bench.notes == []
        again = Bench(office.url)
        await again.controller.load()
        assert again.options.model.efforts == ("low",)
    assert len(office.asked) == 1


async def test_a_refresh_says_what_is_new():
    async with open_office(LIST) as office:
        bench = Bench(office.url)
        bench.controller.refresh()
        await bench.until(lambda: bench.notes)
        bench.controller.refresh()
        await bench.until(lambda: len(bench.notes) == 2)
    assert [str(note.message) for note in bench.notes] == ["New models: New Voice.", "No new models."]


async def test_a_refresh_that_fails_says_why_and_changes_nothing():
    async with open_office(LIST, status(500)) as office:
        bench = Bench(office.url)
        bench.controller.refresh()
        await bench.until(lambda: bench.notes)
        bench.controller.refresh()
        await bench.until(lambda: len(bench.notes) == 2)
    assert bench.notes[1].kind == "warning"
    assert "problem of its own" in str(bench.notes[1].message)
    assert bench.options.model.label == "New Voice"


async def test_closing_gives_up_what_is_waited_for():
    async def never(_):
        await asyncio.Event().wait()

    async with open_office(never) as office:
        bench = Bench(office.url)
        bench.controller.refresh()
        await bench.until(lambda: office.asked)
        task = bench.controller._fetching
        bench.controller.close()
        await bench.until(task.done)
    assert bench.notes == []


async def test_another_service_is_asked_from_the_next_time_on():
    async with open_office(LIST) as first, open_office(LIST) as second:
        bench = Bench(first.url)
        bench.controller.use_access(AccessOptions(second.url))
        bench.controller.refresh()
        await bench.until(lambda: bench.notes)
        assert (len(first.asked), len(second.asked)) == (0, 1)
