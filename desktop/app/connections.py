"""Every connection between the parts of the program.

Only signals and slots of the parts themselves are connected. A part forwards what its own parts emit.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6

from desktop.access.endpoint_resolver import credential_in_words, default_model
from desktop.access.key_format import PLATFORM_URL
from desktop.app import (
    approval_connections,
    background_connections,
    diagnostics,
    doctor_connections,
    hotkey_connections,
    note_connections,
    reading_connections,
    recording_connections,
    tool_source_connections,
)
from desktop.app.build import Parts, offer_web_tools
from desktop.base.daemon_thread import in_daemon
from desktop.conversation import settings_values
from desktop.devices.audio_options import AudioOptions
from desktop.protocol import catalog
from desktop.system import system_events
from desktop.turn.effects import DisplayState
from desktop.viewmodels import text_sizes

if TYPE_CHECKING:  # imported when they are opened, not at the start
    from desktop.ui.dialogs.about_dialog import AboutDialog
    from desktop.ui.dialogs.history_dialog import HistoryDialog
    from desktop.ui.dialogs.talking_dialog import TalkingDialog
    from desktop.ui.settings.settings_dialog import SettingsDialog


def connect(parts: Parts) -> None:
    """Connect everything. The connections live as long as the parts."""
    window, latch, dialogs = parts.window, parts.latch, parts.dialogs
    controller, options, audio, tools = parts.controller, parts.options, parts.audio, parts.tools
    manual_tools, images = parts.manual_tools, parts.images
    recorder, transcripts, history, exports = parts.recorder, parts.transcripts, parts.history, parts.exports
    settings_dialog, model_list, store = parts.settings_dialog, parts.model_list, parts.store
    # talk
    window.talk_pressed.connect(lambda: latch.press(*window.struck))
    window.talk_released.connect(lambda: latch.release(*window.struck))
    window.talk_lost.connect(lambda: latch.lose(*window.struck))
    window.lock_requested.connect(latch.toggle)
    window.attended.connect(latch.attend)
    # A dialog takes the keyboard, and making one can take half a second: the take ends before.
    for dialog_asked_for in (
        window.settings_clicked,
        window.hotkey_sign_clicked,
        window.add_key_clicked,
        window.history_clicked,
        window.keys_clicked,
        parts.reading.opened,
        window.about_clicked,
        window.export_conversation_clicked,
        window.export_times_clicked,
        window.export_spend_clicked,
        window.budget_clicked,
    ):
        dialog_asked_for.connect(latch.lose_all)
    window.escaped.connect(controller.cancel)
    latch.pressed.connect(lambda: controller.press(latch.struck_at))
    latch.released.connect(lambda ms: controller.release(wait_ms=ms, made_at=latch.struck_at))
    latch.lost.connect(lambda: controller.release("focus", made_at=latch.struck_at))
    window.talk_doubted.connect(controller.hold_sound)
    controller.stalled.connect(window.stalled)
    window.talk_settled.connect(controller.release_sound)
    latch.lock_changed.connect(window.show_locked)
    controller.state_changed.connect(partial(_show_take, parts))
    options.changed.connect(lambda _: _allow_lock(parts))
    _allow_lock(parts)
    # session
    window.connect_clicked.connect(controller.toggle_session)
    window.restart_clicked.connect(controller.restart)
    window.new_conversation_clicked.connect(controller.begin_conversation)
    for end in (recorder.end_conversation, parts.spans.begin_conversation, exports.begin_conversation):
        controller.conversation_ended.connect(end)
    window.option_chosen.connect(controller.choose)
    window.note_acted.connect(partial(_act, parts))
    controller.state_changed.connect(window.show_state)
    controller.session_opened.connect(lambda opened: window.begin_session(opened.renews_s))
    controller.retrying.connect(window.show_retrying)
    controller.sending.connect(window.show_sending)
    options.changed.connect(window.show_choice)
    options.changed.connect(lambda chosen: _show_welcome(parts, chosen.model))
    options.restart_offered.connect(window.offer_restart)
    parts.key_need.usable_changed.connect(window.show_restart_possible)
    # models
    window.models_refresh_clicked.connect(model_list.refresh)
    model_list.changed.connect(options.use_models)
    model_list.changed.connect(lambda _: window.show_models(options.offered))
    # spend
    spend = parts.spend
    spend.changed.connect(lambda: window.show_spent(spend.ledger.session))
    spend.turn_changed.connect(parts.timing.show_cost)
    window.spend_requested.connect(lambda: window.show_spend_report(spend.report))
    window.export_spend_clicked.connect(dialogs.choose_spend_path)
    dialogs.spend_path_chosen.connect(lambda path: exports.write_spend(path, spend.report))
    dialogs.spend_path_chosen.connect(dialogs.remember_export)
    window.budget_clicked.connect(settings_dialog.open)
    exports.use_spend(lambda: spend.ledger.session)
    # words
    window.text_entered.connect(controller.say)
    window.unheard_requested.connect(controller.replay)
    window.play_requested.connect(controller.play)
    controller.text_sent.connect(window.clear_text)
    window.text_size_asked.connect(partial(_change_text_size, parts))
    window.show_text_size(store.current.text_percent)
    # pictures
    window.picture_file_chosen.connect(images.take_file)
    window.picture_given.connect(images.take_image)
    window.clipboard_picture_clicked.connect(images.take_clipboard)
    window.screen_picture_clicked.connect(images.take_screen)
    images.encoded.connect(controller.show_picture)
    # tools
    window.question_answered.connect(tools.answer)
    window.tool_run_requested.connect(manual_tools.run)
    window.tool_result_requested.connect(manual_tools.describe_result)
    manual_tools.refused.connect(window.show_tool_problem)
    manual_tools.started.connect(window.close_tool_editor)
    manual_tools.result_described.connect(controller.say)
    window.questions_denied.connect(tools.deny_all)
    tools.questions_counted.connect(window.count_questions)
    tools.question_asked.connect(window.show_question)
    tools.questions_settled.connect(window.hide_question)
    # sound
    window.show_volume(store.current.volume)
    window.input_chosen.connect(audio.choose_input)
    window.output_chosen.connect(audio.choose_output)
    window.volume_changed.connect(audio.set_volume)
    window.mute_toggled.connect(audio.mute)
    window.test_started.connect(audio.start_test)
    window.test_stopped.connect(audio.stop_test)
    window.speaker_test_clicked.connect(audio.test_speaker)
    window.devices_looked_at.connect(audio.look)
    window.attended.connect(audio.attend)
    window.first_painted.connect(audio.watch)
    audio.test_changed.connect(window.show_test)
    audio.in_session.connect(window.show_in_session)
    audio.playing_changed.connect(window.show_playing)
    audio.mute_changed.connect(window.show_muted)
    audio.seen.connect(settings_dialog.show_devices)
    audio.options_changed.connect(partial(_remember_sound, parts))
    # system
    parts.system.locked.connect(lambda: controller.release("lock"))
    parts.system.sound_devices_changed.connect(audio.hear_of_change)
    parts.system.sleeping.connect(lambda: controller.release("sleep"))
    parts.system.colour_scheme_changed.connect(parts.theme.use_scheme)
    parts.theme.seen.connect(lambda scheme: store.replace(seen_scheme=scheme))
    window.theme_changed.connect(parts.theme.on_theme_changed)
    parts.system.woke.connect(controller.reconnect_now)
    parts.system.network_back.connect(controller.reconnect_now)
    window.first_painted.connect(lambda: parts.tasks.spawn(_listen_to_system(parts)))
    window.closed.connect(parts.system.close)
    # recording
    controller.session_ended.connect(recorder.end_session)
    controller.state_changed.connect(transcripts.record_state)
    window.restart_clicked.connect(recorder.expect_restart)
    parts.folders.kept.connect(window.show_frames_file)
    recording_connections.connect(parts)
    reading_connections.connect(parts)
    # history
    history.cut_short_found.connect(window.offer_recovery)
    history.cut_short_gone.connect(window.withdraw_recovery)
    window.recovery_clicked.connect(history.show_last)
    window.recovery_dismissed.connect(history.dismiss_last)
    window.history_clicked.connect(dialogs.open_history)
    dialogs.history_opened.connect(history.list_conversations)
    dialogs.history_made.connect(partial(_connect_history, parts))
    # exports
    window.export_conversation_clicked.connect(dialogs.choose_conversation_path)
    window.export_times_clicked.connect(dialogs.choose_times_path)
    controller.session_opened.connect(
        lambda _: exports.add_session(options.displayed.model.id, options.displayed.voice)
    )
    dialogs.conversation_path_chosen.connect(exports.write_conversation)
    dialogs.times_path_chosen.connect(exports.write_times)
    for path_chosen in (dialogs.conversation_path_chosen, dialogs.times_path_chosen):
        path_chosen.connect(dialogs.remember_export)
    window.frames_path_chosen.connect(lambda path: exports.write_frames(Path(path)))
    exports.frames_done.connect(window.show_frames_saved)
    # settings
    window.settings_clicked.connect(settings_dialog.open)
    window.add_key_clicked.connect(lambda: settings_dialog.open(at_key=True))
    window.welcome_dismissed.connect(lambda: store.replace(welcomed=True))
    settings_dialog.opened.connect(partial(_connect_take, parts))
    settings_dialog.opened.connect(partial(_connect_sound_page, parts))
    settings_dialog.key_changed.connect(model_list.renew)
    settings_dialog.key_changed.connect(lambda: parts.tasks.spawn(_take_key(parts)))
    store.changed.connect(controller.on_setting_changed)
    store.changed.connect(partial(_on_setting_changed, parts))
    note_connections.connect(parts)
    hotkey_connections.connect(parts)
    background_connections.connect(parts)
    approval_connections.connect(parts)
    tool_source_connections.connect(parts)
    # dialogs
    window.keys_clicked.connect(dialogs.open_keys)
    window.about_clicked.connect(dialogs.open_about)
    dialogs.made.connect(partial(_connect_take, parts))
    dialogs.about_made.connect(partial(_connect_about, parts))
    window.doctor_clicked.connect(dialogs.open_doctor)
    dialogs.doctor_made.connect(partial(doctor_connections.connect, parts))


def _connect_take(parts: Parts, dialog: TalkingDialog) -> None:
    """Escape discards a take in a dialog as it does in the window."""
    controller = parts.controller
    dialog.show_state(controller.state)
    controller.state_changed.connect(dialog.show_state)
    dialog.take_escaped.connect(controller.cancel)


def _connect_sound_page(parts: Parts, dialog: SettingsDialog) -> None:
    dialog.test_started.connect(parts.audio.start_test)
    dialog.test_stopped.connect(parts.audio.stop_test)
    dialog.speaker_test_clicked.connect(parts.audio.test_speaker)
    parts.audio.test_changed.connect(dialog.show_test)
    parts.audio.playing_changed.connect(dialog.show_playing)
    parts.window.needles_moved.connect(dialog.show_needles)


def _connect_history(parts: Parts, dialog: HistoryDialog) -> None:
    history = parts.history
    # dialog
    dialog.search_requested.connect(history.search)
    dialog.open_requested.connect(history.read_conversation)
    dialog.export_requested.connect(history.export_conversation)
    dialog.export_requested.connect(lambda _, path: parts.dialogs.remember_export(path))
    dialog.share_requested.connect(parts.recording_dialogs.share)
    dialog.ask_again_requested.connect(parts.recording_dialogs.ask_again)
    dialog.delete_requested.connect(history.delete)
    dialog.read_requested.connect(partial(reading_connections.open_conversation, parts))
    parts.reading.opened.connect(dialog.close)
    dialog.undo_requested.connect(history.undo)
    dialog.ended.connect(history.forget_deleted)
    # history
    history.listed.connect(dialog.show_entries)
    history.found.connect(dialog.show_found)
    history.conversation_read.connect(dialog.show_lines)
    history.remarked.connect(dialog.show_remark)
    history.restored.connect(dialog.put_back)
    history.notified.connect(dialog.show_notice)
    history.failed.connect(dialog.show_problem)


def _connect_about(parts: Parts, dialog: AboutDialog) -> None:
    dialog.diagnostics_requested.connect(lambda: parts.tasks.spawn(_show_diagnostics(parts, dialog)))


def _remember_sound(parts: Parts, options: AudioOptions, name: str) -> None:
    """Only what was chosen: another option may hold for this run alone."""
    parts.store.replace(**{name: settings_values.audio_settings(options)[name]})


def _change_text_size(parts: Parts, step: int) -> None:
    parts.store.change("text_percent", text_sizes.stepped(parts.store.current.text_percent, step))


def _act(parts: Parts, action: str) -> None:
    """Do what a note offers."""
    match action:
        case "top_up":
            parts.tools.open_url(PLATFORM_URL)
        case "add_key" | "change_key" | "check_address":
            parts.settings_dialog.open(at_key=True)
        case "choose_model":
            parts.window.choose_model()
        case "use_successor":
            if successor := parts.retired_model.successor:
                parts.controller.choose("model", successor.id)
        case "show_last":
            parts.recorder.show_left()
        case "undo_reset":
            parts.settings_dialog.undo_reset()
        case "go_on":
            parts.controller.go_on()
        case "now":
            parts.controller.reconnect_now()
        case _:
            parts.controller.reconnect()


def _show_take(parts: Parts, state: DisplayState) -> None:
    """A take goes on while it is muted, though the state is another."""
    listens = parts.controller.listens
    parts.latch.show_state(DisplayState.LISTENING if listens else state)
    parts.theme.wait(listens and not parts.controller.policy.hands_free)


def _allow_lock(parts: Parts) -> None:
    """A double tap locks only where the talk key is held: hands-free the line is open anyway."""
    held = parts.options.displayed.turn_mode == "push_to_talk"
    parts.latch.enable(parts.store.current.tap_lock and held)


def _on_setting_changed(parts: Parts, name: str) -> None:
    """Hand each part its new values."""
    settings = parts.store.current
    if name == "volume":
        parts.window.show_volume(settings.volume)
    match name:
        case "text_percent":
            parts.window.show_text_size(settings.text_percent)
        case "agent":
            parts.window.show_models(parts.options.offered)
            parts.model_list.use_access(settings_values.access(settings))
        case "web_tools":
            offer_web_tools(parts.registry, settings)
        case "tray" | "notify" | "start_at_login" | "lower_others":
            pass  # `background_connections` has them
        case "theme":
            parts.theme.choose(settings.theme)
        case "tap_lock":
            _allow_lock(parts)
        case name if name in settings_values.BUDGETS:
            parts.spend.limits_changed()
        case _:
            parts.audio.use_options(settings_values.audio(settings))
            recording_connections.use_settings(parts)
            parts.model_list.use_access(settings_values.access(settings))


def _show_welcome(parts: Parts, model: catalog.Model) -> None:
    """The demo is explained only while it is there because there is no key."""
    settings = parts.store.current
    parts.window.show_welcome(model.offline and not settings.model and not settings.welcomed)


async def _take_key(parts: Parts) -> None:
    await parts.controller.key_changed(partial(default_model, parts.store.current.ticket_url))


async def _listen_to_system(parts: Parts) -> None:
    await in_daemon(system_events.load)
    parts.system.start()
    parts.audio.rely_on_reports(parts.system.reports_sound_devices)


async def _show_diagnostics(parts: Parts, dialog: AboutDialog) -> None:
    counted = {name: round(value, 1) for name, value in parts.audio.counted().items()}
    model, access = parts.options.model, settings_values.access(parts.store.current)

    def report() -> str:
        return diagnostics.report(counted, credential_in_words(model, access, named=False))

    text = await in_daemon(report)
    if shiboken6.isValid(dialog):
        dialog.show_diagnostics(text)
