"""The connections of the tools from elsewhere: the session, the inspector, and the settings page."""

from __future__ import annotations

from functools import partial

from msgspec import structs

from desktop.app.build import Parts


def connect(parts: Parts) -> None:
    """Connect them."""
    parts.tool_sources.changed.connect(partial(_on_changed, parts))


def _on_changed(parts: Parts) -> None:
    parts.controller.tools_changed()
    definitions = parts.registry.definitions(parts.options.model.provider)
    parts.window.show_tool_definitions([structs.asdict(tool) for tool in definitions])
