"""The dialogs of one recording of the history: it is shared, or asked again.

What they need is imported when one of them is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.app.dialogs import Dialogs
from desktop.conversation.session_options import SessionOptions
from desktop.settings.schema import Settings

if TYPE_CHECKING:
    from desktop.app.ask_again_controller import AskAgainController
    from desktop.recording.share.share_controller import ShareController


class RecordingDialogs(QObject):
    """Makes them, with one controller for each kind. `close` before the loop ends."""

    def __init__(self, dialogs: Dialogs, options: SessionOptions, settings: Callable[[], Settings]) -> None:
        super().__init__(dialogs)
        self._dialogs, self._options, self._settings = dialogs, options, settings
        self._sharing: ShareController | None = None
        self._asking: AskAgainController | None = None

    def share(self, key: str) -> None:
        """Show what a zip of this conversation's recording would hold."""
        from desktop.recording.share.share_controller import ShareController
        from desktop.ui.dialogs.share_dialog import ShareDialog

        if self._sharing is None:
            self._sharing = ShareController(self)
        sharing = self._sharing
        dialog = self._dialogs.renewed(ShareDialog, ShareDialog)
        dialog.folder = self._dialogs.export_folder.suggest()
        # dialog
        dialog.prepare_asked.connect(lambda sound: sharing.prepare(key, sound))
        dialog.save_asked.connect(sharing.write)
        dialog.save_asked.connect(self._dialogs.remember_export)
        dialog.ended.connect(sharing.forget)
        # sharing. The dialog's methods: Qt lets go of them when it is closed.
        sharing.prepared.connect(dialog.show_preview)
        sharing.written.connect(dialog.show_saved)
        sharing.failed.connect(dialog.show_problem)
        dialog.begin()

    def ask_again(self, key: str) -> None:
        """Ask which model or prompt this conversation's turns are to be asked again."""
        from desktop.app.ask_again_controller import AskAgainController
        from desktop.ui.dialogs.ask_again_dialog import AskAgainDialog

        if self._asking is None:
            self._asking = AskAgainController(self._settings, self)
        asking, options = self._asking, self._options
        dialog = self._dialogs.renewed(
            AskAgainDialog,
            lambda window: AskAgainDialog(options.offered, options.displayed.model.id, window),
        )
        dialog.folder = self._dialogs.export_folder.suggest()
        # dialog
        dialog.ask_asked.connect(lambda target: asking.ask(Path(key).parent, target))
        dialog.stop_asked.connect(asking.stop)
        dialog.save_asked.connect(asking.save)
        dialog.save_asked.connect(self._dialogs.remember_export)
        # asking
        asking.done.connect(dialog.show_report)
        asking.failed.connect(dialog.show_problem)
        asking.saved.connect(dialog.show_saved)

    async def close(self) -> None:
        """End what runs, and wait for what is being written."""
        for controller in (self._sharing, self._asking):
            if controller is not None:
                await controller.close()
