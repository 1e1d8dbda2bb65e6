"""No words of others are rendered: the labels and tooltips of `ui/common/plain_text.py` are the only ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = "desktop/ui/common/plain_text.py"
FORBIDDEN_CALLS = {
    "QLabel": "PlainLabel",
    "QMessageBox": "a dialog with a PlainLabel",
    "QErrorMessage": "a dialog with a PlainLabel",
    "QTextBrowser": "QPlainTextEdit",
    "QTextEdit": "QPlainTextEdit",
    "QTextDocument": "QTextLayout",
    "QStaticText": "QTextLayout",
    "QGraphicsTextItem": "QTextLayout",
    "QSplashScreen": "a widget that draws its text",
    "QProgressDialog": "a dialog with a PlainLabel",
    "QInputDialog": "a dialog with a PlainLabel",
}
FORBIDDEN_METHODS = {
    "setToolTip": "set_tip",
    "setTabToolTip": "set_tip",
    "setItemToolTip": "set_tip",
    "setWhatsThis": "set_tip",
    "setTextFormat": "PlainLabel",
    "setHtml": "setPlainText",
    "toHtml": "toPlainText",
    "insertHtml": "insertPlainText",
    "appendHtml": "appendPlainText",
    "setMarkdown": "setPlainText",
    "setInformativeText": "PlainLabel",
    "setDetailedText": "PlainLabel",
}
ALLOWED = {
    # Qt's own label of tooltips, which it makes itself.
    ("desktop/ui/common/house_style.py", "setTextFormat"),
    # Of the icon in the tray: a word for the state, of our own.
    ("desktop/ui/tray/tray_icon.py", "setToolTip"),
}


def offences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of what could render words."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name(name) | ast.Attribute(_, name)) if name in FORBIDDEN_CALLS:
                yield node.lineno, name
            case ast.Call(ast.Attribute(_, name)) if name in FORBIDDEN_METHODS:
                yield node.lineno, name
            case ast.Attribute(ast.Name("QToolTip"), "showText"):
                yield node.lineno, "QToolTip.showText"
            case ast.Attribute(ast.Name("QMessageBox" | "QInputDialog" | "QWhatsThis"), name):
                yield node.lineno, name
            case ast.Attribute(_, "RichText" | "AutoText" | "MarkdownText" as name):
                yield node.lineno, name
            case ast.ClassDef(bases=bases):
                for base in bases:
                    if isinstance(base, ast.Name) and base.id in FORBIDDEN_CALLS:
                        yield node.lineno, base.id
            case ast.Call(
                ast.Attribute(_, "setItemData"), args=[_, ast.Name() | ast.Attribute() as words, role]
            ):
                if ast.unparse(role).endswith("ToolTipRole"):
                    yield node.lineno, f"ToolTipRole of {ast.unparse(words)}"


def test_only_one_module_makes_labels_and_tooltips(request):
    root: Path = request.config.rootpath
    found = []
    for path in sorted((root / "desktop").rglob("*.py")):
        place = path.relative_to(root).as_posix()
        if place != HOME:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [
                f"{place}:{line}: {name}" for line, name in offences(tree) if (place, name) not in ALLOWED
            ]
    assert not found, f"use what {HOME} has: {FORBIDDEN_CALLS | FORBIDDEN_METHODS}"


@pytest.mark.parametrize(
    "code",
    [
        "QLabel(words)",
        "QtWidgets.QLabel(words)",
        "class Mine(QLabel): pass",
        "button.setToolTip(words)",
        "action.setToolTip(words)",
        "QToolTip.showText(at, words, view)",
        "QMessageBox.warning(self, title, words)",
        "QMessageBox(self)",
        "label.setTextFormat(Qt.TextFormat.RichText)",
        "QTextBrowser()",
        "field.appendHtml(words)",
        "box.setItemData(row, name, Qt.ItemDataRole.ToolTipRole)",
        "tree.setTabToolTip(0, words)",
    ],
)
def test_what_it_looks_for_is_found(code):
    assert list(offences(ast.parse(code)))
