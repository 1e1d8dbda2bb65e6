"""The page of the tools: what it shows of the sources and the tools, and what it asks for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from desktop.ui.settings.import_panel import ImportPanel
from desktop.ui.settings.server_editor import ServerEditor
from desktop.ui.settings.source_list import SourceList
from desktop.ui.settings.tool_list import ToolList
from desktop.viewmodels import tool_rows
from desktop.viewmodels.tool_rows import MANY, ImportRow, ServerEntry, SourceRow, ToolRow

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

ENTRY = ServerEntry("notes", "notes-server --all", "A=1")
BROKEN = SourceRow(
    "mcp", "notes", tool_rows.FAILED(), False, (tool_rows.OFF(),), ("last words",), secrets=1, entry=ENTRY
)
FILE = SourceRow("function", "mine.py", tool_rows.READY(count=2), True)


@pytest.fixture
def sources(qtbot) -> SourceList:
    made = SourceList()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_broken_server_says_why_and_what_it_wrote_last(sources: SourceList):
    sources.show_rows([BROKEN, FILE])
    assert sources.list.item(0).text() == "notes — Failed"
    assert sources.detail.text() == "Off\nlast words"
    assert sources.secrets.isVisible()
    sources.list.setCurrentRow(1)
    assert not sources.detail.isVisible()
    assert not sources.edit.isEnabled()
    assert sources.add.isEnabled()


def test_the_chosen_one_stays_chosen_when_others_come(sources: SourceList):
    sources.show_rows([FILE])
    sources.show_rows([BROKEN, FILE])
    assert sources.chosen == FILE


def test_a_button_is_for_the_chosen_server(sources: SourceList):
    asked: list[object] = []
    sources.restart_clicked.connect(asked.append)
    sources.switched.connect(lambda *words: asked.append(words))
    sources.remove_clicked.connect(asked.append)
    sources.show_rows([BROKEN])
    for button in (sources.restart, sources.switch, sources.remove):
        button.click()
    assert asked == ["notes", ("notes", False), "notes"]


def test_a_servers_name_is_shown_as_it_is(sources: SourceList):
    sources.show_rows([SourceRow("mcp", "a\u202eb<b>", tool_rows.OFF())])
    assert sources.list.item(0).text() == "a[U+202E]b<b> — Off"


def test_the_editor_gives_what_was_typed_and_the_name_of_before(qtbot):
    editor = ServerEditor()
    qtbot.addWidget(editor)
    typed: list[object] = []
    editor.entered.connect(lambda *words: typed.append(words))
    editor.edit(None)
    assert not editor.save.isEnabled()
    editor.edit(ENTRY)
    editor.name.setText("mine")
    editor.save.click()
    assert typed == [(ServerEntry("mine", "notes-server --all", "A=1"), "notes")]


def tool(name: str, **changes: object) -> ToolRow:
    return ToolRow(name, "time", "Tells it.", "ask", False, **changes)  # type: ignore[arg-type]


def test_a_tool_says_what_its_server_claims_and_what_was_dropped(qtbot):
    tools = ToolList()
    qtbot.addWidget(tools)
    chosen: list[object] = []
    tools.permission_chosen.connect(lambda *words: chosen.append(words))
    tools.show_rows([tool("time__now", claims=("read-only",), dropped=("x: format uri",))])
    assert "read-only. That may be untrue." in tools.description.text()
    assert "x: format uri" in tools.description.text()
    assert tools.permission.currentData() == "ask"
    tools.permission.setCurrentIndex(2)
    tools.permission.activated.emit(2)
    assert chosen == [("time__now", "never")]


def test_more_tools_than_a_model_can_choose_from_are_a_word(qtbot):
    tools = ToolList()
    qtbot.addWidget(tools)
    tools.show_rows([tool(f"t{n}") for n in range(MANY)])
    assert "wrong" not in tools.count.text()
    tools.show_rows([tool(f"t{n}") for n in range(MANY + 1)])
    assert "wrong" in tools.count.text()
    assert tools.chosen == tool("t0")


def test_the_result_of_a_call_is_for_its_own_tool(qtbot):
    tools = ToolList()
    qtbot.addWidget(tools)
    tools.show()
    run: list[object] = []
    tools.run_requested.connect(lambda *words: run.append(words))
    tools.show_rows([tool("a"), tool("b")])
    tools.arguments.setText('{"x": 1}')
    tools.run.click()
    assert run == [("a", '{"x": 1}')]
    tools.show_result("b", "not mine", True)
    assert not tools.result.isVisible()
    tools.show_result("a", '{"y": 2}', True)
    assert tools.result.text() == '{"y": 2}'


def test_only_what_is_ticked_and_can_be_taken_is_taken(qtbot):
    panel = ImportPanel()
    qtbot.addWidget(panel)
    taken: list[object] = []
    panel.chosen.connect(taken.append)
    panel.show_rows(
        [
            ImportRow("Cursor", "a", "x"),
            ImportRow("Cursor", "b", "y"),
            ImportRow("Zed", "c", "", tool_rows.OFF()),
        ]
    )
    assert panel.list.item(2).text() == "Zed: c — Off"
    assert not panel.list.item(2).flags() & Qt.ItemFlag.ItemIsUserCheckable
    panel.list.item(1).setCheckState(Qt.CheckState.Checked)
    panel.take.click()
    assert taken == [[("Cursor", "b")]]


def test_a_server_of_another_program_s_file_is_shown_as_it_is_and_not_without_end(qtbot):
    panel = ImportPanel()
    qtbot.addWidget(panel)
    taken: list[object] = []
    panel.chosen.connect(taken.append)
    long = ImportRow("a\u202eb.json", "x\ny", "run " + "w" * 1_000_000)
    masked = ImportRow("b.json", "z", "p\u0430ypal --x")
    panel.show_rows([long, masked])
    words = panel.list.item(0).text()
    assert words.startswith("a[U+202E]b.json: x[U+000A]y — run www")
    assert words.endswith("w… It is too long to be read here: add it by hand.")
    assert len(words) < 2_200
    assert panel.list.item(1).text() == "b.json: z — pa[U+0430]ypal --x".replace("pa[", "p\u0430[")
    for row in range(2):
        panel.list.item(row).setCheckState(Qt.CheckState.Checked)
    panel.take.click()
    assert taken == [[("b.json", "z")]], "nobody can have read the first one"
