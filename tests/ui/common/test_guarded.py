"""No exception leaves a model or a delegate: Qt is in the middle of its own code when it calls them."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemDelegate, QApplication, QListView

import desktop
from desktop.ui.common.row_delegate import RowDelegate
from desktop.viewmodels import guarded
from desktop.viewmodels.guarded import Guarded, is_guarded


def ours(kind: type) -> set[type]:
    for module in pkgutil.walk_packages(desktop.__path__, "desktop."):
        if module.name.startswith(("desktop.ui", "desktop.viewmodels", "desktop.app")):
            importlib.import_module(module.name)
    found, left = set(), [kind]
    while left:
        for each in left.pop().__subclasses__():
            left.append(each)
            if each.__module__.startswith("desktop."):
                found.add(each)
    return found


@pytest.mark.parametrize("kind", [QAbstractItemModel, QAbstractItemDelegate])
def test_every_model_and_delegate_of_the_program_is_guarded(qapp: QApplication, kind: type):
    classes = ours(kind)
    assert len(classes) >= 6
    for each in classes:
        assert issubclass(each, Guarded), each
        for name, method in vars(each).items():
            # What Qt has under the same name is what Qt calls, but for slots and signals.
            if name in guarded.ANSWERS and callable(method):
                assert is_guarded(method), f"{each.__name__}.{name}"


def test_what_qt_calls_and_may_be_overridden_has_an_answer(qapp: QApplication):
    """Each method of a model or delegate of ours that is one of Qt's virtual ones."""
    not_called_back = {"__init__", "eventFilter", "event", "parent", "headerData"}
    for kind in (QAbstractItemModel, QAbstractItemDelegate):
        for each in ours(kind):
            for name, method in vars(each).items():
                virtual = name[0] != "_" and callable(method) and hasattr(kind, name)
                if virtual and name not in not_called_back:
                    assert is_guarded(method), f"{each.__name__}.{name} needs an answer in `guarded`"


class _Failing(Guarded, QAbstractListModel):
    def rowCount(self, parent: object = QModelIndex()) -> int:
        return 3

    def data(self, index: QModelIndex, role: int = 0) -> object:
        raise OverflowError("date value out of range")


class _FailingDelegate(RowDelegate):
    def sizeHint(self, option, index) -> QSize:
        raise ValueError("cannot convert float NaN to integer")

    def paint_row(self, painter: QPainter, area, index, selected) -> None:
        index.data()
        raise OverflowError("date value out of range")

    def helpEvent(self, event, view, option, index) -> bool:
        raise TypeError("no words")

    def editorEvent(self, event, model, option, index) -> bool:
        raise TypeError("no editor")


def test_a_list_whose_model_and_delegate_fail_is_shown_and_logs_each_kind_once(qtbot, expect_log, caplog):
    expect_log("failed; the row stays empty")
    view = QListView()
    qtbot.addWidget(view)
    model = _Failing()
    view.setModel(model)
    view.setItemDelegate(_FailingDelegate(view, 40, view.font().Weight.Normal))
    view.resize(200, 200)
    view.show()
    qtbot.waitExposed(view)
    for _ in range(3):
        view.grab()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    logged = [record.message for record in caplog.records if "the row stays empty" in record.message]
    assert len(logged) == len(set(logged))
    assert {message.split(" ")[0].rpartition(".")[2] for message in logged} >= {
        "data",
        "sizeHint",
        "editorEvent",
    }
