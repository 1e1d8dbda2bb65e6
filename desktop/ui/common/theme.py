"""The window's colours and sizes, light and dark. Every pair in use has a contrast of 4.5:1 or more."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop.base import paths
from desktop.turn.effects import DisplayState
from desktop.ui.common import file_dialog_style, number_style, popup_style

GRID = 8
INSET = 12
GAP = 16
RADIUS = popup_style.RADIUS
BUBBLE_RADIUS = 14

BASE_PX = popup_style.BASE_PX
SMALL_PX = 11
LIVE_PX = 15


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours by their use, as #rrggbb."""

    name: str
    bg: str
    surface: str
    raised: str
    text: str
    muted: str
    accent: str
    rec: str
    """Red words, signs and lines."""
    ok: str
    warn: str
    user_bubble: str
    line: str
    """The frame of what lies over a window; `raised` is too faint where there is no shadow."""
    on_fill: str
    """Text on a filled accent shape."""
    rec_fill: str
    """A red shape with words on it: darker than red words on a dark ground can be."""
    on_rec: str


LIGHT = Tokens(
    name="light",
    bg="#F6F7F9",
    surface="#FFFFFF",
    raised="#ECEEF2",
    text="#16181D",
    muted="#586071",
    accent="#5240D6",
    rec="#C8202F",
    ok="#0F7A43",
    warn="#8A5700",
    user_bubble="#E6E2FC",
    line="#C9CED8",
    on_fill="#FFFFFF",
    rec_fill="#C8202F",
    on_rec="#FFFFFF",
)
DARK = Tokens(
    name="dark",
    bg="#14151A",
    surface="#1C1E24",
    raised="#262933",
    text="#ECEEF2",
    muted="#A6ACBA",
    accent="#A89BFF",
    rec="#FF666E",
    ok="#4CC38A",
    warn="#F0B84A",
    user_bubble="#2E2A57",
    line="#434857",
    on_fill="#14151A",
    rec_fill="#D6303F",
    on_rec="#FFFFFF",
)


def tokens() -> Tokens:
    """The application's current colours."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def system_tokens() -> Tokens:
    """The colours of the system's current scheme."""
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def use_palette(application: QApplication, colours: Tokens) -> None:
    """Give the application these colours without the style sheet; `tokens` are these from now on."""
    application.setPalette(palette(colours))


def apply(application: QApplication, colours: Tokens) -> None:
    """Give the application these colours; open windows change at once."""
    use_palette(application, colours)
    application.setStyleSheet(stylesheet(colours))


def state_colour(state: DisplayState, colours: Tokens) -> QColor:
    """A state's colour: red for an open microphone, green for ready, violet for speech, amber for waiting."""
    name = {
        DisplayState.OFFLINE: colours.muted,
        DisplayState.RESTING: colours.muted,
        DisplayState.READY: colours.ok,
        DisplayState.INTERRUPTED: colours.ok,
        DisplayState.LISTENING: colours.rec,
        DisplayState.ERROR: colours.rec,
        DisplayState.SPEAKING: colours.accent,
    }.get(state, colours.warn)
    return QColor(name)


def call_state_colour(state: str, colours: Tokens) -> QColor:
    """A tool call's colour: green for done, amber for running or late, grey for stopped, red for failed."""
    colour = {
        "done": colours.ok,
        "running": colours.warn,
        "asking": colours.warn,
        "running on": colours.warn,
        "waiting": colours.warn,
        "denied": colours.muted,
        "late": colours.warn,
        "dropped": colours.warn,
        "cancelled": colours.muted,
        "ended": colours.muted,
    }.get(state, colours.rec)
    return QColor(colour)


def palette(colours: Tokens) -> QPalette:
    """Qt's palette from the tokens."""
    role = QPalette.ColorRole
    built = QPalette()
    for target, name in (
        (role.Window, colours.bg),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.raised),
        (role.Button, colours.raised),
        (role.WindowText, colours.text),
        (role.Text, colours.text),
        (role.ButtonText, colours.text),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_fill),
        (role.Link, colours.accent),
        (role.Mid, colours.raised),
    ):
        built.setColor(target, QColor(name))
    for target in (role.WindowText, role.Text, role.ButtonText):
        built.setColor(QPalette.ColorGroup.Disabled, target, QColor(colours.muted))
    return built


