"""Documents are the same for the same values, accessible, and take values for text."""

import re
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clients.typesetting import typeset

MARKS = (b"/Lang(fr)", b"/Marked true", b"/StructTreeRoot", b"/DisplayDocTitle true", b"pdfuaid:part")
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "fr")
= #data.title
#data.text
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.typ"
    path.write_text(TEMPLATE)
    return path


def plain(document: bytes) -> bytes:
    """The document with its compressed streams opened."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    opened = []
    for one in streams:
        try:
            opened.append(zlib.decompress(one))
        except zlib.error:
            continue
    return document + b"".join(opened)


async def test_tagged_titled_and_in_french(template: Path) -> None:
    document = await typeset(template, {"title": "Essai", "text": "Bonjour"}, AT)
    assert document.startswith(b"%PDF-")
    opened = plain(document)
    for mark in (
        b"/Lang(fr)",
        b"/Marked true",
        b"/StructTreeRoot",
        b"/DisplayDocTitle true",
        b"pdfuaid:part",
    ):
        assert mark in opened, mark
    assert b"2026-11-21" in opened


async def test_the_same_values_make_the_same_bytes(template: Path) -> None:
    values = {"title": "Essai", "text": "Bonjour"}
    document = await typeset(template, values, AT)
    assert await typeset(template, values, AT) == document
    assert await typeset(template, {**values, "text": "Bonsoir"}, AT) != document


async def test_values_are_text_never_markup(template: Path) -> None:
    text = '#panic("lu") $ * _ = `a` \\ "'
    assert await typeset(template, {"title": "Essai", "text": text}, AT)
