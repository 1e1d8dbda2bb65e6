"""What a failed response means: a sentence, and what helps."""

from __future__ import annotations

from typing import get_args

import pytest

from desktop.protocol.events import ResponseCompleted, ResponseStatus
from desktop.protocol.failures import failure


@pytest.mark.parametrize(
    ("end", "words", "action"),
    [
        (("failed", "", "insufficient_quota", "x"), "balance is used up. Top it up", "top_up"),
        (("failed", "", "402", ""), "balance is used up", "top_up"),
        (("failed", "", "", "You exceeded your current quota, please…"), "balance is used up", "top_up"),
        (("failed", "", "", "Unbalanced brackets"), "failed. Unbalanced brackets. Ask again.", ""),
        (("failed", "", "rate_limit_exceeded", "x"), "too many requests at once. Wait", ""),
        (("failed", "", "429", ""), "too many requests", ""),
        (("failed", "", "RESOURCE_EXHAUSTED", ""), "too many requests", ""),
        (("failed", "", "overloaded_error", ""), "overloaded. Wait a moment", ""),
        (("failed", "content_filter", "", ""), "content filter stopped the answer", ""),
        (("incomplete", "content_filter", "", ""), "content filter stopped the answer", ""),
        (("incomplete", "SAFETY", "", ""), "content filter stopped the answer", ""),
        (("incomplete", "max_output_tokens", "", ""), "length limit. Ask it to go on", ""),
        (("incomplete", "MAX_TOKENS", "", ""), "length limit", ""),
        (("failed", "", "invalid_api_key", ""), "key is no longer accepted", "change_key"),
        (("failed", "", "model_not_found", ""), "doesn't offer this model", "choose_model"),
        (("failed", "", "server_error", "It broke"), "failed. It broke. Ask again.", ""),
        (("failed", "", "", "Broke!"), "failed. Broke! Ask again.", ""),
        (("failed", "", "", ""), "didn't say why. Ask again.", ""),
        (("incomplete", "", "", "Too bad"), "cut off. Too bad. Ask it to go on.", ""),
        (("incomplete", "brand_new", "", ""), "cut off, and the service didn't say why", ""),
        (("cancelled", "", "", ""), "The service stopped the answer. Ask again.", ""),
        (("cancelled", "", "", "Busy"), "stopped the answer. Busy. Ask again.", ""),
    ],
)
def test_reasons(end: tuple[ResponseStatus, str, str, str], words: str, action: str):
    found = failure(ResponseCompleted(None, *end))
    assert words in str(found.message)
    assert found.action == action


@pytest.mark.parametrize("status", get_args(ResponseStatus))
def test_every_end_has_a_sentence(status: ResponseStatus):
    assert str(failure(ResponseCompleted(None, status)).message).endswith(".")
