"""What a note offers is done by whoever can."""

from __future__ import annotations

from typing import get_args
from unittest.mock import MagicMock

import pytest

from desktop.app import connections
from desktop.protocol.endings import Action

DONE = {
    "top_up": "tools.open_url",
    "change_key": "settings_dialog.open",
    "check_address": "settings_dialog.open",
    "choose_model": "window.choose_model",
    "reconnect": "controller.reconnect",
    "wait": "controller.reconnect",
    "now": "controller.reconnect_now",
}


def test_every_action_is_known():
    assert set(DONE) == {action for action in get_args(Action) if action} | {"now"}


@pytest.mark.parametrize(("action", "by"), DONE.items())
def test_what_a_note_offers_is_done(action: str, by: str):
    parts = MagicMock()
    connections._act(parts, action)
    assert [call[0] for call in parts.mock_calls] == [by]
