"""The tools' scenes: a call to approve, one that runs on, pictures, the bench, and two results compared."""

from __future__ import annotations

from PySide6.QtGui import QImage
from stage import BEGAN, Stage

from desktop.conversation.approvals import SERVER
from desktop.conversation.image_encoding import from_image
from desktop.ui.window.main_window import MainWindow
from desktop.viewmodels.approval_question import ApprovalQuestion, shown_arguments
from desktop.viewmodels.bench_setting import BenchSetting

TOOLS = ("get_time", "roll_dice", "calculate", "set_timer", "files__write_file")


def waits_for_approval(window: MainWindow, stage: Stage) -> None:
    """A call of a server's tool, with a path that is not what it seems."""
    stage.tool_calls.begin("c8", "files__write_file", {})
    stage.tool_calls.progress("c8", "asking")
    stage.transcript.add_tool("c8", "files__write_file")
    stage.transcript.progress_tool("c8", "asking")
    content = "Buy tea at p\u0430ypal.com\n"
    written = {"path": "/home/ada/notes\u202etxt.sh", "content": content, "append": False}
    arguments, _ = shown_arguments(written)
    window.approval.count(1)
    command = '["npx", "files-server", "/home/ada"]'
    window.approval.ask(
        ApprovalQuestion("write_file", SERVER(server="files"), command, arguments, claims=("destructive",))
    )
    window.approval.read_at_once()


def runs_on(window: MainWindow, stage: Stage) -> None:
    """A slow call, and one whose result is the bench's."""
    for call_id, name in (("c8", "crawl_site"), ("c9", "roll_dice")):
        stage.tool_calls.begin(call_id, name, {"sides": 6})
        stage.transcript.add_tool(call_id, name)
    stage.tool_calls.progress("c8", "running on")
    stage.transcript.progress_tool("c8", "running on")
    stage.tool_calls.report("c8", 63, 100, "page 630")
    stage.transcript.report_tool("c8", stage.tool_calls.calls[-2].progress)
    stage.tool_calls.end("c9", "failed", {"error": "It could not be reached."}, 2_003.0, "error")
    stage.transcript.end_tool("c9", "failed", 2_003.0, "error")


def pictures(window: MainWindow, stage: Stage) -> None:
    """A call with two pictures in its result."""
    drawn = []
    for width, height, colour in ((320, 200, 0x3A7BD5), (200, 320, 0xD58A3A)):
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(colour)
        drawn.append(from_image(image).url)
    stage.tool_calls.begin("c5", "camera__look", {"at": "the harbour"})
    stage.tool_calls.calls[-1].at = BEGAN
    kinds = ["image/png, 18220 bytes", "image/png, 17004 bytes"]
    stage.tool_calls.end("c5", "done", {"pictures": kinds}, 412.0, pictures=tuple(drawn))
    if not window.workspace.narrow:
        window.side.setCurrentWidget(window.side.tools)
    window.side.tools.open_call(stage.tool_calls.rowCount() - 1)


def bench(window: MainWindow, stage: Stage) -> None:
    """The bench, with one tool bent."""
    window.side.setCurrentWidget(window.side.tools)
    inspector = window.side.tools
    inspector.show_definitions([{"name": name} for name in TOOLS])
    inspector.bench.show_settings(
        {"roll_dice": BenchSetting(2.0, "fixed", '{"rolls": [6, 6], "total": 12}', 0.5, 7, once=False)}
    )
    inspector.bench.choose("roll_dice")
    inspector.bench_button.setChecked(True)


def compared(window: MainWindow, stage: Stage) -> None:
    """Two results of one tool."""
    runs_on(window, stage)
    stage.tool_calls.begin("c7", "roll_dice", {"sides": 6})
    stage.tool_calls.end("c7", "done", {"rolls": [2, 5], "total": 7}, 1.1)
    stage.tool_calls.begin("c6", "roll_dice", {"sides": 6})
    stage.tool_calls.end("c6", "done", {"rolls": [2, 4], "total": 6}, 1.2, "fixed")
    window.side.setCurrentWidget(window.side.tools)
    window.side.tools.open_call(stage.tool_calls.rowCount() - 1)
    window.side.tools.detail.open_comparison()
