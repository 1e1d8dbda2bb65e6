"""The style sheet of what numbers are chosen with: a slider, and the field beside it."""

from __future__ import annotations


def stylesheet(
    inside: str = "",
    *,
    ground: str,
    surface: str,
    raised: str,
    text: str,
    muted: str,
    accent: str,
    on_fill: str,
    radius: int,
) -> str:
    """For those `inside` widgets of this class, or for all; colours as #rrggbb, the radius in pixels."""
    field, slider = f"{inside} QAbstractSpinBox", f"{inside} QSlider"
    return f"""
    {field} {{
        background: {ground}; color: {text}; border: 1px solid {raised}; border-radius: {radius}px;
        padding: 6px 8px 6px 0; min-height: 20px; max-height: 20px;
        selection-background-color: {accent}; selection-color: {on_fill};
    }}
    {field}:focus {{ border: 1px solid {accent}; }}
    {field}:disabled {{ color: {muted}; }}
    /* Without the buttons the field would be one pixel wide. */
    {field}::up-button, {field}::down-button {{ width: 0; height: 0; border: none; }}
    {field} QLineEdit {{ background: transparent; border: none; padding: 0; min-height: 0; }}
    {slider} {{ background: transparent; min-height: 24px; }}
    {slider}::groove:horizontal {{ height: 4px; border-radius: 2px; background: {raised}; }}
    {slider}::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {muted}; }}
    {slider}::sub-page:horizontal:focus {{ background: {accent}; }}
    {slider}::sub-page:horizontal:disabled {{ background: {raised}; }}
    {slider}::handle:horizontal {{
        width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
        background: {surface}; border: 1px solid {muted};
    }}
    {slider}::handle:horizontal:focus, {slider}::handle:horizontal:hover {{ border-color: {accent}; }}
    """
