"""A server's result as the model gets it."""

from __future__ import annotations

from typing import Any

from desktop.tools.mcp.messages import Result
from desktop.tools.registry import PicturesResult, ToolError

LONGEST_ERROR = 2_000


def value_for_model(tool: str, result: Result) -> Any:
    """What the model is told: the structured result if it is an object, else the texts.

    Raises:
        ToolError: the tool says that it failed.
    """
    text = "\n".join(result.texts)
    if result.is_error:
        raise ToolError(text[:LONGEST_ERROR] or f"{tool} failed and didn't say why.")
    value: dict[str, Any] = {}
    if isinstance(result.structured, dict):
        value.update(result.structured)
    elif result.structured is not None:
        value["result"] = result.structured
    elif text or not result.pictures:
        value["result"] = text
    if result.left_out:
        value["left_out"] = list(result.left_out)
    if not result.pictures:
        return value
    kinds = [f"{picture.mime}, {len(picture.data) * 3 // 4} bytes" for picture in result.pictures]
    if text and "result" not in value:
        value["text"] = text
    return PicturesResult({**value, "pictures": kinds}, tuple(p.data for p in result.pictures))
