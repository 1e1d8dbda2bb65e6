"""The offline provider's list of models, in the published shape of the service's.

The prices are play money, so that other programs' sums can be tested. One entry is of a retired model, which
can't be used any more and names its successor.
"""

from __future__ import annotations

from typing import Any

from desktop.offline.accepted_config import offline_models
from desktop.protocol.catalog import OFFLINE_MODEL, OFFLINE_MODEL_16K, Model

RETIRED = "offline/demo-classic"
LATEST = f"{OFFLINE_MODEL}-latest"
"""An alias of the demo's."""

_PRICES: dict[str, dict[str, Any]] = {
    # Per million tokens, one figure per threshold.
    OFFLINE_MODEL: {
        "input": [4.0, 8.0],
        "cached_input": [0.4, 0.8],
        "output": [16.0, 32.0],
        "thresholds": [32_000, 128_000],
    },
    OFFLINE_MODEL_16K: {"price_per_minute": 0.05, "price_per_message": 0.004},
}


def entries() -> list[dict[str, Any]]:
    """The list's `models`."""
    found = [_entry(model) for model in offline_models()]
    retired = found[0] | {
        "id": RETIRED,
        "name": "Offline demo, classic",
        "model_id": RETIRED.partition("/")[2],
        "aliases": [],
        "featured": False,
        "retired_at": "2026-01-01T00:00:00Z",
        "successor": OFFLINE_MODEL,
    }
    return [*found, retired]


def _entry(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "type": "realtime",
        "provider": model.provider,
        "provider_display_name": "Presstalk",
        "name": model.label,
        "model_id": model.id.partition("/")[2],
        "capabilities": ["audio", "text", "tools"],
        "description": "This program's own demo. It runs on this computer and needs no key.",
        "region": "local",
        "country": "",
        "aliases": [LATEST] if model.id == OFFLINE_MODEL else [],
        "featured": model.id == OFFLINE_MODEL,
        "retired_at": None,
        "successor": None,
        "params": {
            "realtime": {
                "voices": list(model.voices),
                "default_voice": model.voices[0],
                "sample_rate": model.output_rate,
                "input_audio_format": "pcm16",
                "output_audio_format": "pcm16",
                "supports_tools": model.tools,
                "supports_vad": "server_vad" in model.turn_detection,
            },
            "temperature": {"min": 0.0, "max": 2.0, "default": 0.8},
        },
        "pricing": _PRICES[model.id],
    }
