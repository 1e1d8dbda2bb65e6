"""The names of languages."""

from __future__ import annotations

from desktop.base.message import Message, Text, verbatim
from desktop.viewmodels.wording import worded

NAMES = {
    "ar": Text("language-ar", "Arabic"),
    "bg": Text("language-bg", "Bulgarian"),
    "bn": Text("language-bn", "Bangla"),
    "ca": Text("language-ca", "Catalan"),
    "cs": Text("language-cs", "Czech"),
    "da": Text("language-da", "Danish"),
    "de": Text("language-de", "German"),
    "el": Text("language-el", "Greek"),
    "en": Text("language-en", "English"),
    "es": Text("language-es", "Spanish"),
    "et": Text("language-et", "Estonian"),
    "fa": Text("language-fa", "Persian"),
    "fi": Text("language-fi", "Finnish"),
    "fr": Text("language-fr", "French"),
    "gu": Text("language-gu", "Gujarati"),
    "he": Text("language-he", "Hebrew"),
    "hi": Text("language-hi", "Hindi"),
    "hr": Text("language-hr", "Croatian"),
    "hu": Text("language-hu", "Hungarian"),
    "id": Text("language-id", "Indonesian"),
    "it": Text("language-it", "Italian"),
    "ja": Text("language-ja", "Japanese"),
    "kn": Text("language-kn", "Kannada"),
    "ko": Text("language-ko", "Korean"),
    "lt": Text("language-lt", "Lithuanian"),
    "lv": Text("language-lv", "Latvian"),
    "ml": Text("language-ml", "Malayalam"),
    "mr": Text("language-mr", "Marathi"),
    "ms": Text("language-ms", "Malay"),
    "nl": Text("language-nl", "Dutch"),
    "no": Text("language-no", "Norwegian Bokmål"),
    "pl": Text("language-pl", "Polish"),
    "pt": Text("language-pt", "Portuguese"),
    "ro": Text("language-ro", "Romanian"),
    "ru": Text("language-ru", "Russian"),
    "sk": Text("language-sk", "Slovak"),
    "sl": Text("language-sl", "Slovenian"),
    "sr": Text("language-sr", "Serbian"),
    "sv": Text("language-sv", "Swedish"),
    "sw": Text("language-sw", "Swahili"),
    "ta": Text("language-ta", "Tamil"),
    "te": Text("language-te", "Telugu"),
    "th": Text("language-th", "Thai"),
    "tr": Text("language-tr", "Turkish"),
    "uk": Text("language-uk", "Ukrainian"),
    "ur": Text("language-ur", "Urdu"),
    "vi": Text("language-vi", "Vietnamese"),
    "zh": Text("language-zh", "Chinese"),
}
"""By ISO 639-1 code. Qt names them in English and in their own language only, and many names in their own
language need letters that no font of the system has."""


def language(code: str) -> Message:
    """The name of a language, as a message; one without a name here is called by its code."""
    return NAMES[code]() if code in NAMES else verbatim(code)


def language_name(code: str) -> str:
    """The name of a language, in the user's."""
    return worded(language(code))
