"""The style sheet of Qt's own file dialog, which is shown where the system has none."""

from __future__ import annotations

PLACES = 136
"""Pixels: the names of places can be read."""


def stylesheet(*, surface: str, raised: str, text: str, muted: str, accent: str, radius: int) -> str:
    """Its lists are panes like the window's, and its buttons are icons."""
    return f"""
    QFileDialog QAbstractItemView {{
        background: {surface}; border: none; border-radius: {radius}px; padding: 4px; outline: none;
        selection-background-color: {raised}; selection-color: {text};
    }}
    QFileDialog QListView#sidebar {{ min-width: {PLACES}px; }}
    QFileDialog QHeaderView {{ background: {surface}; border-radius: 0; padding: 0; }}
    QFileDialog QHeaderView::section {{
        background: {surface}; color: {muted}; border: none; border-bottom: 1px solid {raised};
        padding: 4px 6px; min-height: 20px;
    }}
    QFileDialog QToolButton {{
        background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px;
    }}
    QFileDialog QToolButton:hover, QFileDialog QToolButton:checked,
    QFileDialog QToolButton:pressed {{ background: {raised}; }}
    QFileDialog QToolButton:focus {{ border: 1px solid {accent}; }}
    QFileDialog QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
    QFileDialog QScrollBar::handle:horizontal {{ background: {raised}; border-radius: 3px; min-width: 32px; }}
    QFileDialog QScrollBar::add-line:horizontal, QFileDialog QScrollBar::sub-line:horizontal {{ width: 0; }}
    """
