"""The style sheet of what opens over a window: menus, lists, completions and tool tips."""

from __future__ import annotations

from desktop.base import paths

RADIUS = 10
INNER_RADIUS = 6
"""Of the highlight in a popup: the popup's own, less its padding."""
PADDING = 4
BASE_PX = 13


def stylesheet(
    scheme: str, *, surface: str, line: str, text: str, muted: str, raised: str, accent: str
) -> str:
    """The style sheet for these colours, as #rrggbb; `scheme` is "light" or "dark", as in the icons' names.

    A popup that is not composited with what is behind it has the property `square`.
    """
    check, left, right = (
        (paths.resources() / "icons" / f"{name}-{scheme}.svg").as_posix()
        for name in ("check", "left", "right")
    )
    return f"""
    QMenu {{
        background: {surface}; color: {text}; border: 1px solid {line}; border-radius: {RADIUS}px;
        padding: {PADDING}px;
    }}
    QToolTip {{
        background: {surface}; color: {text}; border: 1px solid {line}; border-radius: {RADIUS}px;
        padding: 2px 6px; font-size: {BASE_PX}px;
    }}
    QMenu[square="true"], QToolTip[square="true"] {{ border-radius: 0; }}
    QMenu::item {{
        padding: 5px 15px 5px 11px; min-height: 20px; border: 1px solid transparent;
        border-radius: {INNER_RADIUS}px;
    }}
    QMenu::item:selected {{ background: {raised}; color: {text}; border: 1px solid {accent}; }}
    QMenu::item:disabled {{ background: transparent; color: {muted}; border: 1px solid transparent; }}
    QMenu::separator {{ background: {raised}; height: 1px; margin: 4px 8px; }}
    QMenu::indicator {{ width: 16px; height: 16px; margin-left: 11px; margin-right: 8px; }}
    QMenu::indicator:checked {{ image: url("{check}"); }}
    QMenu::right-arrow {{ image: url("{right}"); width: 12px; height: 12px; margin-right: 4px; }}
    QMenu::left-arrow {{ image: url("{left}"); width: 12px; height: 12px; margin-left: 4px; }}
    QMenu QLabel[role="heading"] {{
        color: {muted}; font-weight: 600; padding: 8px 15px 4px 9px; background: transparent;
    }}
    QComboBox {{ combobox-popup: 0; }}
    QComboBox QAbstractItemView {{ background: transparent; border: none; border-radius: 0; outline: none; }}
    QListView[role="completions"] {{
        background: transparent; border: none; border-radius: 0; padding: {PADDING + 1}px; outline: none;
    }}
    """
