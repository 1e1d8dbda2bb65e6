"""The style sheet of the controls that only the dialogs have."""

from __future__ import annotations

from desktop.ui.common import number_style
from desktop.ui.common.theme import BASE_PX, GRID, LIVE_PX, RADIUS, SMALL_PX, Tokens


def stylesheet(colours: Tokens) -> str:
    """The style sheet for a dialog, in addition to the application's."""
    c = colours
    numbers = number_style.stylesheet(
        ground=c.surface,
        surface=c.surface,
        raised=c.raised,
        text=c.text,
        muted=c.muted,
        accent=c.accent,
        on_fill=c.on_fill,
        radius=RADIUS,
    )
    return f"""
    QDialog {{ background: {c.bg}; }}
    QPlainTextEdit {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.raised};
        border-radius: {RADIUS}px; padding: 6px 8px; selection-background-color: {c.accent};
        selection-color: {c.on_fill};
    }}
    {numbers}
    QFrame[role="card"] QLineEdit, QFrame[role="card"] QComboBox, QFrame[role="card"] QPlainTextEdit,
    QFrame[role="card"] QAbstractSpinBox {{ background: {c.bg}; }}
    QFrame[role="card"] QAbstractSpinBox QLineEdit {{ background: transparent; }}
    QFrame[role="card"] QComboBox:hover {{ background: {c.raised}; }}
    QPlainTextEdit {{ placeholder-text-color: {c.muted}; }}
    QFrame[role="card"] QLineEdit:focus, QFrame[role="card"] QComboBox:focus,
    QFrame[role="card"] QAbstractSpinBox:focus, QPlainTextEdit:focus {{ border: 1px solid {c.accent}; }}
    QFrame[role="card"] QAbstractSpinBox QLineEdit:focus {{ border: none; }}
    QAbstractSpinBox:disabled, QLineEdit:disabled, QLineEdit:read-only {{ color: {c.muted}; }}
    QFrame[role="card"] QPushButton[role="primary"]:disabled {{
        background: {c.raised}; color: {c.muted}; border-color: {c.raised};
    }}
    QToolButton[role="fold"] {{
        background: transparent; color: {c.text}; border: 1px solid transparent; border-radius: 6px;
        padding: 3px 7px 3px 3px; margin-left: -4px; font-weight: 600;
    }}
    QToolButton[role="fold"]:hover {{ background: {c.raised}; }}
    QToolButton[role="fold"]:focus {{ border: 1px solid {c.accent}; }}
    QListWidget {{ background: transparent; border: none; outline: none; }}
    QListWidget::item {{
        color: {c.text}; padding: {GRID}px 12px; border-radius: {GRID}px; border: 1px solid transparent;
    }}
    QListWidget::item:hover {{ background: {c.raised}; }}
    QListWidget::item:selected {{ background: {c.raised}; color: {c.text}; font-weight: 600; }}
    QListWidget::item:selected:focus {{ border: 1px solid {c.accent}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QFrame[role="card"] {{ background: {c.surface}; border-radius: {RADIUS}px; }}
    QLabel {{ color: {c.text}; font-size: {BASE_PX}px; }}
    QLabel[role="title"] {{ font-size: {LIVE_PX}px; font-weight: 600; }}
    QLabel[role="muted"] {{ color: {c.muted}; font-size: {SMALL_PX}px; }}
    QLabel[role="heading"] {{ font-weight: 600; }}
    QLabel[role="key"] {{
        background: {c.surface}; border: 1px solid {c.raised}; border-radius: 6px; padding: 2px 8px;
        min-height: 18px;
    }}
    QLabel[role="problem"] {{ color: {c.rec}; }}
    QLabel[role="good"] {{ color: {c.ok}; }}
    QLabel[role="fair"] {{ color: {c.warn}; }}
    QProgressBar {{ background: {c.raised}; border: none; border-radius: 3px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    """
