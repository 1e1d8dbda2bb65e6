"""The README's table of models, made from the catalogue."""

from __future__ import annotations

from desktop.protocol.catalog import MODELS, Model

NONE = "—"


def rows() -> list[str]:
    """One row of Markdown for each model."""
    return [f"| {' | '.join(_cells(model))} |" for model in MODELS]


def _cells(model: Model) -> list[str]:
    modes = {"server_vad": "sound", "semantic_vad": "sense"}
    hands_free = [modes[mode] for mode in model.turn_modes if mode in modes]
    return [
        f"`{model.id}`",
        f"{model.input_rate // 1_000} → {model.output_rate // 1_000} kHz",
        ", ".join(model.voices) or NONE,
        ", ".join(model.efforts) or NONE,
        ", ".join(hands_free) or NONE,
        "yes" if model.images else NONE,
        "at once" if model.updates else "new session",
        f"{model.cap_s / 60:.0f} min" if model.cap_s else NONE,
    ]
