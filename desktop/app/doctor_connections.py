"""The connections of the audio doctor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.app.build import Parts

if TYPE_CHECKING:  # imported when it is opened
    from desktop.ui.dialogs.doctor_dialog import DoctorDialog


def connect(parts: Parts, dialog: DoctorDialog) -> None:
    """Connect the page that was made. Its methods: Qt lets go of them when it is closed."""
    doctor = parts.audio.doctor
    dialog.start_asked.connect(lambda: parts.tasks.spawn(parts.audio.examine()))
    dialog.stop_asked.connect(doctor.cancel)
    doctor.phase_changed.connect(dialog.show_phase)
    doctor.found.connect(dialog.show_lines)
    doctor.failed.connect(dialog.show_problem)
