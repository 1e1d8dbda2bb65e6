"""Settings: valid values, and the parts of a change that are kept."""

from __future__ import annotations

import pytest
from msgspec import structs

from desktop.settings import schema


def test_numbers_are_bounded_however_the_record_is_made():
    wild = schema.Settings(pre_roll_ms=9_000, tail_ms=-5, temperature=None)
    assert (wild.pre_roll_ms, wild.tail_ms, wild.temperature) == (500, 0, None)
    assert structs.replace(wild, volume=7.0).volume == 1.0


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("base_url", "", ""),
        ("base_url", "https://api.opper.ai", ""),
        ("base_url", "http://127.0.0.1:8080/x", ""),
        ("base_url", "http://[::1]:9", ""),
        ("base_url", "http://example.org", "unencrypted"),
        ("base_url", "api.opper.ai", "address"),
        ("base_url", "https://", "address"),
        ("base_url", "https://a b", "address"),
        ("base_url", "https://host:99999", "address"),
        ("base_url", "https://[bad", "address"),
        ("ticket_url", "https://me:secret@host/mint", "secret"),
        ("instructions", "x" * 20_001, "long"),
        ("cap_s", 5, "range"),
        ("cap_s", "long", "type"),
        ("temperature", None, ""),
        ("theme", "pink", "type"),
    ],
)
def test_only_good_values_are_taken(name: str, value, problem: str):
    assert schema.problem(name, value) == problem
    chosen = schema.Settings()
    if problem:
        with pytest.raises(ValueError, match=problem):
            schema.with_value(chosen, name, value)
    else:
        assert getattr(schema.with_value(chosen, name, value), name) == value


@pytest.mark.parametrize(("before", "now"), [(True, "auto"), (False, "off")])
def test_who_had_switched_the_mute_off_has_it_off(before: bool, now: str):
    found = schema.read({"half_duplex": before})
    assert schema.Settings(**found.values).mute_while_speaking == now
    assert found.unread == {}
