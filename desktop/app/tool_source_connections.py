"""The connections of the tools from elsewhere: the session, the inspector, and the settings page."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QModelIndex, QUrl
from PySide6.QtGui import QDesktopServices

from desktop.app.build import Parts
from desktop.base.terminal import one_line
from desktop.viewmodels.wording import worded

if TYPE_CHECKING:  # imported when it is opened, not at the start
    from desktop.ui.settings.settings_dialog import SettingsDialog

LONGEST_RESULT = 2_000
"""Characters of a result on the settings page; all of it is in the inspector."""


def connect(parts: Parts) -> None:
    """Connect them."""
    parts.tool_sources.changed.connect(partial(_on_changed, parts))
    parts.tools.approvals.permission_chosen.connect(partial(_on_changed, parts))
    parts.settings_dialog.opened.connect(partial(_connect_page, parts))


def _on_changed(parts: Parts) -> None:
    parts.controller.tools_changed()
    definitions = parts.registry.definitions(parts.options.model.provider)
    parts.window.show_tool_definitions([structs.asdict(tool) for tool in definitions])


def _connect_page(parts: Parts, dialog: SettingsDialog) -> None:
    page, settings = dialog.tools, parts.tool_settings
    # sources
    settings.sources_changed.connect(page.sources.show_rows)
    settings.done.connect(page.show_notice)
    settings.saved.connect(page.close_editor)
    page.editor.entered.connect(settings.save)
    page.sources.remove_clicked.connect(settings.remove)
    page.sources.restart_clicked.connect(settings.restart)
    page.sources.switched.connect(settings.switch)
    page.sources.secrets_clicked.connect(settings.move_secrets)
    page.sources.sign_in_clicked.connect(settings.sign_in)
    page.import_clicked.connect(settings.find_imports)
    settings.imports_found.connect(page.show_imports)
    page.imports.chosen.connect(settings.take)
    page.example_clicked.connect(settings.make_example)
    page.folder_clicked.connect(settings.open_folder)
    settings.folder_ready.connect(lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)))
    # tools
    settings.tools_changed.connect(page.tools.show_rows)
    page.tools.permission_chosen.connect(settings.choose)
    page.tools.run_requested.connect(parts.manual_tools.run)
    parts.manual_tools.refused.connect(lambda message: page.tools.show_problem(worded(message)))
    calls = parts.controller.presenter.tool_calls

    def on_call_changed(first: QModelIndex, last: QModelIndex) -> None:
        for call in calls.calls[first.row() : last.row() + 1]:
            if call.by_hand and call.state != "running":
                words = one_line(json.dumps(call.result, ensure_ascii=False), LONGEST_RESULT)
                page.tools.show_result(call.name, words, call.state == "done")

    calls.dataChanged.connect(on_call_changed)
    settings.show()