def stylesheet(colours: Tokens) -> str:
    """The style sheet for what a palette can't hold: corners, paddings, focus rings."""
    c = colours
    arrow = (paths.resources() / "icons" / f"down-{c.name}.svg").as_posix()
    popups = popup_style.stylesheet(
        c.name,
        surface=c.surface,
        line=c.line,
        text=c.text,
        muted=c.muted,
        raised=c.raised,
        accent=c.accent,
    )
    files = file_dialog_style.stylesheet(
        surface=c.surface, raised=c.raised, text=c.text, muted=c.muted, accent=c.accent, radius=RADIUS
    )
    numbers = number_style.stylesheet(
        "NumberField",
        ground=c.bg,
        surface=c.surface,
        raised=c.raised,
        text=c.text,
        muted=c.muted,
        accent=c.accent,
        on_fill=c.on_fill,
        radius=RADIUS,
    )
    return f"""
    QWidget {{ font-size: {BASE_PX}px; }}
    QPlainTextEdit[role="message"] {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.raised};
        border-radius: {RADIUS}px; padding: 6px 12px;
    }}
    QPlainTextEdit[role="message"]:focus {{ border: 1px solid {c.accent}; }}
    QComboBox, QLineEdit, QPushButton {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.raised};
        border-radius: {RADIUS}px; padding: 6px 12px; min-height: 20px;
    }}
    QLineEdit, QPlainTextEdit[role="message"] {{ placeholder-text-color: {c.muted}; }}
    QComboBox:focus, QLineEdit:focus, QPushButton:focus {{ border: 1px solid {c.accent}; }}
    QComboBox:hover, QPushButton:hover {{ background: {c.raised}; }}
    QComboBox::drop-down {{ border: none; width: 24px; }}
    QComboBox::down-arrow {{ image: url("{arrow}"); }}
    QToolButton[role="picker"] {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.raised};
        border-radius: {RADIUS}px; padding: 5px 11px; min-height: 20px;
    }}
    QToolButton[role="picker"]:hover {{ background: {c.raised}; }}
    QToolButton[role="picker"]:focus {{ border: 1px solid {c.accent}; }}
    QToolButton[role="picker"]::menu-indicator {{ image: none; }}
    QToolButton[role="figure"] {{
        background: transparent; color: {c.text}; border: 1px solid transparent;
        border-radius: {RADIUS}px; padding: 5px 7px; min-height: 20px;
    }}
    QToolButton[role="small-figure"] {{
        background: transparent; color: {c.text}; border: 1px solid transparent;
        border-radius: 6px; padding: 0px 3px; font-size: {SMALL_PX}px;
    }}
    QToolButton[role="figure"]:hover {{ background: {c.raised}; }}
    QToolButton[role="figure"]:focus {{ border: 1px solid {c.accent}; }}
    QToolButton[role="figure"]::menu-indicator {{ image: none; }}
    QToolButton[role="small-figure"]:hover {{ background: {c.raised}; }}
    QToolButton[role="small-figure"]:focus {{ border: 1px solid {c.accent}; }}
    QToolButton[role="small-figure"]::menu-indicator {{ image: none; }}
    QPushButton[role="primary"] {{ background: {c.accent}; color: {c.on_fill}; border-color: {c.accent}; }}
    QPushButton[role="primary"]:focus {{ border: 1px solid {c.text}; }}
    QPushButton[role="link"] {{
        background: transparent; color: {c.accent}; border: 1px solid transparent; border-radius: 4px;
        padding: 0 4px; min-height: 18px; font-weight: 600;
    }}
    QPushButton[role="link"]:hover {{ background: {c.raised}; }}
    QPushButton[role="link"]:focus {{ border: 1px solid {c.accent}; }}
    QPushButton:disabled, QPushButton[role="primary"]:disabled, QComboBox:disabled, QLineEdit:disabled,
    QPlainTextEdit[role="message"]:disabled, QToolButton[role="picker"]:disabled {{
        background: {c.bg}; color: {c.muted}; border: 1px dashed {c.raised};
    }}
    QPushButton[role="link"]:disabled {{ color: {c.muted}; background: transparent; }}
    QFrame[role="card"] {{ background: {c.surface}; border-radius: {RADIUS}px; }}
    QFrame[role="question"] {{ background: {c.raised}; border-radius: {RADIUS}px; }}
    QListView {{ background: {c.surface}; border: none; border-radius: {RADIUS}px; outline: none; }}
    QLabel[role="muted"] {{ color: {c.muted}; font-size: {SMALL_PX}px; }}
    QLabel[role="heading"] {{ font-weight: 600; }}
    QLabel[role="code"] {{ color: {c.muted}; font-size: {SMALL_PX}px; font-family: monospace; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {c.raised}; border-radius: 3px; min-height: 32px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; height: 0;
    }}
    QTabWidget::pane {{ border: none; padding-top: {GRID}px; }}
    QTabBar {{ background: transparent; }}
    QTabBar::tab {{
        background: transparent; color: {c.muted}; padding: 6px 8px; margin-right: 8px;
        border: none; border-bottom: 2px solid transparent; font-weight: 600;
    }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom: 2px solid {c.accent}; }}
    QTabBar::tab:focus {{ color: {c.accent}; }}
    QSplitter::handle {{ background: transparent; }}
    {files}
    {numbers}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    {popups}
    """
