"""Every command of the protocol as its frame, without unset fields."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.protocol import commands
from desktop.protocol.codec import encode

COMMANDS: list[tuple[commands.Command, dict[str, Any]]] = [
    (
        commands.SessionStart(
            commands.Config(
                model="openai/gpt-realtime-2",
                instructions="Be brief.",
                voice="marin",
                modalities=("audio", "text"),
                temperature=0.8,
                reasoning_effort="low",
                input_audio_format="pcm16",
                output_audio_format="pcm16",
                input_transcription=True,
                input_transcription_model="whisper",
                output_transcription=False,
                turn_detection=commands.TurnDetection("server_vad", 0.5, 300, 500),
                tools=(commands.ToolDefinition("now", "Tells.", {"type": "object", "properties": {}}),),
                translation_target_language="de",
            )
        ),
        {
            "type": "session.start",
            "config": {
                "model": "openai/gpt-realtime-2",
                "instructions": "Be brief.",
                "voice": "marin",
                "modalities": ["audio", "text"],
                "temperature": 0.8,
                "reasoning_effort": "low",
                "input_audio_format": "pcm16",
                "output_audio_format": "pcm16",
                "input_transcription": True,
                "input_transcription_model": "whisper",
                "output_transcription": False,
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 500,
                },
                "tools": [
                    {
                        "name": "now",
                        "description": "Tells.",
                        "parameters": {"type": "object", "properties": {}},
                    }
                ],
                "translation_target_language": "de",
            },
        },
    ),
    (commands.SessionStart(commands.Config()), {"type": "session.start", "config": {}}),
    (
        commands.SessionUpdate(commands.Config(turn_detection=commands.TurnDetection("none"))),
        {"type": "session.update", "config": {"turn_detection": {"type": "none"}}},
    ),
    (commands.AudioAppend(b"\0\1\2\3"), {"type": "audio.append", "audio": "AAECAw=="}),
    (commands.AudioCommit(), {"type": "audio.commit"}),
    (commands.AudioClear(), {"type": "audio.clear"}),
    (commands.TextInput("héllo"), {"type": "text.input", "text": "héllo"}),
    (commands.TextInput(""), {"type": "text.input", "text": ""}),
    (
        commands.ImageInput("data:image/png;base64,AA==", "low"),
        {
            "type": "image.input",
            "image_url": "data:image/png;base64,AA==",
            "image_detail": "low",
        },
    ),
    (
        commands.ImageInput("data:image/png;base64,AA=="),
        {"type": "image.input", "image_url": "data:image/png;base64,AA==", "image_detail": "auto"},
    ),
    (commands.ResponseCreate(), {"type": "response.create"}),
    (commands.ResponseCancel(), {"type": "response.cancel"}),
    (
        commands.ToolResult("c1", {"rolls": [2], "note": None}),
        {"type": "tool.result", "tool_call_id": "c1", "tool_result": {"rolls": [2], "note": None}},
    ),
    (
        commands.ToolResult("c1", {}),
        {"type": "tool.result", "tool_call_id": "c1", "tool_result": {}},
    ),
]


@pytest.mark.parametrize(("command", "frame"), COMMANDS)
def test_every_command_is_written_without_what_is_not_set(
    command: commands.Command, frame: dict[str, Any]
) -> None:
    assert json.loads(encode(command).decode()) == frame


def test_every_command_is_among_the_examples() -> None:
    assert {type(command) for command, _ in COMMANDS} == set(commands.Command.__subclasses__())


@given(st.binary(max_size=300))
def test_any_audio_leaves_whole(audio: bytes) -> None:
    assert base64.b64decode(json.loads(encode(commands.AudioAppend(audio)))["audio"], validate=True) == audio
