"""The turn mode and the reasoning effort: a button that shows them, with a menu to change them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QStyleOptionToolButton, QToolButton, QWidget

from desktop.base.visible_text import visible_line
from desktop.protocol.catalog import Model
from desktop.ui.common import icons
from desktop.ui.common.menu_heading import add_heading
from desktop.ui.common.plain_text import set_tip, without_keys
from desktop.ui.common.theme import tokens
from desktop.viewmodels.chosen_options import ChosenOptions

ICON = 20
APART = 4
"""Pixels between the icon and the words, besides Qt's own."""
BEFORE_WORDS = 4
"""Qt's own."""


class OptionsButton(QToolButton):
    """Offers the options that the model supports."""

    chosen = Signal(str, str)
    """The field of `ChosenOptions` and its value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "picker")
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._shown: ChosenOptions | None = None
        self.show_choice(ChosenOptions(Model(id="", label="", provider="")))
        self._draw()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width_when(short=True), super().minimumSizeHint().height())

    def width_when(self, *, short: bool) -> int:
        """Its width with or without words, whatever it has now."""
        if short:
            return 2 * ICON
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.toolButtonStyle = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        # As Qt reckons it: a blank on each side of the words.
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(self.text()) + 2 * metrics.horizontalAdvance(" ")
        size = QSize(ICON + APART + BEFORE_WORDS + words, max(ICON, metrics.height()))
        return self.style().sizeFromContents(QStyle.ContentsType.CT_ToolButton, option, size, self).width()

    def show_choice(self, choice: ChosenOptions) -> None:
        """Show these options, and offer those of the model."""
        if choice == self._shown:
            return  # a new list of models mostly says nothing else of this one
        self._shown = choice
        self._menu.clear()
        model, agents = choice.model, choice.agents
        if len(model.turn_modes) > 1:
            add_heading(self._menu, self.tr("Turn taking"))
            turns: dict[str, tuple[str, str]] = {
                mode: (self._turns(mode), self._explained(mode)) for mode in model.turn_modes
            }
            if agents:
                turns = {"": (self.tr("By the agent"), "")} | turns
            self._offer("turn_mode", turns, "" if "turn_mode" in choice.by_agent else choice.turn_mode)
        if model.efforts:
            add_heading(self._menu, self.tr("Reasoning effort"))
            default = self._default_effort(model.published.default_effort)
            efforts = {"": (self.tr("By the agent") if agents else default, "")}
            efforts |= {effort: (self._effort(effort), "") for effort in model.efforts}
            self._offer("effort", efforts, choice.effort)
        self.setVisible(not self._menu.isEmpty())
        left = "turn_mode" in choice.by_agent
        taking = self.tr("By the agent") if left else self._turns(choice.turn_mode)
        words = [taking if left else self._turns(choice.turn_mode, short=True)]
        if choice.effort:
            words.append(self._effort(choice.effort))
        self.setText(without_keys(" · ".join(words)))
        summary = self.tr("Turn taking: {0}").format(taking)
        if choice.effort:
            summary += ". " + self.tr("Reasoning effort: {0}").format(self._effort(choice.effort))
        set_tip(self, summary)
        self.setAccessibleName(summary)

    def show_short(self, short: bool) -> None:
        """Show only the icon, where there is no room for words."""
        style = Qt.ToolButtonStyle
        wanted = style.ToolButtonIconOnly if short else style.ToolButtonTextBesideIcon
        if self.toolButtonStyle() != wanted:
            self.setToolButtonStyle(wanted)
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LayoutDirectionChange):
            self._draw()

    def _draw(self) -> None:
        apart = 0 if self.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly else APART
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setIconSize(QSize(ICON + apart, ICON))
        self.setIcon(icons.icon("options", QColor(tokens().muted), ICON, apart=apart, mirrored=mirrored))

    def _offer(self, field: str, names: dict[str, tuple[str, str]], current: str) -> None:
        group = QActionGroup(self._menu)
        for value, (words, hint) in names.items():
            action = QAction(without_keys(words), group)
            action.setCheckable(True)
            action.setChecked(value == current)
            set_tip(action, hint)
            action.triggered.connect(lambda _=False, field=field, value=value: self.chosen.emit(field, value))
            self._menu.addAction(action)

    def _turns(self, mode: str, *, short: bool = False) -> str:
        match mode:
            case "server_vad":
                return self.tr("Hands-free") if short else self.tr("Hands-free: a pause ends your turn")
            case "semantic_vad":
                return (
                    self.tr("Hands-free")
                    if short
                    else self.tr("Hands-free: the end of a thought ends your turn")
                )
            case _:
                return self.tr("Push to talk")

    def _explained(self, mode: str) -> str:
        if mode == "push_to_talk":
            return self.tr("Nothing is sent unless you hold the talk key.")
        return self.tr("The microphone is sent continuously; the talk key mutes it.")

    def _default_effort(self, effort: str) -> str:
        if effort:
            return self.tr("Model default: {0}").format(self._effort(effort))
        return self.tr("Model default")

    def _effort(self, effort: str) -> str:
        known = {
            "minimal": self.tr("minimal"),
            "low": self.tr("low"),
            "medium": self.tr("medium"),
            "high": self.tr("high"),
            "xhigh": self.tr("very high"),
        }
        return known.get(effort, visible_line(effort))
