"""Tests use the public face of their subject; each use of a private part is listed here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]

NO_EVENT = "it waits for the end of something that nobody is told of"
NO_TASK = "it looks for tasks of this part, among those of others"
RACE = "it stands between two steps of one call, where only the audio thread comes"
MEMORY = "how much memory is held has no public face"
FAILING = "what it replaces fails in no other way that a test can bring about"
DIALOG = "the dialog's pages and rows are known to their dialog only"
LIBRARY = "a library's own, which has no public name for it"
END = "the program's beginning and end, which only `main` joins"

ALLOWED: dict[str, dict[str, str]] = {
    "access/test_key_controller.py": {"_tasks": NO_TASK},
    "access/test_model_list_controller.py": {"_fetching": NO_EVENT},
    "app/test_ask_again_controller.py": {"_process": "whether a process is left behind"},
    "app/test_connections.py": {"_act": "a table of actions, each of which would need a state of its own"},
    "app/test_dialogs.py": {"_end": END},
    "app/test_end.py": {"_end": END},
    "app/program.py": {"_end": END},
    "app/test_mcp_control.py": {"_remote_control": END},
    "app/test_new_conversation.py": {"_factory": MEMORY},
    "app/test_no_freeze.py": {"_main": END},
    "app/test_service_list.py": {"_start_session": END},
    "app/test_slow_tools.py": dict.fromkeys(
        ("_tools", "_session", "_supervisor", "_connection", "_socket"), FAILING
    ),
    "app/test_settings_dialog_controller.py": dict.fromkeys(
        ("_pages", "_status", "_connection", "_hint", "_dialog", "_notice", "_words"), DIALOG
    ),
    "app/test_settings_dialog_sign_in.py": dict.fromkeys(("_sign_in", "_running"), NO_TASK),
    "app/test_settings_wiring.py": {"_pages": DIALOG, "_end": END}
    | dict.fromkeys(
        ("_lock", "_access", "_options"), "it looks at whether a value has arrived, not at its effect"
    ),
    "app/test_tool_sources.py": {
        "_active": "whether the session was told, not what comes of it",
        "_begin_after_first_paint": END,
    },
    "app/test_translation.py": {"_store_error": FAILING},
    "audio/test_jitter_buffer.py": dict.fromkeys(("_queue", "_known"), MEMORY),
    "audio/test_playback.py": dict.fromkeys(("_player", "_put", "_actions", "_cancelled"), RACE),
    "audio/test_portaudio.py": {"_initialized": LIBRARY},
    "base/test_log.py": {"_PATTERNS": "each pattern alone must find what they find together"},
    "base/test_paths.py": {"_dirs": "which folders it asks the system for, without making them"},
    "conversation/test_session_controller.py": {
        "_lifecycle": NO_EVENT,
        "_tasks": NO_EVENT,
        "_open": NO_EVENT,
        "_on_notice": "that its rules lack no notice",
    },
    "documentation/test_names.py": {"_actions": LIBRARY, "_SubParsersAction": LIBRARY}
    | dict.fromkeys(("_talking", "_window"), DIALOG),
    "offline/test_turn_recognizer.py": {"_audio": MEMORY, "_samples": MEMORY},
    "realtime/test_connection.py": {"_socket": FAILING},
    "realtime/test_floods.py": {"_socket": MEMORY},
    "realtime/test_effect_executor.py": {"_TABLE": "that a table of all effects lacks none"},
    "realtime/test_tickets.py": {"_check_socket": "an office far away cannot be had here"},
    "rig/jack_clients.py": {"_exit": LIBRARY, "_ffi": LIBRARY, "_ptr": LIBRARY},
    "scripts/test_setup.py": {"_lock_for_this_system": "another system cannot be had here", "_pip": FAILING},
    "secrets/test_window.py": {"_config_folder": FAILING, "_save_conversation": END, "_end": END}
    | {"_export": "saving begins with a dialog of the system's"},
    "tools/mcp/rough_server.py": {"_exit": LIBRARY},
    "ui/dialogs/test_history_dialog.py": {"_model": "what a pane in the dialog shows"},
    "ui/settings/test_settings_dialog.py": {"_pages": DIALOG},
    "ui/talk/test_talk.py": {"_keys": "no other window can take the focus on the virtual screen"},
    "ui/tools/test_tool_inspector.py": {"_nodes": MEMORY},
    "ui/transcript/test_transcript.py": {
        "_match": "which of many places is marked can be seen in a picture only"
    },
    "ui/window/test_key_and_windows.py": {"_stack": DIALOG},
}
"""File, attribute and reason. This list is to become shorter."""


def private_uses(tree: ast.Module) -> Iterator[str]:
    """Attributes with an underscore of anything but `self`, `cls` and the file's own classes."""
    own = {"self", "cls"} | {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name(owner)) if owner in own:
                pass
            case ast.Attribute(attr=name) if name.startswith("_") and not name.startswith("__"):
                yield name


def test_private_parts_are_used_with_a_reason_only() -> None:
    used: dict[str, set[str]] = {}
    for path in sorted(TESTS.rglob("*.py")):
        names = set(private_uses(ast.parse(path.read_text("utf-8"))))
        if names:
            used[path.relative_to(TESTS).as_posix()] = names
    allowed = {file: set(names) for file, names in ALLOWED.items()}
    new = {file: names - allowed.get(file, set()) for file, names in used.items()}
    gone = {file: names - used.get(file, set()) for file, names in allowed.items()}
    assert {file: names for file, names in new.items() if names} == {}, (
        "ask the public face, or give the reason"
    )
    assert {file: names for file, names in gone.items() if names} == {}, (
        "no longer used: take it off the list"
    )


def test_it_finds_what_it_looks_for() -> None:
    source = """
class Desk:
    _made = 0
    def look(self, other):
        self._own, Desk._made, other.part._private, other.public, other.__dict__
"""
    assert list(private_uses(ast.parse(source))) == ["_private"]
