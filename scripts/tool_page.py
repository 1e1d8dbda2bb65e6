"""What the settings' page of the tools shows in the screenshots."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea

from desktop.tools.functions.files import AT_LINE
from desktop.tools.mcp.imports import OF_EDITOR
from desktop.tools.mcp.words import EXITED, SIGN_IN
from desktop.ui.settings.settings_dialog import SettingsDialog
from desktop.viewmodels import tool_rows
from desktop.viewmodels.tool_rows import ImportRow, ServerEntry, SourceRow, ToolRow

ENTRY = ServerEntry("notes", "npx -y @example/notes-server --folder ~/Notes", "NOTES_TOKEN=${keychain:notes}")
TIME = ServerEntry("time", "mcp-server-time")
SCHEMA = {"properties": {"timezone": {"type": "string", "description": "IANA timezone name"}}}


def fill(dialog: SettingsDialog) -> None:
    """Two servers, of which one has ended, a file with a fault, and a few tools."""
    page = dialog.tools
    page.sources.show_rows(
        [
            SourceRow(
                "mcp", "time", tool_rows.READY(count=2), True, entry=ServerEntry("time", "mcp-server-time")
            ),
            SourceRow(
                "mcp",
                "notes",
                tool_rows.AGAIN(seconds=10),
                False,
                (EXITED(code="1"),),
                ("Error: the folder ~/Notes does not exist",),
                secrets=1,
                entry=ENTRY,
            ),
            SourceRow(
                "function",
                "weather.py",
                tool_rows.FAILED(),
                False,
                (AT_LINE(file="weather.py", line=12, words="forecast: the parameter day has no type."),),
            ),
        ]
    )
    page.sources.list.setCurrentRow(1)
    page.tools.show_rows(
        [
            ToolRow("get_time", "", "The current time, date and weekday.", "always", True),
            ToolRow(
                "time__get_current_time",
                "time",
                "Get current time in a specific timezone",
                "ask",
                False,
                ("read-only",),
                ("timezone: format tz",),
                SCHEMA,
            ),
            ToolRow("convert_temperature", "example.py", "Converts a temperature.", "always", False),
        ]
    )
    page.tools.list.setCurrentRow(1)


def edit(dialog: SettingsDialog) -> None:
    """A server is edited."""
    dialog.tools.sources.edit.click()


def show_imports(dialog: SettingsDialog) -> None:
    """Other programs have servers, one of them ticked."""
    page, panel = dialog.tools, dialog.tools.imports
    page.show_imports(
        [
            ImportRow("Claude Desktop", "files", "npx -y @modelcontextprotocol/server-filesystem ~"),
            ImportRow("Cursor", "git", "uvx mcp-server-git"),
            ImportRow("VS Code", "here", "", OF_EDITOR(name="workspaceFolder")),
        ]
    )
    panel.list.item(1).setCheckState(Qt.CheckState.Checked)
    QApplication.processEvents()  # it has its place then
    for area in dialog.findChildren(QScrollArea):
        if area.isAncestorOf(panel):
            area.ensureWidgetVisible(panel)


def show_sign_in(dialog: SettingsDialog) -> None:
    """A server at an address wants the user to sign in."""
    wiki = ServerEntry("wiki", "https://wiki.example.com/mcp")
    row = SourceRow("mcp", "wiki", tool_rows.SIGN_IN(), False, (SIGN_IN(),), wants_sign_in=True, entry=wiki)
    sources = dialog.tools.sources
    sources.show_rows([row, *sources.rows])
    sources.list.setCurrentRow(0)
