"""What an imported file may change, and what it may not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from desktop.settings.schema import Settings
from desktop.settings.settings_controller import SettingsController
from desktop.settings.store import SettingsStore


async def imported(path: Path, store: SettingsStore) -> str:
    controller = SettingsController(store)
    said: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    controller.file_done.connect(lambda _, message: said.set_result(str(message)))
    controller.import_file(path)
    async with asyncio.timeout(5):
        return await said


async def test_an_import_takes_no_address_deletes_nothing_and_opens_no_microphone(qapp, tmp_path: Path):
    theme = {
        "theme": "dark",
        "base_url": "https://evil.example/v3",
        "ticket_url": "https://worse.example",
        "mint_tickets": True,
        "keep_days": 1,
        "journal": False,
        "save_events": True,
        "export_folder": "//elsewhere.example/share",
        "turn_modes": {"openai/gpt-realtime-2": "server_vad"},
    }
    (tmp_path / "theme.json").write_bytes(msgspec.json.encode(theme))
    before = Settings(base_url="https://mine.example", save_events=False)
    store = SettingsStore(before)
    said = await imported(tmp_path / "theme.json", store)
    assert store.current == msgspec.structs.replace(before, theme="dark")
    assert "evil.example" in said
    assert "worse.example" in said


async def test_an_address_that_is_set_already_is_not_mentioned(qapp, tmp_path: Path):
    (tmp_path / "a.json").write_bytes(
        msgspec.json.encode({"theme": "dark", "base_url": "https://mine.example"})
    )
    said = await imported(tmp_path / "a.json", SettingsStore(Settings(base_url="https://mine.example")))
    assert said == "Imported from a.json. The key was not touched."
