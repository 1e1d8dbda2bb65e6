"""A changed setting reaches the part that uses it, and a part's own changes are remembered."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop.app import main
from desktop.app.build import Parts, build
from desktop.app.connections import connect
from desktop.audio.fakes import FakeAudioBackend
from desktop.base import paths
from desktop.cost.money import PICOS
from desktop.cost.turn_cost import Cost
from desktop.devices.audio_options import AudioOptions
from desktop.settings import files
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.tools import opper_web
from desktop.tools.builtin import default_registry
from desktop.ui.common import theme
from desktop.ui.settings.settings_dialog import SettingsDialog
from tests.app.test_no_freeze import run, service, until
from tests.conversation.test_session_controller import idle
from tests.realtime.office import open_office

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")


@pytest.fixture
async def parts(qapp) -> AsyncIterator[Parts]:
    made = build(qapp, SettingsStore(Settings()), default_registry(), FakeAudioBackend(), None)
    connect(made)
    yield made
    made.window.close()
    await main._end(made)
    made.window.deleteLater()
    theme.apply(qapp, theme.LIGHT)


async def test_each_part_gets_its_values(parts: Parts):
    parts.store.replace(theme="dark", input_device="Webcam", volume=0.5, sounds=True)
    parts.store.replace(data_folder="/elsewhere", journal=False, base_url="https://a.example")
    assert theme.tokens() is theme.DARK
    assert parts.audio.options == AudioOptions("Webcam", "", 0.5, cues=True)
    assert parts.recorder._options.folder == "/elsewhere"
    assert not parts.recorder._options.transcripts
    assert parts.model_list._access.base_url == "https://a.example"


async def test_the_session_is_brought_up_to_date_for_what_concerns_it(parts: Parts):
    offers: list[object] = []
    parts.options.restart_offered.connect(offers.append)
    parts.store.change("instructions", "Be brief.")
    parts.store.change("theme", "dark")
    assert offers == [None], "without a session nothing waits for another one"


async def test_what_is_chosen_at_the_window_is_remembered(parts: Parts):
    parts.window.input_chosen.emit("Webcam")
    parts.window.volume_changed.emit(0.25)
    parts.window.welcome_dismissed.emit()
    parts.controller.choose("model", "openai/gpt-realtime-2")
    parts.controller.choose("voice", "cedar")
    chosen = Settings(
        input_device="Webcam",
        volume=0.25,
        welcomed=True,
        model="openai/gpt-realtime-2",
        voices={"openai/gpt-realtime-2": "cedar"},
    )
    assert parts.store.current == chosen


async def test_a_volume_from_elsewhere_is_shown(parts: Parts):
    emitted: list[float] = []
    parts.window.volume_changed.connect(emitted.append)
    parts.store.replace(volume=0.3)
    slider = parts.window.audio.output.volume
    assert (slider.value(), parts.audio.options.volume, emitted) == (30, 0.3, [])


async def test_a_device_for_this_run_is_not_kept_with_another_choice(qapp, tmp_path: Path):
    parts = build(qapp, SettingsStore.load(tmp_path), default_registry(), FakeAudioBackend(), None)
    connect(parts)
    parts.store.override(input_device="Webcam")
    parts.window.volume_changed.emit(0.25)
    await parts.store.flush()
    assert (files.load(tmp_path).settings.input_device, files.load(tmp_path).settings.volume) == ("", 0.25)
    parts.window.input_chosen.emit("Webcam")
    await parts.store.flush()
    assert files.load(tmp_path).settings.input_device == "Webcam"
    await main._end(parts)
    parts.window.deleteLater()


async def test_a_device_chosen_at_the_window_is_shown_in_the_dialog(parts: Parts):
    parts.settings_dialog.open()
    dialog = parts.window.findChild(SettingsDialog)
    parts.audio.seen.emit([("ALSA: Webcam", "Webcam")], [])
    parts.window.input_chosen.emit("ALSA: Webcam")
    (page,) = [page for page in dialog._pages if "input_device" in page.names]
    assert page.row("input_device").field.value() == "ALSA: Webcam"


async def test_a_double_tap_locks_only_where_the_settings_let_it(parts: Parts):
    parts.store.change("tap_lock", False)
    assert not parts.latch._lock.enabled
    parts.store.change("tap_lock", True)
    assert parts.latch._lock.enabled


async def test_at_the_end_the_windows_place_is_remembered(parts: Parts):
    parts.window.show()
    await main._end(parts)
    assert parts.store.current.geometry
    assert parts.store.current.layout == parts.window.layout_texts() | parts.strip.layout_texts()


async def test_the_web_tools_are_offered_as_the_settings_have_it(parts: Parts):
    def offered() -> set[str]:
        return {tool.name for tool in parts.registry.definitions()} & set(opper_web.NAMES)

    assert parts.store.current.web_tools == "off"
    assert offered() == set()
    for choice in ("ask", "always"):
        parts.store.change("web_tools", choice)
        assert offered() == set(opper_web.NAMES) == {"web_search", "web_fetch"}
    parts.store.change("web_tools", "off")
    assert offered() == set()


async def test_a_turn_is_written_to_the_service_once_the_settings_let_it(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPPER_API_KEY", "op-4b1c9d2e7f60aa31")
    assert not parts.store.current.spans
    async with open_office({"data": {"id": "s1", "trace_id": "t1", "name": "turn"}}) as office:
        parts.store.replace(base_url=office.url, spans=True)
        transcript = parts.transcript
        transcript.begin_take(1)
        transcript.end_take(1, "sent")
        transcript.begin_response(1)
        transcript.grow_response(1, "Good morning.", 0)
        transcript.end_response(1, "complete", {"input_tokens": 3})
        async with asyncio.timeout(10):
            while not office.asked:  # noqa: ASYNC110 - a server tells nobody
                await asyncio.sleep(0.002)
        await parts.spans.close()
        assert [asked.path for asked in office.asked] == ["/v3/spans"]
        assert office.asked[0].json["output"] == "Good morning."


@pytest.mark.parametrize("name", ["session_budget", "day_budget"])
async def test_a_budget_reaches_what_is_spent(parts: Parts, name: str):
    parts.spend.ledger.add(1, "a/b", parts.spend.today, Cost(9 * PICOS))
    assert not parts.spend.holds
    parts.store.change(name, 10.0)
    assert parts.spend.standing.level == "near"
    assert "budget of $10.00" in str(parts.notes.shown.message)
    parts.store.change(name, 9.0)
    assert parts.spend.holds
    parts.store.change(name, 0.0)
    assert not parts.spend.holds


def test_a_value_that_is_none_is_kept_and_said_in_the_window(
    qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The whole program, from the file that it finds to the file that it leaves, in a folder of dotfiles."""
    file, link = tmp_path / "dotfile.json", paths.config() / files.FILE
    modes = {"a/b": "by_gaze", "c/d": "server_vad"}
    odd = {"tail_ms": "long", "theme": "sepia", "of_a_newer_version": [1], "turn_modes": modes}
    file.write_text(json.dumps(odd | {"volume": 0.5}), encoding="utf-8")
    if sys.platform != "win32":
        link.symlink_to(file)
    else:
        file = file.rename(link)
    said: list[str] = []

    async def use(parts: Parts) -> None:
        await until(lambda: parts.window.note_line.text)
        said.append(parts.window.note_line.text)
        parts.window.volume_changed.emit(0.25)

    with service(idle) as url:
        run(monkeypatch, url, use)
    assert said == [
        "Some settings could not be read and are at their defaults: tail_ms, theme, turn_modes. Choose them "
        "again."
    ]
    left = json.loads(file.read_text(encoding="utf-8"))
    assert {name: left[name] for name in odd} == odd
    assert left["volume"] == 0.25
    assert link.is_symlink() or sys.platform == "win32"
