"""Text messages: who may be sent one, and how long one is (3GPP TS 23.038, the 7-bit alphabet)."""

import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

REGIONS = frozenset(("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC"))
"""France, overseas included."""
_ONE, _EACH = 160, 153
"""Characters of a message sent whole, then of each part of a longer one."""
_PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("\f^{}\\[~]|€")
"""Written with an escape: each counts for two."""
_SAID_PLAINLY = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe"}
    | {"Œ": "OE", "\u00a0": " ", "\u202f": " ", "ç": "c"}
)


def is_mobile(e164: str) -> bool:
    """Whether that number is a mobile of France, overseas included; no other is sent a text."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return False
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return (
        phonenumbers.is_valid_number(number)
        and phonenumbers.number_type(number) in kinds
        and phonenumbers.region_code_for_number(number) in REGIONS
    )


def plain(text: str) -> str:
    """The text in the 7-bit alphabet: one letter outside it (ê, œ, ’) halves the room of a message.

    >>> plain("C’est prêt, œuvrez : çà et là")
    "C'est pret, oeuvrez : cà et là"
    """
    said = unicodedata.normalize("NFC", text).translate(_SAID_PLAINLY)
    return "".join(_bare(letter) for letter in said)


def _bare(letter: str) -> str:
    if letter in _PLAIN or letter in _DOUBLE:
        return letter
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base in _PLAIN else "?"


def parts(text: str) -> int:
    """How many messages the operator bills for a plain text."""
    length = sum(2 if letter in _DOUBLE else 1 for letter in text)
    return 1 if length <= _ONE else -(-length // _EACH)
